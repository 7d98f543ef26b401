"""Checksums of a Word file outside the texts, to notice changes that the portal does not read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import field
from typing import Any

from lxml import etree

from applications.writing.word.marked_lines import APPLICATION, BEGIN, CLOSE, END, PORTAL, PORTAL_END
from applications.writing.word.package import w
from core.late_patterns import late_pattern
from core.spelling import in_nfc
from core.values import dataclass

TEXT = w("t")
# The text of a box for older programs, beside the same text for newer ones.
OLDER = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
# What a program may change by saving a file: blanks, hyphens and invisible characters.
UNSURE = late_pattern(r"[\p{Z}\p{C}\p{Pd}]+")


@dataclass
class Seals:
    """Checksums of everything outside the texts: as it is now, and as noted in the file when it was written."""

    portal: dict[str, str] = field(default_factory=dict)
    noted: dict[str, str] = field(default_factory=dict)
    outside: str = ""
    noted_outside: str | None = None

    def changed(self) -> list[str]:
        """Return the keys of sections that were changed in the file and can only be changed in the portal."""
        return [key for key, seal in self.noted.items() if self.portal.get(key) != seal]

    def is_changed_outside(self) -> bool:
        """Was anything changed outside of all sections? Unknown for files without the last line."""
        return self.noted_outside is not None and self.outside != self.noted_outside


def seals_of(blocks: Iterable[Any]) -> Seals:
    """Return the seals of a file, given its paragraphs and tables; those in a box come after the box's paragraph."""
    blocks = list(blocks)
    separate = set(blocks)
    seals, outside = Seals(), hashlib.sha256()
    inside: Any = outside
    for block in blocks:
        line = "".join(_words(block, separate))
        if begin := PORTAL.search(line):
            inside = hashlib.sha256()
            seals.noted[begin[1]] = begin[2]
        elif end := PORTAL_END.search(line):
            seals.portal[end[1]] = inside.hexdigest()[:8] if inside else ""
            inside = outside
        elif BEGIN.search(line):
            inside = None  # a text that is read back
        elif END.search(line):
            inside = outside
        elif close := CLOSE.search(line):
            seals.noted_outside = close[1]
        elif inside and not APPLICATION.search(line):
            inside.update(_letters(line).encode(errors="replace"))
    seals.outside = outside.hexdigest()[:8]
    return seals


def seal_of(blocks: Iterable[Any]) -> str:
    """Return the seal of a section that is only for reading."""
    return seals_of(blocks).outside


def _words(block: Any, separate: set[Any]) -> Iterator[str]:
    """Yield the words of a block, without inner blocks of their own; a text that is there twice only once."""
    walk = etree.iterwalk(block, events=("start",))
    for _event, element in walk:
        if element.tag == TEXT:
            yield element.text or ""
        elif element is not block and (element.tag == OLDER or element in separate):
            walk.skip_subtree()


def _letters(line: str) -> str:
    return UNSURE.sub("", in_nfc(line))
