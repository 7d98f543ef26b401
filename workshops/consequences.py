"""What a changed workshop means for its cohort: which dates move, which sections open at another time, what stays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.utils import timezone

from calls.models import Edition
from cohorts.models import Cohort
from core.values import dataclass
from workshops.models import Assignment, Session, Workshop
from workshops.moving import Move, moves
from workshops.opening import Opening, has_come, opens_at


@dataclass(frozen=True)
class Before:
    """A workshop and the plan of its cohort before a save."""

    now: datetime
    sessions: Sequence[Session]
    due: dict[object, date]
    plan: Sequence[Opening]

    @classmethod
    def of(cls, workshop: Workshop) -> Before:
        """Read them, and lock the workshop until the save is through. Four queries; one for a workshop that is not there yet."""
        if workshop._state.adding:
            return cls.plan_of(workshop)
        return cls(
            timezone.now(),
            workshop.lock_sessions(),
            {row.pk: row.due_on for row in Assignment.objects.filter(workshop=workshop) if row.due_on},
            Workshop.objects.openings_in(workshop.cohort_id),
        )

    @classmethod
    def plan_of(cls, workshop: Workshop) -> Before:
        """Read only when sections open. One query."""
        return cls(timezone.now(), [], {}, Workshop.objects.openings_in(workshop.cohort_id))


@dataclass(frozen=True)
class Reopening:
    """A section that opens at another moment than before; None: not known."""

    title: str
    before: datetime | None
    after: datetime | None
    closes: bool
    """Is it open, and will be closed until then?"""
    opens: bool = False
    """Is it closed, and will be open at once?"""


@dataclass(frozen=True)
class DueAssignment:
    """An assignment whose last day would move with the workshop."""

    title: str
    before: date
    after: date


@dataclass(frozen=True)
class Consequences:
    """What moves, and what stays although somebody may expect it to move."""

    workshop: Workshop
    moved: Sequence[Move]
    sections: Sequence[Reopening]
    due: Sequence[DueAssignment]
    others: Sequence[Workshop]

    @property
    def warnings(self) -> Sequence[Workshop]:
        """Workshops whose order is no longer that of their days."""
        own, at = self.workshop.position, _first(self.moved)
        if at is None:
            return []
        return [row for row in self.others if row.begins_at and (row.begins_at < at) != (row.position < own)]


def consequences_of(workshop: Workshop, before: Before) -> Consequences | None:
    """Return what the save of a workshop has changed for its teams; None where nobody depends on it yet. Five queries."""
    if workshop.cancelled_at or not is_counted_on(workshop.cohort):
        return None
    moved = moves(before.sessions, Session.objects.filter(workshop=workshop), before.now)
    sections = reopenings(before, Workshop.objects.openings_in(workshop.cohort_id), _titles(workshop))
    if not moved and not sections:
        return None
    return Consequences(workshop, moved, sections, due_assignments(workshop, before, moved), others_than(workshop))


def consequences_of_going(workshop: Workshop, before: Before) -> Consequences | None:
    """Return what has changed for the teams of a workshop that was cancelled or deleted; None where nobody depends on it."""
    if not is_counted_on(workshop.cohort):
        return None
    moved = moves(before.sessions, [], before.now)
    sections = reopenings(before, Workshop.objects.openings_in(workshop.cohort_id), _titles(workshop))
    return Consequences(workshop, moved, sections, [], others_than(workshop)) if moved or sections else None


def consequences_of_opening(workshop: Workshop, before: Before, *, takes_place: bool = False) -> Consequences | None:
    """Return which sections open or close at another moment by a step; None where none does.

    `takes_place` also names its dates, which were called off. Also where nobody depends on it yet.
    """
    coming = moves([], Session.objects.filter(workshop=workshop), before.now) if takes_place else []
    sections = reopenings(before, Workshop.objects.openings_in(workshop.cohort_id), _titles(workshop))
    return Consequences(workshop, coming, sections, [], others_than(workshop)) if coming or sections else None


def is_counted_on(cohort: Cohort) -> bool:
    """Are there teams that count on the dates of this cohort?"""
    return bool(cohort.published_at and not cohort.cancelled_at and cohort.teams.current().exists())


def others_than(workshop: Workshop) -> list[Workshop]:
    """Return the other workshops of its cohort that take place and have a date, in their order."""
    others = Workshop.objects.held().filter(cohort=workshop.cohort_id).exclude(pk=workshop.pk)
    return [row for row in others.prefetch_related("sessions").order_by("position") if row.sessions.all()]


def reopenings(before: Before, after: Sequence[Opening], titles: dict[str, str]) -> list[Reopening]:
    """Return the sections that open at another moment by the plan `after`, in the order of `titles`."""
    keys = {key for opening in (*before.plan, *after) for key in opening.keys}
    found = []
    for key in sorted(keys, key=[*titles, *sorted(keys)].index):
        was, will = opens_at(key, before.plan, before.now), opens_at(key, after, before.now)
        if was != will and not (has_come(was, before.now) and has_come(will, before.now)):
            closes = has_come(was, before.now) and not has_come(will, before.now)
            opens = has_come(will, timezone.now()) and not has_come(was, before.now)
            found.append(Reopening(titles.get(key, key), was, will, closes, opens))
    return found


def days_moved(moved: Sequence[Move]) -> int:
    """By how many days the first session moves that was and stays; 0 without one."""
    for move in moved:
        if move.before and move.after:
            return (timezone.localdate(move.after.begins_at) - timezone.localdate(move.before.begins_at)).days
    return 0


def due_assignments(workshop: Workshop, before: Before, moved: Sequence[Move]) -> list[DueAssignment]:
    """Return the assignments that are still due and were not given another day by the same save."""
    days = days_moved(moved)
    today = timezone.localdate(before.now)
    rows = Assignment.objects.filter(workshop=workshop, due_on__gte=today).order_by("position") if days else []
    return [
        DueAssignment(row.title, row.due_on, row.due_on + timedelta(days=days))
        for row in rows
        if row.due_on and before.due.get(row.pk) == row.due_on
    ]


def move_due_days(workshop: Workshop, before: Before) -> None:
    """Let the assignments move by as many days as the workshop did. Call it in the transaction of the save."""
    moved = moves(before.sessions, Session.objects.filter(workshop=workshop), before.now)
    days, today = days_moved(moved), timezone.localdate(before.now)
    for row in Assignment.objects.filter(workshop=workshop, due_on__gte=today) if days else []:
        if row.due_on and before.due.get(row.pk) == row.due_on:
            row.due_on += timedelta(days=days)
            row.sequence += 1
            row.changed_at = timezone.now()
            row.save(update_fields=["due_on", "sequence", "changed_at"])


def _first(moved: Sequence[Move]) -> datetime | None:
    return min((move.after.begins_at for move in moved if move.after), default=None)


def _titles(workshop: Workshop) -> dict[str, str]:
    """Return the titles of the sections in the newest published edition of the cohort's call, by key."""
    edition = Edition.objects.filter(call=workshop.cohort.call_id).published().order_by("-number").first()
    return {section.key: section.title for section in edition.terms.sections} if edition else {}
