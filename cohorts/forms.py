"""The form „Verein anmelden“: its questions, helps, and the length of the idea (`IDEA_LENGTH`)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID, uuid4

from django import forms
from django.forms.boundfield import BoundField
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import PrivacyText
from accounts.models.organisation import YesNo
from cohorts.models import Cohort, Registration
from cohorts.persons_form import ONLY_A_NAME, PersonsForm
from core.spelling import LineFormField, TextFormField, composed, visible_length
from core.words import grouped

IDEA_LENGTH = 1500
# What is drawn as one character may be many signs, such as a family of emoji; no honest text has more than these.
MOST_SIGNS = 20 * IDEA_LENGTH


def seen_value(registration: Registration) -> str:
    """Return what the form carries to tell whether somebody else changed the registration meanwhile."""
    return registration.changed_at.isoformat() if registration.changed_at else ""


class RegistrationForm(PersonsForm):
    """One page: the association, who comes, the idea, eligibility."""

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
        self.add_persons(cohort.persons_per_team, [] if self.instance._state.adding else self.instance.persons.all())

    # What the template draws

    def idea_count(self) -> dict[str, int | bool]:
        """Return how long the idea is as it stands in its field, and how long it may be."""
        length = visible_length(str(self["idea"].value() or ""))
        return {"length": length, "limit": IDEA_LENGTH, "is_over": length > IDEA_LENGTH}

    def association(self) -> list[BoundField]:
        return [self[name] for name in ("organisation_name", "legal_form", "city", "land", "website")]

    def conditions(self) -> list[BoundField]:
        names = ("charitable", "migrant_organisation", "not_begun", "attendance_promised")
        return [self[name] for name in names]

    # What was said

    def values(self) -> dict[str, Any]:
        """Return what the association said, without its persons."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}

    def clean_idea(self) -> str:
        """Count what people see, as in the sections of an application."""
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
        """Return what tells this form from every other; without it, each sending counts as a form of its own."""
        try:
            return UUID(self.cleaned_data["once"])
        except ValueError:
            return uuid4()

    def clean_shown(self) -> PrivacyText | None:
        """Return the Träger's privacy text that the page showed, if any, though another may be shown by now."""
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
        self.clean_persons(cleaned)
        return cleaned
