"""Mails about moved dates: who is told that a workshop takes place at another time or place."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone

from core.values import dataclass
from workshops.models import Session, Workshop


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
