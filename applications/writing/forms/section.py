"""The form of any section, made from the `Spec`s of its content: fields, and tables of rows that keep their ids.

A form sends the ids of the rows it showed and the version seen. Only a delete mark deletes; rows not shown stay.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import uuid4

from django import forms
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from applications.content import Content, InvalidContent, Row, storable
from applications.content.base import FREE_TEXT, MAX_ROWS, Spec, specs
from applications.content.budget import decimal
from applications.writing.forms.fields import (
    Day,
    Money,
    Number,
    OneOf,
    PlainSelect,
    Several,
    Words,
    Year,
    day_of,
    with_missing,
)
from applications.writing.forms.project import ProjectFacts
from core.figures import WholeNumberField
from core.templatetags.people import teaser
from core.values import dataclass

SHORT_AREA = 1500  # texts up to this length get few lines
MOST_OF_A_NAME = 60
IN_TABLE = {"quantity", "unit_price", "months", "gross_per_month"}
type Shows = Callable[[str, Row], bool]


class DraftForm(forms.Form):
    """Some fields of a draft. No field is required, so no label calls one voluntary."""

    is_draft = True
    use_required_attribute = False

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.shown: dict[str, Callable[[], str]] = {}

    def readable(self) -> list[tuple[str, str]]:
        """Return label and text of every field that is filled in, for people who only read."""
        texts = ((str(field.label), self.shown[name]()) for name, field in self.fields.items())
        return [(label, text) for label, text in texts if text]


@dataclass
class RowForm:
    """A row on the page: its id, its fields, whether it is new, and its value when the page was made.

    `place` is what the checks say of the row as it is saved, for pages that show it beside the row.
    """

    table: str
    id: str
    form: DraftForm
    row: Row
    is_new: bool = False
    delete: bool = False
    number: int = 0
    heading: str = ""
    """The heading above the row, if the call has one for it."""
    place: Any = None

    @property
    def prefix(self) -> str:
        """The beginning of the names of its fields."""
        return f"{self.table}-{self.id}"

    @property
    def anchor(self) -> str:
        """The fragment in links to the row, also in those from comments."""
        return f"zeile-{self.id}"

    @property
    def name(self) -> str:
        """The name of the row for people: its title, or its first text."""
        return name_of(self.row)

    @property
    def label(self) -> str:
        """The name of the row in the summary of errors, as it is typed now; without a name, its number."""
        name = str(self.form[self.row.named_by].value() or "").strip() if self.row.named_by else ""
        return teaser(self.heading or name, MOST_OF_A_NAME) or f"{self.row.noun} {self.number}"

    @property
    def activity(self) -> str:
        """The activity that a line of the plan belongs to; empty for all activities."""
        return self.form.shown["activity"]()

    @property
    def more(self) -> list[BoundField]:
        """The fields of a line of the plan that are not in the table itself."""
        return [field for field in self.form if field.name not in IN_TABLE]


class SectionForm:
    """All fields and rows of one section's content, empty or as sent."""

    def __init__(
        self, value: Content, project: ProjectFacts, data: QueryDict | None = None, *, shows: Shows | None = None
    ) -> None:
        """`value` is what the person has, or had, before them; `shows` decides which of its rows the page shows."""
        self.value, self.project, self.data = value, project, data
        self.head = self.make_form(type(value), value, "")
        self.tables: dict[str, list[RowForm]] = {}
        for table in type(value).tables:
            rows: tuple[Row, ...] = getattr(value, table)
            known = {row.id: row for row in rows}
            if data is None:
                shown = [row for row in rows if shows is None or shows(table, row)]
            else:
                row_type = type(value).tables[table]
                ids = list(dict.fromkeys(data.getlist(table)))[: MAX_ROWS + 1]
                shown = [known.get(key) or row_type(id=key) for key in ids]
            self.tables[table] = []
            for row in shown:
                self.add(table, row, is_new=row.id not in known)

    def add(self, table: str, row: Row | None = None, *, is_new: bool = True, **preset: Any) -> RowForm:
        """Show another row; without `row` an empty one with a new id and these values."""
        row = row or type(self.value).tables[table](id=str(uuid4()), **preset)
        form = self.make_form(type(row), row, f"{table}-{row.id}")
        delete = bool(self.data and self.data.get(f"{table}-{row.id}-delete"))
        shown = RowForm(table, row.id, form, row, is_new, delete, len(self.tables[table]) + 1)
        self.tables[table].append(shown)
        return shown

    def make_form(self, cls: type[Content | Row], value: Content | Row, prefix: str) -> DraftForm:
        bound = self.data if not prefix or self.was_sent(cls, prefix) else None
        form = DraftForm(bound, prefix=prefix or None, initial={})
        for name, spec in specs(cls).items():
            stored = getattr(value, name)
            form.fields[name] = self.make_field(spec, stored, form.add_prefix(name))
            form.shown[name] = partial(self.project.text_of, spec, stored)
            form.initial[name] = initial_of(spec, stored)
        return form

    def was_sent(self, cls: type[Content | Row], prefix: str) -> bool:
        return self.data is not None and any(f"{prefix}-{name}" in self.data for name in specs(cls))

    def make_field(self, spec: Spec, stored: Any, html_name: str) -> forms.Field:
        text: dict[str, Any] = {"label": spec.label, "help_text": spec.help or self.help(spec)}
        match spec.widget:
            case "line":
                return Words(most=spec.max_length, **text)
            case "area":
                rows = 4 if spec.max_length <= SHORT_AREA else 14
                return Words(most=spec.max_length, strip=False, widget=forms.Textarea(attrs={"rows": rows}), **text)
            case "money":
                return Money(**text)
            case "decimal":
                return Number(
                    most=spec.most,
                    too_much=spec.too_much,
                    fewer_places=spec.places,
                    stored=decimal(stored or ""),
                    **text,
                )
            case "number":
                few = _("Bitte geben Sie eine ganze Zahl ab 1 an.")
                refused = {"min_value": few, "invalid": few, "max_value": _("Diese Zahl ist zu groß.")}
                fewest = 0 if stored == 0 else 1  # what is stored keeps nobody from saving
                return WholeNumberField(
                    required=False, min_value=fewest, max_value=1000, error_messages=refused, **text
                )
            case "date":
                return Day(**text)
            case "refs":
                sent = self.data.getlist(html_name) if self.data is not None else stored
                choices = with_missing(self.project.choices(spec), sent)
                if not choices:
                    text["help_text"] = _("Im Arbeits- und Zeitplan steht noch keine Maßnahme.")
                return Several(choices=choices, **text)
        sent = self.data.get(html_name, "") if self.data is not None else ""
        chosen = [str(stored or ""), sent]
        choices = with_missing(self.project.choices(spec), chosen, as_words=bool(spec.formerly))
        radio = spec.widget == "theme" or len(spec.choices) == 2
        widget = forms.RadioSelect if radio else PlainSelect
        field = Year if spec.widget == "year" else OneOf
        if spec.widget == "theme":
            text["notes"] = self.project.terms.theme_notes()
        return field(most=spec.max_length, choices=choices, widget=widget, **text)

    def help(self, spec: Spec) -> str:
        """Return a link to the explanation of the kinds of expense, for the field that chooses one."""
        is_kind = spec.widget == "choice" and not spec.choices
        return kinds_help() if is_kind and self.project.terms.kinds else ""

    # What was sent

    def is_valid(self) -> bool:
        """Can everything be stored? A row that is marked for deletion may hold anything."""
        self.refused = ""
        forms_valid = [form.is_valid() for form in (self.head, *(row.form for row in self.checked_rows()))]
        if not all(forms_valid):
            return False
        try:
            self.content = storable(self.cleaned())
        except InvalidContent as refused:
            self.refused = str(refused)
            return False
        return True

    def checked_rows(self) -> list[RowForm]:
        return [row for rows in self.tables.values() for row in rows if row.form.is_bound and not row.delete]

    def cleaned(self) -> Content:
        """Return the value the person had before them, with their changes; a new row left empty is dropped."""
        changes: dict[str, Any] = dict(self.head.cleaned_data)
        for table, shown in self.tables.items():
            rows = {row.id: row for row in getattr(self.value, table)}
            for item in shown:
                if item.delete:
                    rows.pop(item.id, None)
                elif item.form.is_bound:
                    row = dataclasses.replace(item.row, **item.form.cleaned_data)
                    if item.id in rows or not is_blank(row):
                        rows[item.id] = row
            changes[table] = tuple(rows.values())
        return dataclasses.replace(self.value, **changes)

    @property
    def has_errors(self) -> bool:
        return bool(self.errors)

    @property
    def errors(self) -> list[Mistake]:
        """The errors with their fields and the names of their rows, for the summary on top."""
        if self.data is None or not hasattr(self, "refused"):
            return []
        mistakes = [Mistake(self.refused)] if self.refused else []
        mistakes += mistakes_in(self.head)
        labels = Counter(row.label for row in self.checked_rows())
        for row in self.checked_rows():
            is_alone = labels[row.label] == 1
            mistakes += mistakes_in(row.form, row.label if is_alone else f"{row.label} ({row.row.noun} {row.number})")
        return mistakes


