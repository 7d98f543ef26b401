"""Mails to many wait some minutes: until then a later change replaces them, and an organiser sends or stops them."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from accounts import outbox
from accounts.models import Event, Message
from accounts.models.message import topic_of
from accounts.waiting import Told, send_now, tell, waiting_about, withhold
from core.background import waiting_long
from core.writes import Stale
from tests.builders import make_bamf, make_cohort, make_organiser, make_user

pytestmark = pytest.mark.django_db

TEMPLATE = "accounts/mails/second_factor_reset.txt"
FIVE_MINUTES = timedelta(minutes=5)


@pytest.fixture
def world(db):
    class World:
        doris, otto, amina, jonas = (make_user(name) for name in ("Doris", "Otto", "Amina", "Jonas"))
        cohort = make_cohort(make_organiser(doris))

        def __init__(self):
            make_organiser(self.otto, "Anderer Träger")

        def post(self, *people, dedup="1", part="", **fields):
            topic = topic_of(self.cohort, part)
            return outbox.post(
                people or [self.amina, self.jonas], TEMPLATE, dedup=dedup, by=dedup, topic=topic, cohort=self.cohort.pk,
                **fields,
            )  # fmt: skip

        def tell(self, known, now, *people):
            """Say a number that was `known` and is another now, in place of the name that the mail would hold."""
            values_of = lambda before: {"by": f"{before} → {now}"} if before != now else None  # noqa: E731
            return tell(
                people or [self.amina, self.jonas], TEMPLATE, about=self.cohort, part="number", known=known,
                values_of=values_of, cohort=self.cohort.pk,
            )  # fmt: skip

    return World()


def said():
    """Whom each mail in the outbox is for, and what it says: „1 → 2“."""
    rows = Message.objects.order_by("created_at")
    return [(row.user.first_name, re.search(r"\d → \d", row.text)[0]) for row in rows]


# How long


def test_a_mail_to_many_waits_and_then_leaves_by_the_timer(world, django_capture_on_commit_callbacks):
    now = timezone.now()
    with time_machine.travel(now, tick=False), django_capture_on_commit_callbacks(execute=True):
        messages = world.post()
    assert [message.not_before for message in messages] == [now + FIVE_MINUTES] * 2

    with time_machine.travel(now + FIVE_MINUTES - timedelta(seconds=1), tick=False):
        assert outbox.send_due() == 0
    with time_machine.travel(now + FIVE_MINUTES, tick=False):
        call_command("run_due")

    assert sorted(message.to[0] for message in mail.outbox) == ["amina@example.org", "jonas@example.org"]


def test_without_a_pause_it_leaves_at_once(world, settings, django_capture_on_commit_callbacks):
    settings.MAILS_WAIT = timedelta()
    with django_capture_on_commit_callbacks(execute=True):
        world.post()

    assert len(mail.outbox) == 2


def test_a_mail_to_one_person_never_waits(world, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        outbox.post([world.amina], TEMPLATE, dedup="1", by="Doris", cohort=world.cohort.pk)

    assert len(mail.outbox) == 1


def test_a_worker_sends_it_when_its_moment_has_come(world, settings, django_capture_on_commit_callbacks):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    settings.TASKS_BY_WORKERS = True
    now = timezone.now()
    with time_machine.travel(now, tick=False), django_capture_on_commit_callbacks(execute=True):
        world.post()

    task = DBTaskResult.objects.get()
    assert task.run_after == now + FIVE_MINUTES
    with time_machine.travel(now + FIVE_MINUTES - timedelta(seconds=1), tick=False):
        assert list(DBTaskResult.objects.ready()) == []
    with time_machine.travel(now + FIVE_MINUTES + timedelta(seconds=1), tick=False):
        assert list(DBTaskResult.objects.ready()) == [task]
        assert list(waiting_long(timezone.now())) == []  # it has just become due: no worker is late
        assert task.task.call() == 2
    with time_machine.travel(now + 2 * FIVE_MINUTES + timedelta(seconds=1), tick=False):
        assert list(waiting_long(timezone.now())) == [task]


def test_without_a_worker_the_process_wakes_for_it(world, settings, monkeypatch, django_capture_on_commit_callbacks):
    settings.TASKS_IN_THREAD = True
    moments = []
    monkeypatch.setattr(outbox.alarm, "set", moments.append)

    with django_capture_on_commit_callbacks(execute=True):
        messages = world.post()

    assert moments == [messages[0].not_before]


# One mail in place of several


def test_a_later_change_replaces_what_waits_and_says_the_difference(world):
    first = world.tell(1, 2)
    second = world.tell(2, 3)

    assert (first.count, first.replaced, second.count, second.replaced) == (2, 0, 2, 2)
    assert said() == [("Amina", "1 → 3"), ("Jonas", "1 → 3")]
    assert "Was noch nicht gesendet war, ist damit ersetzt." in second.sentence


def test_there_and_back_again_is_no_mail_at_all(world):
    world.tell(1, 2)
    world.tell(2, 3)

    told = world.tell(3, 1)

    assert said() == []
    assert told.sentence == (
        "Es geht keine E-Mail hinaus: Für alle ist es wieder so, wie sie es zuletzt erfahren haben."
    )
    assert Told().sentence == ""


def test_each_person_reads_what_is_new_to_them(world):
    """Bilal came after the first change and knows the second number; Jonas has left, and gets none of it."""
    world.tell(1, 2)
    world.tell(2, 3, world.amina, make_user("Bilal", "Kaya"))

    assert sorted(said()) == [("Amina", "1 → 3"), ("Bilal", "2 → 3")]


def test_what_was_sent_is_known(world):
    world.tell(1, 2)
    Message.objects.update(not_before=timezone.now())
    outbox.send_due()

    told = world.tell(2, 1)

    assert (told.count, told.replaced) == (2, 0)
    assert [says for _name, says in said()] == ["1 → 2", "1 → 2", "2 → 1", "2 → 1"]
    assert set(Message.objects.exclude(sent_at=None).values_list("known", flat=True)) == {""}


@pytest.mark.parametrize("how", ["stopped", "failed", "tried again"])
def test_what_did_not_arrive_is_not_known(world, how):
    world.tell(1, 2, world.amina)
    if how == "stopped":
        withhold(Message.objects.all(), by=world.doris)
    elif how == "failed":
        Message.objects.update(claimed_at=timezone.now(), failed_at=timezone.now(), attempts=4)
    else:
        Message.objects.update(attempts=1, not_before=timezone.now() + timedelta(hours=1))

    world.tell(2, 3, world.amina)

    assert said()[-1] == ("Amina", "1 → 3")
    assert Message.objects.count() == (2 if how == "stopped" else 1)
    Message.objects.filter(withheld_at=None).update(not_before=timezone.now())
    assert outbox.send_due() == 1
    world.tell(3, 4, world.amina)
    assert said()[-1] == ("Amina", "3 → 4")


def test_what_is_being_sent_counts_as_known_and_goes_first(world):
    world.tell(1, 2, world.amina)
    Message.objects.update(claimed_at=timezone.now())

    world.tell(2, 3, world.amina)
    Message.objects.update(not_before=timezone.now() - timedelta(seconds=1))

    assert said() == [("Amina", "1 → 2"), ("Amina", "2 → 3")]
    first, second = Message.objects.order_by("created_at")
    assert list(Message.objects.due()) == []
    Message.objects.filter(pk=first.pk).update(claimed_at=None, attempts=1)  # the server did not answer
    assert list(Message.objects.due()) == [first]
    Message.objects.filter(pk=first.pk).update(sent_at=timezone.now())
    assert list(Message.objects.due()) == [second]


def test_a_second_mail_does_not_wait_for_one_lost_in_a_crash(world):
    world.tell(1, 2, world.amina)
    Message.objects.update(claimed_at=timezone.now() - timedelta(minutes=16))
    world.tell(2, 3, world.amina)
    Message.objects.update(not_before=timezone.now() - timedelta(seconds=1))

    assert outbox.send_due() == 1
    lost = Message.objects.get(sent_at=None)
    with pytest.raises(Stale):  # the newer one is out: the older must not arrive after it
        lost.send_again(by=world.doris)


# Sending and stopping


def test_an_organiser_sends_at_once(world, django_capture_on_commit_callbacks):
    world.post()
    with django_capture_on_commit_callbacks(execute=True):
        assert send_now(Message.objects.all(), by=world.doris) == 2

    assert len(mail.outbox) == 2
    event = Event.objects.get(what="message.sent_now")
    assert (event.by, event.cohort_id, event.codes) == (
        world.doris, world.cohort.pk, {"kind": "second_factor_reset", "people": 2},
    )  # fmt: skip


def test_what_is_stopped_never_leaves_and_the_trail_says_so(world):
    world.post()

    assert withhold(Message.objects.all(), by=world.doris) == 2

    Message.objects.update(not_before=timezone.now())
    assert (outbox.send_due(), mail.outbox) == (0, [])
    assert {message.stage for message in Message.objects.all()} == {"nicht gesendet"}
    event = Event.objects.get(what="message.withheld")
    assert (event.by, event.cohort_id, event.codes["people"]) == (world.doris, world.cohort.pk, 2)
    for step in (send_now, withhold):
        with pytest.raises(Stale):
            step(Message.objects.all(), by=world.doris)
    assert Message.objects.figures()[0].waiting == 0


def test_what_is_being_sent_is_not_stopped(world):
    world.post()
    Message.objects.filter(user=world.amina).update(claimed_at=timezone.now())

    assert withhold(Message.objects.all(), by=world.doris) == 1

    assert [message.user for message in Message.objects.exclude(withheld_at=None)] == [world.jonas]


def test_only_the_organiser_sends_or_stops(world):
    world.post()
    foreign = make_cohort(world.otto.memberships.get().organisation)
    for person in (world.otto, world.amina, make_bamf()):
        for step in (send_now, withhold):
            with pytest.raises(PermissionDenied):
                step(Message.objects.all(), by=person)
    assert waiting_about(foreign) == []
    assert not Event.objects.exists()


def test_what_waits_is_said_by_step_and_subject(world, django_assert_num_queries):
    now = timezone.now().replace(hour=10, minute=0)
    with time_machine.travel(now, tick=False):
        world.post()
        world.post(world.amina, dedup="2", part="other", not_before=now + timedelta(days=3))
        with django_assert_num_queries(1):
            waiting = waiting_about(world.cohort)
        sentences = [group.sentence for group in waiting]
    clock = timezone.localtime(now + FIVE_MINUTES)
    assert [(group.count, group.topic) for group in waiting] == [
        (2, topic_of(world.cohort)), (1, topic_of(world.cohort, "other")),
    ]  # fmt: skip
    assert sentences[0] == f"2 E-Mails warten bis {clock:%H:%M} Uhr."
    assert sentences[1].startswith("Eine E-Mail wartet bis ")
    with time_machine.travel(now + FIVE_MINUTES, tick=False):
        assert waiting[0].sentence == "2 E-Mails gehen jetzt hinaus."
