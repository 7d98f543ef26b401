"""A person's first and last name as one, also where there is only one of them, and what is said without any."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import CharField, Value
from django.db.models.functions import Concat, Trim
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.words import full_name

NO_NAME = gettext_lazy("Bitte geben Sie mindestens einen Namen an.")

# As `core.words.full_name`, in the database.
FULL_NAME = Trim(Concat("first_name", Value(" "), "last_name", output_field=CharField()))


def require_a_name(record: Any) -> None:
    """Raise `ValidationError` beside the first name if there is neither."""
    if not full_name(record).strip():
        raise ValidationError({"first_name": NO_NAME})


def ask_for_a_name(form: forms.BaseForm, first: str = "first_name", last: str = "last_name") -> None:
    """Ask for at least one of the two fields, so that neither is labelled „freiwillig“."""
    for name in (first, last):
        form.fields[name].required = False
        form.fields[name].one_of_several = True  # type: ignore[attr-defined]  # see `is_optional` in core/templatetags/kern.py
    form.fields[last].help_text = _("Wer nur einen Namen hat, lässt eines der beiden Felder leer.")


def refuse_no_name(form: forms.BaseForm, first: str = "first_name", last: str = "last_name") -> None:
    """Part of a form's `clean`: one of the two fields is filled in."""
    names: Any = form
    if not {first, last} & set(form.errors) and not (names.cleaned_data.get(first) or names.cleaned_data.get(last)):
        names.add_error(first, NO_NAME)
