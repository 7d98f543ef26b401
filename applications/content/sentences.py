"""Where a sentence ends, with the abbreviations that end none (`ABBREVIATIONS`): the unit by which two texts are joined."""

from __future__ import annotations

import re
from collections.abc import Iterator

# The end of a sentence with what closes it, and the blank behind it; or the end of a line. It is looked for only where a
# run of stops begins and never given back, so that a text of nothing but stops is read once.
BREAK = re.compile(r"(?P<end>(?<![.!?…])[.!?…]++[\"“”»«’)\]]*+)(?P<blank>[ \t]++)|(?P<line>\n++)")
PARAGRAPH = re.compile(r"[^\n]+|\n+")
LOOK_BACK = 24  # letters that are enough to know the last word
LAST_WORD = re.compile(r"\w+$")
CLOSING = '"“”»«’)]'
STOPS = (".", "!", "?", "…")
LETTER = re.compile(r"[^\W_]")
WORD_START = re.compile(r"(?<!\S)\S")
BETWEEN = re.compile(r"\s+(?:-\s+)*")  # what stands between words, also the dash of a list
SPAN = 40  # characters in a row that are as good as a sentence
# A full stop behind these ends no sentence; neither does one behind a day's number or a single letter (3. Mai, z. B.).
ABBREVIATIONS = {
    "bzw", "ca", "dr", "etc", "evtl", "ggf", "inkl", "max", "min", "mind", "nr", "prof", "sog", "st", "str", "tel", "usw", "vgl", "zzgl",
}  # fmt: skip


def sentences(text: str) -> list[str]:
    """The text as sentences, blanks and line ends; joined together they are the text again, to the letter."""
    return list(_sentences(text))


def sentences_of(*texts: str) -> list[list[str]]:
    """Each text as its sentences; a paragraph that stands in several of them is taken apart once."""
    known: dict[str, list[str]] = {}
    result = []
    for text in texts:
        paragraphs = PARAGRAPH.findall(text)
        for paragraph in paragraphs:
            if paragraph not in known:
                known[paragraph] = sentences(paragraph)
        result.append([sentence for paragraph in paragraphs for sentence in known[paragraph]])
    return result


def _sentences(text: str) -> Iterator[str]:
    begin = 0
    for match in BREAK.finditer(text):
        if match["line"] is None and _abbreviates(
            text[max(begin, match.start() - LOOK_BACK) : match.start()], match["end"]
        ):
            continue
        split = match.start() if match["end"] is None else match.end("end")
        if split > begin:
            yield text[begin:split]
        yield text[split : match.end()]
        begin = match.end()
    if begin < len(text):
        yield text[begin:]


def _abbreviates(before: str, end: str) -> bool:
    word = LAST_WORD.search(before)
    if end != "." or word is None:
        return False
    ordinal = word[0].isdigit() and len(word[0]) <= 2  # am 3. Mai, aber: im Jahr 2027. Danach …
    return len(word[0]) == 1 or ordinal or word[0].lower() in ABBREVIATIONS


def is_sentence(text: str) -> bool:
    """Does it end as a sentence does?"""
    return text.rstrip(CLOSING).endswith(STOPS)


def has_letters(text: str) -> bool:
    return LETTER.search(text) is not None


def plain(text: str) -> str:
    """The text on one line, without the dashes of a list: the same words are the same wherever they stand."""
    return BETWEEN.sub(" ", f" {text} ").strip()


def spans(text: str) -> Iterator[str]:
    """From the beginning of every word 40 characters, as far as there are so many."""
    words = plain(text)
    for word in WORD_START.finditer(words, 0, max(len(words) - SPAN + 1, 0)):
        span = words[word.start() : word.start() + SPAN]
        if has_letters(span):
            yield span
