"""The outbox: written with the step, sent once, and a failing mail server breaks no page."""

from __future__ import annotations

from datetime import timedelta
from smtplib import SMTPRecipientsRefused
from threading import Event

import pytest
import time_machine
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.core.management import CommandError, call_command
from django.db import connections, transaction
from django.utils import timezone

from accounts import outbox
from accounts.models import Event as Trail
from accounts.models import LastRun, Message
from accounts.outbox import Addressee
from cohorts.models import Registration
from core.writes import Stale
from schmiede.management.commands import run_due
from tests.builders import make_bamf, make_cohort, make_organiser, make_user

pytestmark = pytest.mark.django_db

TEMPLATE = "accounts/mails/second_factor_reset.txt"


def post(*people, dedup="1", **values):
    return outbox.post(people, TEMPLATE, dedup=dedup, by="Emil Brandner", **values)


@pytest.fixture
def server(monkeypatch):
    """A mail server that fails as long as it is told to."""

    class Server:
        error = None
        sent = []

        def send(self, message):
            if self.error:
                raise self.error
            self.sent.append(message.to)

    server = Server()
    server.sent = []
    monkeypatch.setattr(EmailMultiAlternatives, "send", lambda message, *args, **kwargs: server.send(message))
    return server


def test_a_mail_is_text_and_html_to_one_person(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        post(make_user(), make_user("Bilal", "Kaya"), link="/konto/")

    assert [(message.to, message.cc, message.bcc) for message in mail.outbox] == [
        (["amina@example.org"], [], []),
        (["bilal@example.org"], [], []),
    ]
    message = mail.outbox[0]
    assert message.subject == "Ihr zweiter Faktor wurde zurückgesetzt"
    assert message.body.startswith("Guten Tag Amina Haddad,")
    html, kind = message.alternatives[0]
    assert kind == "text/html"
    assert "<p>Guten Tag Amina Haddad,</p>" in html


def test_names_are_escaped_in_html_and_nowhere_else(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        post(Addressee("amina@example.org", "Tee & Töne <Band>"))

    assert mail.outbox[0].body.startswith("Guten Tag Tee & Töne <Band>,")
    assert "Tee &amp; Töne &lt;Band&gt;" in mail.outbox[0].alternatives[0][0]


def test_links_can_be_pressed():
    message = Message(subject="Neu", text="Hier:\nhttps://portal.example.org/a/?b=1&c=2\n\nBis bald")

    assert '<a href="https://portal.example.org/a/?b=1&amp;c=2">' in outbox.as_html(message)


def test_a_step_that_fails_sends_nothing(django_capture_on_commit_callbacks):
    amina = make_user()

    @transaction.atomic
    def step():
        post(amina)
        raise Stale

    with django_capture_on_commit_callbacks(execute=True), pytest.raises(Stale):
        step()

    assert Message.objects.count() == 0
    assert mail.outbox == []


def test_the_same_message_is_written_once():
    amina = make_user()

    assert len(post(amina, amina)) == 1
    assert post(amina) == []
    assert len(post(amina, dedup="2")) == 1
    assert Message.objects.count() == 2


def test_a_person_without_the_wish_gets_none():
    amina = make_user(wants_news_mails=False)
    bilal = make_user("Bilal", "Kaya")

    messages = post(amina, bilal, Addressee("gast@example.org"), wish="wants_news_mails")

    assert [message.email for message in messages] == ["bilal@example.org", "gast@example.org"]
    assert [message.email for message in post(amina, dedup="2")] == ["amina@example.org"]


def test_one_that_waits_is_not_sent_yet(server):
    post(make_user(), not_before=timezone.now() + timedelta(hours=1))

    assert outbox.send_due() == 0
    assert server.sent == []


def test_one_that_is_made_to_wait_after_it_was_read_is_not_sent_yet(server, monkeypatch):
    """A round of sending reads many mails, and takes its time."""
    post(make_user(), make_user("Bilal", "Kaya"))
    later = timezone.now() + timedelta(minutes=5)
    claim, claimed = outbox.write_if, []

    def claim_after_a_change(message, expected, **fields):
        if not claimed:
            claimed.append(message.pk)
            Message.objects.exclude(pk=message.pk).update(not_before=later)
        claim(message, expected, **fields)

    monkeypatch.setattr(outbox, "write_if", claim_after_a_change)

    assert outbox.send_due() == 1
    assert Message.objects.get(sent_at=None).not_before == later


def test_a_silent_server_is_tried_again_and_ends_the_round(server):
    post(make_user(), make_user("Bilal", "Kaya"))
    server.error = ConnectionRefusedError("nobody there")

    assert outbox.send_due() == 0

    assert sorted(Message.objects.values_list("attempts", flat=True)) == [0, 1]
    tried = Message.objects.get(attempts=1)
    assert (tried.claimed_at, tried.failed_at, tried.error) == (None, None, "ConnectionRefusedError")
    assert tried.not_before > timezone.now()


def test_one_refused_address_does_not_hold_up_the_others(server):
    post(make_user())
    server.error = SMTPRecipientsRefused({})
    post(make_user("Bilal", "Kaya"))

    outbox.send_due()

    assert list(Message.objects.values_list("attempts", flat=True)) == [1, 1]


@pytest.mark.parametrize(("error", "sent"), [(None, 2), (SMTPRecipientsRefused({}), 0)])
def test_a_message_erased_while_it_is_sent_does_not_hold_up_the_others(server, monkeypatch, error, sent):
    amina = make_user()
    post(amina, make_user("Bilal", "Kaya"))
    server.error = error
    as_mail = outbox.as_mail

    def erased_meanwhile(message):
        Message.objects.filter(user=amina).delete()
        return as_mail(message)

    monkeypatch.setattr(outbox, "as_mail", erased_meanwhile)

    assert outbox.send_due() == sent
    assert [(left.email, left.attempts) for left in Message.objects.all()] == [("bilal@example.org", 1)]


def test_it_is_tried_again_after_minutes_an_hour_and_six_hours_and_then_has_failed(server):
    """The last of the pauses is waited for, too, and every attempt in between would still go out."""
    message, now = post(make_user())[0], timezone.now()
    pauses = [timedelta(minutes=5), timedelta(hours=1), timedelta(hours=6)]
    server.error = TimeoutError()
    for attempt, pause in enumerate(pauses, 1):
        with time_machine.travel(now, tick=False):
            assert list(Message.objects.due()) == [message]
            outbox.send_due()
            message.refresh_from_db()
            assert (message.attempts, message.failed_at, message.claimed_at) == (attempt, None, None)
            assert (message.not_before, message.stage) == (now + pause, "wird wieder versucht")
        with time_machine.travel(now + pause - timedelta(seconds=1), tick=False):
            assert list(Message.objects.due()) == []
        now += pause

    with time_machine.travel(now, tick=False):
        outbox.send_due()

    message.refresh_from_db()
    assert (message.attempts, message.failed_at, message.stage) == (4, now, "gescheitert")
    server.error = None
    assert outbox.send_due() == 0
    assert list(Message.objects.needing_care()) == [message]


def test_the_last_attempt_may_be_the_one_that_goes_out(server):
    message = post(make_user())[0]
    server.error = TimeoutError()
    for _ in range(3):
        Message.objects.update(not_before=timezone.now() - timedelta(seconds=1))
        outbox.send_due()
    Message.objects.update(not_before=timezone.now() - timedelta(seconds=1))
    server.error = None

    assert outbox.send_due() == 1

    message.refresh_from_db()
    assert (message.attempts, message.stage, message.error) == (4, "gesendet", "")


def test_a_failing_server_breaks_no_page(client, server, django_capture_on_commit_callbacks):
    make_user()
    server.error = ConnectionRefusedError()

    with django_capture_on_commit_callbacks(execute=True):
        response = client.post("/konto/password/reset/", {"email": "amina@example.org"})

    assert response.url == "/konto/password/reset/done/"
    assert Message.objects.get().attempts == 1


def test_a_crash_between_claiming_and_sending_is_unclear(server):
    message = post(make_user())[0]
    Message.objects.update(claimed_at=timezone.now() - timedelta(minutes=16))

    assert outbox.send_due() == 0
    message.refresh_from_db()
    assert message.stage == "unklar"
    assert list(Message.objects.needing_care()) == [message]


def test_claimed_a_moment_ago_is_not_unclear():
    post(make_user())
    Message.objects.update(claimed_at=timezone.now())

    assert list(Message.objects.needing_care()) == []


def test_staff_send_again_what_failed_or_is_unclear(server):
    emil = make_bamf()
    for change in ({"failed_at": timezone.now()}, {"claimed_at": timezone.now() - timedelta(hours=1)}):
        message = post(make_user(f"Amina{len(server.sent)}"), dedup=str(change))[0]
        Message.objects.filter(pk=message.pk).update(attempts=4, **change)

        Message.objects.get(pk=message.pk).send_again(by=emil)
        assert outbox.send_due() == 1

        message.refresh_from_db()
        assert (message.stage, message.attempts) == ("gesendet", 1)
        with pytest.raises(Stale):
            message.send_again(by=emil)
    assert Trail.objects.filter(what="message.sent_again", by=emil).count() == 2


def test_who_may_send_again():
    doris, otto, amina = make_user("Doris", "Lang"), make_user("Otto", "Fremd"), make_user()
    cohort = make_cohort(make_organiser(doris))
    make_organiser(otto, "Anderer Träger")
    message = post(amina, cohort=cohort.pk)[0]
    other = post(amina, dedup="2")[0]

    people = (doris, otto, amina, make_bamf())
    assert [message.allows(person, "send again") for person in people] == [True, False, False, False]
    assert [other.allows(person, "send again") for person in people] == [False, False, False, True]
    assert set(Message.objects.visible_to(doris)) == {message}
    assert set(Message.objects.visible_to(otto)) == set()


def test_a_secret_is_gone_once_it_is_sent(server):
    message = outbox.put("amina@example.org", "Ihr Code", "Ihr Code: ABCD-EFGH", kind="login_code", secret="ABCD-EFGH")

    outbox.send_due()

    message.refresh_from_db()
    assert (message.text, message.secret) == ("Ihr Code: …", "")


def test_secrets_of_messages_that_never_went_out_go_after_a_month():
    old = outbox.put("amina@example.org", "Code", "ABCD", kind="login_code", secret="ABCD")
    new = outbox.put("amina@example.org", "Code", "EFGH", kind="login_code", secret="EFGH")
    Message.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=32))

    assert Message.objects.drop_old_secrets() == 1

    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.text, new.text) == ("…", "EFGH")


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_processes_never_send_twice(at_once, server, settings):
    settings.TASKS = {"default": {"BACKEND": "django.tasks.backends.dummy.DummyBackend"}}
    people = [make_user(f"Person{number}") for number in range(8)]
    for round_ in range(5):
        post(*people, dedup=round_)

        at_once(outbox.send_due, outbox.send_due, outbox.send_due)

        assert sorted(server.sent) == sorted([person.email] for person in people)
        server.sent.clear()


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_no_page_waits_for_a_mail_server(client, settings, monkeypatch):
    """Where no worker runs, a thread with a connection of its own sends beside the request."""
    settings.TASKS_IN_THREAD = True
    answered, sent, closed = Event(), [], []

    def send(message):
        assert answered.wait(timeout=30)
        sent.append(message.to)

    monkeypatch.setattr(EmailMultiAlternatives, "send", send)
    make_user()
    client.post("/konto/password/reset/", {"email": "amina@example.org"})
    assert sent == []

    answered.set()
    outbox.sending.submit(lambda: closed.append(connections["default"].connection)).result(timeout=30)

    assert (sent, closed) == ([["amina@example.org"]], [None])
    assert Message.objects.get().stage == "gesendet"


# The recurring command


def test_the_recurring_command_sends_and_leaves_a_trace(server):
    post(make_user())

    call_command("run_due")

    assert server.sent == [["amina@example.org"]]
    run = LastRun.objects.get(name="E-Mails senden")
    assert (run.note, run.failed) == ("1 gesendet, 0 gescheitert oder unklar", False)
    assert set(LastRun.objects.values_list("name", flat=True)) == set(run_due.WORK)


def test_it_may_run_again(server):
    call_command("run_due")
    call_command("run_due")

    assert LastRun.objects.count() == len(run_due.WORK)


def test_one_failing_work_stops_no_other(monkeypatch, server, caplog):
    post(make_user())

    def broken(*_):
        raise RuntimeError("broken")

    monkeypatch.setattr(type(Registration.objects.all()), "erase_unconfirmed", broken)

    with pytest.raises(CommandError, match="Unbestätigte Anmeldungen"):
        call_command("run_due")

    assert server.sent == [["amina@example.org"]]
    assert list(LastRun.objects.filter(failed=True).values_list("name", "note")) == [
        ("Unbestätigte Anmeldungen löschen", "RuntimeError")
    ]
    assert LastRun.objects.filter(name="Abgelaufene Sitzungen löschen", failed=False).exists()
