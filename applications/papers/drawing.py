"""How long texts are set on papers: very long words and paragraphs are cut into parts (`LONGEST_WORD`, `LONGEST_PART`).

The renderer looks at the rest of a text again for every line that it cannot end at a blank. So no word and no
stretch of text that it is given is long, and no letter has more marks than can be drawn.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from html import escape, unescape

from core.late_patterns import late_pattern

# Longer than any word of any language; beyond it a word may break between any two letters.
LONGEST_WORD = 80
# A text that is longer is given in parts of about this length.
LONGEST_PART = 1_000
MOST_MARKS = 12
# A paper with more lines than this has them run on, with a stroke where each ended; about seventy pages.
MOST_LINES = 3_000
LINE_END = " / "

BREAK_HERE = "\N{ZERO WIDTH SPACE}"
# Control characters, which would be drawn as boxes, and soft hyphens, of which the renderer tries one after the other:
# it knows itself where German words are divided.
NOT_DRAWN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad]")
TEXT = re.compile(r"(?<=>)[^<]+")
WORD = re.compile(rf"[^ \t\n]{{{LONGEST_WORD + 1},}}")
MANY_MARKS = late_pattern(rf"([\p{{M}}\p{{Cf}}]{{{MOST_MARKS}}})[\p{{M}}\p{{Cf}}]+")
# A letter with its marks, a flag, an emoji of several signs. Nearly \X, which takes the square of the number of flags.
LETTER = late_pattern(
    r"[\U0001f1e6-\U0001f1ff]{2}|.(?:[\p{M}\p{Cf}\p{Emoji_Modifier}]|(?<=\u200d)\p{Extended_Pictographic})*",
    re.DOTALL,
)
# What holds a text of its own: the renderer does not know `dir="auto"`.
BLOCK = re.compile(r"<(p|li|dd|h[123]|t[dh]|div)(\s[^<>]*)?>([^<]+)")
PART = re.compile(rf".{{1,{LONGEST_PART}}}(?:[ \t\n{BREAK_HERE}]|\Z)", re.DOTALL)


def drawable(html: str) -> str:
    """A page with its texts as they can be drawn: long words can be broken, marks are capped, long texts come in parts."""
    head, body, rest = NOT_DRAWN.sub("", html).partition("<body")
    rest = BLOCK.sub(_directed, rest)
    return head + body + TEXT.sub(lambda match: _drawable_text(match[0]), rest)


def _directed(block: re.Match[str]) -> str:
    """A block that begins with a letter of a script written from right to left is set from right to left."""
    strong = next(
        (kind for kind in map(unicodedata.bidirectional, unescape(block[3])) if kind in {"L", "R", "AL"}), "L"
    )
    return block[0] if strong == "L" else f'<{block[1]}{block[2] or ""} dir="rtl">{block[3]}'


def _drawable_text(source: str) -> str:
    if len(source) <= MOST_MARKS:
        return source
    text = with_breaks(unescape(source))
    if len(text) <= 2 * LONGEST_PART:
        return escape(text)
    return "".join(f"<span>{escape(part)}</span>" for part in PART.findall(text))


def with_breaks(text: str) -> str:
    """The text with a place to break at least every `LONGEST_WORD` characters."""
    return WORD.sub(lambda match: BREAK_HERE.join(_pieces(match[0])), MANY_MARKS.sub(r"\1", text))


def _pieces(word: str) -> Iterator[str]:
    """The word in pieces of at most `LONGEST_WORD` characters; letters keep their marks."""
    piece = ""
    for letter in LETTER.findall(word):
        if piece and len(piece) + len(letter) > LONGEST_WORD:
            yield piece
            piece = ""
        piece += letter
        while len(piece) > LONGEST_WORD:  # what is one letter to Unicode may be of any length
            yield piece[:LONGEST_WORD]
            piece = piece[LONGEST_WORD:]
    if piece:
        yield piece


def has_too_many_lines(texts: Iterable[str]) -> bool:
    return sum(text.count("\n") + 1 for text in texts) > MOST_LINES


def run_on(text: str) -> str:
    """The text on one line."""
    return LINE_END.join(line for line in text.split("\n") if line.strip())
