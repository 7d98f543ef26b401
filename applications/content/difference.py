"""What changed between two values of one kind: words of a text, rows of a table. Values in, plain dataclasses out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from enum import StrEnum
from itertools import groupby
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from applications.content.alignment import Alignment, aligned, common_start
from applications.content.base import FREE_TEXT, Content, Row, Spec, specs
from core.values import dataclass

# A run of letters and digits, a run of blanks, a line end, or one other sign.
TOKEN = re.compile(r"\w+|[^\S\n]+|\n|[^\w\s]")
WORD = re.compile(r"\w+")
RUN = re.compile(r"\w+|[^\S\n]+")  # the tokens of several characters, whichever way they are read
LINE = re.compile(r"[^\n]*\n|[^\n]+")
# So many characters of both values are compared word by word; of fields beyond that each counts as replaced.
MOST_COMPARED = 120_000


class Part(StrEnum):
    SAME = "same"
    NEW = "new"
    GONE = "gone"


class State(StrEnum):
    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True)
class Segment:
    """Some text that stayed, came or went.

    All segments but the gone ones joined are the new text; all but the new ones joined are the old text.
    """

    part: Part
    text: str


@dataclass(frozen=True)
class FieldDifference:
    """A field whose value changed; `spec` says its label and how a value of it is shown.

    `is_whole` for a text that is not compared word by word: there was too much to compare before it.
    """

    name: str
    spec: Spec
    before: Any
    after: Any
    is_whole: bool = False

    @property
    def is_text(self) -> bool:
        return self.spec.widget in FREE_TEXT

    @property
    def segments(self) -> list[Segment]:
        """The words of a text field that changed; only for fields that are text."""
        return replaced(self.before, self.after) if self.is_whole else words(self.before, self.after)


@dataclass(frozen=True)
class RowDifference:
    """A row of a table as it is after, or, when removed, as it was; `fields` are those that changed."""

    table: str
    state: State
    row: Row
    fields: tuple[FieldDifference, ...] = ()


@dataclass(frozen=True)
class Difference:
    """Fields that changed, and every row of the tables with its state; removed rows stand where they were."""

    fields: tuple[FieldDifference, ...]
    rows: tuple[RowDifference, ...]

    def __bool__(self) -> bool:
        return bool(self.fields) or any(row.state != State.SAME for row in self.rows)

    @property
    def changed_rows(self) -> list[RowDifference]:
        return [row for row in self.rows if row.state != State.SAME]


def words(before: str, after: str) -> list[Segment]:
    """The two texts word by word; where that takes too many steps, paragraph by paragraph.

    Lines that stayed are found first, so that long texts stay quick.
    """
    if before == after:
        return [Segment(Part.SAME, after)] if after else []
    return _joined(_with_islands_filled(_joined(_by_lines(before, after))))


def replaced(before: str, after: str) -> list[Segment]:
    """The two texts without a comparison: the old text has gone, the new text has come."""
    return _joined([Segment(Part.GONE, before), Segment(Part.NEW, after)])


class Comparison:
    """Many texts compared one after the other: so many characters of them word by word, the others not at all."""

    def __init__(self) -> None:
        self.left = MOST_COMPARED

    def reaches(self, before: str, after: str) -> bool:
        """Are these two still to be compared word by word?"""
        self.left -= len(before) + len(after)
        return self.left >= 0

    def words(self, before: str, after: str) -> list[Segment]:
        return words(before, after) if before == after or self.reaches(before, after) else replaced(before, after)


def lines(text: str) -> list[str]:
    """The text as lines, each with its end; joined together they are the text again."""
    return LINE.findall(text)


def difference(before: Content, after: Content) -> Difference:
    """What people read as changed from one value to another of the same kind, field by field and row by row (by their ids)."""
    before, after = before.as_read(), after.as_read()
    run = _Run()
    fields = run.fields(before, after)
    tables = [run.rows(table, getattr(before, table), getattr(after, table)) for table in type(after).tables]
    return Difference(fields, tuple(row for rows in tables for row in rows))


def counts(segments: Iterable[Segment]) -> tuple[int, int]:
    """How many words came and how many went."""
    new = gone = 0
    for segment in segments:
        if segment.part == Part.NEW:
            new += _number(segment.text)
        elif segment.part == Part.GONE:
            gone += _number(segment.text)
    return new, gone


def size(changed: Difference) -> tuple[int, int]:
    """How many words came and went in all texts of a difference, those of added and removed rows included."""
    pairs = [counts(field.segments) for field in changed.fields if field.is_text]
    for row in changed.rows:
        pairs += [counts(field.segments) for field in row.fields if field.is_text]
        if row.state in {State.ADDED, State.REMOVED}:
            number = sum(_number(text) for text in _texts(row.row))
            pairs.append((number, 0) if row.state == State.ADDED else (0, number))
    return sum(new for new, _gone in pairs), sum(gone for _new, gone in pairs)


def marked(segments: Iterable[Segment]) -> SafeString:
    """The segments as HTML with <ins> and <del>; everything else escaped, line ends left to `white-space`."""
    tags = {Part.SAME: "{}", Part.NEW: "<ins>{}</ins>", Part.GONE: "<del>{}</del>"}
    return format_html_join("", "{}", ((format_html(tags[segment.part], segment.text),) for segment in segments))


def _by_lines(before: str, after: str) -> Iterator[Segment]:
    old, new = lines(before), lines(after)
    for part, gone, came in _stretches(old, new, aligned(old, new)):
        if part == Part.SAME or not gone or not came:
            yield from _replaced(part, gone, came)
        else:
            yield from _by_tokens(gone, came)


def _by_tokens(before: str, after: str) -> Iterator[Segment]:
    """The two texts by tokens; only what lies between the tokens that both begin and end with is taken apart."""
    first = common_tokens(before, after)
    last = common_tokens(before[first:][::-1], after[first:][::-1])
    stop, new_stop = len(before) - last, len(after) - last
    yield Segment(Part.SAME, after[:first])
    old, new = TOKEN.findall(before[first:stop]), TOKEN.findall(after[first:new_stop])
    for stretch in _stretches(old, new, aligned(old, new, str.isspace)):
        yield from _replaced(*stretch)
    yield Segment(Part.SAME, after[new_stop:])


def common_tokens(first: str, second: str) -> int:
    """How many characters the tokens have that both begin with."""
    length = common_start(first, second)
    begin = length - _run(first[:length][::-1])
    return length if all(begin + _run(text, begin) == length for text in (first, second)) else begin


def _run(text: str, begin: int = 0) -> int:
    run = RUN.match(text, begin)
    return len(run[0]) if run else 0


def _stretches(old: list[str], new: list[str], alignment: Alignment) -> Iterator[tuple[Part, str, str]]:
    """What stayed and what was replaced, in turn: the text before and after of each."""
    at = 0
    for change in alignment.changes:
        same = "".join(old[at : change.start])
        yield Part.SAME, same, same
        gone, came = old[change.start : change.stop], new[change.new_start : change.new_stop]
        yield Part.NEW, "".join(gone), "".join(came)
        at = change.stop
    same = "".join(old[at:])
    yield Part.SAME, same, same


def _replaced(part: Part, gone: str, came: str) -> Iterator[Segment]:
    if part == Part.SAME:
        yield Segment(Part.SAME, came)
    else:
        yield Segment(Part.GONE, gone)
        yield Segment(Part.NEW, came)


def _with_islands_filled(segments: list[Segment]) -> Iterator[Segment]:
    """What stayed between two changes counts as gone and new if it is only a blank, or one word amid whole phrases."""
    for place, segment in enumerate(segments):
        lonely = segment.part == Part.SAME and 0 < place < len(segments) - 1 and "\n" not in segment.text
        if lonely and (segment.text.isspace() or _is_amid_phrases(segments, place)):
            yield Segment(Part.GONE, segment.text)
            yield Segment(Part.NEW, segment.text)
        else:
            yield segment


def _is_amid_phrases(segments: list[Segment], place: int) -> bool:
    """Is it one word at most, between changes of two words or more?"""
    around = segments[max(place - 2, 0) : place], segments[place + 1 : place + 3]
    return all(_longest(some) >= 2 for some in around) and _number(segments[place].text) <= 1


def _longest(neighbours: list[Segment]) -> int:
    """Words of the longest change among the neighbours."""
    return max((_number(segment.text) for segment in neighbours if segment.part != Part.SAME), default=0)


def _number(text: str) -> int:
    return len(WORD.findall(text))


def _joined(segments: Iterable[Segment]) -> list[Segment]:
    """Between two texts that stayed: first everything gone, then everything new."""
    result: list[Segment] = []
    for stayed, group in groupby(
        (segment for segment in segments if segment.text), lambda segment: segment.part == Part.SAME
    ):
        texts: dict[Part, list[str]] = {Part.SAME: [], Part.GONE: [], Part.NEW: []}
        for segment in group:
            texts[segment.part].append(segment.text)
        parts = (Part.SAME,) if stayed else (Part.GONE, Part.NEW)
        result += [Segment(part, "".join(texts[part])) for part in parts if texts[part]]
    return result


class _Run:
    """One difference of two values."""

    def __init__(self) -> None:
        self.comparison = Comparison()

    def fields(self, before: Content | Row, after: Content | Row) -> tuple[FieldDifference, ...]:
        pairs = [(name, spec, getattr(before, name), getattr(after, name)) for name, spec in specs(type(after)).items()]
        return tuple(self.field(*pair) for pair in pairs if pair[2] != pair[3])

    def field(self, name: str, spec: Spec, before: Any, after: Any) -> FieldDifference:
        change = FieldDifference(name, spec, before, after)
        return replace(change, is_whole=change.is_text and not self.comparison.reaches(before, after))

    def rows(self, table: str, before: tuple[Row, ...], after: tuple[Row, ...]) -> list[RowDifference]:
        old, stays = {row.id: row for row in before}, {row.id for row in after}
        result = []
        for row in after:
            fields = self.fields(old[row.id], row) if row.id in old and old[row.id] != row else ()
            state = State.ADDED if row.id not in old else State.CHANGED if fields else State.SAME
            result.append(RowDifference(table, state, row, fields))
        for place, row in enumerate(before):
            if row.id not in stays:
                result.insert(_place(before[:place], result), RowDifference(table, State.REMOVED, row))
        return result


def _place(earlier: tuple[Row, ...], rows: list[RowDifference]) -> int:
    """Where a removed row stands: after the row that stood before it."""
    above = earlier[-1].id if earlier else None
    return next((place + 1 for place, row in enumerate(rows) if row.row.id == above), 0)


def _texts(row: Row) -> list[str]:
    return [getattr(row, name) for name, spec in specs(type(row)).items() if spec.widget in FREE_TEXT]
