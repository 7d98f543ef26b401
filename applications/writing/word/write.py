"""Writing sections into a Word file: each running text between two marked lines, rows as tables only for reading."""

from __future__ import annotations

import re
from collections.abc import Iterable
from io import BytesIO
from typing import Any
from uuid import UUID

from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor
from lxml import etree

from applications.content import Content, Text
from applications.content.sheets import Names, SheetRow, cells, sheets
from applications.writing.word.marked_lines import (
    application_line,
    begin_line,
    close_line,
    end_line,
    portal_end_line,
    portal_line,
    printable,
)
from applications.writing.word.seals import seal_of, seals_of
from calls.terms import SectionTerm
from core.values import dataclass
from core.words import grouped

MARK = "Schmiede Marke"
BREAK = re.compile(r"<br\s*/?>")
PARAGRAPH, TABLE, RUN, WORDS, TAB = (qn(name) for name in ("w:p", "w:tbl", "w:r", "w:t", "w:tab"))
SPACE = "{http://www.w3.org/XML/1998/namespace}space"
# The limits of a file. Nobody works on more in a word processor.
MOST_LINES = 20_000
MOST_ROWS = 1_000


@dataclass(frozen=True)
class SectionToWrite:
    """A section to write: its content in the version that is named in the file."""

    term: SectionTerm
    version: int
    value: Content


def write(
    uuid: UUID, title: str, sections: Iterable[SectionToWrite], names: Names, *, can_return: bool = True
) -> bytes:
    """Return the bytes of the file. It has everything visible of a text; characters that no file can hold are left out.

    Without `can_return` the file says that nothing written in it gets into the portal.

    A text that has too many lines is left out with its marked lines, so that nothing of it can come back; of too many
    rows the first are printed. The file says so.
    """
    document = Document()
    _styles(document)
    document.core_properties.title = printable(title)
    document.core_properties.author = ""
    document.add_heading(printable(title), 0)
    document.add_paragraph(_what_to_do(can_return=can_return))
    document.add_paragraph(application_line(uuid), style=MARK)
    lines, rows = MOST_LINES, MOST_ROWS
    for section in sections:
        document.add_heading(printable(section.term.title), 1)
        if isinstance(section.value, Text):
            lines -= section.value.text.count("\n") + 1
            _text(document, section, section.value.text if lines >= 0 else None)
        else:
            rows -= _sealed_rows(document, section, names, rows)
    seals = seals_of(document.element.body.iterchildren(PARAGRAPH, TABLE))
    document.add_paragraph(close_line(seals.outside), style=MARK)
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def _what_to_do(*, can_return: bool) -> str:
    if not can_return:
        return _("Diese Datei ist zum Lesen. Was Sie darin ändern, kommt nicht in das Portal.")
    return _(
        "Schreiben Sie zwischen den Zeilen „[[Anfang …]]“ und „[[Ende …]]“, und lassen Sie alle Zeilen in eckigen Klammern "
        "stehen. Speichern Sie die Datei als Word-Datei und lesen Sie sie im Portal wieder ein. Alles andere ist nur zum Lesen."
    )


def _styles(document: Any) -> None:
    """Set German for the spell checker, and make a small grey style for the marked lines."""
    normal = document.styles["Normal"]
    language = normal.element.get_or_add_rPr().makeelement(qn("w:lang"), {qn("w:val"): "de-DE", qn("w:bidi"): "ar-SA"})
    normal.element.get_or_add_rPr().append(language)
    mark = document.styles.add_style(MARK, WD_STYLE_TYPE.PARAGRAPH)
    mark.base_style = normal
    mark.font.size, mark.font.color.rgb = Pt(8), RGBColor(0x59, 0x59, 0x59)


def _text(document: Any, section: SectionToWrite, text: str | None) -> None:
    question = document.add_paragraph()
    question.add_run(printable(section.term.question)).italic = True
    if section.term.soft_limit:
        document.add_paragraph(_("Richtwert: %(limit)s Zeichen.") % {"limit": grouped(section.term.soft_limit)})
    if text is None:
        document.add_paragraph(_("Dieser Text hat zu viele Zeilen für eine Word-Datei. Er steht im Portal."))
        return
    document.add_paragraph(begin_line(section.term.key, section.version), style=MARK)
    end = document.add_paragraph(end_line(section.term.key), style=MARK)
    for line in printable(text).split("\n"):
        end._p.addprevious(_paragraph(line))


def _paragraph(line: str) -> Any:
    """Return a paragraph of one line. Adding it with python-docx would search all paragraphs before it."""
    paragraph = etree.Element(PARAGRAPH)
    run = etree.SubElement(paragraph, RUN) if line else None
    for number, words in enumerate(line.split("\t") if line else ()):
        if number:
            etree.SubElement(run, TAB)
        if words:
            text = etree.SubElement(run, WORDS)
            text.text = words
            text.set(SPACE, "preserve")
    return paragraph


def _sealed_rows(document: Any, section: SectionToWrite, names: Names, most: int) -> int:
    """Print a section of rows between marks with its checksum; return how many rows were printed."""
    begin = document.add_paragraph(style=MARK)
    printed = _rows(document, section.value, names, most)
    seal = seal_of(begin._p.itersiblings(PARAGRAPH, TABLE))
    begin.add_run(portal_line(section.term.key, seal))
    document.add_paragraph(portal_end_line(section.term.key), style=MARK)
    return printed


def _rows(document: Any, value: Content, names: Names, most: int) -> int:
    """Print `most` rows of a section at most; return how many were printed."""
    document.add_paragraph(_("Nur zum Lesen: Diesen Abschnitt füllen Sie im Portal aus."))
    for cell in cells(value, names):
        document.add_paragraph(printable(f"{cell.label}: {_plain(cell.html)}"))
    lines = [line for sheet in sheets(value, names) for line in sheet.lines]
    for line in lines[:most]:
        _row(document, line)
    if len(lines) > most:
        document.add_paragraph(_("Das sind zu viele Zeilen für eine Word-Datei. Die weiteren stehen im Portal."))
    return min(len(lines), most)


def _row(document: Any, line: SheetRow) -> None:
    filled = [(line.noun, line.title), *((cell.label, _plain(cell.html)) for cell in line.cells)]
    table = document.add_table(rows=len(filled), cols=2, style="Table Grid")
    for row, texts in zip(table.rows, filled, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = printable(text)
    document.add_paragraph()


def _plain(html: str) -> str:
    """Return the text of a cell, without markup; only the entities of escaping occur."""
    text = strip_tags(BREAK.sub("\n", html))
    for entity, sign in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&#x27;", "'"), ("&amp;", "&")):
        text = text.replace(entity, sign)
    return text
