"""The mails that wait, on the pages of a cohort, a workshop and an announcement: sending them at once, and stopping them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from accounts.models import Event, Message
from cohorts.models import Announcement
from core import words
from tests.accounts.test_admin_pages import changelist
from tests.builders import (
    log_in,
    make_bamf,
    make_coach,
    make_cohort,
    make_organiser,
    make_team,
    make_user,
    make_workshop,
)
from tests.cohorts.test_admin import act

NOTICE = "Noch nicht gesendet"
COST = 16
STALE = "Diese E-Mails warten nicht mehr"


@pytest.fixture
def world(db):
    """Doris has called off a workshop of hers and published news; Malin has done the same elsewhere."""

    class World:
        def __init__(self, name, organiser, *people):
            self.organiser = make_user(name)
            self.cohort = make_cohort(make_organiser(self.organiser, organiser))
            self.people = [make_user(*person) for person in people]
            make_team(self.cohort, *self.people)
            self.workshop = make_workshop(
                self.cohort, 2, begins_at=timezone.now() + timedelta(days=9), title=f"Bedarf von {name}"
            )
            self.workshop.cancel(by=self.organiser)
            self.news = Announcement.objects.create(cohort=self.cohort, title=f"Neues von {name}", text="Neu.")
            self.news.publish(by=self.organiser)

    doris = World("Doris", "Werkstatt Zusammenhalt gGmbH", ("Amina", "Haddad"), ("Jonas", "Petersen"))
    doris.other = World("Malin", "Lernwerk Nord gGmbH", ("Bilal", "Kaya"))
    return doris


@pytest.fixture
def doris(client, world):
    return log_in(client, world.organiser)


def page_of(record, page="change"):
    return reverse(f"admin:{record._meta.app_label}_{record._meta.model_name}_{page}", args=[record.pk])


def press(client, record, mails, step, **more):
    """Press a button beside these mails on the page of a record."""
    message = mails.first()
    sent = {"step": step, "topic": message.topic, "until": message.not_before.isoformat(), **more}
    return client.post(page_of(record, "mails"), sent, follow=True)


def mails_of(world, kind):
    return Message.objects.filter(cohort_id=world.cohort.pk, kind=kind)


def test_each_page_shows_what_waits_about_its_record(doris, world):
    shown = {
        record._meta.model_name: [group.subject for group in doris.get(page_of(record)).context["waiting_mails"]]
        for record in (world.cohort, world.workshop, world.news)
    }
    assert shown == {
        "cohort": ["Abgesagt: Workshop 2 „Bedarf von Doris“", "Neues von Doris"],
        "workshop": ["Abgesagt: Workshop 2 „Bedarf von Doris“"],
        "announcement": ["Neues von Doris"],
    }
    clock = timezone.localtime(mails_of(world, "cancelled").first().not_before)
    page = doris.get(page_of(world.workshop)).text
    assert (NOTICE in page, f"2 E-Mails warten bis {clock.hour}:{clock.minute:02} Uhr." in page) == (True, True)


def test_nothing_is_shown_once_they_are_sent(doris, world):
    Message.objects.update(sent_at=timezone.now())
    for record in (world.cohort, world.workshop, world.news):
        assert NOTICE not in doris.get(page_of(record)).text


def test_sending_at_once(doris, world, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        page = press(doris, world.workshop, mails_of(world, "cancelled"), "send")

    assert page.redirect_chain[-1][0] == page_of(world.workshop)
    assert "2 E-Mails gehen jetzt hinaus." in page.text
    assert sorted(sent.to[0] for sent in mail.outbox) == ["amina@example.org", "jonas@example.org"]
    assert Event.objects.get(what="message.sent_now").codes == {"kind": "cancelled", "people": 2}


def test_stopping_asks_says_whom_and_which_words_and_is_written_down(doris, world):
    page = press(doris, world.cohort, mails_of(world, "cancelled"), "stop")

    assert "2 Personen bekommen diese E-Mail dann nicht, und das lässt sich nicht zurücknehmen." in page.text
    for said in (
        "Abgesagt: Workshop 2 „Bedarf von Doris“",
        "Amina Haddad",
        "Jonas Petersen",
        "findet nicht statt",
        "steht im Portal",
    ):
        assert said in page.text
    assert not Message.objects.exclude(withheld_at=None).exists()

    page = press(doris, world.cohort, mails_of(world, "cancelled"), "stop", _asked="1")

    assert page.redirect_chain[-1][0] == page_of(world.cohort)
    assert "2 Personen werden nicht benachrichtigt." in page.text
    assert {message.kind for message in Message.objects.exclude(withheld_at=None)} == {"cancelled"}
    event = Event.objects.get(what="message.withheld")
    assert (event.by, event.cohort_id) == (world.organiser, world.cohort.pk)
    assert event.codes == {"kind": "cancelled", "people": 2}
    trail = doris.get(reverse("admin:accounts_event_changelist")).text
    assert "Nachrichten angehalten, die Personen sind nicht benachrichtigt" in trail


def test_what_was_sent_meanwhile_is_said(doris, world):
    mails = mails_of(world, "cancelled")
    mails.filter(email="amina@example.org").update(claimed_at=timezone.now(), sent_at=timezone.now())

    page = press(doris, world.workshop, mails, "stop", _asked="1")

    assert "Eine Person wird nicht benachrichtigt. Eine E-Mail war schon gesendet." in page.text


@pytest.mark.parametrize(("step", "more"), [("send", {}), ("stop", {}), ("stop", {"_asked": "1"}), ("", {})])
@pytest.mark.parametrize("why", ["sent", "replaced", "nonsense"])
def test_buttons_of_an_old_page_change_nothing_and_say_so(doris, world, step, more, why):
    mails = mails_of(world, "cancelled")
    if why == "sent":
        mails.update(claimed_at=timezone.now(), sent_at=timezone.now())
    else:
        more = more | {"until": {"replaced": "2026-01-01T00:00:00+00:00", "nonsense": "gestern"}[why]}
    before = list(Message.objects.order_by("pk").values())

    page = press(doris, world.workshop, mails, step, **more)

    assert (page.redirect_chain[-1][0], STALE in page.text) == (page_of(world.workshop), True)
    assert list(Message.objects.order_by("pk").values()) == before


def test_nobody_else_finds_or_stops_them(client, world):
    """Neither by the page of the record, nor by a record of one's own with the topic of another's."""
    carla = make_user("Carla")
    make_coach(world.cohort, carla)
    mails = mails_of(world, "cancelled")
    before = list(Message.objects.order_by("pk").values())
    for person in (world.other.organiser, carla, world.people[0], make_bamf()):
        log_in(client, person)
        for record in (world.cohort, world.workshop, world.news):
            for step, more in (("send", {}), ("stop", {}), ("stop", {"_asked": "1"})):
                page = press(client, record, mails, step, **more)
                assert "E-Mails nicht senden" not in page.text
                assert person != world.other.organiser or page.status_code == 404
    log_in(client, world.other.organiser)
    page = press(client, world.other.cohort, mails, "stop", _asked="1")
    assert STALE in page.text
    assert client.get(page_of(world.other.cohort)).text.count("Bedarf von Doris") == 0
    assert list(Message.objects.order_by("pk").values()) == before
    assert not Event.objects.filter(what__startswith="message").exists()


def test_a_page_asks_once_for_what_waits(doris, world, django_assert_num_queries):
    def cost():
        with django_assert_num_queries(COST):
            doris.get(page_of(world.workshop))

    doris.get(page_of(world.workshop))
    cost()
    for number in range(50):
        Message.objects.create(
            key=str(number), email=f"{number}@example.org", kind="x", subject=f"Betreff {number}", text="x",
            cohort_id=world.cohort.pk, topic=mails_of(world, "cancelled").first().topic,
        )  # fmt: skip
    cost()


# In the list of mails


def test_the_list_says_until_when_and_stops_or_sends_some(doris, world):
    first, second = mails_of(world, "cancelled").order_by("email")
    shown = doris.get(changelist(Message) + "?stand=wartet").text
    assert shown.count("wartet bis ") == 4

    page = act(doris, Message, "withhold", first, on_form=True)
    assert ("amina@example.org: Abgesagt" in page.text, "jonas@example.org" in page.text) == (True, False)
    act(doris, Message, "withhold", first, form={}, on_form=True)
    act(doris, Message, "send_now", second, on_form=True)

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.stage, second.not_before <= timezone.now()) == ("nicht gesendet", True)
    assert list(doris.get(changelist(Message) + "?stand=angehalten").context["cl"].queryset) == [first]
    assert first not in doris.get(changelist(Message) + "?stand=wartet").context["cl"].queryset


# After they have left


def test_after_sending_at_once_the_page_says_that_they_are_on_their_way_and_offers_nothing(doris, world):
    page = press(doris, world.workshop, mails_of(world, "cancelled"), "send")

    assert [group.sentence for group in page.context["waiting_mails"]] == ["2 E-Mails gehen jetzt hinaus."]
    assert 'name="step"' not in page.text
    assert "Abgesagt: Workshop 2 „Bedarf von Doris“" in page.text


def test_then_the_page_says_that_they_were_sent_and_when(doris, world, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        press(doris, world.workshop, mails_of(world, "cancelled"), "send")

    page = doris.get(page_of(world.workshop))

    sent_at = mails_of(world, "cancelled").order_by("sent_at").last().sent_at
    assert page.context["waiting_mails"] == []
    assert f"2 E-Mails sind gesendet ({words.moment(sent_at)})." in page.text
    assert (NOTICE in page.text, 'name="step"' in page.text) == (False, False)


def test_while_they_are_sent_the_page_counts_both(doris, world):
    mails = mails_of(world, "cancelled")
    mails.update(not_before=timezone.now())
    mails.filter(email="amina@example.org").update(claimed_at=timezone.now(), sent_at=timezone.now())

    page = doris.get(page_of(world.workshop))

    assert "Eine E-Mail geht jetzt hinaus. Eine E-Mail ist schon gesendet." in page.text
    mails.filter(email="jonas@example.org").update(claimed_at=timezone.now())
    assert "Eine E-Mail geht jetzt hinaus. Eine E-Mail ist schon gesendet." in doris.get(page_of(world.workshop)).text


def test_what_should_have_left_and_has_not_can_be_stopped_again(doris, world):
    """Nobody sends, because the worker stands still."""
    moment = timezone.now() - timedelta(minutes=2)
    mails_of(world, "cancelled").update(not_before=moment)

    page = doris.get(page_of(world.workshop))

    assert f"2 E-Mails sollten schon gesendet sein ({words.moment(moment)}) und sind es noch nicht." in page.text
    assert page.text.count('name="step"') == 2


def test_what_was_sent_is_named_for_an_hour(doris, world):
    mails_of(world, "cancelled").update(sent_at=timezone.now() - timedelta(minutes=61))
    mails_of(world, "announcement").update(sent_at=timezone.now() - timedelta(minutes=59))

    page = doris.get(page_of(world.cohort))

    assert [group.subject for group in page.context["sent_mails"]] == ["Neues von Doris"]


def test_a_mail_on_its_way_is_not_offered_again_on_its_own_page(doris, world):
    message = mails_of(world, "cancelled").first()
    assert 'value="send_now"' in doris.get(page_of(message)).text

    page = act(doris, Message, "send_now", message, on_form=True)

    assert "geht gerade hinaus" in page.text
    assert 'value="send_now"' not in page.text
    assert 'value="withhold"' not in page.text
