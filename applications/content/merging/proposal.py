"""What could stand where two people changed the same sentences: a text made of both, and whether it may stand as it is."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate

from applications.content.alignment import aligned
from applications.content.difference import TOKEN, WORD
from applications.content.sentences import has_letters, is_sentence, plain, sentences, spans
from core.values import dataclass

type Insertions = dict[int, str]  # what is put in before a token, by its number


@dataclass(frozen=True)
class Proposal:
    """`is_safe` where both have only put something in, never into the same sentence: nothing of anybody is missing."""

    text: str = ""
    is_safe: bool = False


def proposal(base: str, mine: str, theirs: str, *, before: str = "", after: str = "") -> Proposal:
    """The text with what both put in; else one version under the other, for a person to make one of them.

    Empty where one of them took everything away: putting it back is not joining. Two texts for what was empty may be two
    answers to one question, so they are not safe. `before` and `after` is what stands around the place.
    """
    was_empty = not (base or before or after)
    text = None if was_empty else _with_both(base, mine, theirs, before, after)
    if text is not None:
        return Proposal(text, is_safe=True)
    if not mine.strip() or not theirs.strip():
        return Proposal()
    return Proposal(framed(stacked(theirs, mine), theirs))


def stacked(first: str, second: str) -> str:
    """Two texts, one under the other; paragraphs stay paragraphs, lines of a list stay lines."""
    edges = [leading(first), trailing(first), leading(second), trailing(second)]
    between = "\n" * min(max(1, *(edge.count("\n") for edge in edges)), 2)
    return f"{first.strip()}{between}{second.strip()}"


def framed(text: str, like: str) -> str:
    """A text for a place, with the blanks and line ends around it that another text for the place has."""
    words = text.strip()
    return f"{leading(like)}{words}{trailing(like)}" if words else ""


def leading(text: str) -> str:
    """The blanks and line ends at the beginning."""
    return text[: len(text) - len(text.lstrip())]


def trailing(text: str) -> str:
    """The blanks and line ends at the end."""
    return text[len(text.rstrip()) :]


def _with_both(base: str, mine: str, theirs: str, before: str, after: str) -> str | None:
    """The text with everything that was put in; None where something was taken away, or where two places contradict."""
    tokens = TOKEN.findall(base)
    my, their = (_insertions(tokens, text) for text in (mine, theirs))
    if my is None or their is None or _say_the_same(my, their) or _resemble(my, their):
        return None
    if _touched(base, tokens, my) & _touched(base, tokens, their):
        return None
    parts: list[str] = []
    at = 0
    for place in sorted({*my, *their}):
        parts += tokens[at:place]
        at = place
        if _meets_the_other(place, tokens, my, their):
            return None
        if place in my and place in their:
            left = "".join(tokens[max(place - 6, 0) : place]) or before
            right = tokens[place] if place < len(tokens) else after
            if not _are_apart(my[place], their[place], left, right):
                return None
            parts.append(_on_lines_of_their_own(their[place], my[place], left, right))
        else:
            parts.append(my.get(place) or their[place])
    return "".join((*parts, *tokens[at:]))


def _on_lines_of_their_own(first: str, second: str, left: str, right: str) -> str:
    opening, closing = leading(first), trailing(second)
    if "\n" not in opening:
        opening = "\n" if left and not left.endswith("\n") else ""
    if "\n" not in closing:
        closing = "\n" if right and not right.startswith("\n") else ""
    return f"{opening}{stacked(first, second)}{closing}"


def _insertions(tokens: Sequence[str], text: str) -> Insertions | None:
    """What somebody put in; None if they took something away, or if that would take too long to find out."""
    other = TOKEN.findall(text)
    alignment = aligned(tokens, other)
    if alignment.is_coarse or any(change.start < change.stop for change in alignment.changes):
        return None
    return {change.start: "".join(other[change.new_start : change.new_stop]) for change in alignment.changes}


def _say_the_same(my: Insertions, their: Insertions) -> bool:
    """Would something stand there twice?"""
    mine, theirs = (
        {
            words
            for text in insertions.values()
            for words in (*(plain(sentence) for sentence in sentences(text) if has_letters(sentence)), *spans(text))
        }
        for insertions in (my, their)
    )
    return bool(mine & theirs)


def _resemble(my: Insertions, their: Insertions) -> bool:
    """May a sentence of one be another version of what the other wrote: does that hold half of its words?"""
    sides = [" ".join(insertions.values()) for insertions in (my, their)]
    return any(
        2 * sum(word in words for word in some) >= len(some) > 0
        for text, words in zip(sides, (set(WORD.findall(side)) for side in reversed(sides)), strict=True)
        for some in map(WORD.findall, sentences(text))
    )


def _touched(base: str, tokens: Sequence[str], insertions: Insertions) -> set[int]:
    """The sentences into which something was put, by their numbers; not those that it stands before or behind."""
    places = dict(zip(accumulate(map(len, tokens), initial=0), range(len(tokens) + 1), strict=True))
    added = {start: insertions[number] for start, number in places.items() if number in insertions}
    starts = sorted(added)
    touched = set()
    begin = 0
    for number, sentence in enumerate(sentences(base)):
        end = begin + len(sentence)
        for start in starts[bisect_left(starts, begin) : bisect_right(starts, end)] if has_letters(sentence) else ():
            ahead = start == begin and _ends_before(added[start])
            behind = start == end and _begins_behind(sentence, added[start])
            if not ahead and not behind:
                touched.add(number)
        begin = end
    return touched


def _ends_before(text: str) -> bool:
    """Does it end so that a sentence may begin behind it?"""
    return text.endswith("\n") or (text[-1:].isspace() and is_sentence(text.rstrip()))


def _begins_behind(sentence: str, text: str) -> bool:
    """Does it begin so that the sentence before has ended?"""
    return text.startswith("\n") or (text[:1].isspace() and is_sentence(sentence))


def _meets_the_other(place: int, tokens: Sequence[str], my: Insertions, their: Insertions) -> bool:
    """Has the other put something in on the other side of nothing but a blank?"""
    if place < 1 or not tokens[place - 1].isspace():
        return False
    return (place in my and place - 1 in their) or (place in their and place - 1 in my)


def _are_apart(first: str, second: str, left: str, right: str) -> bool:
    """May both stand there on lines of their own? Only between sentences or lines; within one they contradict."""
    line_begins, line_ends = (
        not left.strip(" \t") or left.rstrip(" \t").endswith("\n"),
        not right or right.startswith("\n"),
    )
    begin = line_begins or is_sentence(left.rstrip()) or (first.startswith("\n") and second.startswith("\n"))
    return begin and all(line_ends or text.endswith("\n") or is_sentence(text.rstrip()) for text in (first, second))
