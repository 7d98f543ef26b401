"""The last sign of life of a team: a member's last save, hand-in, answer or tick; nothing else, and no login."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.utils import timezone

from applications.progress.attention import call_for
from applications.progress.facts import collect
from applications.progress.team_facts import TeamFacts
from applications.progress.turn import Turn, Who
from applications.progress.whose_turn import turn_of
from applications.reviews.models import Comment, Reply, Review
from applications.writing.models import Application, Draft
from cohorts.models import Team
from core.words import in_days
from tests.applications.coaching import given_back, handed_in, verdicts
from tests.builders import make_workshop
from workshops.models import Completion

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    """The moment everything is looked at; steps taken meanwhile are signs of today, too."""
    return timezone.now()


@pytest.fixture
def long_ago(now):
    return now - timedelta(days=60)


@pytest.fixture
def quiet(world, now, long_ago):
    """One of every sign, all of them two months old; a coach's answer and everybody's login of today are none."""
    given_back(world)
    comment = Comment.objects.get()
    comment.answer("Es waren 40.", by=world.amina)
    comment.answer("Danke!", by=world.carla)
    assignment = make_workshop(world.cohort).assignments.create(title="Drei Gespräche")
    assignment.tick(world.team, by=world.amina)
    for model in (Reply, Completion, Draft):
        model.objects.update(at=long_ago)
    Reply.objects.filter(by=world.carla).update(at=now)
    Review.objects.update(asked_at=long_ago, taken_at=long_ago, finished_at=long_ago)
    Application.objects.update(started_at=long_ago)
    Team.objects.update(made_at=long_ago)
    type(world.amina).objects.update(last_login=now)
    return world


def facts(world, now):
    teams = Team.objects.filter(pk=world.team.pk).with_cohort()
    return collect(teams, now, with_signs=True)[world.team.pk]


def test_a_login_and_a_coach_are_no_sign_of_a_team(quiet, now, long_ago):
    assert facts(quiet, now).last_sign == long_ago


@pytest.mark.parametrize("sign", ["save", "hand in", "answer", "tick"])
def test_every_sign_counts_by_itself(quiet, now, sign):
    moment = now - timedelta(days=3)
    rows, field = {
        "save": (Draft.objects.filter(key="s3"), "at"),
        "hand in": (Review.objects.all(), "asked_at"),
        "answer": (Reply.objects.filter(by=quiet.amina), "at"),
        "tick": (Completion.objects.all(), "at"),
    }[sign]

    assert rows.update(**{field: moment}) == 1

    assert facts(quiet, now).last_sign == moment


def test_nobody_rings_a_team_that_has_just_handed_in(quiet, now):
    """It wrote its text long ago, and hands in today what is given back at once: it is its turn, and it is not silent."""
    team = facts(quiet, now)
    assert call_for(team, turn_of(team, timezone.localdate(now)), now).code == "silent"

    review = handed_in(quiet, "s3")
    review.take(by=quiet.carla)
    review.give_back(by=quiet.carla, verdicts=verdicts(review))

    team = facts(quiet, now)
    assert call_for(team, turn_of(team, timezone.localdate(now)), now) is None


def test_days_without_a_sign_are_counted_as_in_the_table_beside_the_call():
    now, last = datetime(2026, 11, 30, 9, tzinfo=UTC), datetime(2026, 11, 11, 20, tzinfo=UTC)
    facts = TeamFacts(uuid4(), "Dorfladen", application=uuid4(), last_sign=last)

    with time_machine.travel(now, tick=False):
        call = call_for(facts, Turn("write", Who.TEAM, "„Idee“ beginnen"), now)
        assert (call.reason, in_days(last)) == ("seit 19 Tagen kein Zeichen", "vor 19 Tagen")
