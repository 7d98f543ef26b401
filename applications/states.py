"""The states of a section („noch geschlossen“, „in Arbeit“, „bitte ändern“, „rund“): which it is in, its words (`LABELS`) and symbols.

`applications.reviews.section_facts` reads the facts of sections.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class SectionState(StrEnum):
    """The state of a section, or of a cell that stands for several sections."""

    CLOSED = "closed"
    NOT_BEGUN = "not begun"
    WRITING = "writing"
    HANDED_IN = "handed in"
    PLEASE_CHANGE = "please change"
    ACCEPTED = "accepted"
    CHANGED_SINCE = "changed since"
    FINISHED = "finished"
    """Only of a cell: the whole application is finished, so that its sections do not matter any more."""

    @property
    def label(self) -> str | Promise:
        return LABELS[self]

    @property
    def symbol(self) -> str:
        """The end of its CSS class `state--…`."""
        return SYMBOLS[self]


LABELS = {
    SectionState.CLOSED: _("noch geschlossen"),
    SectionState.NOT_BEGUN: _("noch nicht begonnen"),
    SectionState.WRITING: _("in Arbeit"),
    SectionState.HANDED_IN: _("zur Rückmeldung abgegeben"),
    SectionState.PLEASE_CHANGE: _("bitte ändern"),
    SectionState.ACCEPTED: _("rund"),
    SectionState.CHANGED_SINCE: _("geändert seit „rund“"),
    SectionState.FINISHED: _("fertiggestellt"),
}
SYMBOLS = {
    SectionState.CLOSED: "closed",
    SectionState.NOT_BEGUN: "open",
    SectionState.WRITING: "writing",
    SectionState.HANDED_IN: "handed-in",
    SectionState.PLEASE_CHANGE: "changes",
    SectionState.ACCEPTED: "done",
    SectionState.CHANGED_SINCE: "changed",
    SectionState.FINISHED: "finished",
}
# A cell for several sections shows the first of these that occurs.
ORDER = [
    SectionState.PLEASE_CHANGE,
    SectionState.CHANGED_SINCE,
    SectionState.WRITING,
    SectionState.HANDED_IN,
    SectionState.ACCEPTED,
]


class ItemFacts(NamedTuple):
    """A section in a review: when it was handed in, in which version, with which result."""

    review: UUID
    version: int | None
    asked_at: datetime
    taken_at: datetime | None = None
    finished_at: datetime | None = None
    promised_until: date | None = None
    again_by: date | None = None
    verdict: str = ""
    reviewer: UUID | None = None
    """The coach who has taken it; `coach` is their name."""
    comments: int = 0
    must_change: int = 0
    """The number of must-changes of this item that nobody has resolved."""
    coach: str = ""

    @property
    def is_open(self) -> bool:
        return self.finished_at is None


class SectionFacts(NamedTuple):
    """One section of an application: its draft and all its reviews that were not withdrawn, oldest first."""

    key: str
    title: str
    version: int = 0
    changed_at: datetime | None = None
    is_open: bool = True
    opens_at: datetime | None = None
    items: tuple[ItemFacts, ...] = ()
    is_taken: bool = False
    """Has nobody touched it since it was taken over? Read for lists and turns alone."""

    @property
    def last(self) -> ItemFacts | None:
        return self.items[-1] if self.items else None

    @property
    def must_change(self) -> int:
        """The number of unresolved must-changes of all reviews that were given back."""
        return sum(item.must_change for item in self.items if not item.is_open)

    @property
    def state(self) -> SectionState:
        return state_of(self)


def state_of(section: SectionFacts) -> SectionState:
    """Return the state of one section. A section that was handed in counts as such even if it is closed.

    Texts of an earlier application may stand in a section before its workshop: it is closed all the same.
    """
    last = section.last
    if last and last.is_open:
        return SectionState.HANDED_IN
    if last and last.verdict == "please change":
        return SectionState.PLEASE_CHANGE
    if last and last.verdict == "accepted":
        return SectionState.ACCEPTED if last.version == section.version else SectionState.CHANGED_SINCE
    if not section.is_open:
        return SectionState.CLOSED
    return SectionState.WRITING if section.version > 0 else SectionState.NOT_BEGUN


def state_of_all(states: Iterable[SectionState]) -> SectionState:
    """Return the state of a cell for several sections: the most urgent one; closed only if all are."""
    present = set(states)
    for state in ORDER:
        if state in present:
            return state
    return SectionState.NOT_BEGUN if SectionState.NOT_BEGUN in present else SectionState.CLOSED
