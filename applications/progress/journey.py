"""Where a section and a whole application stand: plain functions over values, computed from facts, never stored.

The facts of many teams at once come from `applications.progress.facts.collect`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from workshops.models.workshop import has_come


class Stage(StrEnum):
    """The stage of a section, and of a cell that stands for several."""

    CLOSED = "closed"
    NOT_BEGUN = "not begun"
    WRITING = "writing"
    HANDED_IN = "handed in"
    PLEASE_CHANGE = "please change"
    ACCEPTED = "accepted"
    CHANGED_SINCE = "changed since"
    FINISHED = "finished"
    """Only of a cell: the whole application is finished, and nobody has to look at single sections."""

    @property
    def label(self) -> str | Promise:
        return LABELS[self]

    @property
    def symbol(self) -> str:
        """The end of its CSS class `stage--…`."""
        return SYMBOLS[self]


LABELS = {
    Stage.CLOSED: _("noch geschlossen"),
    Stage.NOT_BEGUN: _("noch nicht begonnen"),
    Stage.WRITING: _("in Arbeit"),
    Stage.HANDED_IN: _("zur Rückmeldung abgegeben"),
    Stage.PLEASE_CHANGE: _("bitte ändern"),
    Stage.ACCEPTED: _("rund"),
    Stage.CHANGED_SINCE: _("geändert seit „rund“"),
    Stage.FINISHED: _("fertiggestellt"),
}
SYMBOLS = {
    Stage.CLOSED: "closed",
    Stage.NOT_BEGUN: "open",
    Stage.WRITING: "writing",
    Stage.HANDED_IN: "handed-in",
    Stage.PLEASE_CHANGE: "changes",
    Stage.ACCEPTED: "done",
    Stage.CHANGED_SINCE: "changed",
    Stage.FINISHED: "finished",
}
# A cell for several sections shows the first of these that occurs (DESIGN 5, The journey).
ORDER = [Stage.PLEASE_CHANGE, Stage.CHANGED_SINCE, Stage.WRITING, Stage.HANDED_IN, Stage.ACCEPTED]


@dataclass(frozen=True)
class ItemFacts:
    """A section in a review: when it was handed in, in which version, what came of it."""

    review: UUID
    version: int | None
    asked_at: datetime
    taken_at: datetime | None = None
    finished_at: datetime | None = None
    promised_until: date | None = None
    again_by: date | None = None
    verdict: str = ""
    coach: str = ""
    reader: UUID | None = None
    """Who has taken it; `coach` is the name."""
    comments: int = 0
    must_change: int = 0
    """Must-changes that nobody has resolved, of this item."""

    @property
    def is_open(self) -> bool:
        return self.finished_at is None


@dataclass(frozen=True)
class SectionFacts:
    """One section of an application: its draft and all its reviews that were not withdrawn, oldest first."""

    key: str
    title: str
    version: int = 0
    changed_at: datetime | None = None
    is_open: bool = True
    opens_at: datetime | None = None
    items: tuple[ItemFacts, ...] = ()

    @property
    def last(self) -> ItemFacts | None:
        return self.items[-1] if self.items else None

    @property
    def must_change(self) -> int:
        """Unresolved must-changes of all reviews that were given back."""
        return sum(item.must_change for item in self.items if not item.is_open)

    @property
    def stage(self) -> Stage:
        return stage_of(self)


def stage_of(section: SectionFacts) -> Stage:
    """The stage of one section. What was handed in wins over being closed, so nothing disappears from view."""
    last = section.last
    if last and last.is_open:
        return Stage.HANDED_IN
    if last and last.verdict == "please change":
        return Stage.PLEASE_CHANGE
    if last and last.verdict == "accepted":
        return Stage.ACCEPTED if last.version == section.version else Stage.CHANGED_SINCE
    if section.version > 0:
        return Stage.WRITING
    return Stage.NOT_BEGUN if section.is_open else Stage.CLOSED


def stage_of_all(stages: Iterable[Stage]) -> Stage:
    """The stage of a cell for several sections: what needs somebody most; closed only when all are."""
    found = set(stages)
    for stage in ORDER:
        if stage in found:
            return stage
    return Stage.NOT_BEGUN if Stage.NOT_BEGUN in found else Stage.CLOSED


@dataclass(frozen=True)
class StepFacts:
    """A workshop on the team's way."""

    workshop: UUID
    position: int
    title: str
    begins_at: datetime | None
    opens_at: datetime | None
    sections: tuple[SectionFacts, ...]

    def is_open(self, now: datetime) -> bool:
        return has_come(self.opens_at, now)

    @property
    def stage(self) -> Stage:
        return stage_of_all(section.stage for section in self.sections)

    @property
    def accepted(self) -> int:
        """How many of its sections are rund."""
        return sum(section.stage == Stage.ACCEPTED for section in self.sections)


def current_step(steps: Iterable[StepFacts], now: datetime) -> StepFacts | None:
    """Where the team is: the first open workshop not all of whose sections are rund, else the last open one."""
    opened = [step for step in steps if step.is_open(now)]
    for step in opened:
        if step.sections and step.accepted < len(step.sections):
            return step
    return opened[-1] if opened else None
