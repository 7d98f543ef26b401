"""The part of „Verein anmelden“ that asks who comes, for as many persons as the Projektschmiede wants."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.names import refuse_no_name
from accounts.person_form import PERSON_FIELDS, PersonForm

# Names stand in mails that the portal sends to an address somebody typed: nobody gets a stranger's link that way.
ONLY_A_NAME = RegexValidator(
    r"://|www\.|[\r\n]",
    gettext_lazy("Bitte geben Sie hier nur den Namen an, ohne Link und ohne Zeilenumbruch."),
    inverse_match=True,
    flags=re.IGNORECASE,
)


class PersonsForm(forms.ModelForm):
    """A form with as many persons as `Cohort.persons_per_team` says, or as are known.

    The first is needed, each further one is filled in whole or not at all.
    """

    def add_persons(self, count: int, known: Iterable[Any]) -> None:
        """Add the fields of so many persons, or of all that are known where those are more."""
        known = list(known)
        for number in range(1, max(count, len(known), 1) + 1):
            self.add_person(number, known[number - 1] if number <= len(known) else None)

    def add_person(self, number: int, known: Any) -> None:
        """Add the fields of one more person; only the first needs an address, and browsers fill in only theirs."""
        is_first = number == 1
        hints = {"first_name": "given-name", "last_name": "family-name", "email": "email", "phone": "tel"}
        for name, field in PersonForm().fields.items():
            if name in ("first_name", "last_name"):
                field.validators.insert(0, ONLY_A_NAME)
            if name == "email":
                field.required = is_first
            field.initial = getattr(known, name, "")
            field.widget.attrs["autocomplete"] = hints[name] if is_first else "off"
            field.group = _("Person %(number)d") % {"number": number}  # type: ignore[attr-defined]
            self.fields[f"{name}_{number}"] = field

    def people(self) -> list[list[BoundField]]:
        return [[self[f"{name}_{number}"] for name in PERSON_FIELDS] for number in self.numbers()]

    def numbers(self) -> list[int]:
        return [int(name.rpartition("_")[2]) for name in self.fields if name.startswith("first_name_")]

    def persons(self) -> list[dict[str, Any]]:
        """Return what was filled in of each person, in their order."""
        rows = [
            {name: self.cleaned_data.get(f"{name}_{number}", "") for name in PERSON_FIELDS} for number in self.numbers()
        ]
        return [row for row in rows if row["email"]]

    def clean_persons(self, cleaned: dict[str, Any]) -> None:
        """Part of `clean`: check each person."""
        for number in self.numbers():
            self.clean_person(number, cleaned)

    def clean_person(self, number: int, cleaned: dict[str, Any]) -> None:
        """Refuse a further person that is filled in by half, and an address that two persons share."""
        names = [f"{name}_{number}" for name in PERSON_FIELDS]
        if number > 1 and any(cleaned.get(name) for name in names):
            missing = _("Das fehlt noch. Oder lassen Sie alle Felder dieser Person leer.")
            if not {*names[:2]} & set(self.errors) and not (cleaned.get(names[0]) or cleaned.get(names[1])):
                self.add_error(names[0], missing)
            if not cleaned.get(names[2]) and names[2] not in self.errors:
                self.add_error(names[2], missing)
        elif number == 1:
            refuse_no_name(self, *names[:2])
        email = cleaned.get(f"email_{number}") or ""
        cleaned[f"email_{number}"] = email
        if email and email in [cleaned.get(f"email_{earlier}") for earlier in range(1, number)]:
            self.add_error(
                f"email_{number}",
                _("Bitte geben Sie für jede Person eine eigene Adresse an: Mit ihr loggt sie sich später ein."),
            )
