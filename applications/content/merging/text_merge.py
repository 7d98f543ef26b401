"""Which changes within one text clash and which are joined, token by token.

A token is a sentence or the blank between two, or in a very long text a line: `text` in merge.py chooses, by
`MOST_SENTENCES` there. Two changes clash when they take the same token away, when both put something in at the same place, or when one puts
something in where the other's change may have grown. Changes that only stand side by side do not: deleting a sentence
and rewriting the next one are two things. Neither do two that only take away: both parts are gone.

What somebody moved is taken away in one place and put in at another. `moves` names the places that belong together
because both have a hand in what was moved; what lies between them is one clash then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import field

from applications.content.alignment import aligned_in_two
from applications.content.sentences import has_letters
from core.values import dataclass


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
    """Some tokens of the result; in a clash `mine` and `theirs` say what each made of `base`.

    `is_moved` for a clash about something that was moved: it reaches over all its places, and what only one of them
    has changed in between stands in `mine` and in `theirs`.
    """

    tokens: tuple[str, ...] = ()
    base: tuple[str, ...] = ()
    mine: tuple[str, ...] = ()
    theirs: tuple[str, ...] = ()
    is_clash: bool = False
    is_moved: bool = False


@dataclass
class Place:
    """Changes of both that clash with each other, or one that clashes with none, and what becomes of them."""

    mine: list[Edit] = field(default_factory=list)
    theirs: list[Edit] = field(default_factory=list)
    start: int = 0
    stop: int = 0
    stretch: Stretch = field(default_factory=Stretch)


# Which of these places belong together because both had a hand in what was moved: pairs of their numbers.
type Moves = Callable[[Sequence[str], Sequence[Place]], Sequence[tuple[int, int]]]


def joined(
    base: Sequence[str], mine: Sequence[str], theirs: Sequence[str], moves: Moves | None = None
) -> Iterator[Stretch]:
    """The stretches in order; without the clashes their tokens are the text of both."""
    places = list(_places(base, edits_of(base, mine), edits_of(base, theirs)))
    at = 0
    for place in _with_moves(base, places, moves(base, places) if moves else ()):
        yield Stretch(tuple(base[at : place.start]))
        yield place.stretch
        at = place.stop
    yield Stretch(tuple(base[at:]))


def edits_of(base: Sequence[str], other: Sequence[str]) -> list[Edit]:
    """What leads from one list to the other. A blank or a line end holds nothing in its place: sentences are matched first."""
    return [
        Edit(change.start, change.stop, tuple(other[change.new_start : change.new_stop]))
        for change in aligned_in_two(base, other, has_letters).changes
    ]


def _places(base: Sequence[str], mine: list[Edit], theirs: list[Edit]) -> Iterator[Place]:
    """The changes in order, those that clash with each other together."""
    sides = (mine, theirs)
    at = [0, 0]
    while at[0] < len(mine) or at[1] < len(theirs):
        together: tuple[list[Edit], list[Edit]] = ([], [])
        side: int | None = min(
            (side for side in (0, 1) if at[side] < len(sides[side])),
            key=lambda side: (sides[side][at[side]].start, sides[side][at[side]].stop),
        )
        while side is not None:
            together[side].append(sides[side][at[side]])
            at[side] += 1
            side = _touching(sides, at, together)
        edits = [*together[0], *together[1]]
        start, stop = min(edit.start for edit in edits), max(edit.stop for edit in edits)
        yield Place(*together, start, stop, _stretch(base, start, stop, *together))


def _touching(
    sides: tuple[list[Edit], list[Edit]], at: list[int], together: tuple[list[Edit], list[Edit]]
) -> int | None:
    """The side whose next edit clashes with one that is taken out already: with the other's last, as they are in order."""
    for side in (0, 1):
        if at[side] < len(sides[side]) and together[1 - side] and _clash(sides[side][at[side]], together[1 - side][-1]):
            return side
    return None


def _clash(first: Edit, second: Edit) -> bool:
    if first.inserts and second.inserts:
        return first.start == second.start
    if first.inserts or second.inserts:
        new, changed = (first, second) if first.inserts else (second, first)
        inside = changed.start < new.start < changed.stop
        return inside or (new.start in {changed.start, changed.stop} and changed.may_have_grown)
    return max(first.start, second.start) < min(first.stop, second.stop)


def _stretch(base: Sequence[str], start: int, stop: int, mine: list[Edit], theirs: list[Edit]) -> Stretch:
    my, their = (_applied(base, start, stop, edits) for edits in (mine, theirs))
    if not theirs or my == their:
        return Stretch(my)
    if not mine:
        return Stretch(their)
    if not any(edit.tokens for edit in (*mine, *theirs)):
        gone = {place for edit in (*mine, *theirs) for place in range(edit.start, edit.stop)}
        return Stretch(_blank_kept(base, start, stop, gone))
    if start == stop and (longer := _holding(my, their)):
        return Stretch(longer)
    return Stretch(their, tuple(base[start:stop]), my, their, is_clash=True)


def _blank_kept(base: Sequence[str], start: int, stop: int, gone: set[int]) -> tuple[str, ...]:
    """What two deletions leave; where one took the blank before and the other the one behind, the larger of them stays."""
    left = tuple(base[place] for place in range(start, stop) if place not in gone)
    first, last = base[start], base[stop - 1]
    if not left and start < stop - 1 and first.isspace() and last.isspace():
        return (max(first, last, key=lambda blank: (blank.count("\n"), len(blank))),)
    return left


def _holding(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    """Of two insertions the one that begins or ends with the other; none where neither does."""
    short, long = sorted((first, second), key=len)
    return long if short in (long[: len(short)], long[len(long) - len(short) :]) else ()


def _applied(base: Sequence[str], start: int, stop: int, edits: Sequence[Edit]) -> tuple[str, ...]:
    tokens: list[str] = []
    at = start
    for edit in edits:
        tokens += [*base[at : edit.start], *edit.tokens]
        at = edit.stop
    return (*tokens, *base[at:stop])


def _with_moves(base: Sequence[str], places: list[Place], moves: Sequence[tuple[int, int]]) -> Iterator[Place]:
    """The places; those from the first to the last of a move are one."""
    reach: dict[int, int] = {}
    for first, last in moves:
        reach[first] = max(last, reach.get(first, last))
    contested = {number for pair in moves for number in pair}
    number = 0
    while number < len(places):
        last = at = number
        while at <= last:
            last = max(last, reach.get(at, at))
            at += 1
        yield _moved(base, places, range(number, at), contested) if last > number else places[number]
        number = at


def _moved(base: Sequence[str], places: list[Place], numbers: range, contested: set[int]) -> Place:
    """One clash over several places: in each that is contested both say their own, in the others what was joined."""
    first, last = places[numbers[0]], places[numbers[-1]]
    my: list[str] = []
    their: list[str] = []
    at = first.start
    for number in numbers:
        place = places[number]
        own = number in contested or place.stretch.is_clash
        for tokens, edits in ((my, place.mine), (their, place.theirs)):
            tokens.extend(base[at : place.start])
            tokens.extend(_applied(base, place.start, place.stop, edits) if own else place.stretch.tokens)
        at = place.stop
    was = tuple(base[first.start : last.stop])
    stretch = Stretch(tuple(their), was, tuple(my), tuple(their), is_clash=my != their, is_moved=my != their)
    return Place([], [], first.start, last.stop, stretch)
