"""The page „Cockpit“: which team is stuck, how far the Projektschmiede is, who was there, the bars of the funnel."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Count, F, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.requests import PortalRequest
from applications.papers.models import Submission
from applications.progress.attention import Call, call_for
from applications.progress.coaching_load import load_of
from applications.progress.current_workshop import StepFacts
from applications.progress.facts import collect
from applications.progress.team_facts import TeamFacts
from applications.progress.turn import Turn
from applications.progress.whose_turn import first_turn_of
from applications.states import SectionState
from applications.writing.models import Application
from calls.cohort_dates import clashes
from cohorts.models import Cohort, Registration, Team, TeamMember
from core.statements import Statement
from core.values import dataclass
from core.words import all_of, quoted
from schmiede.views.care import care_of
from workshops.models import Attendance, Session, Workshop

FUNNEL_WIDTH, FUNNEL_STEP, FUNNEL_BAR = 200, 64, 32


@dataclass(frozen=True)
class Line:
    """A team's row of the table."""

    team: Team
    facts: TeamFacts
    turn: Turn
    call: Call | None
    cells: list[SectionState]
    present: int
    recorded: int
    question_is_late: bool = False
    """Has a question of the team waited for longer than the cohort takes to answer?"""


@dataclass(frozen=True)
class FunnelBar:
    """A step of the funnel: its number, its name, where its bar lies, and the corners of the flow to the next one."""

    number: int
    label: str | Promise
    left: float
    width: float
    top: int
    flow: str = ""


def cockpit(request: PortalRequest, slug: str) -> HttpResponse:
    """The organiser's page of one cohort; 403 for those who see the cohort but do not run it."""
    cohort = get_object_or_404(Cohort.objects.visible_to(request.user).select_related("call", "organiser"), slug=slug)
    if not cohort.allows(request.user, "cockpit"):
        raise PermissionDenied
    now = timezone.now()
    teams = READ_TEAMS(cohort=cohort.pk)
    for team in teams:
        team.cohort = cohort
    workshops = READ_WORKSHOPS(cohort=cohort.pk)
    lines = table(teams, workshops, now)
    bars = funnel(cohort, [line.facts for line in lines])
    return render(
        request,
        "schmiede/cockpit.html",
        {
            "cohort": cohort,
            "lines": lines,
            "current": sum(line.team.is_current for line in lines),
            "care": care_of(request.user),
            "workshops": [(workshop, first_session(workshop)) for workshop in workshops],
            "calls": with_people([line.call for line in lines if line.call], teams),
            "funnel": bars,
            "funnel_height": len(bars) * FUNNEL_STEP,
            "misfits": misfits_of(cohort, lines, workshops, now),
            "has_begun": any(line.facts.application for line in lines),
            "deadline_has_passed": has_passed(cohort.call.last_day(), now),
            "other_deadlines": sum(bool(line.facts.deadline_of) for line in lines),
            "load": load_of(cohort, now),
            "next_session": next_session(workshops, now),
            "last_session": last_session(workshops),
            "legend": list(SectionState),
            "now": now,
        },
    )


def has_passed(deadline: date | None, now: datetime) -> bool:
    """Return whether the deadline lies before today; a call without one has none that could."""
    return deadline is not None and deadline < timezone.localdate(now)


def misfits_of(cohort: Cohort, lines: list[Line], workshops: list[Workshop], now: datetime) -> list[str]:
    """Return what does not fit in the dates of the cohort and its call; nothing once every team has sent its application."""
    sent = [bool(line.facts.submission and line.facts.submission.posted_on) for line in lines]
    open_teams = [line.team for line, is_sent in zip(lines, sent, strict=True) if line.team.is_current and not is_sent]
    if any(sent) and not open_teams:
        return []
    sentences = clashes(cohort, workshops)
    if sentences and open_teams and has_passed(cohort.call.last_day(), now):
        words = ngettext("%(teams)s hat nichts eingereicht.", "%(teams)s haben nichts eingereicht.", len(open_teams))
        sentences.append(words % {"teams": all_of(quoted([team.title]) for team in open_teams)})
    return sentences


def table(teams: list[Team], workshops: list[Workshop], now: datetime) -> list[Line]:
    """The rows of the teams: those that need a call on top, then by how long they have waited."""
    facts, today = collect(teams, now, with_signs=True), timezone.localdate(now)
    attendance = attendance_by_team(teams)
    lines = []
    for team in teams:
        team_facts = facts[team.pk]
        turn = first_turn_of(team_facts, today)
        steps = {step.workshop: step for step in team_facts.steps}
        present, recorded = attendance.get(team.pk, (0, 0))
        lines.append(
            Line(
                team=team,
                facts=team_facts,
                turn=turn,
                call=call_for(team_facts, turn, now),
                cells=[cell(steps.get(workshop.pk), team_facts) for workshop in workshops],
                present=present,
                recorded=recorded,
                question_is_late=waits_too_long(team, now),
            )
        )
    return sorted(
        lines, key=lambda line: (line.call is None, -line.call.days if line.call else 0, line.turn.sort_key())
    )


