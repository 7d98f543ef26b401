"""A day that moves is told to calendars as a change: the count grows with it, whatever moved it, and never falls."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from applications.papers.models import Submission
from applications.progress.told_days import ToldDay
from applications.reviews.models import Review
from applications.writing.models import Application
from calls.models import FundingCall, UmbrellaRoute
from core.writes import write_if
from schmiede.views.calendars import entries_of
from tests.builders import day, make_member, make_team, make_user, write
from tests.schmiede.test_calendar import World, address
from workshops.models import Assignment, Session

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return World()


def told(user, kind):
    """Of the one date of this kind: its day, how often it changed, and when it last did, as a calendar reads it."""
    events = Calendar.from_ical(Client().get(address(user)).content).walk("VEVENT")
    [event] = [event for event in events if str(event["UID"]).startswith(f"{kind}-")]
    assert event["DTSTAMP"].dt == event["LAST-MODIFIED"].dt
    return event["DTSTART"].dt, event["SEQUENCE"], event["LAST-MODIFIED"].dt


@pytest.fixture
def a_while_ago(world, time_machine):
    """A calendar has read everything an hour ago."""
    world.ask_again()
    time_machine.move_to(timezone.now() - timedelta(hours=1), tick=False)
    first = {kind: told(world.amina, kind) for kind in ("deadline", "review", "assignment", "session")}
    time_machine.move_to(timezone.now() + timedelta(hours=1), tick=False)
    return first


def move_call(world):
    FundingCall.objects.update(deadline=day(40))


def add_route(world):
    UmbrellaRoute.objects.create(call=world.cohort.call, umbrella_body="Landesverband Lupe", submit_until=day(25))
    Application.objects.update(umbrella_body="Landesverband Lupe")


def finish(world):
    world.finish()


@pytest.mark.parametrize("move", [move_call, add_route, finish])
def test_the_deadline_counts_whatever_moved_it(world, a_while_ago, move):
    before = a_while_ago["deadline"]
    move(world)
    after = told(world.amina, "deadline")
    assert after[0] != before[0]
    assert (after[1], after[2] - before[2]) == (before[1] + 1, timedelta(hours=1))


def test_it_never_falls_when_what_moved_the_day_is_gone(world):
    first = told(world.amina, "deadline")
    add_route(world)
    assert told(world.amina, "deadline")[1] == first[1] + 1
    UmbrellaRoute.objects.all().delete()
    assert told(world.amina, "deadline")[:2] == (first[0], first[1] + 2)
    world.finish()
    assert told(world.amina, "deadline")[1] == first[1] + 3
    Submission.objects.update(superseded_at=timezone.now())
    Application.objects.update(status="drafting")
    assert told(world.amina, "deadline")[:2] == (first[0], first[1] + 4)


def test_what_stays_the_same_stays_as_it_was_told(world, a_while_ago):
    assert {kind: told(world.amina, kind) for kind in a_while_ago} == a_while_ago
    assert {kind: told(world.lea, kind) for kind in a_while_ago} == a_while_ago


def test_a_day_to_hand_in_again_counts_when_it_names_other_sections(world, a_while_ago):
    review, draft = Review.objects.get(), write(world.application, "s2", "Wir gärtnern.", by=world.amina)
    review.items.create(draft=draft, revision=draft.revisions.get(), verdict="please change", closed_at=timezone.now())
    both = told(world.amina, "review")
    assert both[:2] == (a_while_ago["review"][0], a_while_ago["review"][1] + 1)
    assert both[2] > a_while_ago["review"][2]

    again = Review.objects.create(application=world.application, asked_by=world.amina)
    again.items.create(draft=draft, revision=draft.revisions.get())
    assert told(world.amina, "review")[1] == both[1] + 1
    write_if(again, {}, withdrawn_at=timezone.now())
    assert told(world.amina, "review")[1] == both[1] + 2


@pytest.mark.parametrize(("kind", "model"), [("assignment", Assignment), ("session", Session)])
def test_what_a_record_counts_itself_is_told_as_it_counts(world, kind, model):
    before = told(world.amina, kind)
    model.objects.update(sequence=4, changed_at=timezone.now() + timedelta(hours=1))
    assert told(world.amina, kind)[1:] > before[1:]
    assert not ToldDay.objects.filter(uid__startswith=kind).exists()


def test_who_is_in_two_teams_tells_nobody_else_of_a_change(world):
    before = told(world.amina, "deadline")
    other = make_team(world.cohort, make_user("Ines"))
    make_member(other, world.lea, "reader")
    assert len([entry for entry in entries_of(world.lea, timezone.now()) if entry.uid.startswith("deadline-")]) == 2
    assert told(world.amina, "deadline") == before


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_calendars_that_read_a_move_at_once_count_it_once(at_once):
    world = World()
    for round_ in range(1, 9):
        FundingCall.objects.update(deadline=day(30 + round_))
        results = at_once(*(lambda user=user: told(user, "deadline") for user in (world.amina, world.lea)))
        assert [result[:2] for result in results] == [(day(30 + round_), round_)] * 2
