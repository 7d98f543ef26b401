"""When sections open: plain functions over workshops and their sessions (DESIGN 5, Opening)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Min

from workshops.models import Workshop


@dataclass(frozen=True)
class Opening:
    """One workshop as far as opening is concerned; `begins_at` is its first session's beginning, None without one."""

    workshop: UUID
    position: int
    title: str
    keys: tuple[str, ...]
    begins_at: datetime | None
    opened_at: datetime | None

    def opens_at(self) -> datetime | None:
        """The moment its sections open: the earlier of staff opening it and its first session; None if neither is known."""
        return min((moment for moment in (self.begins_at, self.opened_at) if moment), default=None)


def openings(workshops: Iterable[Workshop]) -> list[Opening]:
    """Openings of the workshops that are held; `sessions` should be prefetched."""
    return [
        Opening(
            workshop=workshop.pk,
            position=workshop.position,
            title=workshop.title,
            keys=tuple(workshop.section_keys),
            begins_at=min((session.begins_at for session in workshop.sessions.all()), default=None),
            opened_at=workshop.opened_at,
        )
        for workshop in workshops
        if workshop.cancelled_at is None
    ]


def plan_of(cohort: UUID) -> list[Opening]:
    """The openings of a cohort, read with one query."""
    workshops = Workshop.objects.held().filter(cohort=cohort).annotate(first=Min("sessions__begins_at"))
    return [
        Opening(
            workshop=workshop.pk,
            position=workshop.position,
            title=workshop.title,
            keys=tuple(workshop.section_keys),
            begins_at=workshop.first,
            opened_at=workshop.opened_at,
        )
        for workshop in workshops.order_by("position")
    ]


def opens_at(key: str, plan: Iterable[Opening], now: datetime) -> datetime | None:
    """When the section opens or opened; `now` for one that no workshop opens; None when that is not known yet."""
    mine = [opening for opening in plan if key in opening.keys]
    if not mine:
        return now
    return min((moment for moment in (opening.opens_at() for opening in mine) if moment), default=None)


def is_open(key: str, plan: Iterable[Opening], now: datetime) -> bool:
    """May the section be written now? A section that no workshop opens is open."""
    moment = opens_at(key, plan, now)
    return moment is not None and moment <= now
