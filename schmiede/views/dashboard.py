"""The page „Übersicht“ for each role: what waits and what comes next (how many of each: `NEXT_DATES`, `NEWS`, `WAITING`, `IN_FULL`)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.requests import PortalRequest
from applications.checks import Finding, Severity, run
from applications.dossier import read_dossier
from applications.progress.current_workshop import StepFacts, current_step
from applications.progress.facts import collect
from applications.progress.team_facts import AssignmentFacts, TeamFacts
from applications.progress.turn import Turn, card_of
from applications.progress.whose_turn import first_turn_of, rest_of, turn_of
from applications.reviews.page.queue import cards_of, places_of
from applications.writing.models import Application
from cohorts.models import Announcement, Cohort, Registration, Team, TeamMember
from core.statements import Now, Statement, Today
from schmiede.standing import Standing, standing_in
from schmiede.views.care import care_of
from workshops.models import Session

NEXT_DATES = 3
NEXT_ASSIGNMENTS = 5
NEWS = 4
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


@dataclass(frozen=True)
class Coming:
    """Something with a day that lies ahead: a session or an assignment; with neither it is the deadline."""

    day: date | None
    session: Session | None = None
    assignment: AssignmentFacts | None = None


def dashboard(request: PortalRequest) -> HttpResponse:
    """One page for all roles: somebody with two sees both, participants first."""
    user = request.user
    standing = standing_in(request) or Standing()
    now = timezone.now()
    context: dict[str, object] = {"standing": standing, "now": now}
    if standing.is_participant:
        context |= participant(user, now, request.GET.get("team", ""))
    if standing.is_coach:
        context |= coach(user, now)
    if standing.is_organiser:
        context |= {"cohorts": organised(user)}
    if standing.is_organiser or standing.is_bamf_staff:
        context |= {"care": care_of(user)}
    return render(request, "schmiede/dashboard.html", context)


def participant(user: User, now: datetime, chosen: str) -> dict[str, object]:
    """What a member of a team sees; with several teams the newest, or the one chosen."""
    teams = READ_TEAMS(user=user.pk)
    team = next((team for team in teams if str(team.pk) == chosen), teams[0])
    facts = collect([team], now)[team.pk]
    application, findings = checked(facts)
    today = timezone.localdate(now)
    turn = turn_of(facts, today)
    members = READ_MEMBERS(team=team.pk)
    return {
        "team": team,
        "teams": teams,
        "facts": facts,
        "turn": turn,
        "card": card_of(turn, next((member.role for member in members if member.user_id == user.pk), ""), user.pk),
        "steps": way(facts, now),
        "members": members,
        "has_passed": facts.deadline is not None and facts.deadline < today,
        "dates": next_dates(facts, team.cohort, now),
        "news": READ_NEWS(cohort=team.cohort_id),
        "application": application,
        "tally": tally(findings),
    }


def checked(facts: TeamFacts) -> tuple[Application | None, list[Finding]]:
    if facts.application is None:
        return None, []
    application = READ_APPLICATION.first(application=facts.application)
    return (application, run(read_dossier(application))) if application else (None, [])


def tally(findings: list[Finding]) -> dict[str, int]:
    return {severity.name.lower(): sum(f.severity == severity for f in findings) for severity in Severity}


def way(facts: TeamFacts, now: datetime) -> list[tuple[StepFacts, str]]:
    """Each workshop with how it is drawn: done, now, open or closed; all are done once the application is finished."""
    if facts.status == "finished":
        return [(step, "done") for step in facts.steps]
    here = current_step(facts.steps, now)
    drawn = []
    for step in facts.steps:
        if not step.is_open(now):
            drawn.append((step, "closed"))
        elif step.sections and step.accepted == len(step.sections):
            drawn.append((step, "done"))
        else:
            drawn.append((step, "now" if step is here and not facts.withdrawn_at else "open"))
    return drawn


def next_dates(facts: TeamFacts, cohort: Cohort, now: datetime) -> list[Coming]:
    """The next sessions, the team's open assignments and its deadline, in order; what has no date comes last."""
    today = timezone.localdate(now)
    sessions = READ_SESSIONS(cohort=cohort.pk)
    dates = [Coming(timezone.localdate(session.begins_at), session=session) for session in sessions]
    dates += [Coming(assignment.due_on, assignment=assignment) for assignment in coming_assignments(facts, today)]
    if facts.deadline and facts.deadline >= today:
        dates.append(Coming(facts.deadline))
    return sorted(dates, key=lambda entry: entry.day or date.max)


