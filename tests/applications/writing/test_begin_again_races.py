"""Two people begin again at the same moment, one with the earlier texts and one with none: one application, one set of texts."""

from __future__ import annotations

from functools import partial

import pytest

from applications.reviews.steps import withdraw
from applications.writing.models import AlreadyStarted, Application, Revision
from applications.writing.starting import start
from tests.builders import (
    day,
    make_application,
    make_cohort,
    make_organiser,
    make_team,
    make_user,
    write,
)

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
ROUNDS = 6


def test_a_team_begins_again_once(at_once):
    amina, jonas = make_user("Amina", "Haddad"), make_user("Jonas", "Petersen")
    organiser = make_organiser(make_user("Doris"))
    before = make_team(make_cohort(organiser, begins_on=day(-90), ends_on=day(-9)), amina, jonas)
    earlier = make_application(before)
    for key in ("s1", "s3"):
        write(earlier, key, "Schon einmal geschrieben.", by=amina)
    team = make_team(make_cohort(organiser), amina, jonas, organisation=before.organisation)
    for number in range(ROUNDS):
        other = earlier if number % 2 else None
        answers = at_once(
            partial(start, team, by=amina, theme="vielfalt", earlier=earlier),
            partial(start, team, by=jonas, theme="vielfalt", earlier=other),
        )

        (application,) = [answer for answer in answers if isinstance(answer, Application)]
        assert [type(answer) for answer in answers if answer is not application] == [AlreadyStarted]
        assert list(Application.objects.running().filter(team=team)) == [application]
        taken = Revision.objects.filter(draft__application=application, why="copied")
        assert sorted(taken.values_list("draft__key", flat=True)) == (["s1", "s3"] if application.previous else [])
        withdraw(application, by=amina)
