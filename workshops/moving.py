"""Moved dates: who is told that a workshop takes place at another time or place; moving a whole cohort."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from datetime import datetime, timedelta

from django.db.models import F
from django.utils import timezone

from accounts import outbox
from cohorts.models import Cohort
from core.values import dataclass
from workshops.models import Assignment, Session, Workshop


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


def tell_of_moves(workshop: Workshop, before: Iterable[Session]) -> None:
    """Mail everybody in the cohort what is other than `before`, with old and new date and place.

    Call it in the transaction that changed the sessions. No mail goes out before the cohort is published
    and has teams, and after it or the workshop is cancelled.
    """
    cohort, now = workshop.cohort, timezone.now()
    if workshop.cancelled_at or cohort.cancelled_at or not cohort.published_at or not cohort.teams.current().exists():
        return
    moved = moves(before, Session.objects.filter(workshop=workshop), now)
    if moved:
        workshop.tell_cohort("moved", dedup=f"{workshop.pk}:{now.isoformat()}", moves=moved)


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


def tell_of_new_begin(cohort: Cohort, moved: list[tuple[Workshop, Move]]) -> None:
    """Mail everybody in the cohort and everybody who waits for an answer its new first day, and all moved dates in one mail.

    No mail goes out before the cohort is published, and after it is cancelled.
    """
    if not cohort.published_at or cohort.cancelled_at:
        return
    outbox.post(
        [*cohort.waiting_persons(), *cohort.people()],
        "cohorts/mails/cohort_moved.txt",
        dedup=f"{cohort.pk}:{timezone.now().isoformat()}",
        link=cohort.get_absolute_url(),
        cohort=cohort.pk,
        moved=cohort,
        moves=moved,
    )
