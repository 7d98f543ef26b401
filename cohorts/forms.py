"""What associations and organisers fill in."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID, uuid4

from django import forms
from django.core.validators import RegexValidator
from django.forms.boundfield import BoundField
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import PrivacyText
from accounts.models.organisation import YesNo
from accounts.names import refuse_no_name
from accounts.person_form import PERSON_FIELDS, PersonForm
from cohorts.models import Cohort, Registration
from core.spelling import LineFormField, TextFormField, composed, visible_length
from core.words import grouped

IDEA_LENGTH = 1500
# What is drawn as one character may be many signs, such as a family of emoji; no honest text has more than these.
MOST_SIGNS = 20 * IDEA_LENGTH

# Names stand in mails that the portal sends to an address somebody typed: nobody gets a stranger's link that way.
ONLY_A_NAME = RegexValidator(
    r"://|www\.|[\r\n]",
    gettext_lazy("Bitte geben Sie hier nur den Namen an, ohne Link und ohne Zeilenumbruch."),
    inverse_match=True,
    flags=re.IGNORECASE,
)


def seen_value(registration: Registration) -> str:
    """What the form carries to know whether somebody else changed the registration meanwhile."""
    return registration.changed_at.isoformat() if registration.changed_at else ""


class RegistrationForm(forms.ModelForm):
    """One page: the association, who comes, the idea, eligibility. `persons` holds as many as the cohort takes."""

    charitable = forms.ChoiceField(
        label=gettext_lazy("Ist die Gemeinnützigkeit anerkannt?"),
        choices=YesNo.choices[:2],
        widget=forms.RadioSelect,
        help_text=gettext_lazy(
            "Das steht im Freistellungsbescheid des Finanzamts, bei neuen Vereinen im Feststellungsbescheid nach § 60a der Abgabenordnung."
        ),
    )
    migrant_organisation = forms.ChoiceField(
        label=gettext_lazy("Verstehen Sie sich als Migrantenorganisation?"),
        choices=YesNo.choices,
        widget=forms.RadioSelect,
        required=False,
        initial="",
    )
    idea = TextFormField(
        label=gettext_lazy("Ihre Idee"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=gettext_lazy(
            "Was möchten Sie tun, mit wem und warum? Höchstens 1.500 Zeichen, das ist etwa eine halbe Seite. "
            "Schreiben Sie, wie Sie sprechen."
        ),
    )
    attendance_promised = forms.BooleanField(
        label=gettext_lazy("Wir nehmen an allen Workshops verbindlich teil."),
        error_messages={
            "required": gettext_lazy(
                "Die Workshops bauen aufeinander auf. Bitte sagen Sie zu, dass Sie an allen teilnehmen."
            )
        },
    )
    not_begun = forms.BooleanField(
        label=gettext_lazy("Das Vorhaben hat noch nicht begonnen."),
        help_text=gettext_lazy("Dafür ist noch nichts unterschrieben, gebucht oder bestellt."),
        error_messages={
            "required": gettext_lazy(
                "Gefördert werden nur Vorhaben, die noch nicht begonnen haben. Wenn Ihres schon läuft, melden Sie sich "
                "bitte mit einer neuen Idee an."
            )
        },
    )
    homepage = forms.CharField(  # people never see it; programs that fill in everything give themselves away
        label=gettext_lazy("Bitte lassen Sie dieses Feld leer"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    once = forms.CharField(required=False, widget=forms.HiddenInput, initial=uuid4)
    shown = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Registration
        fields = (
            "organisation_name",
            "legal_form",
            "city",
            "land",
            "website",
            "charitable",
            "migrant_organisation",
            "idea",
            "recording_url",
            "not_begun",
            "attendance_promised",
        )
        field_classes: ClassVar = {"city": LineFormField}
        help_texts = {
            "organisation_name": gettext_lazy("So, wie er im Register steht."),
            "recording_url": gettext_lazy(
                "Sie können uns Ihre Idee auch erzählen, statt sie aufzuschreiben: als Video oder Tonaufnahme, zum "
                "Beispiel in einer Cloud. Höchstens drei Minuten."
            ),
        }

    def __init__(self, *args: Any, cohort: Cohort, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cohort = cohort
        for name, hint in (("organisation_name", "organization"), ("city", "address-level2"), ("website", "url")):
            self.fields[name].widget.attrs["autocomplete"] = hint
        self.fields["organisation_name"].validators.append(ONLY_A_NAME)
        for name in ("idea", "recording_url"):  # one of them is needed, so neither is called voluntary
            self.fields[name].one_of_several = True  # type: ignore[attr-defined]
        self.fields["seen"].initial = seen_value(self.instance)
        known = [] if self.instance._state.adding else list(self.instance.persons.all())
        for number in range(1, max(cohort.persons_per_team, len(known), 1) + 1):
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

    # What the template draws

    def idea_count(self) -> dict[str, int | bool]:
        """How long the idea is as it stands in its field, and how long it may be."""
        length = visible_length(str(self["idea"].value() or ""))
        return {"length": length, "limit": IDEA_LENGTH, "is_over": length > IDEA_LENGTH}

    def association(self) -> list[BoundField]:
        return [self[name] for name in ("organisation_name", "legal_form", "city", "land", "website")]

    def conditions(self) -> list[BoundField]:
        names = ("charitable", "migrant_organisation", "not_begun", "attendance_promised")
        return [self[name] for name in names]

    def people(self) -> list[list[BoundField]]:
        return [[self[f"{name}_{number}"] for name in PERSON_FIELDS] for number in self.numbers()]

    def numbers(self) -> list[int]:
        return [int(name.rpartition("_")[2]) for name in self.fields if name.startswith("first_name_")]

    # What was said

    def values(self) -> dict[str, Any]:
        """What the association said, without its persons."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}

    def persons(self) -> list[dict[str, Any]]:
        """The persons that were filled in, in order."""
        rows = [
            {name: self.cleaned_data.get(f"{name}_{number}", "") for name in PERSON_FIELDS} for number in self.numbers()
        ]
        return [row for row in rows if row["email"]]

    def clean_idea(self) -> str:
        """What people see is counted, as in the sections of an application."""
        sent: str = self.cleaned_data["idea"]
        idea = composed(sent) if len(sent) <= MOST_SIGNS else sent
        length = visible_length(idea)
        if length <= IDEA_LENGTH and len(idea) > MOST_SIGNS:
            raise forms.ValidationError(
                _(
                    "Der Text besteht aus mehr Zeichen, als man sieht, und ist deshalb zu lang. Bitte tippen Sie ihn neu."
                )
            )
        if length > IDEA_LENGTH:
            raise forms.ValidationError(
                _("Der Text hat %(length)s Zeichen. Möglich sind 1.500. Bitte kürzen Sie ihn um %(over)s Zeichen.")
                % {
                    "length": grouped(length),
                    "over": grouped(length - IDEA_LENGTH),
                }
            )
        return idea

    def clean_homepage(self) -> str:
        if self.cleaned_data["homepage"]:
            raise forms.ValidationError(
                _("Bitte lassen Sie dieses Feld leer und schicken Sie die Anmeldung noch einmal ab.")
            )
        return ""

    def clean_seen(self) -> datetime | None:
        try:
            return parse_datetime(self.cleaned_data["seen"])
        except ValueError:
            return None

    def clean_once(self) -> UUID:
        """What tells this form from every other; sent without, it is a form of its own."""
        try:
            return UUID(self.cleaned_data["once"])
        except ValueError:
            return uuid4()

    def clean_shown(self) -> PrivacyText | None:
        """The Träger's privacy text that the page showed, though another may be shown by now; none if it showed none."""
        try:
            pk = UUID(self.cleaned_data["shown"])
        except ValueError:
            return None
        return PrivacyText.objects.filter(organisation=self.cohort.organiser_id, pk=pk).first()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not {"idea", "recording_url"} & set(self.errors) and not (
            cleaned.get("idea") or cleaned.get("recording_url")
        ):
            self.add_error(
                "idea", _("Bitte beschreiben Sie Ihre Idee oder geben Sie unten einen Link zu einer Aufnahme an.")
            )
        for number in self.numbers():
            self.clean_person(number, cleaned)
        return cleaned

    def clean_person(self, number: int, cleaned: dict[str, Any]) -> None:
        """A further person is filled in whole or not at all, and has an address of her own."""
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
