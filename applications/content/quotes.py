"""Quoted words and where they stand: found once when somebody picks them, and again when the text has changed."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property
from heapq import nsmallest

from applications.content.alignment import common_start
from applications.content.sentences import BETWEEN, plain
from core.spelling import composed
from core.values import dataclass

# So much text on either side is kept with a quote; it tells repeated words apart and finds what replaced them.
CONTEXT = 80
# What is left of the text around a quote must agree in so many letters to say where the quote would stand.
ENOUGH = 12
# Of words that stand there more often than this only so many places are looked at, those that are most likely meant.
MOST_PLACES = 200


@dataclass(frozen=True)
class Quote:
    """Words of a text as they stand there, with the text around them and their position in characters."""

    text: str
    before: str = ""
    after: str = ""
    position: int | None = None


@dataclass(frozen=True)
class Place:
    """Where a quote stands in a text; `changed` when other words stand there now."""

    start: int
    end: int
    changed: bool = False


class Passage:
    """A text in which words are looked for; blanks, line ends and the dashes of a list count alike."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def flat(self) -> str:
        """The text on one line."""
        return BETWEEN.sub(" ", self.text)

    @cached_property
    def _words(self) -> tuple[list[int], list[int]]:
        """Where the words between two blanks begin, in the flat text and in the text itself."""
        flat_at, text_at = [0], [0]
        for blank in BETWEEN.finditer(self.text):
            flat_at.append(flat_at[-1] + blank.start() - text_at[-1] + 1)
            text_at.append(blank.end())
        return flat_at, text_at

    def places(self, words: str) -> Iterator[tuple[int, int]]:
        """From where to where the words stand, every time they do."""
        wanted, dashes = plain(words), words.strip()
        if not wanted:
            yield from ((start, start + len(dashes)) for start in _finds(self.text, dashes))
            return
        flat_at, text_at = self._words
        for start in _finds(self.flat, wanted):
            first, last = (bisect_right(flat_at, at) - 1 for at in (start, start + len(wanted) - 1))
            end = text_at[last] + start + len(wanted) - flat_at[last]
            yield text_at[first] + start - flat_at[first], end


def quoted(text: str, words: str, before: str = "") -> Quote | None:
    """A quote of these words, blanks and line ends counting alike; None if they do not stand there.

    Of several places the one that follows `before`, else the first.
    """
    known = Quote(composed(words), before=composed(before))
    passages = list(Passage(text).places(known.text))
    follows = text.find(known.before) + len(known.before) if known.before else -1
    likely = [*passages[:MOST_PLACES], *(place for place in passages[MOST_PLACES:] if place[0] == follows)]
    meant = max(likely, key=lambda place: (_likeness(known, text, *place), -place[0]), default=None)
    if meant is None:
        return None
    start, end = meant
    return Quote(text[start:end], text[max(start - CONTEXT, 0) : start], text[end : end + CONTEXT], start)


def place_of(quote: Quote, passage: Passage) -> Place | None:
    """Where the quote stands now: the same words in the likest surroundings, else what replaced them; None if gone."""
    known = Quote(composed(quote.text), composed(quote.before), composed(quote.after), quote.position or 0)
    text = passage.text

    def distance(place: tuple[int, int]) -> int:
        return abs(place[0] - (quote.position or 0))

    likely = nsmallest(MOST_PLACES, passage.places(known.text), key=distance)
    if likely:
        return Place(*max(likely, key=lambda place: (_likeness(known, text, *place), -distance(place))))
    return _replaced(known, text)


def _finds(text: str, words: str) -> Iterator[int]:
    at = text.find(words) if words else -1
    while at >= 0:
        yield at
        at = text.find(words, at + len(words))


def _likeness(quote: Quote, text: str, start: int, end: int) -> int:
    """How many letters around the place are the same as around the quote."""
    before = common_start(quote.before[::-1], text[max(start - CONTEXT, 0) : start][::-1])
    return before + common_start(quote.after, text[end : end + CONTEXT])


def _replaced(quote: Quote, text: str) -> Place | None:
    """What stands between the words before and the words after the quote now, if that is no more than a sentence or two."""
    if min(len(quote.before.strip()), len(quote.after.strip())) < ENOUGH:
        return None
    for kept in (CONTEXT, CONTEXT // 2, CONTEXT // 4):
        before, after = quote.before[-kept:], quote.after[:kept]
        at = text.find(before)
        if at < 0:
            continue
        start = at + len(before)
        end = text.find(after, start)
        if end < 0 or end - start > 3 * len(quote.text) + 2 * CONTEXT:
            continue
        return _trimmed(text, start, end)
    return None


def _trimmed(text: str, start: int, end: int) -> Place | None:
    words = text[start:end].strip()
    if not words:
        return None
    start = text.index(words, start)
    return Place(start, start + len(words), changed=True)
