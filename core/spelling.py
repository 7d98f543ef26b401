"""How characters are counted as people see them (static/js/counting.js does the same), and letters made the same on every device."""

from __future__ import annotations

import re
import unicodedata
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django import forms
from django.db import models

from core.late_patterns import late_pattern

if TYPE_CHECKING:
    import regex

# Letters and signs of which none joins its neighbour, in form NFC, without any end of a line but \n and without anything that no database
# takes: nearly every German text, read without looking further.
PLAIN = re.compile("[\\n\x20-\x7e\xa0-\u02ff\u2010-\u2027\u2030-\u205e\u20a0-\u20bf]*")
# More marks in a row than any language has; composing them as they are takes the square of their number.
MANY_MARKS = late_pattern(r"\p{M}{32,}")
# What ends a line somewhere: the ends of Windows and old Macs, and Unicode's separators of lines, paragraphs and pages.
LINE_END = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# Blanks at the end of a text, the same list as in static/js/counting.js: Unicode's White_Space.
BLANKS = "\t\n\x0b\x0c\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
# What belongs to the character before it: accents and vowel signs, colours of an emoji, the letters inside a flag.
MARKS = late_pattern(r"[\p{M}\p{Emoji_Modifier}\U000e0020-\U000e007f]+")
JOINED = late_pattern(r"\u200d\p{Extended_Pictographic}?|\u200c")
FLAG = late_pattern(r"[\U0001f1e6-\U0001f1ff]{2}")
# What people see. Nobody sees blanks, controls, soft hyphens, direction marks, or Braille's and interlinear empty signs.
VISIBLE = late_pattern(r"[^\p{Default_Ignorable_Code_Point}\p{White_Space}\p{Cc}\u2800\ufff9-\ufffb]")
# Signs without width or of no effect but on the order of letters; joiners are looked at apart, the letters in flags stay.
INVISIBLE = late_pattern(
    r"(?V1)\U0001f3f4[\U000e0020-\U000e007f]+(*SKIP)(*FAIL)"
    r"|[[\p{Default_Ignorable_Code_Point}&&\p{Cf}]\ufff9-\ufffb--[\u200c\u200d]]"
)
# What is drawn as one character, in Unicode's own rule; nothing real has more code points than this.
SIGN = late_pattern(r"\X")
MOST_OF_SIGN = 32
IN_FLAGS = "".join(map(chr, range(0x1F1E6, 0x1F200)))
# Scripts whose letters change their shape beside one another, and would be read differently without a joiner.
SHAPED = [
    "Adlam",
    "Arabic",
    "Balinese",
    "Bengali",
    "Chakma",
    "Devanagari",
    "Gujarati",
    "Gurmukhi",
    "Hanifi_Rohingya",
    "Javanese",
    "Kannada",
    "Khmer",
    "Malayalam",
    "Mandaic",
    "Meetei_Mayek",
    "Mongolian",
    "Myanmar",
    "Newa",
    "Nko",
    "Oriya",
    "Sinhala",
    "Syriac",
    "Tai_Tham",
    "Tamil",
    "Telugu",
    "Tibetan",
]
LETTER = rf"[[{''.join(rf'\p{{Script={script}}}' for script in SHAPED)}]&&[\p{{L}}\p{{M}}]]"
EMOJI = r"\p{Extended_Pictographic}"
# A virama with a joiner is a letter of its own at the end of a word, too: the old way to write Malayalam's chillus.
JOINERS = late_pattern(
    rf"(?V1)(?:(?<={LETTER}\p{{M}}{{0,3}})([\u200c\u200d])[\u200c\u200d]*(?={LETTER})"
    rf"|(?<=\p{{InSC=Virama}})(\u200d)[\u200c\u200d]*"
    rf"|(?<={EMOJI}[\ufe0f\p{{Emoji_Modifier}}]{{0,2}})(\u200d)[\u200c\u200d]*(?={EMOJI}))"
    r"|[\u200c\u200d]+"
)


def comparable(name: str) -> str:
    """A name in the form it is compared in: without regard to case, blanks and how an umlaut is typed."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def in_nfc(text: str) -> str:
    """The text in Unicode's form NFC, in a number of steps that grows no faster than the text."""
    if PLAIN.fullmatch(text):
        return text
    return unicodedata.normalize("NFC", MANY_MARKS.sub(_in_order, text))


def _in_order(marks: regex.Match[str]) -> str:
    """Marks in their canonical order, which is all that composing does with most of them."""
    apart = "".join(unicodedata.normalize("NFD", mark) for mark in marks[0])
    runs = groupby(apart, key=lambda mark: unicodedata.combining(mark) == 0)
    return "".join("".join(run if is_base else sorted(run, key=unicodedata.combining)) for is_base, run in runs)


