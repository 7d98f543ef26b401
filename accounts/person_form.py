"""The fields in which somebody names a person (`PERSON_FIELDS`), the same on every form."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.addresses import AddressFormField
from accounts.names import ask_for_a_name, refuse_no_name
from core.spelling import LineFormField

PERSON_FIELDS = ("first_name", "last_name", "email", "phone")


class PersonForm(forms.Form):
    """A person with one or two names, an address and perhaps a phone number."""

    first_name = LineFormField(label=_("Vorname"), max_length=100)
    last_name = LineFormField(label=_("Nachname"), max_length=100)
    email = AddressFormField(label=_("E-Mail-Adresse"))
    phone = forms.CharField(label=_("Telefon"), max_length=40, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask_for_a_name(self)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        refuse_no_name(self)
        return cleaned
