"""A coach's first days in a Projektschmiede: whom they coach, what will wait and when, the first workshop, whom to ask."""

from __future__ import annotations

from dataclasses import field
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from applications.reviews.models import Review
from cohorts.models import CoachAssignment, Entry, Team, TeamMember
from core.statements import Statement, Today
from core.values import dataclass
from workshops.models import Session


@dataclass(frozen=True)
class OwnTeam:
    """A team of the coach, with its people; `is_first` says whether its hand-ins wait for this coach while they are there."""

    team: Team
    people: list[TeamMember]
    is_first: bool


@dataclass(frozen=True)
class Beginning:
    """A Projektschmiede in which a coach has answered nothing yet; without a session no workshop has a date."""

    assignment: CoachAssignment
    teams: list[OwnTeam] = field(default_factory=list)
    session: Session | None = None
    """The first session there is still to come."""


def beginnings(user: User, *, is_brief: bool) -> list[Beginning]:
    """Return the running Projektschmieden in which this coach has neither given back nor answered yet, the newest first.

    Four queries, whatever the number; one for none. A brief introduction, where something waits already, needs one: it
    is for a coach who has never given back or answered anywhere, to the newest alone, and leaves teams and session to the overview.
    """
    assignments: list[CoachAssignment] = (READ_NEVER_ANSWERED if is_brief else READ_UNANSWERED)(user=user.pk)
    found = {assignment.pk: Beginning(assignment) for assignment in assignments}
    if not found or is_brief:
        return list(found.values())[:1]
    people = Prefetch(
        "members", TeamMember.objects.current().not_declined().order_by("last_name"), to_attr="people_now"
    )
    own = Q(first_coach__in=found) | Q(second_coach__in=found)
    for team in (
        Team.objects.current().filter(own).select_related("organisation", "first_coach").prefetch_related(people)
    ):
        for assignment, beginning in found.items():
            if assignment in {team.first_coach_id, team.second_coach_id}:
                first = team.first_coach
                is_first = first is None or first.pk == assignment or not first.is_current
                beginning.teams.append(OwnTeam(team, team.people_now, is_first))
    return _with_sessions(list(found.values()))


def _with_sessions(rows: list[Beginning]) -> list[Beginning]:
    """Add to each the session that comes first from now on. One query."""
    coming = Session.objects.filter(
        workshop__cohort__in={row.assignment.cohort_id for row in rows},
        workshop__cancelled_at=None,
        ends_at__gte=timezone.now(),
    )
    first: dict[object, Session] = {}
    for session in coming.select_related("workshop").order_by("begins_at"):
        first.setdefault(session.workshop.cohort_id, session)
    return [Beginning(row.assignment, row.teams, first.get(row.assignment.cohort_id)) for row in rows]


def _running(user: Any, read: Q, answered: Q) -> QuerySet[CoachAssignment]:
    """Return the running Projektschmieden of a coach who has neither given back (`read`) nor answered there."""
    reviews = Review.objects.filter(read, coach=user, finished_at__isnull=False)
    entries = Entry.objects.filter(answered, by=user, is_from_team=False)
    running = CoachAssignment.objects.of(user).filter(cohort__ends_on__gte=Today(), cohort__cancelled_at=None)
    new = running.filter(~Exists(reviews), ~Exists(entries))
    return new.select_related("cohort__organiser").order_by("-cohort__begins_on")


def _unanswered(user: Any) -> QuerySet[CoachAssignment]:
    there = OuterRef("cohort")
    return _running(user, Q(application__team__cohort=there), Q(conversation__team__cohort=there))


def _never_answered(user: Any) -> QuerySet[CoachAssignment]:
    return _running(user, Q(), Q())


READ_UNANSWERED = Statement(_unanswered, "user")
READ_NEVER_ANSWERED = Statement(_never_answered, "user")
