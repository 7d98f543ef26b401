"""Texts that would keep a careless function busy for minutes: pairs of about `n` characters each, by what they hold."""

from __future__ import annotations

from functools import cache
from random import Random

# Marks of different classes: in the wrong order, bringing them into the right one takes the square of their number.
ABOVE, BELOW = "\u0301", "\u0323"


def letters(alphabet, joint, seed):
    """One letter after the other, with something between them."""

    def text(length):
        draw = Random(seed)
        return joint.join(draw.choice(alphabet) for _ in range(length // (1 + len(joint))))

    return text


def repeated(part, before="", after=""):
    """The same part again and again, so that the text has `length` characters."""
    return lambda length: before + part * ((length - len(before + after)) // len(part)) + after


ABC = "abcdefghijklmnopqrstuvwxyz"
MANY_LETTERS = ABC + "".join(map(chr, (*range(0x3B1, 0x3CA), *range(0x430, 0x450), *range(0x4E00, 0x4E28))))
PAIRS = {
    "random words": (letters(ABC, " ", 1), letters(ABC, " ", 2)),
    "words of many letters": (letters(MANY_LETTERS, " ", 1), letters(MANY_LETTERS, " ", 2)),
    "two words": (letters("ab", " ", 1), letters("ab", " ", 2)),
    "equal words": (repeated("a ", "x "), repeated("a ", "y ", "z")),
    "one word": (repeated("a"), repeated("b", after="a")),
    "only blanks": (repeated(" "), repeated(" \t")),
    "only line ends": (repeated("\n"), repeated("\n", "x", "y")),
    "blanks before a word": (repeated(" ", after="x"), repeated("\u00a0", after="y")),
    "only marks": (repeated(ABOVE + BELOW), repeated(BELOW + ABOVE + BELOW)),
    "marks in the wrong order": (
        lambda length: "a" + ABOVE * (length // 2) + BELOW * (length // 2),
        lambda length: "b" + BELOW * (length // 2) + ABOVE * (length // 2),
    ),
    "only stops": (repeated("."), repeated("!")),
    "stops and quotes": (repeated('."'), repeated("!)")),
    "one-letter sentences": (letters(["xa.", "xb.", "xc."], " ", 1), letters(["xa.", "xb.", "xc."], " ", 2)),
    "one-letter lines": (letters(ABC, "\n", 1), letters(ABC, "\n", 2)),
    "empty items": (repeated("- \n"), repeated("- \n", "x\n", "y")),
    "dashes": (repeated("- "), repeated("-  ")),
    "signs": (repeated("#"), repeated("#-")),
    "brackets": (repeated("[[ "), repeated("[[Anfang s1 ")),
    "angles": (repeated("<"), repeated("&lt;")),
}


@cache
def pair(name, length):
    """Two texts of this kind, neither longer than `length`."""
    return tuple(make(length)[:length] for make in PAIRS[name])
