"""What lies with one person beside the card, with its days („Das liegt bei Ihnen“), and what comes later („Kommt noch“)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.progress.current_workshop import StepFacts
from applications.progress.team_facts import TeamFacts
from applications.progress.turn import ACTS_AS, Card, Turn
from core.links import link
from core.values import dataclass

# The symbol and the word beside a line of each case; what is not here has none.
STATES = {
    "change": "changes",
    "write": "open",
    "complete": "error",
    "hand in": "writing",
    "assignment": "open",
    "start": "open",
    "finish": "writing",
}


@dataclass(frozen=True)
class Entry:
    """A line: what to do, where, until when, and how it stands."""

    what: str
    leads_to: tuple[Any, ...]
    day: date | None
    symbol: str
    state: str

    @property
    def url(self) -> str:
        return link(*self.leads_to)


@dataclass(frozen=True)
class Later:
    """A workshop that has not opened its sections yet."""

    step: StepFacts
    sections: int


def own_list(card: Card, role: str, open_places: Mapping[str, int], facts: TeamFacts) -> list[Entry]:
    """Return everything that a person in this role can do beside the card's own step, what has a day first.

    `open_places` says by section how many places can be mended now. A reader is shown what lies with the team.
    """
    acts = ACTS_AS.get(role, ACTS_AS["writer"])
    if facts.is_withdrawn:
        return []
    shown = [turn for turn in (card.turn, *card.rest) if turn.who in acts]
    entries = [of_turn(turn) for turn in shown if turn is not card.turn and turn.leads_to]
    named = {turn.leads_to[2] for turn in shown if len(turn.leads_to) > 2}
    entries += [
        Entry(
            section.title, ("applications:section", facts.application, section.key), None, "error", places_open(count)
        )
        for section in facts.sections
        if (count := open_places.get(section.key)) and section.key not in named
    ]
    return sorted(entries, key=lambda entry: entry.day or date.max)


def of_turn(turn: Turn) -> Entry:
    words = {
        "change": turn.detail or _("bitte ändern"),
        "write": turn.detail or _("noch nicht begonnen"),
        "complete": turn.detail,
        "hand in": _("in Arbeit"),
        "assignment": _("Arbeitsauftrag"),
        "start": _("noch nicht begonnen"),
        "finish": _("jetzt dran") if turn.detail else _("alles rund"),
    }
    state = _("überfällig") if turn.late else words.get(turn.code, "")
    return Entry(
        turn.short or turn.what,
        turn.leads_to,
        turn.until,
        "late" if turn.late else STATES.get(turn.code, "open"),
        state,
    )


def places_open(count: int) -> str:
    return ngettext("%(count)d Stelle offen", "%(count)d Stellen offen", count) % {"count": count}


def later(steps: Iterable[StepFacts], now: datetime) -> list[Later]:
    """Return the workshops whose sections open later, each with how many of them are closed now."""
    closed = [Later(step, sum(not section.is_open for section in step.sections)) for step in steps]
    return [one for one in closed if one.sections and not one.step.is_open(now)]
