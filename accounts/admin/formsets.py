"""Rows on a form of the admin as Django sends them: read with one query, each field with a label of its own."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from .merging import MergingRows


class OwnRowField(forms.ModelChoiceField):
    """The hidden identifier of a row, which must be that of the row the formset has already read."""

    def __init__(self, row: Any, **kwargs: Any) -> None:
        self.row = row
        super().__init__(queryset=type(row)._default_manager.none(), **kwargs)

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return None
        if str(value) != str(self.row.pk):
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return self.row


class PortalInlineFormSet(MergingRows):
    """Django asks the database for every row again when a form is sent; here all rows come with one query."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        name = self.model._meta.pk.name
        field = form.fields.get(name)
        if type(field) is forms.ModelChoiceField and not form.instance._state.adding:
            form.fields[name] = OwnRowField(
                form.instance, initial=field.initial, required=field.required, widget=field.widget
            )


class LabelledInlineFormSet(PortalInlineFormSet):
    """In a table the heading of a column is the only label Django gives; each field says it by itself, too."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        for field in form.fields.values():
            if not field.widget.is_hidden:
                field.widget.attrs.setdefault("aria-label", field.label)
