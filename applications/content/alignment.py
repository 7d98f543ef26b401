"""Where two lists of tokens differ, found in steps that grow no faster than the lists.

difflib takes the square of their length, and for hostile texts the cube. Here long lists are first cut at tokens that
both hold exactly once; each stretch between two cuts may then take so many steps per token. Beyond that, and for lists
that are too long altogether, the answer is coarser: the whole stretch counts as replaced.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from difflib import Match, SequenceMatcher
from itertools import accumulate, pairwise

from core.values import dataclass

# Lists up to this length are compared at once; longer ones are first cut at tokens that occur only once.
SHORT = 400
# So many tokens of both lists together are compared at all: more than a text of 50,000 characters has words and signs.
MOST_TOKENS = 50_000
# Comparing a stretch may take so many steps for each of its tokens, and so many in any case. Ordinary texts need some
# five to fifteen for each, two that have nothing to do with each other up to thirty.
STEPS_PER_TOKEN = 40
FEW_STEPS = 10_000


@dataclass(frozen=True)
class Change:
    """`old[start:stop]` is replaced by `new[new_start:new_stop]`; one of them may be empty."""

    start: int
    stop: int
    new_start: int
    new_stop: int


@dataclass(frozen=True)
class Alignment:
    """All changes from one list to another, in order and never side by side.

    `is_coarse` where some stretch was too costly to be looked at more closely; `steps` is what was taken.
    """

    changes: tuple[Change, ...]
    steps: int = 0
    is_coarse: bool = False


class TooCostly(Exception):
    """A stretch would take more steps than its tokens allow."""


def aligned(old: Sequence[str], new: Sequence[str], is_junk: Callable[[str], bool] | None = None) -> Alignment:
    """The changes that lead from one list to the other. Tokens that are junk are no reason to match two places."""
    if old == new:
        return Alignment(())
    stretch = _without_common_ends(old, new, Change(0, len(old), 0, len(new)))
    if stretch.start == stretch.stop or stretch.new_start == stretch.new_stop:
        return Alignment((stretch,))
    if stretch.stop - stretch.start + stretch.new_stop - stretch.new_start > MOST_TOKENS:
        return Alignment((stretch,), is_coarse=True)
    all_changes: list[Change] = []
    steps, is_coarse = 0, False
    for whole in _cut_at_anchors(old, new, stretch):
        part = _without_common_ends(old, new, whole)
        matcher = _Matcher(old[part.start : part.stop], new[part.new_start : part.new_stop], is_junk)
        try:
            changes = list(matcher.changes(part))
        except TooCostly:
            changes, is_coarse = [part], True
        all_changes += changes
        steps += matcher.steps
    return Alignment(tuple(_side_by_side_joined(all_changes)), steps, is_coarse)


def aligned_in_two(old: Sequence[str], new: Sequence[str], is_first: Callable[[str], bool]) -> Alignment:
    """As `aligned`, but the tokens that are first are matched without the others, which are matched only in between."""
    old_places, new_places = ([place for place, token in enumerate(tokens) if is_first(token)] for tokens in (old, new))
    first_old, first_new = [old[place] for place in old_places], [new[place] for place in new_places]
    whole = Change(0, len(first_old), 0, len(first_new))
    anchored = _cut_at(_anchors(first_old, first_new, whole), first_old, first_new)
    return _cut_at([(old_places[n], new_places[m]) for n, m in _matches(anchored, len(first_old))], old, new)


def _cut_at(pairs: Sequence[tuple[int, int]], old: Sequence[str], new: Sequence[str]) -> Alignment:
    """The changes where these places match, and what lies between them is compared."""
    changes: list[Change] = []
    steps, is_coarse = 0, False
    i = j = 0
    for next_i, next_j in (*pairs, (len(old), len(new))):
        between = aligned(old[i:next_i], new[j:next_j])
        changes += [
            Change(change.start + i, change.stop + i, change.new_start + j, change.new_stop + j)
            for change in between.changes
        ]
        steps, is_coarse = steps + between.steps, is_coarse or between.is_coarse
        i, j = next_i + 1, next_j + 1
    return Alignment(tuple(changes), steps, is_coarse)


def _matches(alignment: Alignment, length: int) -> Iterator[tuple[int, int]]:
    """The places of the tokens that no change touches, in the old list and in the new one."""
    at = new_at = 0
    for change in (*alignment.changes, Change(length, length, 0, 0)):
        yield from zip(range(at, change.start), range(new_at, new_at + change.start - at), strict=True)
        at, new_at = change.stop, change.new_stop


def _without_common_ends(old: Sequence[str], new: Sequence[str], stretch: Change) -> Change:
    """The stretch without the tokens that it begins with in both lists, and without those that it ends with."""
    some_old, some_new = old[stretch.start : stretch.stop], new[stretch.new_start : stretch.new_stop]
    first = common_start(some_old, some_new)
    last = common_start(some_old[first:][::-1], some_new[first:][::-1])
    return Change(stretch.start + first, stretch.stop - last, stretch.new_start + first, stretch.new_stop - last)


def common_start(first: Sequence[str], second: Sequence[str]) -> int:
    """How many tokens, or characters of two strings, both begin with; found by comparing halves, not one by one."""
    same, most = 0, min(len(first), len(second))
    while same < most:
        middle = (same + most + 1) // 2
        if first[same:middle] == second[same:middle]:
            same = middle
        else:
            most = middle - 1
    return same


class _Matcher(SequenceMatcher[str]):
    """difflib's matcher, which counts its steps and gives up when they are too many."""

    def __init__(self, old: Sequence[str], new: Sequence[str], is_junk: Callable[[str], bool] | None) -> None:
        super().__init__(is_junk, old, new, autojunk=False)
        self.length = len(old)
        self.steps = 0
        self.most = max(FEW_STEPS, STEPS_PER_TOKEN * (len(old) + len(new)))
        # Up to each place of `old`: every place counts, and so does every equal token of `new`.
        places: dict[str, list[int]] = self.b2j  # type: ignore[attr-defined]  # documented, but not in the stubs
        self.costs = list(accumulate((1 + len(places.get(token, ())) for token in old), initial=0))

    def find_longest_match(self, alo: int = 0, ahi: int | None = None, blo: int = 0, bhi: int | None = None) -> Match:
        cost = self.costs[self.length if ahi is None else ahi] - self.costs[alo]
        if self.steps + cost > self.most:
            raise TooCostly
        self.steps += cost
        return super().find_longest_match(alo, ahi, blo, bhi)

    def changes(self, part: Change) -> Iterator[Change]:
        for tag, i1, i2, j1, j2 in self.get_opcodes():
            if tag != "equal":
                yield Change(part.start + i1, part.start + i2, part.new_start + j1, part.new_start + j2)


