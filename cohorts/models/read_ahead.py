"""What pages read for many teams at once, with one query for all of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from core.statements import Statement

from .absence import absent_today
from .cohort import Cohort
from .team import Team

READ_COHORTS = Statement(
    lambda cohorts: Cohort.objects.filter(pk__among=cohorts).select_related("call").order_by(), "cohorts"
)


def read_cohorts(teams: Iterable[Team]) -> list[Team]:
    """Give teams their cohorts with the calls, and return them; no query for none. Teams of one cohort share it."""
    teams = list(teams)
    keys = {team.cohort_id for team in teams}
    cohorts = {cohort.pk: cohort for cohort in READ_COHORTS(cohorts=keys)} if keys else {}
    for team in teams:
        team.cohort = cohorts[team.cohort_id]
    return teams


def _other_sides(teams: Any) -> QuerySet[Team, Any]:
    rows: Any = Team.objects.filter(pk__among=teams).with_other_sides().order_by()
    return rows.values_list("pk", "coach_inside", "organiser_inside")


READ_OTHER_SIDES = Statement(_other_sides, "teams")


def read_other_sides(teams: Iterable[Team]) -> None:
    """Give teams what `with_other_sides` annotates, with one query."""
    by_key = {team.pk: team for team in teams}
    for key, coach, organiser in READ_OTHER_SIDES(teams=by_key):
        by_key[key].coach_inside, by_key[key].organiser_inside = coach, organiser


def read_absences(teams: Iterable[Team]) -> None:
    """Read for all these teams at once, with one query, which of their coaches are absent today."""
    teams = list(teams)
    away = absent_today({coach.pk for team in teams for coach in team.coaches()})
    for team in teams:
        team.read_ahead.coaches_away = away
