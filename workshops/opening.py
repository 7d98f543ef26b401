"""When sections open: plain functions over workshops and their sessions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Min

from workshops.models import Workshop
from workshops.models.workshop import has_come, opening_moment


@dataclass(frozen=True)
class Opening:
    """One workshop as far as opening is concerned; `begins_at` is its first session's beginning, None without one."""

    workshop: UUID
    position: int
    title: str
    keys: tuple[str, ...]
    begins_at: datetime | None
    opened_at: datetime | None

    @classmethod
    def of(cls, workshop: Workshop, begins_at: datetime | None) -> Opening:
        keys = tuple(workshop.section_keys)
        return cls(workshop.pk, workshop.position, workshop.title, keys, begins_at, workshop.opened_at)

    def opens_at(self) -> datetime | None:
        """The moment its sections open; None if it is not known yet."""
        return opening_moment(self.begins_at, self.opened_at)


def openings(workshops: Iterable[Workshop]) -> list[Opening]:
    """Openings of the workshops that are held; `sessions` should be prefetched."""
    return [Opening.of(workshop, workshop.begins_at) for workshop in workshops if workshop.cancelled_at is None]


def plan_of(cohort: UUID) -> list[Opening]:
    """The openings of a cohort, read with one query."""
    workshops = Workshop.objects.held().filter(cohort=cohort).annotate(first=Min("sessions__begins_at"))
    return [Opening.of(workshop, workshop.first) for workshop in workshops.order_by("position")]


def opens_at(key: str, plan: Iterable[Opening], now: datetime) -> datetime | None:
    """When the section opens or opened; `now` for one that no workshop opens; None when that is not known yet."""
    mine = [opening for opening in plan if key in opening.keys]
    if not mine:
        return now
    return min((moment for moment in (opening.opens_at() for opening in mine) if moment), default=None)


def is_open(key: str, plan: Iterable[Opening], now: datetime) -> bool:
    """May the section be written now? A section that no workshop opens is open."""
    return has_come(opens_at(key, plan, now), now)
