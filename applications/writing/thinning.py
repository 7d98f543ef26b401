"""Which versions are kept: all for `EXACT` (48 hours), then one for each run of saves (`PAUSE`, `LONGEST`, docs/decisions/0009).

The last text of each run of an author's saves is kept, and every text from which the next save takes more than a tenth
away. A run ends with a pause of ten minutes, and after an hour at the latest. Texts that somebody may come back to
(handed in, noted in a review, finished, restored, lost in a conflict) are marked as kept by the step that made them so.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from applications.content import Content
from applications.content.base import FREE_TEXT, Row, rows, specs
from core.values import dataclass

EXACT = timedelta(hours=48)
ATTEMPT = timedelta(days=15)  # a day longer than a session: until then a page may still show a text that was merged
PAUSE = timedelta(minutes=10)
LONGEST = timedelta(hours=1)
PART = 10  # more than a tenth
WORD = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True)
class Stored:
    """A revision as the rule reads it; `version` is None for a text that was sent and merged."""

    key: UUID
    by: UUID | None
    at: datetime
    version: int | None
    value: Content
    is_kept: bool = False

    def is_due(self, now: datetime) -> bool:
        """Is it old enough to be judged?"""
        return self.at <= now - (ATTEMPT if self.version is None else EXACT)


def thinned(stored: Sequence[Stored], current: int, now: datetime) -> list[UUID]:
    """Return the keys of the texts that may go, of one draft's revisions, oldest first; `current` is its version now.

    Texts younger than 48 hours only end the runs and show what was taken away. A text that was merged stays 15 days:
    the page that sent it may still show it, and without it the texts of others would look deleted there.
    """
    old = [text for text in stored if text.is_due(now) and text.version != current and not text.is_kept]
    last = {text.key for text in last_of_runs(stored)}
    following = _following(stored)
    return [text.key for text in old if text.key not in last and not _loses(text, following.get(text.key))]


def last_of_runs(stored: Iterable[Stored]) -> Iterator[Stored]:
    """Yield the last text of every author's run, even if others saved in between."""
    runs: dict[UUID | None, tuple[datetime, Stored]] = {}
    for text in stored:
        begun, before = runs.get(text.by, (text.at, text))
        if text.at - before.at > PAUSE or text.at - begun > LONGEST:
            yield before
            begun = text.at
        runs[text.by] = (begun, text)
    for _begun, text in runs.values():
        yield text


def loss(before: Content, after: Content) -> float:
    """Return which part of a value is gone in another: 0 for none, 1 for all. Words that were moved are not gone."""
    had, left = _tokens(before), _tokens(after)
    total = sum(len(token) * count for token, count in had.items())
    gone = sum(len(token) * count for token, count in (had - left).items())
    return gone / total if total else 0.0


def _loses(text: Stored, after: Stored | None) -> bool:
    return after is not None and loss(text.value, after.value) * PART > 1


def _following(stored: Sequence[Stored]) -> dict[UUID, Stored]:
    """Return by key the version after each text; a text that was merged lives on in the result of the merge."""
    following: dict[UUID, Stored] = {}
    after: Stored | None = None
    for text in reversed(stored):
        if after is not None:
            following[text.key] = after
        if text.version is not None:
            after = text
    return following


def _tokens(value: Content) -> Counter[str]:
    """Count the words of all texts, and everything else that was filled in, with the name of its field."""
    tokens: Counter[str] = Counter()
    parts: tuple[Content | Row, ...] = (value, *rows(value))
    for part in parts:
        for name, spec in specs(type(part)).items():
            entered = getattr(part, name)
            if spec.widget in FREE_TEXT:
                tokens.update(WORD.findall(entered))
            elif entered not in {None, "", ()}:
                tokens[f"{name}={entered}"] += 1
    return tokens
