"""Two windows of one coach on one review: what a page had seen of her work, and what becomes of what it sends.

Her work has parts: the comment begun on a section, the sentence for the team, the day, a verdict for each section. A page carries
a mark of each part as it showed it (`Seen`). A part that was changed in one window only is taken; where both changed it, what
is stored stays, what was sent is handed back, and she decides. No window writes over words that it has not shown.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from uuid import UUID

from core.values import dataclass
from core.writes import Stale

COMMENT, SUMMARY, AGAIN_BY = "comment", "summary", "again_by"
# Parts that are words; the others are choices.
TEXTS = frozenset({COMMENT, SUMMARY})

type Parts = Mapping[str, str]


class WrittenElsewhere(Stale):
    """The same was written in another window since this page was shown. Nothing was changed."""


def mark(value: str) -> str:
    """Return a short mark of what somebody has seen; nothing for nothing."""
    return sha256(value.encode()).hexdigest()[:12] if value else ""


def marks_of(parts: Parts) -> dict[str, str]:
    return {name: mark(value) for name, value in parts.items() if value}


def seen_of(version: str) -> dict[str, str]:
    """Read the marks out of a form's `version`; a form without one has seen nothing."""
    pairs = (part.partition(":") for part in version.split())
    return {name: seen for name, colon, seen in pairs if colon}


def version_of(marks: Parts) -> str:
    """Write the marks as a form carries them: `summary:4f0c…`, with blanks between."""
    return " ".join(f"{name}:{seen}" for name, seen in marks.items() if seen)


@dataclass(frozen=True)
class Difference:
    """A part that stands in the two windows in different words. With `is_clash` both have changed it."""

    part: str
    here: str
    elsewhere: str
    is_clash: bool

    @property
    def words_here(self) -> str:
        return words_in(self.part, self.here)

    @property
    def words_elsewhere(self) -> str:
        return words_in(self.part, self.elsewhere)

    @property
    def words(self) -> str:
        """What the field then holds: both texts one under the other; the other window's, if only that was changed."""
        if self.is_clash and self.part in TEXTS:
            return "\n\n".join(filter(None, [self.words_here, self.words_elsewhere]))
        return self.words_here if self.is_clash else self.words_elsewhere


@dataclass(frozen=True)
class Settled:
    """What is to be stored of each part; which parts were sent, and where they differ from what is stored."""

    values: Parts
    sent: Parts
    differences: tuple[Difference, ...] = ()

    @property
    def clashes(self) -> list[Difference]:
        return [difference for difference in self.differences if difference.is_clash]

    def seen_by_sender(self, seen: Parts) -> dict[str, str]:
        """Return the marks for the page that goes on showing what it has sent."""
        differing = {difference.part for difference in self.differences}
        return {**seen, **{name: mark(self.values[name]) for name in self.sent if name not in differing}}

    def seen_when_shown(self, seen: Parts) -> dict[str, str]:
        """Return the marks for a page that shows the differences."""
        return {**seen, **{name: mark(self.values[name]) for name in self.sent}}


def settle(stored: Parts, sent: Parts, seen: Parts | None) -> Settled:
    """Decide part by part; what was not sent stays. Without `seen` everything that was sent is taken."""
    if seen is None:
        return Settled({**stored, **sent}, sent)
    values, differences = dict(stored), []
    for name, here in sent.items():
        elsewhere, saw = stored.get(name, ""), seen.get(name, "")
        if here == elsewhere:
            continue
        is_changed = mark(here) != saw
        if is_changed and (not elsewhere or mark(elsewhere) == saw or holds(name, here, elsewhere)):
            values[name] = here
        else:
            is_clash = is_changed and bool(here) and not holds(name, elsewhere, here)
            differences.append(Difference(name, here, elsewhere, is_clash))
    return Settled(values, sent, tuple(differences))


def holds(name: str, whole: str, part: str) -> bool:
    """Does one text hold every word of the other? Never for choices."""
    return name in TEXTS and words_in(name, part) in words_in(name, whole)


def decision(summary: str, again_by: date | None, verdicts: Mapping[UUID, str]) -> dict[str, str]:
    """Return what a coach decides on a review by part: the verdicts by the id of their item."""
    parts = {SUMMARY: summary, AGAIN_BY: again_by.isoformat() if again_by else ""}
    return parts | {str(item): str(verdict) for item, verdict in verdicts.items()}


def comment_part(typed: Mapping[str, str]) -> str:
    """Return a comment that was begun as one part; without a text or a kind nothing is begun."""
    is_begun = typed.get("text", "").strip() or typed.get("kind")
    return json.dumps(dict(typed), sort_keys=True, ensure_ascii=False) if is_begun else ""


def typed_in(part: str) -> dict[str, str]:
    """Return the fields of a comment again; none if nothing is begun."""
    return dict(json.loads(part)) if part else {}


def words_in(name: str, part: str) -> str:
    return typed_in(part).get("text", "") if name == COMMENT else part