def waits_too_long(team: Any, now: datetime) -> bool:
    """Return whether a question waits for longer than answers take; `team` is a row of `READ_TEAMS`."""
    longest = timedelta(days=team.cohort.answer_days)
    return bool(team.is_current and team.asks_since and team.asks_since + longest < now)


def cell(step: StepFacts | None, facts: TeamFacts) -> SectionState:
    if facts.status == Application.Status.FINISHED:
        return SectionState.FINISHED
    return step.state if step else SectionState.CLOSED


def attendance_by_team(teams: list[Team]) -> dict[UUID, tuple[int, int]]:
    """How often members were present, and how many entries there are, by team."""
    rows = READ_ATTENDANCE(teams=[team.pk for team in teams])
    return {team: (present, recorded) for team, present, recorded in rows}


def with_people(calls: list[Call], teams: list[Team]) -> list[tuple[Call, list[tuple[str, str, str]]]]:
    """Each call with names, numbers to ring and how it stands with the invitation: the team's members, or its coach."""
    by_team = {team.pk: team for team in teams}
    numbers: dict[UUID, list[tuple[str, str, str]]] = defaultdict(list)
    teams_to_call = [call.team for call in calls if not call.to_coach]
    for member in TeamMember.objects.current().not_declined().filter(team__in=teams_to_call):
        numbers[member.team_id].append((member.full_name, member.phone, member.invitation_state))
    for call in calls:
        if call.to_coach:
            coaches = by_team[call.team].coaches()
            numbers[call.team] = [(coach.full_name, coach.phone, coach.invitation_state) for coach in coaches]
    return [(call, numbers[call.team]) for call in calls]


def funnel(cohort: Cohort, facts: list[TeamFacts]) -> list[FunnelBar]:
    """From registration to grant, as numbers and as the places of their bars.

    `static/css/cockpit.css` draws as many rows as there are bars: its `.funnel svg` has their number, too.
    """
    registered = Registration.objects.received().filter(cohort=cohort).count()
    posted = Submission.objects.posted().filter(application__team__cohort=cohort).order_by()
    numbers: list[tuple[int, str | Promise]] = [
        (max(registered, len(facts)), _("angemeldet")),
        (len(facts), _("zugelassen")),
        (sum(any(section.version for section in team.sections) for team in facts if team.application), _("schreiben")),
        (sum(any(section.items for section in team.sections) for team in facts), _("haben zur Rückmeldung abgegeben")),
        (posted.values("application").distinct().count(), _("eingereicht")),
        (sum(bool(team.submission and team.submission.outcome == "granted") for team in facts), _("bewilligt")),
    ]
    most = max(number for number, _label in numbers) or 1
    bars = [
        FunnelBar(
            number,
            label,
            FUNNEL_WIDTH * (1 - number / most) / 2,
            FUNNEL_WIDTH * number / most,
            place * FUNNEL_STEP + 16,
        )
        for place, (number, label) in enumerate(numbers)
    ]
    return [replace(bar, flow=flow(bar, after)) for bar, after in pairwise(bars)] + bars[-1:]


def flow(bar: FunnelBar, after: FunnelBar) -> str:
    """The corners between a bar and the next, as an SVG polygon names them."""
    top, bottom = bar.top + FUNNEL_BAR, after.top
    corners = [
        (bar.left, top),
        (bar.left + bar.width, top),
        (after.left + after.width, bottom),
        (after.left, bottom),
    ]
    return " ".join(f"{x:.1f},{y}" for x, y in corners)


def first_session(workshop: Workshop) -> Session | None:
    return min(workshop.sessions.all(), key=lambda session: session.begins_at, default=None)


def next_session(workshops: list[Workshop], now: datetime) -> Session | None:
    coming = [session for workshop in workshops for session in workshop.sessions.all() if session.ends_at >= now]
    return min(coming, key=lambda session: session.begins_at, default=None)


def last_session(workshops: list[Workshop]) -> Session | None:
    """The latest session that has begun, whose attendance is recorded now."""
    begun = [session for workshop in workshops for session in workshop.sessions.all() if session.has_begun]
    return max(begun, key=lambda session: session.begins_at, default=None)


# The queries, each built once.


def _teams(cohort: Any) -> QuerySet[Team]:
    rows = Team.objects.filter(cohort=cohort).for_lists().with_other_sides()
    return rows.annotate(asks_since=F("conversation__waits_since"))


def _workshops(cohort: Any) -> QuerySet[Workshop]:
    return Workshop.objects.held().filter(cohort=cohort).prefetch_related("sessions").order_by("position")


def _attendance(teams: Any) -> QuerySet[Any, Any]:
    rows = Attendance.objects.filter(member__team__pk__among=teams).order_by().values_list("member__team")
    return rows.annotate(present=Count("pk", filter=Q(status=Attendance.Status.PRESENT)), recorded=Count("pk"))


READ_TEAMS = Statement(_teams, "cohort")
READ_WORKSHOPS = Statement(_workshops, "cohort")
READ_ATTENDANCE = Statement(_attendance, "teams")
