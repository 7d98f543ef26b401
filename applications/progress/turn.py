"""The line „Sie sind dran“: its words, and how each side sees it; whose_turn.py decides."""

from __future__ import annotations

from dataclasses import field, replace
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from core.links import link
from core.values import dataclass


class Who(StrEnum):
    TEAM = "team"
    OWNER = "owner"
    COACH = "coach"
    NOBODY = "nobody"

    @property
    def label(self) -> str | Promise:
        return WHO_LABELS[self]


WHO_LABELS = {
    Who.TEAM: gettext_lazy("Team"),
    Who.OWNER: gettext_lazy("Team"),
    Who.COACH: gettext_lazy("Coaching-Person"),
    Who.NOBODY: gettext_lazy("niemand"),
}


@dataclass(frozen=True)
class Turn:
    """A line: who must act, what to do, since when, until when, where; `code` names the case."""

    code: str
    who: Who
    what: str
    leads_to: tuple[Any, ...] = ()
    """The name of an address and what it is of; lists that show no link never work it out."""
    action: str = ""
    look: str = ""
    """What the button is called for those who can only look there; empty: they cannot go there."""
    since: datetime | None = None
    until: date | None = None
    detail: str = ""
    coach: UUID | None = None
    """The coach who has taken the review, or the one it waits for; None: it is every coach's turn."""
    short: str = ""
    """The same as `what` in fewer words, for a list that says beside it what kind of thing it is."""
    rest: tuple[Turn, ...] = field(default=())
    late: bool = False
    names: UUID | None = None
    """The person named in `detail`, who reads `own_detail` instead."""
    own_detail: str = ""
    outside: str | None = None
    """What is read in place of `detail` by those who are not in the team, where `detail` speaks to its people."""
    begin_nothing: bool = False
    """Does the page have to say that nothing may begin before the grant?"""
    is_yours: bool = False
    """Is it the turn of the person who looks? Set by `as_read_by`."""

    @cached_property
    def url(self) -> str:
        """Where it is done; empty if there is no such page."""
        return link(*self.leads_to) if self.leads_to else ""

    def as_read_by(self, role: str, user: UUID | None) -> Turn:
        """The line and its rest in the words for this person, who does not read their own name."""
        detail = self.own_detail if self.names and self.names == user else self.detail
        if self.outside is not None and role not in TEAM_ROLES:
            detail = self.outside
        rest = tuple(turn.as_read_by(role, user) for turn in self.rest)
        return replace(self, detail=detail, rest=rest, is_yours=self.addresses(role, user))

    def is_late(self, today: date) -> bool:
        return self.until is not None and self.until < today and self.who != Who.NOBODY

    def addresses(self, role: str, user: UUID | None) -> bool:
        """Is it the turn of the person who looks ("Sie sind dran")? `role` is one in the team, "coach" or ""."""
        if self.who == Who.COACH:
            return role == "coach" and self.coach in {None, user}
        return self.who in ACTS_AS.get(role, ())

    def sort_key(self) -> tuple[int, float]:
        """Longest waiting first, nobody's turn last."""
        order = 1 if self.who == Who.NOBODY else 0
        return (order, self.since.timestamp() if self.since else float("inf"))


# The turns that a member of the team can take, by role; a reader only looks.
ACTS_AS = {"owner": {Who.TEAM, Who.OWNER}, "writer": {Who.TEAM}}
TEAM_ROLES = {*ACTS_AS, "reader"}


@dataclass(frozen=True)
class Card:
    """What one person is shown: their own next step if they have one, else the line that all sides see."""

    turn: Turn
    you: bool
    beside: tuple[Turn, ...]
    """What coaches are doing meanwhile."""
    rest: tuple[Turn, ...]
    """What else waits for the team."""


def card_of(turn: Turn, role: str, user: UUID | None) -> Card:
    """Return the card for a person in this role ("owner", "writer", "reader", "coach", "")."""
    turn = turn.as_read_by(role, user)
    steps = (turn, *turn.rest)
    own = next((step for step in steps if step.is_yours), None) if role != "coach" else None
    shown = own or turn
    others = [step for step in steps if step is not shown]
    return Card(
        turn=shown,
        you=shown.is_yours,
        beside=tuple(step for step in others if step.who == Who.COACH),
        rest=tuple(step for step in others if step.who != Who.COACH),
    )
