"""Quoted words and where they stand: found once when somebody picks them, and again when the text has changed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

# So much text on either side is kept with a quote; it tells repeated words apart and finds what replaced them.
CONTEXT = 80
# What is left of the text around a quote must agree in so many letters to say where the quote would stand.
ENOUGH = 12


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


def quoted(text: str, words: str, before: str = "") -> Quote | None:
    """A quote of these words, blanks and line ends counting alike; None if they do not stand there.

    Of several places the one that follows `before`, else the first.
    """
    known = Quote(words, before=before)
    found = max(_occurrences(text, words), key=lambda one: (_likeness(known, text, *one), -one[0]), default=None)
    if found is None:
        return None
    start, end = found
    return Quote(text[start:end], text[max(start - CONTEXT, 0) : start], text[end : end + CONTEXT], start)


def place_of(quote: Quote, text: str) -> Place | None:
    """Where the quote stands now: the same words in the likest surroundings, else what replaced them; None if gone."""
    found = list(_occurrences(text, quote.text))
    if found:
        start, end = max(found, key=lambda one: (_likeness(quote, text, *one), -abs(one[0] - (quote.position or 0))))
        return Place(start, end)
    return _replaced(quote, text)


def _occurrences(text: str, words: str) -> Iterator[tuple[int, int]]:
    parts = words.split()
    if not parts:
        return
    pattern = re.compile(r"\s+(?:- )?".join(re.escape(part) for part in parts))  # a list's "- " is not on the page
    for match in pattern.finditer(text):
        yield match.span()


def _likeness(quote: Quote, text: str, start: int, end: int) -> int:
    """How many letters around the place are the same as around the quote."""
    return _common(quote.before[::-1], text[max(start - CONTEXT, 0) : start][::-1]) + _common(
        quote.after, text[end : end + CONTEXT]
    )


def _common(one: str, other: str) -> int:
    length = 0
    for mine, theirs in zip(one, other, strict=False):
        if mine != theirs:
            break
        length += 1
    return length


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
