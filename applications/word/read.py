"""A Word file that came back: the texts from between the marked lines, and what could not be taken along.

Tracked changes count as not accepted, in both directions. Comments, tables, pictures and footnotes are left out. All of
that is counted, so that a person can be told.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from docx import Document
from docx.oxml.ns import qn
from lxml import etree

from .marks import APPLICATION, BEGIN, END
from .safe import UnreadableFile, check

ITEM = "- "
GONE = "\0"  # a line that holds only what was left out
INSERTED, DELETED = {qn("w:ins"), qn("w:moveTo")}, {qn("w:del"), qn("w:moveFrom")}
INSIDE = {
    qn(name)
    for name in ("w:hyperlink", "w:smartTag", "w:sdt", "w:sdtContent", "w:fldSimple", "w:bdo", "w:dir", "w:customXml")
}
SIGNS = {
    qn("w:tab"): "\t",
    qn("w:br"): "\n",
    qn("w:cr"): "\n",
    qn("w:noBreakHyphen"): "\u2011",
    qn("w:softHyphen"): "\u00ad",
}
PICTURES = {qn("w:drawing"), qn("w:pict"), qn("w:object")}
NOTES = {qn("w:footnoteReference"), qn("w:endnoteReference")}


@dataclass
class Dropped:
    """How much of each kind was left out."""

    changes: int = 0
    comments: int = 0
    tables: int = 0
    pictures: int = 0
    notes: int = 0

    def sentences(self) -> list[str]:
        """What was left out, in words; nothing where nothing was."""
        found = [
            (self.changes, ngettext("%d nachverfolgte Änderung gilt als nicht angenommen.", "%d nachverfolgte Änderungen gelten als nicht angenommen.", self.changes)),
            (self.comments, ngettext("%d Kommentar ist weggelassen.", "%d Kommentare sind weggelassen.", self.comments)),
            (self.tables, ngettext("%d Tabelle ist weggelassen.", "%d Tabellen sind weggelassen.", self.tables)),
            (self.pictures, ngettext("%d Bild ist weggelassen.", "%d Bilder sind weggelassen.", self.pictures)),
            (self.notes, ngettext("%d Fußnote ist weggelassen.", "%d Fußnoten sind weggelassen.", self.notes)),
        ]  # fmt: skip
        return [sentence % number for number, sentence in found if number]


@dataclass
class ReadSection:
    """A text as it stands in the file, and the version it was written from."""

    key: str
    version: int
    lines: list[str] = field(default_factory=list)
    dropped: Dropped = field(default_factory=Dropped)

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def add(self, line: str, dropped: Dropped) -> None:
        if line != GONE:
            self.lines.append(line)
        for name, number in vars(dropped).items():
            setattr(self.dropped, name, getattr(self.dropped, name) + number)


@dataclass
class ReadFile:
    sections: list[ReadSection]
    broken: list[str]
    """Keys of sections whose marked lines are damaged: they begin without an end, end without a beginning, or stand there twice."""


def read(content: bytes, uuid: UUID) -> ReadFile:
    """The sections of the file of this application; `UnreadableFile` with a sentence for anything that is not one."""
    check(content)
    try:
        document = Document(BytesIO(content))
        lines = list(_lines(document.element.body, _list_styles(document.styles.element)))
    except (KeyError, ValueError, TypeError, AttributeError, OSError, RecursionError, etree.LxmlError) as damage:
        raise UnreadableFile(_("Die Datei ist beschädigt und lässt sich nicht lesen.")) from damage
    owners = {found[1].lower() for text, _dropped in lines if (found := APPLICATION.search(text))}
    if not owners:
        raise UnreadableFile(
            _(
                "Das ist keine Word-Datei aus diesem Portal, oder die Zeile „[[Vorhaben …]]“ fehlt. Bitte laden Sie sie hier neu herunter."
            )
        )
    if owners != {str(uuid)}:
        raise UnreadableFile(_("Diese Datei gehört zu einem anderen Vorhaben."))
    return _sections(lines)


def _sections(lines: list[tuple[str, Dropped]]) -> ReadFile:
    found: dict[str, ReadSection] = {}
    broken: list[str] = []
    now: ReadSection | None = None
    for text, dropped in lines:
        begin, end = BEGIN.search(text), END.search(text)
        if begin:
            broken += [now.key] if now else []
            now = ReadSection(begin[1], int(begin[2]))
        elif end:
            if now and now.key == end[1] and now.key not in found:
                found[now.key] = now
            else:
                broken += [end[1], *([now.key] if now else [])]
            now = None
        elif now:
            now.add(text, dropped)
    broken += [now.key] if now else []
    return ReadFile([one for key, one in found.items() if key not in broken], list(dict.fromkeys(broken)))


def _lines(parent: Any, lists: set[str]) -> Iterator[tuple[str, Dropped]]:
    """Every paragraph as a line, tables and what else stands beside them as lines that are gone."""
    for block in parent:
        if block.tag == qn("w:p"):
            dropped = Dropped()
            text = "".join(_words(block, dropped))
            if not text and _is_marked(block, "w:ins"):
                yield GONE, Dropped(changes=1)
                continue
            yield (
                (ITEM if text.strip() and _is_item(block, lists) and not text.startswith(ITEM) else "") + text,
                dropped,
            )
        elif block.tag == qn("w:tbl"):
            yield GONE, Dropped(tables=1)
        elif block.tag in INSIDE:
            yield from _lines(block, lists)
        elif block.tag in INSERTED | DELETED:
            yield GONE, Dropped(changes=1)


def _words(parent: Any, dropped: Dropped) -> Iterator[str]:
    for part in parent:
        if part.tag in INSERTED:
            dropped.changes += 1
        elif part.tag in DELETED:
            dropped.changes += 1
            yield from _words(part, dropped)
        elif part.tag == qn("w:r"):
            yield from _words_of_run(part, dropped)
        elif part.tag in INSIDE:
            yield from _words(part, dropped)


def _words_of_run(run: Any, dropped: Dropped) -> Iterator[str]:
    for part in run:
        if part.tag in {qn("w:t"), qn("w:delText")}:
            yield part.text or ""
        elif part.tag in SIGNS:
            yield SIGNS[part.tag]
        elif part.tag in PICTURES or part.tag.endswith("}AlternateContent"):
            dropped.pictures += 1
        elif part.tag in NOTES:
            dropped.notes += 1
        elif part.tag == qn("w:commentReference"):
            dropped.comments += 1


def _is_marked(paragraph: Any, tag: str) -> bool:
    """Is the end of the paragraph itself a tracked change?"""
    return paragraph.find(f"{qn('w:pPr')}/{qn('w:rPr')}/{qn(tag)}") is not None


def _is_item(paragraph: Any, lists: set[str]) -> bool:
    """A line of a list, by its own numbering or by that of its style."""
    properties = paragraph.find(qn("w:pPr"))
    if properties is None:
        return False
    style = properties.find(qn("w:pStyle"))
    return properties.find(qn("w:numPr")) is not None or (style is not None and style.get(qn("w:val")) in lists)


def _list_styles(styles: Any) -> set[str]:
    """The names of the styles that make a paragraph a line of a list."""
    return {one.get(qn("w:styleId")) for one in styles if one.find(f"{qn('w:pPr')}/{qn('w:numPr')}") is not None}