def kinds_help() -> SafeString:
    """Return the link to the explanation of the kinds of expense."""
    link = format_html('<a href="#ausgabenarten">{}</a>', _("Was gehört zu welcher Ausgabenart?"))
    return format_html(_("Steht unter der Tabelle: {}"), link)


@dataclass
class Mistake:
    """An error in the summary; without a field it is about everything that was sent."""

    sentence: str
    field: BoundField | None = None
    row: str = ""

    def __str__(self) -> str:
        """`Bootsbauer: Einzelpreis – Diese Zahl ist zu groß.`"""
        sentence = f"{self.field.label} – {self.sentence}" if self.field else self.sentence
        return f"{self.row}: {sentence}" if self.row else sentence


def mistakes_in(form: DraftForm, row: str = "") -> list[Mistake]:
    return [Mistake(str(error), field, row) for field in form for error in field.errors]


def name_of(row: Row) -> str:
    """Return the name of a row for people: its title, or its first text."""
    texts = [getattr(row, name) for name, spec in specs(type(row)).items() if spec.widget in FREE_TEXT]
    return next((text[:80] for text in texts if text), "") or _("ohne Titel")


def initial_of(spec: Spec, stored: Any) -> Any:
    """Return a stored value as its form field takes it."""
    match spec.widget:
        case "money":
            return None if stored is None else Decimal(stored) / 100
        case "decimal":
            return decimal(stored) if stored else None
        case "date":
            return day_of(stored)
    return stored


def is_blank(row: Row) -> bool:
    """Has nobody filled in anything? The year does not count: the page fills it in."""
    return not any(getattr(row, name) for name, spec in specs(type(row)).items() if spec.widget != "year")


def move_row(value: Content, table: str, row_id: str, up: bool, group: Callable[[Row], Any]) -> Content:
    """Return the value with a row and its neighbour of the same group exchanged; the same value at the end."""
    rows: list[Row] = list(getattr(value, table))
    place = next((number for number, row in enumerate(rows) if row.id == row_id), None)
    if place is None:
        return value
    others = [number for number, row in enumerate(rows) if group(row) == group(rows[place])]
    at = others.index(place) + (-1 if up else 1)
    if 0 <= at < len(others):
        rows[place], rows[others[at]] = rows[others[at]], rows[place]
    changes: Mapping[str, Any] = {table: tuple(rows)}
    return dataclasses.replace(value, **changes)
