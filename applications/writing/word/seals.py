"""Was anything changed in a Word file outside the texts, where it is not read?"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import regex
from lxml import etree

from applications.writing.word.marks import APPLICATION, BEGIN, CLOSE, END, PORTAL, PORTAL_END
from applications.writing.word.package import w
from core.spelling import in_nfc

TEXT = w("t")
# What a box is for older programs, which stands beside the same for newer ones.
OLDER = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
# What a program may change by saving a file: blanks, hyphens and signs that nobody sees.
UNSURE = regex.compile(r"[\p{Z}\p{C}\p{Pd}]+")


@dataclass
class Seals:
    """What stands outside the texts, as checksums; and what the file said they were when it was written."""

    portal: dict[str, str] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)
    outside: str = ""
    said_outside: str | None = None

    def changed(self) -> list[str]:
        """Keys of the sections that can only be changed in the portal, and were changed in the file."""
        return [key for key, seal in self.said.items() if self.portal.get(key) != seal]

    def is_changed_outside(self) -> bool:
        """Does something stand outside of everything that was not there? Files without a last line do not say."""
        return self.said_outside is not None and self.outside != self.said_outside


def seals_of(blocks: Iterable[Any]) -> Seals:
    """The seals of a file, given its paragraphs and tables; those in boxes come after the paragraph the box is in."""
    blocks = list(blocks)
    by_themselves = set(blocks)
    seals, outside = Seals(), hashlib.sha256()
    inside: Any = outside
    for block in blocks:
        line = "".join(_words(block, by_themselves))
        if begin := PORTAL.search(line):
            inside = hashlib.sha256()
            seals.said[begin[1]] = begin[2]
        elif end := PORTAL_END.search(line):
            seals.portal[end[1]] = inside.hexdigest()[:8] if inside else ""
            inside = outside
        elif BEGIN.search(line):
            inside = None  # a text, which is read
        elif END.search(line):
            inside = outside
        elif close := CLOSE.search(line):
            seals.said_outside = close[1]
        elif inside and not APPLICATION.search(line):
            inside.update(_letters(line).encode(errors="replace"))
    seals.outside = outside.hexdigest()[:8]
    return seals


def seal_of(blocks: Iterable[Any]) -> str:
    """The seal of a section that is printed to be read only."""
    return seals_of(blocks).outside


def _words(block: Any, by_themselves: set[Any]) -> Iterator[str]:
    """The words of a block, without those of blocks in it that come by themselves; what is there twice, once."""
    walk = etree.iterwalk(block, events=("start",))
    for _event, element in walk:
        if element.tag == TEXT:
            yield element.text or ""
        elif element is not block and (element.tag == OLDER or element in by_themselves):
            walk.skip_subtree()


def _letters(line: str) -> str:
    return UNSURE.sub("", in_nfc(line))
