"""A coach's first days in a Projektschmiede: whom they coach, what will wait and when, the first workshop, whom to ask."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Prefetch, Q
from django.utils import timezone

from accounts.models import User
from applications.progress.team_facts import TeamFacts
from applications.reviews.models import Review
from cohorts.models import CoachAssignment, Team, TeamMember
from workshops.models import Session


@dataclass(frozen=True)
class OwnTeam:
    """A team of the coach, with its people; `is_first` says whether its hand-ins wait for this coach."""

    team: Team
    people: list[TeamMember]
    is_first: bool


@dataclass(frozen=True)
class Beginning:
    """A Projektschmiede in which a coach has not read yet; without a session no workshop has a date."""

    assignment: CoachAssignment
    teams: list[OwnTeam] = field(default_factory=list)
    session: Session | None = None
    """The first session there is still to come."""


def has_begun(facts: Iterable[TeamFacts]) -> bool:
    """Has one of these teams ever handed something in?"""
    return any(section.items for team in facts for section in team.sections)


def beginnings(user: User) -> list[Beginning]:
    """Return the running Projektschmieden in which this coach has never taken a hand-in, the newest first.

    Four queries, whatever the number; one for none.
    """
    read = Review.objects.filter(coach=user, application__team__cohort=OuterRef("cohort"))
    assignments = (
        CoachAssignment.objects.of(user)
        .filter(~Exists(read), cohort__ends_on__gte=timezone.localdate(), cohort__cancelled_at=None)
        .select_related("cohort__organiser")
        .order_by("-cohort__begins_on")
    )
    found = {assignment.pk: Beginning(assignment) for assignment in assignments}
    if not found:
        return []
    people = Prefetch("members", TeamMember.objects.current().order_by("last_name"), to_attr="people_now")
    own = Q(first_coach__in=found) | Q(second_coach__in=found)
    for team in Team.objects.current().filter(own).select_related("organisation").prefetch_related(people):
        for assignment, beginning in found.items():
            if assignment in {team.first_coach_id, team.second_coach_id}:
                is_first = team.first_coach_id == assignment
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
