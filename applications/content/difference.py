"""What changed between two values of one kind: words of a text, rows of a table. Values in, plain dataclasses out."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from .base import Content, Row, Spec, specs

# A run of letters and digits, a run of blanks, a line end, or one other sign.
TOKEN = re.compile(r"\w+|[^\S\n]+|\n|[^\w\s]")
# difflib takes the square of the number of tokens; longer stretches are first cut at words that occur only once.
MANY = 400


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
    """Some text that stayed, came or went. All but the gone ones joined are the text after, all but the new before."""

    part: Part
    text: str


@dataclass(frozen=True)
class FieldDifference:
    """A field whose value changed; `spec` says its label and how a value of it is shown."""

    name: str
    spec: Spec
    before: Any
    after: Any

    @property
    def is_text(self) -> bool:
        return self.spec.widget in {"line", "area"}

    @property
    def segments(self) -> list[Segment]:
        """The words of a text field that changed; only for fields that are text."""
        return words(self.before, self.after)


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
    """The two texts word by word. Lines that stayed are found first, so that long texts stay quick."""
    if before == after:
        return [Segment(Part.SAME, after)] if after else []
    return _joined(_with_islands_filled(_joined(_by_lines(before, after))))


def difference(before: Content, after: Content) -> Difference:
    """What changed from one value to another of the same kind, field by field and row by row (rows by their ids)."""
    rows = [row for table in type(after).tables for row in _rows(table, getattr(before, table), getattr(after, table))]
    return Difference(_fields(before, after), tuple(rows))


def counts(segments: Iterable[Segment]) -> tuple[int, int]:
    """How many words came and how many went."""
    new = gone = 0
    for segment in segments:
        number = _number(segment.text)
        new += number * (segment.part == Part.NEW)
        gone += number * (segment.part == Part.GONE)
    return new, gone


def size(found: Difference) -> tuple[int, int]:
    """How many words came and went in all texts of a difference, those of added and removed rows included."""
    pairs = [counts(field.segments) for field in found.fields if field.is_text]
    for row in found.rows:
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
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    coarse = max(len(old), len(new)) > MANY
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=coarse).get_opcodes():
        gone, came = "".join(old[i1:i2]), "".join(new[j1:j2])
        if tag == "replace":
            yield from _by_tokens(gone, came)
        else:
            yield Segment({"equal": Part.SAME, "insert": Part.NEW, "delete": Part.GONE}[tag], gone or came)


def _by_tokens(before: str, after: str) -> Iterator[Segment]:
    old, new = TOKEN.findall(before), TOKEN.findall(after)
    for some_old, some_new in _cut_at_anchors(old, new):
        coarse = max(len(some_old), len(some_new)) > MANY
        matcher = SequenceMatcher(str.isspace, some_old, some_new, autojunk=coarse)
        for tag, i1, i2, j1, j2 in matcher.get_opcodes():
            if tag == "equal":
                yield Segment(Part.SAME, "".join(some_new[j1:j2]))
            else:
                yield Segment(Part.GONE, "".join(some_old[i1:i2]))
                yield Segment(Part.NEW, "".join(some_new[j1:j2]))


def _cut_at_anchors(old: list[str], new: list[str]) -> Iterator[tuple[list[str], list[str]]]:
    """Stretches that belong together; each but the first begins with a word that both texts hold exactly once."""
    i = j = 0
    if max(len(old), len(new)) > MANY:
        for next_i, next_j in _anchors(old, new):
            if next_i - i > MANY // 4 or next_j - j > MANY // 4:
                yield old[i:next_i], new[j:next_j]
                i, j = next_i, next_j
    yield old[i:], new[j:]


def _anchors(old: list[str], new: list[str]) -> list[tuple[int, int]]:
    """Places of words that occur once in both, as many as keep their order (the longest increasing run)."""
    once_old, once_new = Counter(old), Counter(new)
    where = {token: place for place, token in enumerate(new) if once_new[token] == 1 and not token.isspace()}
    pairs = [(place, where[token]) for place, token in enumerate(old) if once_old[token] == 1 and token in where]
    ends: list[int] = []
    last: list[int] = []
    above: list[int | None] = []
    for number, (_place, target) in enumerate(pairs):
        height = bisect_left(ends, target)
        above.append(last[height - 1] if height else None)
        ends[height : height + 1], last[height : height + 1] = [target], [number]
    result: list[tuple[int, int]] = []
    at = last[-1] if last else None
    while at is not None:
        result.append(pairs[at])
        at = above[at]
    return result[::-1]


def _with_islands_filled(segments: list[Segment]) -> Iterator[Segment]:
    """What stayed between two changes counts as gone and new if it is only a blank, or one word amid whole phrases."""
    for place, segment in enumerate(segments):
        lonely = segment.part == Part.SAME and 0 < place < len(segments) - 1 and "\n" not in segment.text
        phrases = min(_longest(segments[max(place - 2, 0) : place]), _longest(segments[place + 1 : place + 3])) >= 2
        if lonely and (segment.text.isspace() or (phrases and _number(segment.text) <= 1)):
            yield Segment(Part.GONE, segment.text)
            yield Segment(Part.NEW, segment.text)
        else:
            yield segment


def _longest(neighbours: list[Segment]) -> int:
    """Words of the longest change among the neighbours."""
    return max((_number(segment.text) for segment in neighbours if segment.part != Part.SAME), default=0)


def _number(text: str) -> int:
    return len(re.findall(r"\w+", text))


def _joined(segments: Iterable[Segment]) -> list[Segment]:
    """Between two texts that stayed: first everything gone, then everything new."""
    result: list[Segment] = []
    pending = {Part.GONE: "", Part.NEW: ""}

    def flush() -> None:
        for part, text in pending.items():
            if text:
                result.append(Segment(part, text))
            pending[part] = ""

    for segment in segments:
        if not segment.text:
            continue
        if segment.part != Part.SAME:
            pending[segment.part] += segment.text
            continue
        flush()
        if result and result[-1].part == Part.SAME:
            result[-1] = Segment(Part.SAME, result[-1].text + segment.text)
        else:
            result.append(segment)
    flush()
    return result


def _fields(before: Content | Row, after: Content | Row) -> tuple[FieldDifference, ...]:
    pairs = [(name, what, getattr(before, name), getattr(after, name)) for name, what in specs(type(after)).items()]
    return tuple(FieldDifference(name, what, old, new) for name, what, old, new in pairs if old != new)


def _rows(table: str, before: tuple[Row, ...], after: tuple[Row, ...]) -> list[RowDifference]:
    old, stays = {row.id: row for row in before}, {row.id for row in after}
    result = []
    for row in after:
        fields = _fields(old[row.id], row) if row.id in old else ()
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
    return [getattr(row, name) for name, what in specs(type(row)).items() if what.widget in {"line", "area"}]
