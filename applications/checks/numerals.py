"""Numbers in running text, as figures or as words: „40“, „½“, „zwölf“, „zwei Drittel“, „die Hälfte“, „jede vierte Person“."""

from __future__ import annotations

import re
from unicodedata import decomposition

WORD = re.compile(r"\w+")
LONGEST = 60  # letters: longer than any number somebody writes out in full
UNITS = "null|eins?|zwei|zwo|drei|vier|fünf|fuenf|sech|sechs|sieb|sieben|acht|neun|zehn|elf|zwölf|zwoelf"
TENS = "zwanzig|dreißig|dreissig|(?:vier|fünf|fuenf|sech|sieb|acht|neun)zig"
COUNTED = re.compile(rf"(?:(?:{UNITS}|{TENS}|hundert|tausend|und)*(?:{UNITS}|{TENS}|hundert|tausend))(?:mal|fach)?")
NO_NUMBERS = frozenset({"ein", "einmal", "einfach"})  # nearly always the article, or meant otherwise
SHARE = re.compile(
    r"hälften?|halb(?:e[mnrs]?|iert?|ieren)?|dreiviertel|drittel[ns]?"
    r"|(?:fünf|fuenf|sechs|sieb|acht|neun|zehn|zwanzigs|hunderts)tel[ns]?"
    r"|dutzend|million(?:en)?|doppelt(?:e[mnrs]?)?|verdoppel(?:n|t)|verdreifach(?:en|t)"
)
EACH = frozenset({"jede", "jeder", "jedes", "jeden", "jedem"})
ORDINAL = re.compile(r"(?:zwei|dritt?|vier|fünf|fuenf|sechs|sieb|sieben|ach|neun|zehn|zwanzigs|hunderts)t?e[mnrs]?")
# „Viertel“ is also a part of a town, so it is a number only after one.
QUARTER = re.compile(r"viertel[ns]?")
BEFORE_QUARTER = frozenset({"ein", "einem", "eines", "drei", "zwei"})


def has_number(text: str) -> bool:
    """Is there a number, whether in figures or in words?"""
    if any(_is_figure(letter) for letter in text):
        return True
    before = ""
    for match in WORD.finditer(text):
        word = match.group().lower()
        if len(word) <= LONGEST and _is_numeral(word, before):
            return True
        before = word
    return False


def _is_figure(letter: str) -> bool:
    """A digit, or a fraction such as ½; the raised and lowered ones of m² and CO₂ count nothing."""
    return letter.isdecimal() or (letter.isnumeric() and decomposition(letter).startswith("<fraction>"))


def _is_numeral(word: str, before: str) -> bool:
    if word in NO_NUMBERS:
        return False
    if QUARTER.fullmatch(word):
        return before in BEFORE_QUARTER
    if before in EACH and ORDINAL.fullmatch(word):
        return True
    return bool(COUNTED.fullmatch(word) or SHARE.fullmatch(word))
