"""The lines of a Word document as text, with counts by kind of everything that is no text.

Tracked changes count as not accepted, in both directions. Text boxes, formulas, symbols, fields and content controls
are read. Everything else is counted, so that nothing is lost silently.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from typing import Any

from applications.writing.word import formulas
from applications.writing.word.dropped import Dropped
from applications.writing.word.lists import NUMBER, Lists
from applications.writing.word.package import M, Package, w
from applications.writing.word.symbols import PRIVATE, sign
from core.values import dataclass

ITEM = "- "
INSERTED, DELETED = {w("ins"), w("moveTo")}, {w("del"), w("moveFrom")}
INSIDE = {w(name) for name in ("hyperlink", "smartTag", "sdt", "sdtContent", "fldSimple", "bdo", "dir", "customXml")}
SIGNS = {
    w("tab"): "\t",
    w("ptab"): "\t",
    w("br"): "\n",
    w("cr"): "\n",
    w("noBreakHyphen"): "\u2011",
    w("softHyphen"): "\u00ad",
}
DRAWN = {w("drawing"), w("pict"), w("object")}
# Elements that only describe the text beside them.
SILENT = {
    *(w(name) for name in ("pPr", "rPr", "sdtPr", "sdtEndPr", "smartTagPr", "customXmlPr", "sectPr", "proofErr")),
    *(w(name) for name in ("bookmarkStart", "bookmarkEnd", "permStart", "permEnd", "lastRenderedPageBreak")),
    *(w(name) for name in ("instrText", "delInstrText", "annotationRef", "footnoteRef", "endnoteRef")),
    *(w(name) for name in ("separator", "continuationSeparator", "tblPr", "tblGrid")),
}
# Elements that are counted wherever they are, and the field of `Dropped` that counts them.
COUNTED = {
    w("tbl"): "tables",
    w("footnoteReference"): "notes",
    w("endnoteReference"): "notes",
    w("commentReference"): "comments",
    w("altChunk"): "documents",
    w("subDoc"): "documents",
    w("contentPart"): "shapes",
    "{http://schemas.openxmlformats.org/drawingml/2006/picture}pic": "pictures",
    "{urn:schemas-microsoft-com:vml}imagedata": "pictures",
    "{http://schemas.openxmlformats.org/drawingml/2006/chart}chart": "charts",
    "{http://schemas.microsoft.com/office/drawing/2014/chartex}chart": "charts",
    "{http://schemas.openxmlformats.org/drawingml/2006/diagram}relIds": "charts",
}
OLE_OBJECT = "{urn:schemas-microsoft-com:office:office}OLEObject"
WORD_ART = "{urn:schemas-microsoft-com:vml}textpath"
CHOICES = "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"


@dataclass
class Line:
    """A paragraph as a line of text, or something else in its place."""

    text: str
    dropped: Dropped = field(default_factory=Dropped)
    is_gone: bool = False  # it has no text, only things that were left out
    block: Any = None  # the paragraph (in a box, too) or the table; none for words that are a drawing


def lines_of(package: Package) -> list[Line]:
    """Return every paragraph as a line; tables and other things beside them as lines that are gone."""
    return list(_Reader(Lists(package.styles, package.numbering)).lines(package.body))


def children(parent: Any) -> Iterator[Any]:
    """Yield the elements of an element; of two versions for newer and older programs, the newer one."""
    for part in parent:
        if not isinstance(part.tag, str):
            continue
        if part.tag == CHOICES:
            chosen = next((choice for choice in part if isinstance(choice.tag, str)), None)
            yield from () if chosen is None else children(chosen)
        else:
            yield part


@dataclass
class _Begun:
    """A paragraph that goes on in the next one: its end is a tracked change that is not accepted."""

    texts: list[str] = field(default_factory=list)
    dropped: Dropped = field(default_factory=Dropped)
    block: Any = None


class _Fields:
    """The fields around a run, and how many of them are still at their code, which is invisible."""

    def __init__(self) -> None:
        self.at_code: list[bool] = []  # from outside in
        self.codes = 0

    def mark(self, kind: str | None) -> None:
        """Follow the beginning of a field, of its result, and its end."""
        if kind == "begin":
            self.at_code.append(True)
            self.codes += 1
        elif self.at_code and kind in {"separate", "end"}:
            self.codes -= self.at_code.pop()
            if kind == "separate":
                self.at_code.append(False)


class _Reader:
    def __init__(self, lists: Lists) -> None:
        self.lists = lists
        self.fields = _Fields()
        self.begun = _Begun()

    def lines(self, parent: Any) -> Iterator[Line]:
        yield from self.blocks(parent)
        yield from self.finished()

    def blocks(self, parent: Any) -> Iterator[Line]:
        for block in children(parent):
            dropped = Dropped()
            if block.tag == w("p"):
                yield from self.paragraph(block)
            elif block.tag in INSIDE:
                if not _is_prompt(block):
                    yield from self.blocks(block)
                    continue
                yield Line("", Dropped(prompts=1), is_gone=True, block=block)
            elif block.tag in {_math("oMath"), _math("oMathPara")}:
                yield Line("".join(self.words_of(block, dropped, [])), dropped, block=block)
            elif block.tag in INSERTED | DELETED:
                yield Line("", Dropped(changes=1), is_gone=True, block=block)
            elif not _is_silent(block):
                self.count(block, dropped)
                yield Line("", dropped, is_gone=True, block=block)

    def paragraph(self, paragraph: Any) -> Iterator[Line]:
        dropped, boxes = Dropped(), list[Any]()
        self.fields = _Fields()  # no code goes on in the next paragraph, so that one without an end hides nothing
        text = "".join(self.words(paragraph, dropped, boxes))
        if "[[" in text:
            yield from self.finished()  # a marked line stays a line of its own, even if the lines around it were joined
        self.begun.texts.append(text)
        self.begun.dropped.add(dropped)
        self.begun.block = paragraph
        if _is_inserted(paragraph):
            self.begun.dropped.changes += 1
        else:
            yield from self.finished()
        for box in boxes:
            yield from [Line(box)] if isinstance(box, str) else _Reader(self.lists).lines(box)

    def finished(self) -> Iterator[Line]:
        """Yield the paragraph that was begun, if there is one, as a line."""
        begun, self.begun = self.begun, _Begun()
        if begun.block is not None:
            line = Line("".join(begun.texts), begun.dropped, block=begun.block)
            self.list_sign(line)
            yield line

    def list_sign(self, line: Line) -> None:
        """Put the sign of a list before its line; a list that a tracked change made or ended is as it was before."""
        properties = line.block.find(w("pPr"))
        shape = self.lists.shape_of(properties)
        earlier = None if properties is None else properties.find(w("pPrChange"))
        if earlier is not None:
            shape_before = self.lists.shape_of(earlier.find(w("pPr")))
            line.dropped.changes += bool(shape) != bool(shape_before)
            shape = shape_before
        if shape and line.text.strip():
            line.dropped.numbers += shape == NUMBER
            line.text = line.text if line.text.startswith(ITEM) else ITEM + line.text

    def words(self, parent: Any, dropped: Dropped, boxes: list[Any]) -> Iterator[str]:
        for part in children(parent):
            yield from self.words_of(part, dropped, boxes)

    def words_of(self, part: Any, dropped: Dropped, boxes: list[Any]) -> Iterator[str]:
        if part.tag in INSERTED:
            dropped.changes += 1
            for mark in part.iter(w("fldChar")):
                self.field(mark)
        elif part.tag in DELETED:
            dropped.changes += 1
            yield from self.words(part, dropped, boxes)
        elif part.tag == w("r"):
            yield from self.words_of_run(part, dropped, boxes)
        elif part.tag in INSIDE and _is_prompt(part):
            dropped.prompts += 1
        elif part.tag in INSIDE or part.tag == _math("oMathPara"):
            yield from self.words(part, dropped, boxes)
        elif part.tag == _math("oMath"):
            dropped.formulas += 1
            yield formulas.line_of(part)
        elif not _is_silent(part):
            self.count(part, dropped)

    def words_of_run(self, run: Any, dropped: Dropped, boxes: list[Any]) -> Iterator[str]:
        font = _font_of(run)
        for part in children(run):
            if part.tag == w("fldChar"):
                yield self.field(part)
            elif self.fields.codes:
                continue
            elif part.tag in {w("t"), w("delText")}:
                yield _text(part.text or "", font, dropped)
            elif part.tag in SIGNS:
                yield SIGNS[part.tag]
            elif part.tag == w("sym"):
                yield _symbol(int(part.get(w("char"), "0"), 16), part.get(w("font"), ""), dropped)
            elif part.tag == w("ruby"):
                yield from self.ruby(part, dropped, boxes)
            elif part.tag in DRAWN:
                self.drawn(part, dropped, boxes)
            elif not _is_silent(part):
                self.count(part, dropped)

    def field(self, sign: Any) -> str:
        """Follow the mark of a field; return the sign of a check box."""
        self.fields.mark(sign.get(w("fldCharType")))
        box = sign.find(f"{w('ffData')}/{w('checkBox')}")
        if box is None:
            return ""
        ticked = box.find(w("checked"))
        ticked = box.find(w("default")) if ticked is None else ticked
        return "☐" if ticked is None or ticked.get(w("val"), "1") in {"0", "false", "off"} else "☒"

    def ruby(self, ruby: Any, dropped: Dropped, boxes: list[Any]) -> Iterator[str]:
        """Yield words and, in brackets, their pronunciation."""
        for name, before, after in (("rubyBase", "", ""), ("rt", " (", ")")):
            part = ruby.find(w(name))
            words = "" if part is None else "".join(self.words(part, dropped, boxes))
            yield f"{before}{words}{after}" if words else ""

    def drawn(self, drawing: Any, dropped: Dropped, boxes: list[Any]) -> None:
        """Find the text boxes in a drawing, and count everything else in it."""
        counted, box_count = Dropped(), len(boxes)
        self.look_into(drawing, counted, boxes)
        if counted == Dropped() and len(boxes) == box_count:
            counted.shapes = 1
        dropped.add(counted)

    def look_into(self, drawing: Any, counted: Dropped, boxes: list[Any]) -> None:
        embedded = drawing.find(OLE_OBJECT) if drawing.tag == w("object") else None
        if embedded is not None and embedded.get("ProgID", "").lower().startswith(("equation", "mathtype")):
            counted.equations += 1
        elif drawing.tag == w("object"):
            counted.objects += 1
        else:
            for part in children(drawing):
                if part.tag == w("txbxContent"):
                    counted.boxes += 1
                    boxes.append(part)
                elif part.tag == WORD_ART:
                    counted.boxes += 1
                    boxes.append(part.get("string", ""))
                elif part.tag in COUNTED:
                    self.count(part, counted)
                else:
                    self.look_into(part, counted, boxes)

    def count(self, part: Any, dropped: Dropped) -> None:
        name = COUNTED.get(part.tag, "others")
        setattr(dropped, name, getattr(dropped, name) + 1)


def _font_of(run: Any) -> str:
    fonts = run.find(f"{w('rPr')}/{w('rFonts')}")
    return "" if fonts is None else fonts.get(w("ascii"), "")


def _text(text: str, font: str, dropped: Dropped) -> str:
    """Return the words of a run, with the signs of special fonts as ordinary characters."""
    return PRIVATE.sub(lambda match: _symbol(ord(match[0]), font, dropped), text)


def _symbol(place: int, font: str, dropped: Dropped) -> str:
    known = sign(place, font)
    dropped.symbols += not known
    return known


def _math(name: str) -> str:
    return f"{{{M}}}{name}"


def _is_silent(part: Any) -> bool:
    """Has the element no content of its own? That includes the beginnings and ends of all kinds of ranges."""
    return part.tag in SILENT or "Range" in part.tag


def _is_prompt(part: Any) -> bool:
    """Is it a field to fill in that still shows its prompt?"""
    return part.tag == w("sdt") and part.find(f"{w('sdtPr')}/{w('showingPlcHdr')}") is not None


def _is_inserted(paragraph: Any) -> bool:
    """Is the end of the paragraph itself a tracked change that is not accepted?"""
    marks = paragraph.find(f"{w('pPr')}/{w('rPr')}")
    return marks is not None and any(marks.find(tag) is not None for tag in INSERTED)
