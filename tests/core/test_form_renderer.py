"""Controls are written as Django's own templates would write them."""

from __future__ import annotations

from datetime import date

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy
from pytest_django.asserts import assertHTMLEqual

from applications.writing.forms.fields import PlainSelect
from core.form_renderer import INPUTS, QuickInputs

WIDGETS = [
    forms.CheckboxInput,
    forms.ClearableFileInput,
    forms.ColorInput,
    forms.DateInput,
    forms.DateTimeInput,
    forms.EmailInput,
    forms.FileInput,
    forms.HiddenInput,
    forms.NumberInput,
    forms.PasswordInput,
    forms.SearchInput,
    forms.Select,
    forms.TelInput,
    forms.Textarea,
    forms.TextInput,
    forms.TimeInput,
    forms.URLInput,
]
VALUES = [None, "", "Nähe & <b>Wärme</b> \"'", "Zeile\nZeile", mark_safe("&amp;"), gettext_lazy("Speichern"), 0, 1234.5, True, False, date(2026, 11, 29)]  # fmt: skip
ATTRS = {
    "class": "a b",
    "id": 'x"y',
    "maxlength": 5000,
    "required": True,
    "disabled": False,
    "step": 0.5,
    "data-words": gettext_lazy("Speichern"),
    "title": mark_safe("&quot;"),
}


@pytest.mark.parametrize("value", VALUES, ids=repr)
@pytest.mark.parametrize("widget", WIDGETS)
def test_a_control_is_the_same_as_from_djangos_templates(widget, value):
    for attrs in ({}, ATTRS):
        quick, slow = (
            widget().render("na<me", value, attrs=dict(attrs), renderer=renderer())
            for renderer in (QuickInputs, DjangoTemplates)
        )
        assert quick == slow
        assert hasattr(quick, "__html__")


def test_only_known_templates_are_written_without_them():
    written = {widget.template_name for widget in WIDGETS} & INPUTS
    assert INPUTS - written == {"django/forms/widgets/input.html"}


def test_forms_use_it():
    assert isinstance(forms.Form().renderer, QuickInputs)


@pytest.mark.parametrize("value", ["", "a", 2, None, "gone"], ids=repr)
def test_a_plain_select_says_what_djangos_does(value):
    choices = [("", "—"), ("a", gettext_lazy("Speichern")), (2, mark_safe("&amp;")), ('"', "Nähe & <b>")]
    attrs = {"id": 'x"y', "class": "a b", "disabled": False}
    plain, slow = (
        kind(choices=choices).render("na<me", value, attrs=dict(attrs)) for kind in (PlainSelect, forms.Select)
    )
    assertHTMLEqual(plain, slow)
    assert ("selected" in plain) == (value != "gone")
    assert "&lt;me" in plain