def coming_assignments(facts: TeamFacts, today: date) -> list[AssignmentFacts]:
    """What the team has not ticked off and is not overdue: that is in its turn. Nothing once it is too late."""
    if facts.is_over or facts.withdrawn_at:
        return []
    coming = [assignment for assignment in facts.assignments if assignment.due_on is None or assignment.due_on >= today]
    return sorted(coming, key=lambda assignment: assignment.due_on or date.max)[:NEXT_ASSIGNMENTS]


def coach(user: User, now: datetime) -> dict[str, object]:
    """What waits for a coach, first what they have taken, then the longest waiting; and their teams."""
    own = [place for place in places_of(user) if place.is_for_you or place.is_read_by(user)]
    own.sort(key=lambda place: not place.is_read_by(user))
    today = timezone.localdate(now)
    teams = coached_rows(user, now)
    return {
        "waiting": cards_of(user, own[:WAITING]),
        "waiting_more": max(0, len(own) - WAITING),
        "coached": [with_rest(row, user, today) for row in teams[:IN_FULL]],
        "coached_more": teams[IN_FULL:],
    }


def with_rest(row: TeamRow, user: User, today: date) -> TeamRow:
    """Add a line for everything else that waits: who must act, and what to do."""
    you = _("Sie")
    return replace(
        row,
        rest=[
            f"{you if turn.addresses('coach', user.pk) else turn.who.label}: {turn.what}"
            for turn in rest_of(row.facts, today)
        ],
    )


def coached_rows(user: User, now: datetime) -> list[TeamRow]:
    """The teams of a coach, the longest waiting first; of a cohort that has ended those that still write."""
    teams = READ_COACHED(user=user.pk)
    facts, today = collect(teams, now), timezone.localdate(now)
    rows = []
    for team in teams:
        turn = first_turn_of(facts[team.pk], today).as_read_by("coach", user.pk)
        rows.append(TeamRow(team, facts[team.pk], turn, turn.is_yours))
    return sorted(rows, key=lambda row: (not row.you, row.turn.sort_key()))


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


def _teams(user: Any) -> QuerySet[Team]:
    return Team.objects.with_member(user).with_cohort().order_by("-made_at")


def _coached(user: Any) -> QuerySet[Team]:
    writing = Application.objects.filter(team=OuterRef("pk"), status=Application.Status.DRAFTING)
    running = Q(cohort__ends_on__gte=Today()) | Exists(writing)
    return Team.objects.coached_by(user).filter(running, withdrawn_at=None).with_cohort()


def _news(cohort: Any) -> QuerySet[Announcement]:
    return Announcement.objects.published().filter(cohort=cohort).select_related("by").order_by("-published_at")[:NEWS]


def _sessions(cohort: Any) -> QuerySet[Session]:
    coming = Session.objects.filter(workshop__cohort=cohort, workshop__cancelled_at=None, ends_at__gte=Now())
    return coming.select_related("workshop").order_by("begins_at")[:NEXT_DATES]


READ_TEAMS = Statement(_teams, "user")
READ_COACHED = Statement(_coached, "user")
READ_MEMBERS = Statement(lambda team: TeamMember.objects.current().filter(team=team), "team")
READ_APPLICATION = Statement(lambda application: Application.objects.with_team().filter(pk=application), "application")
READ_NEWS = Statement(_news, "cohort")
READ_SESSIONS = Statement(_sessions, "cohort")
