"""Joining two changed lists of tokens that came from one: which stretches only one has changed, and which both.

Two changes clash when they take the same token away, when both put something in at the same place, or when one puts
something in where the other's change may have grown. Changes that only stand side by side do not: deleting a sentence
and rewriting the next one are two things. Neither do two that only take away: both parts are gone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher


@dataclass(frozen=True)
class Edit:
    """The tokens that stand in place of `base[start:stop]`; nothing is taken away where both are the same."""

    start: int
    stop: int
    tokens: tuple[str, ...]

    @property
    def inserts(self) -> bool:
        return self.start == self.stop

    @property
    def may_have_grown(self) -> bool:
        return len(self.tokens) > self.stop - self.start


@dataclass(frozen=True)
class Stretch:
    """Some tokens of the result; in a clash `mine` and `theirs` say what each made of `base`."""

    tokens: tuple[str, ...] = ()
    base: tuple[str, ...] = ()
    mine: tuple[str, ...] = ()
    theirs: tuple[str, ...] = ()
    is_clash: bool = False


def joined(base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]) -> Iterator[Stretch]:
    """The stretches in order; without the clashes their tokens are the text of both."""
    edits = (list(edits_of(base, mine)), list(edits_of(base, theirs)))
    at = 0
    while edits[0] or edits[1]:
        together = _cluster(*edits)
        start = min(edit.start for side in together for edit in side)
        stop = max(edit.stop for side in together for edit in side)
        yield Stretch(tuple(base[at:start]))
        yield _stretch(base, start, stop, *together)
        at = stop
    yield Stretch(tuple(base[at:]))


def edits_of(base: Sequence[str], other: Sequence[str]) -> Iterator[Edit]:
    """What leads from one list to the other; what both begin and end with is found first, so that long texts stay quick."""
    first = _common(base, other)
    last = _common(base[first:][::-1], other[first:][::-1])
    old, new = base[first : len(base) - last], other[first : len(other) - last]
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new).get_opcodes():
        if tag != "equal":
            yield Edit(first + i1, first + i2, tuple(new[j1:j2]))


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """How many tokens both begin with."""
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _cluster(mine: list[Edit], theirs: list[Edit]) -> tuple[list[Edit], list[Edit]]:
    """Take the first edit out of the lists, and with it all that clash with it, or with those."""
    sides = (mine, theirs)
    together: tuple[list[Edit], list[Edit]] = ([], [])
    first = min((side for side in (0, 1) if sides[side]), key=lambda side: (sides[side][0].start, sides[side][0].stop))
    together[first].append(sides[first].pop(0))
    while side := _touching(sides, together):
        together[side - 1].append(sides[side - 1].pop(0))
    return together


def _touching(sides: tuple[list[Edit], list[Edit]], together: tuple[list[Edit], list[Edit]]) -> int:
    """1 or 2 for the side whose next edit clashes with one that is taken out already; 0 for neither."""
    for side in (0, 1):
        if sides[side] and any(_clash(sides[side][0], other) for other in together[1 - side]):
            return side + 1
    return 0


def _clash(one: Edit, other: Edit) -> bool:
    if one.inserts and other.inserts:
        return one.start == other.start
    if one.inserts or other.inserts:
        new, changed = (one, other) if one.inserts else (other, one)
        inside = changed.start < new.start < changed.stop
        return inside or (new.start in {changed.start, changed.stop} and changed.may_have_grown)
    return max(one.start, other.start) < min(one.stop, other.stop)


def _stretch(base: Sequence[str], start: int, stop: int, mine: list[Edit], theirs: list[Edit]) -> Stretch:
    my, their = (_applied(base, start, stop, edits) for edits in (mine, theirs))
    if not theirs or my == their:
        return Stretch(my)
    if not mine:
        return Stretch(their)
    if not any(edit.tokens for edit in (*mine, *theirs)):
        gone = {place for edit in (*mine, *theirs) for place in range(edit.start, edit.stop)}
        return Stretch(tuple(base[place] for place in range(start, stop) if place not in gone))
    if start == stop and (longer := _holding(my, their)):
        return Stretch(longer)
    return Stretch(their, tuple(base[start:stop]), my, their, is_clash=True)


def _holding(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    """Of two insertions the one that begins or ends with the other; none where neither does."""
    short, long = sorted((one, other), key=len)
    return long if short in (long[: len(short)], long[len(long) - len(short) :]) else ()


def _applied(base: Sequence[str], start: int, stop: int, edits: list[Edit]) -> tuple[str, ...]:
    tokens: list[str] = []
    at = start
    for edit in edits:
        tokens += [*base[at : edit.start], *edit.tokens]
        at = edit.stop
    return (*tokens, *base[at:stop])
