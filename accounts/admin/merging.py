"""What somebody else has saved since a form of the admin was opened stays: fields nobody touched keep their new value, others ask.

A form is sent with marks of the values it was shown with (`SEEN`). A field whose stored value has another mark now was
changed meanwhile. Where its sender left it alone, the stored value stays; where both changed it, the form comes again
with what is stored beside what was typed, and its next sending counts.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib.admin.utils import display_for_field
from django.core.exceptions import ValidationError
from django.db import models
from django.forms.models import BaseInlineFormSet
from django.utils.text import Truncator
from django.utils.translation import gettext as _

# In a form that is sent: the marks of the values it was shown with, by record and field, as JSON.
SEEN = "_seen"
LONGEST = 200_000
SAID = 300
"""How much of a stored text a sentence tells, in characters."""


def mark(value: Any) -> str:
    """Return a short name of a value, the same for the stored one and for the one that a form has cleaned."""
    return hashlib.sha256(_plain(value).encode()).hexdigest()[:8]


def _plain(value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, models.Model):
        return str(value.pk)
    if isinstance(value, datetime):
        moment = value.astimezone(UTC) if value.tzinfo else value
        return moment.isoformat(timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, list | tuple | set | models.QuerySet):
        return "\0".join(sorted(_plain(item) for item in value))
    if isinstance(value, dict):
        return json.dumps(value, sort_keys=True, default=str)
    return str(value).replace("\r\n", "\n").strip()


def marks_in(sent: Any) -> dict[str, dict[str, str]]:
    """Return the marks that were sent with a form, by record (`record_name`) and field; none where there are none to be read."""
    text = sent.get(SEEN, "")
    marks = None
    if 0 < len(text) <= LONGEST:
        with suppress(ValueError, RecursionError):
            marks = json.loads(text)
    if not isinstance(marks, dict):
        return {}
    return {name: fields for name, fields in marks.items() if isinstance(fields, dict)}


def record_name(record: Any, prefix: str | None) -> str:
    """Return what the marks of a record's fields stand under: a row is known by its record, not by its place on the form."""
    return f"{prefix.rpartition('-')[0]}:{record.pk}" if prefix else ""


def marks_of(form_and_rows: Iterable[Any]) -> str:
    """Return the marks to be sent with a form and its rows, as JSON."""
    marks = {}
    for form in form_and_rows:
        if isinstance(form, MergingForm) and not form.instance._state.adding:
            marks[record_name(form.instance, form.prefix)] = form.marks_to_send()
    return json.dumps(marks, separators=(",", ":"))


