"""When a section opens: on the first day, with its workshop's first session, or earlier by staff („früher öffnen“)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from typing import Protocol
from uuid import UUID

from calls.terms import FROM_THE_FIRST_DAY
from core.values import dataclass


class OpensSections(Protocol):
    """What a workshop says of itself that decides when its sections open."""

    @property
    def pk(self) -> UUID: ...
    @property
    def position(self) -> int: ...
    @property
    def title(self) -> str: ...
    @property
    def section_keys(self) -> list[str]: ...
    @property
    def opened_at(self) -> datetime | None: ...
    @property
    def cancelled_at(self) -> datetime | None: ...
    @property
    def begins_at(self) -> datetime | None: ...


def opening_moment(begins_at: datetime | None, opened_at: datetime | None) -> datetime | None:
    """When a workshop's sections open: when its first session begins or staff open it, whichever is earlier."""
    return min((moment for moment in (begins_at, opened_at) if moment), default=None)


def has_come(moment: datetime | None, now: datetime) -> bool:
    """Is a section open whose moment this is? One that is not known yet has not come."""
    return moment is not None and moment <= now


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
    def of(cls, workshop: OpensSections, begins_at: datetime | None) -> Opening:
        keys = tuple(workshop.section_keys)
        return cls(workshop.pk, workshop.position, workshop.title, keys, begins_at, workshop.opened_at)

    @cached_property
    def opens_at(self) -> datetime | None:
        """The moment its sections open; None if it is not known yet."""
        return opening_moment(self.begins_at, self.opened_at)


def opens_at(key: str, plan: Iterable[Opening], now: datetime) -> datetime | None:
    """When the section opens or opened; `now` for one that waits for no workshop; None when that is not known yet."""
    moments = [opening.opens_at for opening in plan if key in opening.keys]
    opened = min((moment for moment in moments if moment), default=None) if moments else now
    return min(opened or now, now) if key in FROM_THE_FIRST_DAY else opened


def moments_of(plan: Iterable[Opening], now: datetime) -> dict[str, datetime | None]:
    """Return for each section that a workshop opens what `opens_at` says of it."""
    plan = list(plan)
    return {key: opens_at(key, plan, now) for opening in plan for key in opening.keys}


def is_open(key: str, plan: Iterable[Opening], now: datetime) -> bool:
    """Return whether the section may be written now. A section that waits for no workshop is open."""
    return has_come(opens_at(key, plan, now), now)
