"""A change of dates at the moment at which the mail about the one before it leaves."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from threading import Thread

import pytest
from django.core.mail import EmailMultiAlternatives
from django.db import connection, transaction
from django.utils import timezone

from accounts import outbox
from accounts.models import Message
from accounts.waiting import send_now, withhold
from core.writes import Stale
from tests.builders import make_cohort, make_organiser, make_team, make_user, make_workshop
from workshops.models import Workshop
from workshops.moving import tell_of_moves

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
FRIDAY = datetime(2031, 3, 7, 17, tzinfo=timezone.get_default_timezone())
PEOPLE = 6


@pytest.fixture
def workshop(settings, monkeypatch):
    """A workshop, and in `sent` each mail in the order in which it reached a mail server: to whom, from and to which day."""
    settings.TASKS = {"default": {"BACKEND": "django.tasks.backends.dummy.DummyBackend"}}
    cohort = make_cohort(make_organiser(make_user("Doris")))
    make_team(cohort, *[make_user(f"Person{number}") for number in range(PEOPLE)])
    workshop = make_workshop(cohort, 2, begins_at=FRIDAY, title="Bedarf")
    workshop.sent = []
    monkeypatch.setattr(
        EmailMultiAlternatives, "send", lambda mail: workshop.sent.append((mail.to[0], *days(mail.body)))
    )
    return workshop


def days(text):
    return [int(day) for day in re.findall(r"(?:bisher|jetzt): \w+, (\d+)\. März", text)]


def place(workshop, day):
    """Begin anew on this day of March: nobody was told of anything yet."""
    Message.objects.all().delete()
    workshop.sent.clear()
    begins_at = FRIDAY.replace(day=day)
    workshop.sessions.update(begins_at=begins_at, ends_at=begins_at + timedelta(hours=3))


def move(workshop, day, **which):
    """Move the sessions, or one of them, to this day of March as the page in the admin does."""
    with transaction.atomic():
        before = Workshop.objects.get(pk=workshop.pk).lock_sessions()
        begins_at = FRIDAY.replace(day=day)
        workshop.sessions.filter(**which).update(begins_at=begins_at, ends_at=begins_at + timedelta(hours=3))
        return tell_of_moves(Workshop.objects.get(pk=workshop.pk), before)


def let_all_leave():
    Message.objects.filter(withheld_at=None, sent_at=None).update(not_before=timezone.now())
    outbox.send_due()


def read_by(workshop, email):
    return [(before, after) for to, before, after in workshop.sent if to == email]


@pytest.mark.parametrize("back", [False, True])
def test_a_change_against_sending_is_one_mail_or_two_and_never_the_old_one_last(workshop, at_once, back):
    """Each person reads of both changes in turn, or of the whole of them at once: of nothing where they are none."""
    for start in range(7, 23, 2):
        place(workshop, start)
        last = start if back else start + 2
        move(workshop, start + 1)
        Message.objects.update(not_before=timezone.now())

        results = at_once(outbox.send_due, lambda last=last: move(workshop, last))

        assert not any(isinstance(result, Exception) for result in results), results
        let_all_leave()
        both, whole = [(start, start + 1), (start + 1, last)], [] if back else [(start, last)]
        for person in range(PEOPLE):
            assert read_by(workshop, f"person{person}@example.org") in (both, whole)


def test_two_changes_at_once_are_one_mail_that_says_what_is_now(workshop, at_once):
    for start in range(7, 15, 2):
        place(workshop, start)

        at_once(lambda: move(workshop, 20), lambda: move(workshop, 21))

        let_all_leave()
        now = timezone.localtime(workshop.sessions.get().begins_at).day
        assert sorted(workshop.sent) == [(f"person{number}@example.org", start, now) for number in range(PEOPLE)]


def test_two_changes_of_two_sessions_at_once_are_one_mail_with_both(workshop, at_once):
    first = workshop.sessions.get()
    second = workshop.sessions.create(begins_at=FRIDAY.replace(day=28), ends_at=FRIDAY.replace(day=28, hour=20))
    for day in range(8, 14):
        place(workshop, 7)
        workshop.sessions.filter(pk=second.pk).update(
            begins_at=FRIDAY.replace(day=28), ends_at=FRIDAY.replace(day=28, hour=20)
        )

        at_once(lambda day=day: move(workshop, day, pk=first.pk), lambda: move(workshop, 29, pk=second.pk))

        let_all_leave()
        assert sorted(workshop.sent) == [(f"person{number}@example.org", 7, day, 28, 29) for number in range(PEOPLE)]


def test_stopping_against_sending_reaches_each_person_or_not_and_says_whom(workshop, at_once):
    doris = workshop.cohort.organiser.memberships.get().user
    for day in range(8, 16):
        place(workshop, day - 1)
        move(workshop, day)
        Message.objects.update(not_before=timezone.now())

        sent, stopped = at_once(outbox.send_due, lambda: withhold(Message.objects.all(), by=doris))

        stopped = 0 if isinstance(stopped, Stale) else stopped
        assert (sent + stopped, len(workshop.sent)) == (PEOPLE, sent)
        assert Message.objects.exclude(withheld_at=None).count() == stopped
        let_all_leave()
        assert len(workshop.sent) == sent


def test_stopping_against_sending_at_once_and_against_a_change(workshop, at_once):
    doris = workshop.cohort.organiser.memberships.get().user
    for day in range(8, 24, 2):
        place(workshop, day - 1)
        move(workshop, day)

        results = at_once(
            lambda: withhold(Message.objects.all(), by=doris),
            lambda: send_now(Message.objects.all(), by=doris),
            lambda: move(workshop, day + 1),  # noqa: B023
        )

        assert not any(isinstance(result, Exception) and not isinstance(result, Stale) for result in results), results
        let_all_leave()
        assert len({to for to, _before, _after in workshop.sent}) == len(workshop.sent)  # nobody reads of it twice
        assert {after for _to, _before, after in workshop.sent} <= {day + 1}


@pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL only: SQLite lets nobody write beside")
def test_sending_waits_for_a_change_that_is_under_way(workshop):
    """The claim meets a row that the change has deleted but not committed, and sends nothing old."""
    move(workshop, 8)
    Message.objects.update(not_before=timezone.now())
    sending = Thread(target=send_and_close)

    with transaction.atomic():
        move(workshop, 9)
        sending.start()
        sending.join(timeout=0.5)
        assert sending.is_alive()  # it waits for the lock
    sending.join(timeout=30)

    assert workshop.sent == []
    let_all_leave()
    assert {(before, after) for _to, before, after in workshop.sent} == {(7, 9)}


def send_and_close():
    try:
        outbox.send_due()
    finally:
        connection.close()
