"""Moved dates: who is told that a workshop takes place at another time or place; moving a whole cohort."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import F
from django.utils import timezone

from accounts.models import Message
from accounts.waiting import Told, take_out, tell
from cohorts.models import Cohort
from core.values import dataclass
from workshops.models import Assignment, Session, Workshop
from workshops.models.workshop import counting_on


@dataclass(frozen=True)
class Move:
    """A session as it was and as it is now; None before it was made, or once it is gone."""

    before: Session | None
    after: Session | None

    def begins_at(self) -> datetime:
        """Return the later of both, so that a session put off is still ahead."""
        return max(session.begins_at for session in (self.before, self.after) if session)


def noted(session: Session | None) -> object:
    """Return what people note down of a session; they find the address of the online room on its page."""
    return session and (session.begins_at, session.ends_at, session.format, session.place)


def moves(before: Iterable[Session], after: Iterable[Session], now: datetime) -> list[Move]:
    """Return the sessions that moved, came or went, in the order of their dates, without those that are over."""
    old, new = {session.pk: session for session in before}, {session.pk: session for session in after}
    changed = [Move(old.get(key), new.get(key)) for key in old | new if noted(old.get(key)) != noted(new.get(key))]
    return sorted((move for move in changed if move.begins_at() > now), key=Move.begins_at)


def tell_of_moves(workshop: Workshop, before: Iterable[Session]) -> Told:
    """Mail everybody in the cohort what is other than they know, with old and new date and place.

    They know `before` (`Workshop.lock_sessions`), or what was so before a mail that they have not got: that one is replaced, and if
    everything is as it was, none goes out. Call it in the transaction that changed the sessions. No mail goes out before
    the cohort is published and has teams, and after it or the workshop is cancelled.
    """
    cohort, now, before = workshop.cohort, timezone.now(), list(before)
    after = list(Session.objects.filter(workshop=workshop))
    if workshop.cancelled_at or cohort.cancelled_at or not moves(before, after, now):
        return Told()
    counts_on_it = cohort.published_at and cohort.teams.current().exists()

    def values_of(known: list[Session]) -> dict[str, Any] | None:
        moved = moves(known, after, now)
        return {"moves": moved} if moved else None

    return workshop.tell_of_dates("moved", before, values_of, counting_on(cohort) if counts_on_it else [])


def move_all(cohort: Cohort, days: int) -> list[tuple[Workshop, Move]]:
    """Move every session that has not begun, and what is still due, by so many days at the same hour; return the moves.

    Call it in the transaction that changes the cohort's first day.
    """
    now = timezone.now()
    moved = []
    ahead = Session.objects.filter(workshop__cohort=cohort, workshop__cancelled_at=None, begins_at__gt=now)
    for after in ahead.select_related("workshop").order_by("begins_at"):
        before = copy(after)
        # In local time, so that a workshop at 17:00 stays there when the clocks change in between.
        after.begins_at = timezone.localtime(after.begins_at) + timedelta(days=days)
        after.ends_at = timezone.localtime(after.ends_at) + timedelta(days=days)
        after.sequence += 1
        after.changed_at = now
        after.save(update_fields=["begins_at", "ends_at", "sequence", "changed_at"])
        moved.append((after.workshop, Move(before, after)))
    due = Assignment.objects.filter(workshop__cohort=cohort, due_on__gte=timezone.localdate(now))
    due.update(due_on=F("due_on") + timedelta(days=days), sequence=F("sequence") + 1, changed_at=now)
    return moved


def tell_of_new_begin(cohort: Cohort, first_day: date, moved: list[tuple[Workshop, Move]]) -> Told:
    """Mail everybody in the cohort and everybody who waits for an answer its new first day, and all moved dates in one mail.

    `first_day` was the one before. It takes the place of what still waits about it and about the dates of its workshops; if
    everything is as it was, none goes out. Hold the cohort's row. No mail goes out before it is published, and after it is
    cancelled.
    """
    if not cohort.published_at or cohort.cancelled_at:
        return Told()
    gone = take_out(Message.objects.filter(topic__in=[workshop.topic_of_dates for workshop, _move in moved]))
    sessions = {
        str(move.after.pk): workshop.noted(move.before) for workshop, move in moved if move.before and move.after
    }

    def values_of(known: dict[str, Any]) -> dict[str, Any] | None:
        rows = [
            (workshop, Move(workshop.known_session(known["sessions"][str(move.after.pk)]), move.after))
            for workshop, move in moved
            if move.after and str(move.after.pk) in known["sessions"]
        ]
        rows = [(workshop, move) for workshop, move in rows if noted(move.before) != noted(move.after)]
        is_as_before = known["begins_on"] == cohort.begins_on.isoformat() and not rows
        return None if is_as_before else {"moved": cohort, "moves": rows}

    return tell(
        [*cohort.waiting_persons(), *counting_on(cohort)],
        "cohorts/mails/cohort_moved.txt",
        about=cohort,
        part="begin",
        known={"begins_on": first_day.isoformat(), "sessions": sessions},
        values_of=values_of,
        gone=gone,
        link=cohort.get_absolute_url(),
        cohort=cohort.pk,
    )
