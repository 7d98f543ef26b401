"""What becomes of hand-ins while a coach is absent: which are promised in that time, of which teams, who reads them meanwhile."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from applications.reviews.models import Review, ReviewItem
from applications.reviews.models.review import GOES_ON
from applications.reviews.page.queue import Place, strip_of
from cohorts.contacts import organisers_of
from cohorts.models import CoachAbsence, CoachAssignment, Conversation, Team
from cohorts.models.absence import days_ahead, days_unread
from core.values import dataclass
from core.words import day


@dataclass(frozen=True)
class HandIn:
    """An open hand-in of a team, with its sections in words and what becomes of it."""

    review: Review
    sections: str
    is_promised_then: bool
    """Is the day promised for it one of the absence?"""
    stays: bool
    """Has the coach begun to read it? Then it stays with them."""


@dataclass(frozen=True)
class Meanwhile:
    """A team of the coach, who reads what it hands in meanwhile, and what lies there now."""

    team: Team
    who: str
    hand_ins: list[HandIn] = field(default_factory=list)
    asks: bool = False
    """Does a question of the team wait for the coach now? It waits for whoever reads then."""


@dataclass(frozen=True)
class Unread:
    """Days on which nobody reads, so that only the organiser helps."""

    first: date
    is_all: bool
    """Are they all days of the absence that are still to come?"""
    organiser: str

    def __str__(self) -> str:
        names = {"name": self.organiser, "day": day(self.first)}
        if self.is_all:
            return _("In dieser Zeit liest niemand, was die Teams abgeben und fragen; %(name)s hilft ihnen.") % names
        return (
            _(
                "An einzelnen dieser Tage, zuerst am %(day)s, liest niemand, was die Teams abgeben und fragen; %(name)s hilft ihnen."
            )
            % names
        )


@dataclass(frozen=True)
class Meaning:
    """What an absence means in one cohort."""

    assignment: CoachAssignment
    unread: Unread | None
    teams: list[Meanwhile]


def meaning_of(assignment: CoachAssignment, from_on: date, until_on: date) -> Meaning:
    """Return what it means in a cohort that its coach is absent on these days. Ten queries, whatever the number of teams."""
    return Meaning(assignment, unread(assignment, from_on, until_on), meanwhile(assignment, from_on, until_on))


def unread(assignment: CoachAssignment, from_on: date, until_on: date) -> Unread | None:
    """Return when nobody reads while this coach is absent; None where somebody always does. Three queries."""
    days = days_unread(assignment, from_on, until_on)
    if not days:
        return None
    organiser = organisers_of([assignment.cohort])[assignment.cohort_id]
    return Unread(days[0], len(days) == days_ahead(from_on, until_on), organiser.name)


def meanwhile(assignment: CoachAssignment, from_on: date, until_on: date) -> list[Meanwhile]:
    """Return the teams of a coach and the others they read for, with what the absence means for each.

    Seven queries, whatever the number.
    """
    own = Q(first_coach=assignment) | Q(second_coach=assignment)
    teams = {team.pk: team for team in Team.objects.current().filter(own, cohort=assignment.cohort).with_cohort()}
    hand_ins = _hand_ins(assignment, list(teams), from_on, until_on)
    others = {coach.pk for team in teams.values() for coach in team.coaches()} - {assignment.pk}
    away = CoachAbsence.objects.touching(from_on, until_on).filter(assignment__in=others).order_by("from_on")
    absences = {absence.assignment_id: absence for absence in away}
    first = [key for key, team in teams.items() if team.first_coach_id == assignment.pk]
    asking = set(Conversation.objects.waiting().filter(team__in=first).values_list("team", flat=True))
    rows = [
        Meanwhile(team, who_reads(team, assignment, absences), hand_ins.pop(key, []), asks=key in asking)
        for key, team in teams.items()
    ]
    return rows + [
        Meanwhile(
            of_team[0].review.application.team,
            _("Alle anderen Coaching-Personen der Projektschmiede, die da sind."),
            of_team,
        )
        for of_team in hand_ins.values()
    ]


def who_reads(team: Team, assignment: CoachAssignment, absences: dict[UUID, CoachAbsence]) -> str:
    """Return the sentence on who reads what the team hands in while this coach is absent."""
    other = next((coach for coach in team.coaches() if coach.pk != assignment.pk and coach.coach_id), None)
    if other is None:
        return _(
            "Das Team hat keine zweite Coaching-Person, die lesen kann. Abgaben und Fragen warten auf alle Coaching-Personen der Projektschmiede, die da sind."
        )
    names = {"coach": other.full_name}
    if other.pk in absences:
        absence = absences[other.pk]
        names |= {"begins": day(absence.from_on), "ends": day(absence.until_on)}
        return (
            _(
                "%(coach)s ist vom %(begins)s bis %(ends)s auch abwesend. An diesen Tagen warten Abgaben und Fragen auf alle Coaching-Personen der Projektschmiede, die da sind, sonst auf %(coach)s."
            )
            % names
        )
    if team.first_coach_id == assignment.pk:
        return _("Abgaben und Fragen warten auf %(coach)s, in Vertretung.") % names
    return _("Abgaben und Fragen warten wie immer auf %(coach)s. Nur Ihre Vertretung fällt weg.") % names


def _hand_ins(
    assignment: CoachAssignment, teams: Iterable[UUID], from_on: date, until_on: date
) -> dict[UUID, list[HandIn]]:
    """Return by team what waits for the coach, or is read by them, in the order of the days promised."""
    noted = ReviewItem.objects.filter(~Q(verdict="") | Q(comments__isnull=False) | Q(begun__isnull=False))
    is_begun = Exists(noted.filter(review=OuterRef("pk"))) | ~Q(summary="") | Q(again_by__isnull=False)
    waiting = GOES_ON & Q(taken_at=None, application__team__in=teams, application__team__first_coach=assignment)
    reading = Q(taken_at__isnull=False, coach=assignment.coach_id, application__team__cohort=assignment.cohort)
    rows: Any = Review.objects.open().filter(waiting | reading).annotate(is_begun_by_them=is_begun)
    found = {row.pk: row for row in rows.order_by("promised_until", "asked_at")}
    cards = strip_of(Place(key, None, None, False) for key in found)
    result: dict[UUID, list[HandIn]] = {}
    for key, row in found.items():
        card = cards[key]
        promised = row.promised_until is not None and from_on <= row.promised_until <= until_on
        stays = row.is_taken and row.is_begun_by_them
        result.setdefault(card.review.application.team_id, []).append(
            HandIn(card.review, card.sections, promised, stays)
        )
    return result
