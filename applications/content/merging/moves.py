"""What was moved: the same words put in by both in two places, or put in by one where the other took them away.

A move is a deletion and an insertion. Joined like any other changes, a paragraph that both moved would stand there
twice, and one that the other deleted would be back. What counts is a whole sentence or 40 characters in a row; a blank
line or a "- " never does, and a shorter line only where both took it away.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum, auto
from operator import attrgetter
from typing import NamedTuple

from applications.content.difference import Part, words
from applications.content.merging.text_merge import Place
from applications.content.sentences import LETTER, SPAN, has_letters, is_sentence, plain, spans
from core.values import dataclass

# So many characters are looked through for 40 in a row that are the same; beyond that, for whole sentences only.
MOST_CHARACTERS = 60_000
# Neighbours that changed places are taken for moved both up to so many sentences and blanks.
LONGEST_SWAP = 40
MINE, THEIRS = 0, 1

type Numbers = set[int]  # of places
type Run = tuple[int, int]  # from which to which character


class How(Enum):
    """What somebody did with a sentence or with 40 characters in a row: EDITED is a sentence with a few new words."""

    PUT = auto()
    EDITED = auto()
    TAKEN = auto()


class Move(NamedTuple):
    """Where some words were put in and taken away; `over` is the neighbour that changed places with it."""

    put: int
    taken: int
    over: tuple[str, ...] = ()


class Seen(NamedTuple):
    """Who did it, in which place, and from which text it was made if it was edited."""

    side: int
    how: How
    place: int
    origin: str = ""


@dataclass(frozen=True)
class Trace:
    """The same words wherever they were put in or taken away, by mine and by theirs."""

    is_long: bool
    put: tuple[Numbers, Numbers]
    taken: tuple[Numbers, Numbers]
    standing: tuple[Numbers, Numbers]  # put in, or made by editing

    @classmethod
    def of(cls, text: str, seen: set[Seen]) -> Trace:
        def by(side: int, *hows: How) -> Numbers:
            return {sight.place for sight in seen if sight.side == side and sight.how in hows}

        # Two equal sentences that are edited in the same way were there twice before.
        mine, theirs = (
            {sight.origin for sight in seen if sight.side == side and sight.origin} for side in (MINE, THEIRS)
        )
        seen = {sight for sight in seen if sight.origin not in mine & theirs}
        put, taken, standing = (
            (by(MINE, *hows), by(THEIRS, *hows)) for hows in ((How.PUT,), (How.TAKEN,), (How.PUT, How.EDITED))
        )
        return cls(len(text) >= SPAN or is_sentence(text), put, taken, standing)

    @property
    def places(self) -> Numbers:
        return set().union(*self.standing, *self.taken)

    @property
    def is_one_move(self) -> bool:
        """Is there nothing to decide: it stands in one place, or both have put it in the same places?"""
        return len(self.places) < 2 or self.standing[MINE] == self.standing[THEIRS]

    @property
    def is_by_both(self) -> bool:
        """Would it stand there twice, or again where somebody took it away?"""
        pairs = (self.standing, (self.put[MINE], self.taken[THEIRS]), (self.put[THEIRS], self.taken[MINE]))
        met = any(mine and theirs and len(mine | theirs) > 1 for mine, theirs in pairs)
        return met and (self.is_long or all(self.taken))

    @property
    def is_moved(self) -> bool:
        """Has one of them put it in here and taken it away there?"""
        return any(put and taken for put, taken in zip(self.put, self.taken, strict=True))


@dataclass(frozen=True)
class Known:
    """The sentences of some text, and every 40 characters in a row if it is not too long."""

    sentences: Counter[str]
    spans: frozenset[str]

    @classmethod
    def of(cls, tokens: Sequence[str]) -> Known:
        text = "".join(tokens)
        return cls(
            Counter(plain(token) for token in tokens if has_letters(token)),
            frozenset(spans(text) if len(text) <= MOST_CHARACTERS else ()),
        )

    def elsewhere(self, tokens: Sequence[str], here: Sequence[str], *, with_spans: bool) -> set[str]:
        """What of the tokens stands in this text, too, and not only here."""
        counted = Counter(plain(token) for token in here)
        texts = {text for text in map(plain, tokens) if self.sentences[text] > counted[text]}
        if with_spans and tokens and here:
            texts |= self.spans.intersection(spans("".join(tokens))).difference(spans("".join(here)))
        return texts


def moves(base: Sequence[str], places: Sequence[Place]) -> list[tuple[int, int]]:
    """Return pairs of places, by their numbers, that are to be decided together.

    Two places belong together if both people touched the same words there. They also belong together if one person
    moved words between them and one of the two clashes, or is paired with one that does. Otherwise somebody could
    reject one half of a move and keep the other.
    """
    seen_at = _seen(base, places)
    traces = {text: Trace.of(text, seen) for text, seen in seen_at.items() if len(seen) > 1}
    together = [*_swapped(base, places, seen_at, traces)]
    traces = {text: trace for text, trace in traces.items() if not trace.is_one_move}
    together += [trace.places for trace in traces.values() if trace.is_by_both]
    moved_at: dict[int, list[Numbers]] = defaultdict(list)
    for trace in traces.values():
        for number in trace.places if trace.is_moved else ():
            moved_at[number].append(trace.places)
    waiting = [number for number, place in enumerate(places) if place.stretch.is_clash]
    waiting += [number for numbers in together for number in numbers]
    while waiting:
        for numbers in moved_at.pop(waiting.pop(), ()):
            together.append(numbers)
            waiting += numbers
    return sorted({(min(numbers), number) for numbers in together for number in numbers if number > min(numbers)})


def _swapped(
    base: Sequence[str], places: Sequence[Place], seen_at: Mapping[str, set[Seen]], traces: Mapping[str, Trace]
) -> Iterator[Numbers]:
    """The places of two neighbours that somebody made change places, if the other moved or deleted one of them.

    Nobody can say which of the two was moved: either may be meant.
    """
    moved: dict[str, tuple[set[Move], set[Move]]] = defaultdict(lambda: (set(), set()))
    for text, trace in traces.items():
        for side in (MINE, THEIRS):
            if len(trace.put[side]) == len(trace.taken[side]) == 1:
                moved[text][side].add(Move(next(iter(trace.put[side])), next(iter(trace.taken[side]))))
    for side in (MINE, THEIRS):
        for move in {move for moves in moved.values() for move in moves[side]}:
            block, neighbours = _neighbours(base, places, move, side)
            for text in neighbours:
                moved[text][side].add(move._replace(over=block))
            gone = [
                {sight.place for sight in seen_at.get(text, ()) if (sight.side, sight.how) == (1 - side, How.TAKEN)}
                for text in neighbours
            ]
            if gone and all(gone):
                yield {move.put, move.taken, *set().union(*gone)}
    for mine, theirs in moved.values():
        if mine and theirs and mine != theirs:
            yield {number for move in mine | theirs for number in (move.put, move.taken)}


def _neighbours(
    base: Sequence[str], places: Sequence[Place], move: Move, side: int
) -> tuple[tuple[str, ...], list[str]]:
    """What somebody moved, and the sentences it changed places with, if those are not more."""
    numbers = sorted((move.put, move.taken))
    first, last = (places[number].mine if side == MINE else places[number].theirs for number in numbers)
    block = tuple(token for edit in (first if move.put < move.taken else last) for token in edit.tokens)
    between = base[first[-1].stop : last[0].start]
    if len(between) > min(len(block) + 1, LONGEST_SWAP):
        return block, []
    return block, [plain(token) for token in between if has_letters(token)]


def _seen(base: Sequence[str], places: Sequence[Place]) -> dict[str, set[Seen]]:
    """By words, without line ends and dashes, what was done with them and where."""
    seen_at: dict[str, set[Seen]] = defaultdict(set)
    original = Known.of(base)
    put = [
        Known.of([token for place in places for edit in edits(place) for token in edit.tokens])
        for edits in (attrgetter("mine"), attrgetter("theirs"))
    ]
    characters = 0
    for number, place in enumerate(places):
        for side, edits in ((MINE, place.mine), (THEIRS, place.theirs)):
            for edit in edits:
                gone = base[edit.start : edit.stop]
                origin = plain("".join(gone))
                characters += sum(map(len, (*gone, *edit.tokens)))
                done = _done(original, put[side], gone, edit.tokens, with_spans=characters <= MOST_CHARACTERS)
                for text, how in done:
                    seen_at[text].add(Seen(side, how, number, origin if how == How.EDITED else ""))
    return seen_at


def _done(
    original: Known, put: Known, gone: Sequence[str], came: Sequence[str], *, with_spans: bool
) -> Iterator[tuple[str, How]]:
    """The sentences an edit puts in, edits and takes away, and every 40 characters in a row.

    What stood elsewhere word for word is put in, and what was put in elsewhere is taken away, however much they are alike.
    """
    copied = original.elsewhere(came, gone, with_spans=with_spans)
    moved = put.elsewhere(gone, came, with_spans=with_spans)
    yield from ((text, How.PUT) for text in copied)
    yield from ((text, How.TAKEN) for text in moved)
    came = [token for token in came if plain(token) not in copied]
    gone = [token for token in gone if plain(token) not in moved]
    was, now = "".join(gone), "".join(came)
    new, old = _runs(was, now)
    for text, is_whole in _tokens(came, new):
        yield text, How.PUT if is_whole else How.EDITED
    for text, is_whole in _tokens(gone, old):
        if is_whole:
            yield text, How.TAKEN
    for text, runs, how in ((now, new, How.PUT), (was, old, How.TAKEN)) if with_spans else ():
        for start, stop in runs:
            yield from ((span, how) for span in spans(text[start:stop]))


def _runs(before: str, after: str) -> tuple[list[Run], list[Run]]:
    """What of a text is really new, and what of the text before is really gone."""
    if not before or not after:
        return [(0, len(after))], [(0, len(before))]
    runs: dict[Part, list[Run]] = {Part.NEW: [], Part.GONE: []}
    at = {Part.NEW: 0, Part.GONE: 0}
    for segment in words(before, after):
        stayed, length = segment.part == Part.SAME, len(segment.text)
        if not stayed:
            runs[segment.part].append((at[segment.part], at[segment.part] + length))
        for part in (Part.NEW, Part.GONE) if stayed else (segment.part,):
            at[part] += length
    return runs[Part.NEW], runs[Part.GONE]


def _tokens(tokens: Sequence[str], runs: Sequence[Run]) -> Iterator[tuple[str, bool]]:
    """Every token with a letter in the runs, and whether at least three quarters of its letters lie there."""
    text = "".join(tokens)
    inside = bytearray(len(text))
    for start, stop in runs:
        inside[start:stop] = b"\1" * (stop - start)
    start = 0
    for token in tokens:
        letters = [letter.start() for letter in LETTER.finditer(text, start, start + len(token))]
        changed = sum(inside[place] for place in letters)
        if changed:
            yield plain(token), 4 * changed >= 3 * len(letters)
        start += len(token)
