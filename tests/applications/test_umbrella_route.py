"""The umbrella body's own dates in the line that says whose turn it is (F11)."""

from __future__ import annotations

import pytest
from django.utils import timezone

from applications.facts import collect
from applications.turn import turn_of
from calls.models import UmbrellaRoute
from cohorts.models import Team
from tests.builders import (
    day,
    fill,
    make_application,
    make_call,
    make_cohort,
    make_organisation,
    make_organiser,
    make_team,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("body", "submit_until", "stage", "expected"),
    [
        ("Beispielverband", 20, 1, 20),
        ("BEISPIELVERBAND", 20, 1, 20),
        ("Beispielverband", None, 1, 60),
        ("Anderer Verband", 20, 1, 60),
        ("", 20, 1, 60),
        ("Beispielverband", 20, 2, None),
    ],
)
def test_finishing_is_due_by_the_umbrella_bodys_day(body, submit_until, stage, expected):
    amina = make_user()
    cohort = make_cohort(make_organiser(make_user("Doris", "Lang")))
    team = make_team(cohort, amina, organisation=make_organisation(umbrella_body=body))
    fill(make_application(team, stage=stage), by=amina)
    for call, offset in ((cohort.call, submit_until), (make_call("Anderer Aufruf"), 5)):
        UmbrellaRoute.objects.create(
            call=call, umbrella_body="Beispielverband", submit_until=None if offset is None else day(offset)
        )
    now = timezone.now()
    facts = collect(list(Team.objects.with_cohort()), now)[team.pk]
    assert facts.deadline == (None if expected is None else day(expected))
    accepted = turn_of(facts, now, day())
    assert {accepted.until, *(one.until for one in accepted.rest)} <= {facts.deadline, None}
