"""Forms of the admin and their rows keep what somebody else has saved since they were opened (accounts/merging.py)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet
from django.utils.translation import gettext as _

from accounts.merging import MergingForm, mark, marks_in, record_name


def marks_of(form_and_rows: Iterable[Any]) -> str:
    """Return the marks to be sent with a form and its rows, as JSON."""
    marks = {}
    for form in form_and_rows:
        if isinstance(form, MergingForm) and not form.instance._state.adding:
            marks[record_name(form.instance, form.prefix)] = form.marks_to_send()
    return json.dumps(marks, separators=(",", ":"))


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