class MergingForm(forms.ModelForm):
    """Mixed into a form of the admin, before its own class: keeps what somebody else has saved since it was shown."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kept: list[str] = []
        """The fields whose stored value stays, as only somebody else has changed it."""
        self.changed_since: list[str] = []
        """The fields that somebody else has changed."""
        self.both_changed: list[str] = []

    def clean(self) -> Any:
        if self.is_bound and not self.instance._state.adding:
            self._merge()
        return super().clean()

    def stored_marks(self) -> dict[str, str]:
        """Return the marks of the values that are stored now."""
        stored = {field.name for field in (*self.instance._meta.concrete_fields, *self.instance._meta.many_to_many)}
        return {
            name: mark(self.get_initial_for_field(field, name))
            for name, field in self.fields.items()
            if name in stored and not field.disabled and not isinstance(field.widget, forms.HiddenInput)
        }

    def marks_to_send(self) -> dict[str, str]:
        """Return those the form was first shown with; of what somebody else has changed since and the form says, those of now."""
        now = self.stored_marks()
        if not self.is_bound:
            return now
        shown = self._marks_shown()
        said = {*self.both_changed, *(self.changed_since if self._goes() else ())}
        return {name: now[name] if name in said else shown.get(name, now[name]) for name in now}

    def sentence_of(self, name: str) -> str:
        """Return what is stored in a field, to be read."""
        field = self.instance._meta.get_field(name)
        if field.many_to_many:
            value = ", ".join(str(record) for record in getattr(self.instance, name).all())
        elif field.is_relation:
            value = str(getattr(self.instance, name) or "")
        else:
            value = str(display_for_field(self.get_initial_for_field(self.fields[name], name), field, ""))
        return Truncator(value).chars(SAID)

    def _marks_shown(self) -> dict[str, str]:
        return marks_in(self.data).get(record_name(self.instance, self.prefix), {})

    def _goes(self) -> bool:
        """Return whether this is a row that is to be deleted."""
        return bool(getattr(self, "cleaned_data", {}).get("DELETE"))

    def _merge(self) -> None:
        shown, now = self._marks_shown(), self.stored_marks()
        self.changed_since = [name for name in now if name in shown and shown[name] != now[name]]
        if self._goes():
            return
        for name in self.changed_since:
            sent = mark(self.cleaned_data[name]) if name in self.cleaned_data else None
            if sent == shown[name]:
                self._keep(name)
            elif sent not in {None, now[name]}:
                self.both_changed.append(name)
        for name in self.both_changed:
            self.add_error(name, both_sentence(self.sentence_of(name)))
        self.changed_data = [name for name in self.changed_data if name not in self.kept]

    def _keep(self, name: str) -> None:
        field = self.instance._meta.get_field(name)
        value = getattr(self.instance, name)
        self.cleaned_data[name] = value.all() if field.many_to_many else value
        self.kept.append(name)


def both_sentence(stored: str) -> str:
    """Return the error beside a field that two people have changed."""
    if not stored:
        return _(
            "Das hat inzwischen jemand anderes geändert: Gespeichert ist hier jetzt nichts. Speichern Sie noch einmal, gilt, was Sie "
            "eingegeben haben."
        )
    return _(
        "Das hat inzwischen jemand anderes geändert. Gespeichert ist jetzt: „%(stored)s“. Speichern Sie noch einmal, gilt, was Sie "
        "eingegeben haben."
    ) % {"stored": stored}


def merging(form: type[forms.BaseModelForm]) -> type[forms.BaseModelForm]:
    """Return the form class with `MergingForm` before it."""
    if issubclass(form, MergingForm):
        return form
    made: type[forms.BaseModelForm] = type(form.__name__, (MergingForm, form), {})
    return made


class MergingRows(BaseInlineFormSet):
    """Mixed into the rows of a form: rows that somebody has deleted since, and rows to delete that somebody has changed.

    What was typed into a row that is gone stays as a new row; a row that nobody touched is gone.
    """

    model: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.gone_typed = 0
        """How many rows are gone into which the sender has typed something."""
        self.gone = 0
        if self.is_bound:
            self._set_aside_what_is_gone()

    def get_queryset(self) -> Any:
        """Return the rows in the order in which they were sent, so that each stands beside its own form."""
        rows = super().get_queryset()
        if not self.is_bound:
            return rows
        stored = {str(row.pk): row for row in rows}
        return [stored[pk] for pk in self._sent_rows() if pk in stored]

    def clean(self) -> None:
        super().clean()
        said = []
        if self.gone_typed:
            said.append(
                _(
                    "Eine Zeile, die Sie geändert haben, hat inzwischen jemand gelöscht. Sie steht unten als neue Zeile. Speichern Sie noch "
                    "einmal, wird sie neu angelegt; brauchen Sie sie nicht mehr, leeren Sie ihre Felder."
                )
            )
        rows: list[Any] = self.forms
        for form in rows:
            if form._goes() and form.changed_since:
                names = ", ".join(str(form.fields[name].label) for name in form.changed_since)
                text = _(
                    "„%(row)s“ wollten Sie löschen. Inzwischen hat jemand anderes dort etwas geändert: %(fields)s. Speichern Sie noch "
                    "einmal, wird die Zeile trotzdem gelöscht."
                )
                said.append(text % {"row": form.instance, "fields": names})
        if said:
            raise ValidationError(said)

    def _sent_rows(self) -> list[str]:
        """Return the identifiers of the rows that were sent as stored ones, in their order."""
        count = min(self.initial_form_count(), self.absolute_max)
        name = self.model._meta.pk.name
        return [str(self.data.get(f"{self.prefix}-{place}-{name}", "")) for place in range(count)]

    def _set_aside_what_is_gone(self) -> None:
        marks = marks_in(self.data)
        sent = self._sent_rows()
        missing = [place for place, pk in enumerate(sent) if f"{self.prefix}:{pk}" in marks]
        if missing:
            stored = {str(row.pk) for row in super().get_queryset()}
            missing = [place for place in missing if sent[place] not in stored]
        if not missing:
            return
        typed = [place for place in missing if self._was_typed(place, marks[f"{self.prefix}:{sent[place]}"])]
        self.gone, self.gone_typed = len(missing), len(typed)
        total = min(self.total_form_count(), self.absolute_max)
        kept = [place for place in range(len(sent)) if place not in missing]
        places = [*kept, *typed, *range(len(sent), total)]
        data = self._renumbered(self.data, places)
        data[f"{self.prefix}-INITIAL_FORMS"] = str(len(kept))
        data[f"{self.prefix}-TOTAL_FORMS"] = str(len(places))
        for place in range(len(kept), len(kept) + len(typed)):
            data[f"{self.prefix}-{place}-{self.model._meta.pk.name}"] = ""
        self.data, self.files = data, self._renumbered(self.files, places)
        vars(self).pop("management_form", None)

    def _was_typed(self, place: int, shown: dict[str, str]) -> bool:
        """Return whether a row that is gone was changed by its sender, and is not to be deleted anyway."""
        form: Any = self.form(self.data, self.files, prefix=f"{self.prefix}-{place}", **self.form_kwargs)
        if self.data.get(f"{self.prefix}-{place}-DELETE"):
            return False
        form.full_clean()
        values = form.cleaned_data
        return any(name not in values or mark(values[name]) != seen for name, seen in shown.items())

    def _renumbered(self, sent: Any, places: list[int]) -> Any:
        """Return a copy of what was sent in which the rows of these places follow one another."""
        copy = sent.copy()
        rows: dict[int, dict[str, list[Any]]] = {}
        start = f"{self.prefix}-"
        for name in list(copy):
            place, _gap, field = name.removeprefix(start).partition("-")
            if name.startswith(start) and field and place.isdecimal():
                rows.setdefault(int(place), {})[field] = copy.pop(name)
        for new, old in enumerate(places):
            for field, values in rows.get(old, {}).items():
                copy.setlist(f"{start}{new}-{field}", values)
        return copy
