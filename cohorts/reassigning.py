"""Coaches of several teams at once: all teams of one handed to another, two coaches swapped, somebody back after an end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from accounts import outbox
from accounts.models import Event, User
from cohorts.models import CoachAssignment, Cohort, OnBothSides, Team
from core.values import dataclass
from core.writes import Stale, write_if


class TwoAlready(Stale):
    """A team that somebody was to coach again has two coaches by now."""

    def __init__(self, team: Team) -> None:
        super().__init__()
        self.team = team

    def __str__(self) -> str:
        said = {"team": self.team.title}
        return (
            gettext("Das Team „%(team)s“ hat inzwischen zwei andere Coaching-Personen. Es ist nichts geändert.") % said
        )


@dataclass(frozen=True)
class Change:
    """A team with the coaches it is to have."""

    team: Team
    first: CoachAssignment | None
    second: CoachAssignment | None


def teams_with(*coaches: CoachAssignment) -> models.QuerySet[Team]:
    """Return the teams of today that name one of these coaches of one cohort, first or second."""
    named = Q(first_coach__in=coaches) | Q(second_coach__in=coaches)
    rows = Team.objects.current().for_lists().select_related("cohort")
    return rows.filter(named, cohort=coaches[0].cohort_id)


def teams_of(coaches: Collection[CoachAssignment]) -> dict[CoachAssignment, list[Team]]:
    """Return by coach the teams of today that name them, also coaches of several cohorts; one query."""
    named = Q(first_coach__in=coaches) | Q(second_coach__in=coaches)
    teams: dict[CoachAssignment, list[Team]] = {coach: [] for coach in coaches}
    for team in Team.objects.current().for_lists().select_related("cohort").filter(named):
        for coach in (team.first_coach, team.second_coach):
            if coach in teams and coach.cohort_id == team.cohort_id:
                teams[coach].append(team)
    return teams


@transaction.atomic
def hand_teams_over(coach: CoachAssignment, to: CoachAssignment, *, by: User) -> list[Team]:
    """Name `to` in place of this coach in all their teams, and tell them and the teams. Returns the teams.

    Where `to` is the other coach of a team already, they become its first and only one. Raises `Stale` if there is no
    team, or `to` has ended or declined, and `OnBothSides` if `to` is in a team.
    """
    coach.require(by, "edit")
    _hold(coach, to)
    changes = []
    for team in teams_with(coach):
        first, second = (to if one == coach else one for one in (team.first_coach, team.second_coach))
        changes.append(Change(team, first, None if second == first else second))
    return _name(changes, to_tell=[coach, to], by=by)


@transaction.atomic
def swap_teams(one: CoachAssignment, other: CoachAssignment, *, by: User) -> list[Team]:
    """Give the teams of each of two coaches to the other, and tell them and the teams. Returns the teams.

    Raises as `hand_teams_over` does, for both.
    """
    one.require(by, "edit")
    _hold(one, other)
    _hold(other, one)
    swapped = {one.pk: other, other.pk: one}
    changes = [
        Change(
            team,
            *(swapped.get(coach.pk, coach) if coach else None for coach in (team.first_coach, team.second_coach)),
        )
        for team in teams_with(one, other)
    ]
    return _name(changes, to_tell=[one, other], by=by)


@transaction.atomic
def swap_order(team: Team, *, by: User) -> None:
    """Make the second coach of a team the first, for whom hand-ins wait, and tell both and the team.

    Raises `Stale` if the team has withdrawn or has no second coach.
    """
    team.require(by, "edit")
    Cohort.objects.lock(team.cohort_id)
    now = Team.objects.for_lists().select_related("cohort").get(pk=team.pk)
    if now.second_coach is None:
        raise Stale
    both = [coach for coach in (now.first_coach, now.second_coach) if coach]
    _name([Change(now, now.second_coach, now.first_coach)], to_tell=both, by=by)


def teams_of_before(coach: CoachAssignment) -> list[Team]:
    """Return the teams of today that name a coach who has ended, or once did: the audit trail knows."""
    events = Event.objects.filter(what="team.coaches_named", cohort_id=coach.cohort_id).values_list(
        "record_id", "codes"
    )
    had = {pk for pk, codes in events if str(coach.pk) in codes.values()}  # named then, or replaced
    named = Q(first_coach=coach) | Q(second_coach=coach) | Q(pk__in=had)
    rows = Team.objects.current().for_lists().select_related("cohort")
    return list(rows.filter(named, cohort=coach.cohort_id))


def is_free_for(team: Team, coach: CoachAssignment) -> bool:
    """Can this coach be named in the team without taking it from anybody who coaches it now?"""
    return coach in (team.first_coach, team.second_coach) or len(team.coaches()) < 2


@transaction.atomic
def take_up_again(coach: CoachAssignment, *, by: User, teams: Collection[Team] = ()) -> None:
    """Let a coach whose last day is known go on, in these of the teams they had.

    Before the end has come they keep all teams, and nobody is told: nobody was told of the end. Afterwards they are told,
    and so are the teams that get them back or lose them; not those that name them still. Teams that name them and are not
    chosen name them no more. Who had not joined is invited again. Raises `TwoAlready`, `Stale` if no end is known or they
    were erased, and `OnBothSides` if they are in a team by now.
    """
    coach.require(by, "edit")
    coach.hold()
    coach.refresh_from_db(fields=["until"])
    had_ended = not coach.is_current
    if coach.is_erased:
        raise Stale
    write_if(coach, {"until__isnull": False}, until=None)
    coach.refuse_twice()
    coach.refuse_member()
    Event.record("coach.returned", coach, by=by)
    chosen = {team.pk for team in teams}
    before = teams_of_before(coach) if had_ended else []
    changes = [_with_or_without(team, coach, named=team.pk in chosen) for team in before]
    if coach.user is None:
        coach.send_invitation(by=by)
    _name([change for change in changes if change], to_tell=[coach] if had_ended else [], by=by, is_back=True)


def _with_or_without(team: Team, coach: CoachAssignment, *, named: bool) -> Change | None:
    """Return the change by which a team names a coach who is back, or no longer; None where nothing is to be done."""
    first, second = team.first_coach, team.second_coach
    is_named = coach in (first, second)
    if not named:
        without = (None if one == coach else one for one in (first, second))
        return Change(team, *without) if is_named else None
    if is_named:
        return None  # the team was never told of the end
    there = team.coaches()
    if first not in there:
        return Change(team, coach, second)
    if second not in there:
        return Change(team, first, coach)
    raise TwoAlready(team)


def _hold(coach: CoachAssignment, to: CoachAssignment) -> None:
    """Lock the cohort of both, and refuse a coach who cannot be given teams."""
    if coach.cohort_id != to.cohort_id:
        raise ValueError("A coach of another cohort.")
    coach.hold()
    if coach == to or not CoachAssignment.objects.current().filter(pk=to.pk).exists():
        raise Stale
    if CoachAssignment.objects.filter(pk=to.pk).in_a_team().exists():
        raise OnBothSides(to.full_name)


def _name(changes: Iterable[Change], *, to_tell: list[CoachAssignment], by: User, is_back: bool = False) -> list[Team]:
    """Write the coaches of these teams, and tell them and each coach; part of a step that has locked the cohort."""
    at = timezone.now().isoformat()
    teams = []
    for change in changes:
        team = change.team
        codes: dict[str, Any] = {
            "first": change.first and change.first.pk,
            "second": change.second and change.second.pk,
            "had_first": team.first_coach_id,
            "had_second": team.second_coach_id,
        }
        write_if(team, {"withdrawn_at": None}, first_coach=change.first, second_coach=change.second)
        Event.record("team.coaches_named", team, by=by, **codes)
        values: dict[str, Any] = {"link": reverse("dashboard"), "team": team, "coaches": team.coaches()}
        key, mail = f"{team.pk}:{at}", "cohorts/mails/team_coaches.txt"
        outbox.post(team.people(), mail, dedup=key, cohort=team.cohort_id, **values)
        teams.append(team)
    if not (teams or is_back):
        raise Stale
    listed = lists_of(to_tell) if to_tell else {}
    for coach in to_tell:
        if coach.is_current and coach.declined_at is None:
            values = {"title": coach.cohort.title, "is_back": is_back, "who": str(by), **listed[coach]}
            link, key = reverse("dashboard"), f"{coach.pk}:{at}"
            outbox.post(
                [coach], "cohorts/mails/coach_teams.txt", dedup=key, link=link, cohort=coach.cohort_id, **values
            )
    return teams


def lists_of(coaches: Collection[CoachAssignment]) -> dict[CoachAssignment, dict[str, list[str]]]:
    """Return by coach the titles of the teams in which they are the first and the second coach; one query."""
    lists: dict[CoachAssignment, dict[str, list[str]]] = {coach: defaultdict(list) for coach in coaches}
    for team in teams_with(*coaches):
        for place, coach in (("first", team.first_coach), ("second", team.second_coach)):
            if coach in lists:
                lists[coach][place].append(team.title)
    return lists