def _cut_at_anchors(old: Sequence[str], new: Sequence[str], whole: Change) -> Iterator[Change]:
    """Stretches that belong together; each but the first begins with a token that both lists hold exactly once."""
    i, j = whole.start, whole.new_start
    if max(whole.stop - i, whole.new_stop - j) > SHORT:
        for next_i, next_j in _anchors(old, new, whole):
            if next_i - i > SHORT // 4 or next_j - j > SHORT // 4:
                yield Change(i, next_i, j, next_j)
                i, j = next_i, next_j
    yield Change(i, whole.stop, j, whole.new_stop)


def _anchors(old: Sequence[str], new: Sequence[str], whole: Change) -> list[tuple[int, int]]:
    """Places of tokens that occur once in both, as many as keep their order (the longest increasing run)."""
    some_old, some_new = old[whole.start : whole.stop], new[whole.new_start : whole.new_stop]
    once_old, once_new = Counter(some_old), Counter(some_new)
    where = {token: place for place, token in enumerate(some_new) if once_new[token] == 1 and not token.isspace()}
    pairs = [(place, where[token]) for place, token in enumerate(some_old) if once_old[token] == 1 and token in where]
    ends: list[int] = []
    last: list[int] = []
    above: list[int | None] = []
    for number, (_place, target) in enumerate(pairs):
        height = bisect_left(ends, target)
        above.append(last[height - 1] if height else None)
        ends[height : height + 1], last[height : height + 1] = [target], [number]
    result: list[tuple[int, int]] = []
    at = last[-1] if last else None
    while at is not None:
        result.append((whole.start + pairs[at][0], whole.new_start + pairs[at][1]))
        at = above[at]
    return result[::-1]


def _side_by_side_joined(changes: list[Change]) -> Iterator[Change]:
    """Changes with nothing between them are one."""
    if not changes:
        return
    now = changes[0]
    for before, change in pairwise(changes):
        if (before.stop, before.new_stop) == (change.start, change.new_start):
            now = Change(now.start, change.stop, now.new_start, change.new_stop)
        else:
            yield now
            now = change
    yield now
