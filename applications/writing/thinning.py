"""Which stored texts may go, mostly after 48 hours (docs/decisions/0009): a plain function over values.

Kept are the last text of each run of an author's saves, and every text from which the next save takes more than a
tenth away. A run ends with a pause of ten minutes, and after an hour at the latest. What somebody may come back to
(handed in, noted in a review, finished, restored, lost in a conflict) is kept by whoever made it so and never comes here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from applications.content import Content
from applications.content.base import Row, rows, specs

EXACT = timedelta(hours=48)
ATTEMPT = timedelta(days=15)  # a day longer than a session: until then a page may rest on a text that was merged
PAUSE = timedelta(minutes=10)
LONGEST = timedelta(hours=1)
PART = 10  # more than a tenth
WORD = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True)
class Stored:
    """A revision as the rule sees it; `version` is None for a text that was sent to be merged."""

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
    """The keys of those that may go, of one draft's revisions, oldest first; `current` is the version that holds now.

    Those younger than 48 hours are only looked at: they end the runs and take the texts away. A text that was merged is
    what the page that sent it may still show: without it, whatever others wrote would look deleted there. It stays 15 days.
    """
    old = [one for one in stored if one.is_due(now) and one.version != current and not one.is_kept]
    last = {one.key for one in last_of_runs(stored)}
    following = _following(stored)
    return [one.key for one in old if one.key not in last and not _loses(one, following.get(one.key))]


def last_of_runs(stored: Iterable[Stored]) -> Iterator[Stored]:
    """The last text of every run, whoever else saved in between."""
    runs: dict[UUID | None, tuple[datetime, Stored]] = {}
    for one in stored:
        begun, before = runs.get(one.by, (one.at, one))
        if one.at - before.at > PAUSE or one.at - begun > LONGEST:
            yield before
            begun = one.at
        runs[one.by] = (begun, one)
    for _begun, one in runs.values():
        yield one


def loss(before: Content, after: Content) -> float:
    """Which part of a value is gone in another one: 0 for none of it, 1 for all; what was only moved is not gone."""
    had, left = _tokens(before), _tokens(after)
    total = sum(len(token) * count for token, count in had.items())
    gone = sum(len(token) * count for token, count in (had - left).items())
    return gone / total if total else 0.0


def _loses(one: Stored, after: Stored | None) -> bool:
    return after is not None and loss(one.value, after.value) * PART > 1


def _following(stored: Sequence[Stored]) -> dict[UUID, Stored]:
    """By key the version after it; a text that was merged lives on in the result of the merge."""
    found: dict[UUID, Stored] = {}
    after: Stored | None = None
    for one in reversed(stored):
        if after is not None:
            found[one.key] = after
        if one.version is not None:
            after = one
    return found


def _tokens(value: Content) -> Counter[str]:
    """The words of all texts, and everything else that was filled in, each with the name of its field."""
    found: Counter[str] = Counter()
    parts: tuple[Content | Row, ...] = (value, *rows(value))
    for part in parts:
        for name, what in specs(type(part)).items():
            given = getattr(part, name)
            if what.widget in {"line", "area"}:
                found.update(WORD.findall(given))
            elif given not in {None, "", ()}:
                found[f"{name}={given}"] += 1
    return found
