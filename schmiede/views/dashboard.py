"""The page „Übersicht“ for each role: what waits and what comes next (how many of each: `WAITING`, `IN_FULL`)."""

from __future__ import annotations

from dataclasses import field, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.models import User
from accounts.requests import PortalRequest
from applications.progress.facts import collect
from applications.progress.team_facts import TeamFacts
from applications.progress.turn import Turn
from applications.progress.whose_turn import first_turn_of, rest_of
from applications.reviews.page.questions import questions_of
from applications.reviews.page.queue import cards_of, places_of
from applications.writing.models import Application
from cohorts.models import CoachAbsence, Cohort, Registration, Team, read_cohorts
from core.statements import Statement, Today
from core.values import dataclass
from schmiede.standing import Standing, standing_in
from schmiede.views.care import care_of
from schmiede.views.coach_begins import beginnings
from schmiede.views.invitations import TEAM, invitations_to
from schmiede.views.participant import participant

WAITING = 4
# Of a coach's teams so many, the longest waiting, are shown with everything that waits: as many as a large cohort has.
IN_FULL = 12


@dataclass(frozen=True)
class TeamRow:
    """A team with its facts and its turn."""

    team: Team
    facts: TeamFacts
    turn: Turn
    you: bool
    """Is it the turn of the person who looks?"""
    rest: list[str] = field(default_factory=list)
    own: list[str] = field(default_factory=list)
    """What else is the turn of the coach who looks."""
    is_away: bool = False
    """Is the coach who looks absent from its cohort today?"""


def dashboard(request: PortalRequest) -> HttpResponse:
    """One page for all roles: somebody with two sees both, participants first."""
    user = request.user
    standing = standing_in(request) or Standing()
    now = timezone.now()
    context: dict[str, object] = {"standing": standing, "now": now, "invitations": invitations_to(user)}
    if standing.is_participant:
        context |= participant(user, now, chosen_team(request))
    if standing.is_coach:
        context |= coach(user, now)
    if standing.is_organiser:
        context |= {"cohorts": organised(user)}
    if standing.is_organiser or standing.is_bamf_staff:
        context |= {"care": care_of(user)}
    return render(request, "schmiede/dashboard.html", context)


def chosen_team(request: PortalRequest) -> str:
    """Return the key of the team that somebody in several chose, now or earlier since the login; what it names is not checked."""
    chosen = request.GET.get("team", "")[:36]
    if chosen and request.session.get(TEAM) != chosen:
        request.session[TEAM] = chosen
    return chosen or str(request.session.get(TEAM, ""))


def coach(user: User, now: datetime) -> dict[str, object]:
    """What waits for a coach, first what they have taken, then the longest waiting; and their teams."""
    own = [place for place in places_of(user) if place.is_for_you or place.is_read_by(user)]
    own.sort(key=lambda place: not place.is_read_by(user))
    today = timezone.localdate(now)
    teams = coached_rows(user, now)
    in_full = [with_rest(row, user, today) for row in teams[:IN_FULL]]
    in_full.sort(key=lambda row: not (row.you or row.own))
    questions = [question for question in questions_of(user) if question.is_for_you]
    return {
        "beginnings": beginnings(user, is_brief=bool(own or questions)),
        "waiting": cards_of(user, own[:WAITING]),
        "waiting_more": max(0, len(own) - WAITING),
        "questions": questions,
        "coached": in_full,
        "coached_more": teams[IN_FULL:],
    }


def with_rest(row: TeamRow, user: User, today: date) -> TeamRow:
    """Add a line for everything else that waits: what to do, for what others do who must act."""
    turns = list(rest_of(row.facts, today))
    yours = [turn.addresses(side_in(row.is_away, turn), user.pk) for turn in turns]
    own = [turn.what for turn, is_yours in zip(turns, yours, strict=True) if is_yours]
    rest = [f"{turn.who.label}: {turn.what}" for turn, is_yours in zip(turns, yours, strict=True) if not is_yours]
    return replace(row, own=own, rest=rest)


def coached_rows(user: User, now: datetime) -> list[TeamRow]:
    """The teams of a coach, the longest waiting first; of a cohort that has ended those that still write."""
    teams = read_cohorts(READ_COACHED(user=user.pk))
    facts, today = collect(teams, now), timezone.localdate(now)
    away = set(READ_AWAY(user=user.pk)) if teams else set()
    rows = []
    for team in teams:
        turn, is_away = first_turn_of(facts[team.pk], today), team.cohort_id in away
        turn = turn.as_read_by(side_in(is_away, turn), user.pk)
        rows.append(TeamRow(team, facts[team.pk], turn, turn.is_yours, is_away=is_away))
    return sorted(rows, key=lambda row: (not row.you, row.turn.sort_key()))


def side_in(is_away: bool, turn: Turn) -> str:
    """Return the side a coach is on: while they are absent, what waits for every coach waits for the others."""
    return "" if is_away and turn.coach is None else "coach"


def organised(user: User) -> QuerySet[Cohort]:
    """An organiser's cohorts with what waits in them."""
    undecided = Q(registrations__status__in=[Registration.Status.RECEIVED, Registration.Status.WAITING])
    return (
        Cohort.objects.organised_by(user)
        .select_related("organiser")
        .annotate(
            team_count=Count("teams", filter=Q(teams__withdrawn_at=None), distinct=True),
            team_total=Count("teams", distinct=True),
            undecided_count=Count("registrations", filter=undecided, distinct=True),
        )
        .order_by("-begins_on")
    )


# The queries, each built once.


def _coached(user: Any) -> QuerySet[Team]:
    writing = Application.objects.filter(team=OuterRef("pk"), status=Application.Status.DRAFTING)
    running = Q(cohort__ends_on__gte=Today()) | Exists(writing)
    return Team.objects.coached_by(user).filter(running, withdrawn_at=None).for_lists()


def _away(user: Any) -> QuerySet[CoachAbsence, Any]:
    rows = CoachAbsence.objects.on(Today()).filter(assignment__coach=user).order_by()
    return rows.values_list("assignment__cohort", flat=True)


READ_COACHED = Statement(_coached, "user")
READ_AWAY = Statement(_away, "user")
