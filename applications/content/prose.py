"""A text as it is read: paragraphs and lists, with what was quoted marked and what changed since an earlier version."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby, pairwise

from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from applications.content.difference import Part, Segment, words
from core.values import dataclass

ITEM = "- "
# A text of more lines than this is printed as it stands, line by line, without marks and without what changed.
MOST_LINES = 5_000


@dataclass(frozen=True)
class Mark:
    """Characters `start` to `end` of the text are what comment number `number` is about."""

    number: int
    start: int
    end: int


@dataclass(frozen=True)
class Piece:
    """Characters of one line that are marked and changed alike; `ends` are the marks that end with it."""

    part: Part
    text: str
    marks: tuple[int, ...] = ()
    ends: tuple[int, ...] = ()


type Line = list[Piece]


def prose(text: str, marks: Iterable[Mark] = (), *, before: str | None = None) -> SafeString:
    """The text as HTML, everything people wrote escaped.

    Quoted words stand in <mark> with the comment's number behind them (`#stelle-2`, leading to `#anmerkung-2`);
    with `before`, an earlier version, new words stand in <ins> and those that went in <del>. Neither is shown in a text
    of more than `MOST_LINES` lines; a sentence above it says so.
    """
    if max(text.count("\n"), (before or "").count("\n")) > MOST_LINES:
        return _as_it_stands(text, lacks_marks=bool(marks) or before is not None)
    segments = [Segment(Part.SAME, text)] if before is None else words(before, text)
    lines = list(_lines(_pieces(segments, list(marks))))
    return format_html_join("\n", "{}", ((block,) for block in _blocks(lines)))


def _as_it_stands(text: str, *, lacks_marks: bool) -> SafeString:
    lines = escape(text.strip("\n")).replace("\n", "<br>")
    why = _("Dieser Text hat sehr viele Zeilen. Markierte Stellen und Änderungen werden darin nicht angezeigt.")
    note = format_html("<p><em>{}</em></p>\n", why) if lacks_marks else SafeString()
    return note + format_html("<p>{}</p>", mark_safe(lines)) if lines else SafeString()


def _pieces(segments: Iterable[Segment], marks: Sequence[Mark]) -> Iterator[Piece]:
    cuts = sorted({place for mark in marks for place in (mark.start, mark.end)})
    # Which marks cover what lies before the first cut, between two of them, and behind the last.
    covering = [[mark for mark in marks if mark.start < cut <= mark.end] for cut in cuts] + [[]]
    at = 0
    for segment in segments:
        if segment.part == Part.GONE:
            inside = tuple(mark.number for mark in covering[bisect_left(cuts, at)] if mark.start < at < mark.end)
            yield Piece(segment.part, segment.text, inside)
            continue
        end = at + len(segment.text)
        first, last = bisect_right(cuts, at), bisect_left(cuts, end)
        for number, (start, stop) in enumerate(pairwise([at, *cuts[first:last], end]), first):
            yield Piece(
                segment.part,
                segment.text[start - at : stop - at],
                tuple(mark.number for mark in covering[number]),
                tuple(mark.number for mark in covering[number] if mark.end == stop),
            )
        at = end


def _lines(pieces: Iterable[Piece]) -> Iterator[Line]:
    line: Line = []
    for piece in pieces:
        *whole, rest = piece.text.split("\n")
        for text in whole:
            yield [*line, replace(piece, text=text, ends=())]
            line = []
        line.append(replace(piece, text=rest))
    yield line


def _kind(line: Line) -> str:
    """`item` for a line of a list, `blank` between paragraphs, else `text`; what stays decides, then what went."""
    now = "".join(piece.text for piece in line if piece.part != Part.GONE)
    text = now if now.strip() else "".join(piece.text for piece in line)
    return "item" if text.startswith(ITEM) else "text" if text.strip() else "blank"


def _blocks(lines: Sequence[Line]) -> Iterator[SafeString]:
    for kind, group in groupby(lines, key=_kind):
        if kind == "item":
            items = format_html_join("", "<li>{}</li>", ((_html(_without_dash(line)),) for line in group))
            yield format_html("<ul>{}</ul>", items)
        elif kind == "text":
            yield format_html(
                "<p>{}</p>", format_html_join(mark_safe("<br>"), "{}", ((_html(line),) for line in group))
            )


def _without_dash(line: Line) -> Line:
    """The line without its "- ", which may stand there twice: gone and new."""
    result: Line = []
    seen: set[bool] = set()
    for piece in line:
        gone = piece.part == Part.GONE
        first = gone not in seen and (gone or Part.SAME not in {other.part for other in result})
        seen.add(gone)
        result.append(replace(piece, text=piece.text.removeprefix(ITEM)) if first else piece)
    return result


def _html(line: Line) -> SafeString:
    groups = groupby((piece for piece in line if piece.text or piece.ends), key=lambda piece: bool(piece.marks))
    return format_html_join("", "{}", ((_group(marked, list(pieces)),) for marked, pieces in groups))


def _group(marked: bool, pieces: list[Piece]) -> SafeString:
    """Neighbouring marked pieces share one <mark>; a number stands right behind the words it belongs to."""
    if not marked:
        return format_html_join("", "{}", ((_changed(piece),) for piece in pieces))
    result, inside = [], []
    for piece in pieces:
        inside.append(_changed(piece))
        if piece.ends:
            result += [_marked(inside), *(_badge(number) for number in piece.ends)]
            inside = []
    if inside:
        result.append(_marked(inside))
    return format_html_join("", "{}", ((part,) for part in result))


def _changed(piece: Piece) -> SafeString:
    tag = {Part.SAME: "{}", Part.NEW: "<ins>{}</ins>", Part.GONE: "<del>{}</del>"}[piece.part]
    return format_html(tag, piece.text)


def _marked(parts: Iterable[SafeString]) -> SafeString:
    return format_html("<mark>{}</mark>", format_html_join("", "{}", ((part,) for part in parts)))


def _badge(number: int) -> SafeString:
    label = _("Anmerkung %(number)d") % {"number": number}
    return format_html(
        '<a class="number" id="stelle-{}" href="#anmerkung-{}" aria-label="{}">{}</a>', number, number, label, number
    )
