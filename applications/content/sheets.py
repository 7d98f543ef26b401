"""Rows and fields as they are read: German words for every value, with what changed since an earlier version."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from typing import Any

from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from applications.content.base import Content, Row, Spec, specs
from applications.content.budget import ALL_ACTIVITIES, decimal
from applications.content.difference import (
    FieldDifference,
    Part,
    RowDifference,
    Segment,
    State,
    counts,
    difference,
    marked,
)
from calls.terms import Terms
from core import words
from core.values import dataclass

# The field that names a row.
HEADINGS = {"Goal": "goal", "Activity": "title", "Partner": "name", "Expense": "title", "Personnel": "role", "Income": "source"}  # fmt: skip
STATES: dict[State, str | Promise] = {
    State.ADDED: gettext_lazy("neue Zeile"),
    State.REMOVED: gettext_lazy("Zeile entfernt"),
    State.CHANGED: gettext_lazy("Zeile geändert"),
    State.SAME: "",
}


@dataclass(frozen=True)
class Names:
    """What keys and ids in the rows are called: the call's words, and the titles of the activities referred to."""

    terms: Terms = field(default_factory=Terms)
    activities: Mapping[str, str] = field(default_factory=dict)

    def row(self, row_id: str) -> str:
        """The question or the attachment a row answers; empty for other rows."""
        questions = {entry.key: entry.text for entry in self.terms.questions}
        return questions.get(row_id) or {entry.key: entry.label for entry in self.terms.attachments}.get(row_id, "")

    def choice(self, spec: Spec, value: str) -> str:
        known = {str(key): str(label) for key, label in spec.choices}
        kind = self.terms.kind(value) if not spec.choices else None
        return kind.label if kind else known.get(value, value)

    def activity(self, row_id: str) -> str:
        if row_id == ALL_ACTIVITIES:
            return _("für alle Maßnahmen")
        return self.activities.get(row_id) or _("nicht mehr vorhanden")


@dataclass(frozen=True)
class Cell:
    """A labelled value as HTML."""

    name: str
    label: str
    html: SafeString


@dataclass(frozen=True)
class SheetRow:
    """A row as it is read: its kind and name, whether it is new, gone or changed, and what is filled in."""

    id: str
    noun: str
    title: str
    state: State
    cells: list[Cell]

    @property
    def state_label(self) -> str:
        return str(STATES[self.state])


@dataclass(frozen=True)
class Sheet:
    """One table of a section."""

    table: str
    lines: list[SheetRow]


def cells(value: Content, names: Names, before: Content | None = None) -> list[Cell]:
    """The fields of a value outside its tables, as far as they are filled in."""
    changes = {change.name: change for change in difference(before, value).fields} if before else {}
    return list(_cells(value, names, changes))


def sheets(value: Content, names: Names, before: Content | None = None) -> list[Sheet]:
    """The tables of a value; with `before`, an earlier version, rows and cells say what changed."""
    changed_rows = difference(value if before is None else before, value).rows
    return [
        Sheet(table, [_line(row, names) for row in changed_rows if row.table == table]) for table in type(value).tables
    ]


def titles(value: Content, names: Names) -> dict[str, str]:
    """What every row is called, by its id."""
    return {row.id: _title(row, names) for table in type(value).tables for row in getattr(value, table)}


def words_of_row(value: Content, names: Names, row_id: str, field: str = "") -> str:
    """What a row is called, with what stands in a field of it: what a comment keeps of it. Empty without such a row."""
    read = value.as_read()
    row = next(
        (candidate for table in type(read).tables for candidate in getattr(read, table) if candidate.id == row_id),
        None,
    )
    if row is None:
        return ""
    spec = specs(type(row)).get(field)
    words = shown(spec, getattr(row, field), names) if spec else ""
    return f"{_title(row, names)}: {words}" if words else _title(row, names)


def shown(spec: Spec, value: Any, names: Names) -> str:
    """A value as people read it; empty for one that is not filled in."""
    if value in (None, "", ()):
        return ""
    theme = names.terms.theme(value) if spec.widget == "theme" else None
    shown_as: dict[str, Callable[[], str]] = {
        "money": lambda: words.money(value),
        "choice": lambda: names.choice(spec, value),
        "theme": lambda: theme.title if theme else value,
        "date": lambda: words.stored_day(value),
        "quarter": lambda: words.quarter(value),
        "decimal": lambda: words.number(decimal(value)),
        "ref": lambda: names.activity(value),
        "refs": lambda: ", ".join(names.activity(row_id) for row_id in value),
    }
    return shown_as.get(spec.widget, lambda: str(value))()


def _line(changed_row: RowDifference, names: Names) -> SheetRow:
    changes = {change.name: change for change in changed_row.fields}
    filled = list(_cells(changed_row.row, names, changes))
    return SheetRow(
        changed_row.row.id, str(changed_row.row.noun), _title(changed_row.row, names), changed_row.state, filled
    )


def _title(row: Row, names: Names) -> str:
    heading = HEADINGS.get(type(row).__name__)
    text = getattr(row, heading) if heading else names.row(row.id)
    if len(text) > 90:
        text = text[:89].rstrip() + "…"
    return text or _("Zeile ohne Namen")


def _cells(part: Content | Row, names: Names, changes: Mapping[str, FieldDifference]) -> Iterator[Cell]:
    heading = HEADINGS.get(type(part).__name__)
    for name, spec in specs(type(part)).items():
        change = changes.get(name)
        if change is None and name == heading and len(getattr(part, name)) <= 90:
            continue
        html = changed(change, names) if change else _lines(shown(spec, getattr(part, name), names))
        if html:
            yield Cell(name, str(spec.label), html)


def changed(change: FieldDifference, names: Names) -> SafeString:
    """Texts word by word, everything else from → to."""
    if change.is_text:
        return mark_safe(marked(change.segments).replace("\n", "<br>"))  # marked() has escaped the text
    return from_to(shown(change.spec, change.before, names), shown(change.spec, change.after, names))


def from_to(old: str, new: str) -> SafeString:
    """`old → new` with the old one struck out; just the value when it stayed."""
    if old == new:
        return format_html("{}", new)
    parts = [Segment(Part.GONE, old)] * bool(old) + [Segment(Part.NEW, new)] * bool(new)
    return format_html_join(mark_safe(" → "), "{}", ((marked([part]),) for part in parts))


def _lines(text: str) -> SafeString:
    return format_html_join(mark_safe("<br>"), "{}", ((line,) for line in text.split("\n")))


def count_of_changes(before: Content, after: Content) -> str:
    """How much changed, in words: `12 Wörter neu, 3 Wörter entfernt, 2 Zeilen geändert`; empty if nothing did."""
    diff = difference(before, after)
    pairs = [counts(change.segments) for change in diff.fields if change.is_text]
    new, gone, rows = sum(new for new, _gone in pairs), sum(gone for _new, gone in pairs), len(diff.changed_rows)
    parts = []
    if new:
        parts.append(ngettext("%(number)d Wort neu", "%(number)d Wörter neu", new) % {"number": new})
    if gone:
        parts.append(ngettext("%(number)d Wort entfernt", "%(number)d Wörter entfernt", gone) % {"number": gone})
    if rows:
        parts.append(ngettext("%(number)d Zeile geändert", "%(number)d Zeilen geändert", rows) % {"number": rows})
    return ", ".join(parts) if parts or not diff else _("Angaben geändert")