def composed(text: str) -> str:
    """The text with line ends as \n, and in Unicode's form NFC, in which equal letters are equal signs."""
    return in_nfc(LINE_END.sub("\n", text))


def visible_length(text: str) -> int:
    """How many characters people see: line ends as one, blanks at the end not counted.

    What is drawn as one character is one: a letter with its marks, a flag, an emoji of several signs. The same rule
    stands in `static/js/counting.js`, and in words in docs/writing.md.
    """
    text = LINE_END.sub("\n", text).rstrip(BLANKS)
    if PLAIN.fullmatch(text):
        return len(text)
    # Without its marks a letter counts as one, composed or not; composing joins what is left of Korean syllables.
    letters = unicodedata.normalize("NFC", MARKS.sub("", text))
    return len(FLAG.sub("x", JOINED.sub("", letters)))


def shortened(text: str, length: int, *, from_end: bool = False) -> str:
    """The first words of a text, or the last, in at most so many characters with the sign of omission and its blank.

    A word that is longer than that is cut, but between what is drawn as one character.
    """
    if len(text) <= length:
        return text
    cut = _cut(text, len(text) - length + 2, from_end=True) if from_end else _cut(text, length - 2)
    kept, beyond = (text[cut:], text[cut - 1]) if from_end else (text[:cut], text[cut])
    if not kept:
        return "…"
    edge = kept[0] if from_end else kept[-1]
    if not edge.isspace() and not beyond.isspace():
        parts = kept.split(None, 1) if from_end else kept.rsplit(None, 1)
        kept = parts[-1 if from_end else 0]
    return f"… {kept.lstrip()}" if from_end else f"{kept.rstrip()} …"


def _cut(text: str, at: int, *, from_end: bool = False) -> int:
    """The nearest place to cut a text that parts no sign: at this place, before it, or behind it `from_end`.

    Only the surroundings are read; of flags in a row, begun with a whole one.
    """
    begin = max(0, at - MOST_OF_SIGN)
    if PLAIN.fullmatch(text, begin, at + MOST_OF_SIGN):
        return at
    begin -= (begin - len(text[:begin].rstrip(IN_FLAGS))) % 2
    for sign in SIGN.finditer(text[begin : at + MOST_OF_SIGN]):
        first, last = begin + sign.start(), begin + sign.end()
        if first < at < last and last - first < MOST_OF_SIGN:
            return last if from_end else first
    return at


def is_visible(text: str) -> bool:
    """Does anybody see something of this text?"""
    return VISIBLE.search(text) is not None


def in_one_line(text: str) -> str:
    """A name or a title: composed, without signs that nobody sees; empty if there are no others.

    Joiners stay where they shape the letters around them, as in Persian, or hold an emoji together.
    """
    if PLAIN.fullmatch(text) and "\xad" not in text:
        return text if is_visible(text) else ""
    text = JOINERS.sub(lambda joiner: joiner[1] or joiner[2] or joiner[3] or "", INVISIBLE.sub("", text))
    return in_nfc(text) if is_visible(text) else ""


class LineFormField(forms.CharField):
    """A name or a title in a form, without signs that nobody sees before it is looked at whether it is there."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(in_one_line(value) if isinstance(value, str) else value)


class TextFormField(forms.CharField):
    """A text in a form, as it was typed; empty if nobody sees anything of it."""

    def to_python(self, value: Any) -> Any:
        return super().to_python("" if isinstance(value, str) and not is_visible(value) else value)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare without regard to how lines end: browsers send \\r\\n for every line, also of a text nobody touched."""
        lines = [LINE_END.sub("\n", text) if isinstance(text, str) else text for text in (initial, data)]
        return super().has_changed(*lines)


class _Composed(models.Field):
    """Composes what comes in on every way: forms, steps, queries and rows written together."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return in_nfc(text) if isinstance(text, str) else text

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        """In migrations it is the field of Django, for the database knows no difference."""
        name, _path, args, kwargs = super().deconstruct()
        return name, f"django.db.models.{type(self).__mro__[2].__name__}", args, kwargs


class NameField(_Composed, models.CharField):
    """A name, composed and without signs that nobody sees."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return in_one_line(text) if isinstance(text, str) else text

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": LineFormField, **kwargs})


class NamesField(_Composed, models.TextField):
    """Names in several lines, composed."""

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": TextFormField, **kwargs})


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a text as they were typed: what blank lines part."""
    return [part.strip() for part in text.replace("\r\n", "\n").split("\n\n") if part.strip()]
