"""The forms in which an organiser accepts or declines registrations, with the words that are sent."""

from __future__ import annotations

from typing import Any

from django import forms
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organisation
from cohorts.deciding import known_organisations
from cohorts.models import CoachAssignment, Registration
from core.spelling import TextFormField

REASON = "Der Grund:"


def suggested_text(decision: str, **context: Any) -> str:
    """Return the words that the form of a decision begins with: `accepted`, `waiting`, `declined` or `readmitted`."""
    return render_to_string(f"cohorts/decisions/{decision}.txt", context).strip()


class DecisionForm(forms.Form):
    """The text that is sent with a decision, and a note that is not."""

    text = TextFormField(
        label=gettext_lazy("Text, der verschickt wird"),
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=gettext_lazy("Alle Personen der Anmeldung bekommen ihn per E-Mail, nach „Guten Tag …“."),
    )
    note = TextFormField(
        label=gettext_lazy("Interne Notiz (wird nicht verschickt)"),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
    )

    def __init__(self, *args: Any, registrations: list[Registration], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.chosen = registrations
        if len(self.chosen) == 1:
            self.initial["note"] = self.chosen[0].internal_note
        else:
            self.fields["text"].help_text = _(
                "Alle Personen der Anmeldungen bekommen ihn per E-Mail, nach „Guten Tag …“."
            )


class DeclineForm(DecisionForm):
    """A text that says why."""

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        if any(line.strip() == REASON for line in text.splitlines()):
            raise forms.ValidationError(_("Bitte schreiben Sie den Grund dazu, oder nehmen Sie die Zeile heraus."))
        return text


class AcceptForm(DecisionForm):
    """The organisation, if one is accepted that is known already, and a coach, if all are of one cohort."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.none(),
        label=gettext_lazy("Bekannte Organisation"),
        required=False,
        empty_label=gettext_lazy("neu anlegen"),
        help_text=gettext_lazy(
            "Nur wenn der Verein schon in einer Ihrer früheren Projektschmieden war. Sein Team kann dann seine früheren "
            "Texte übernehmen."
        ),
    )
    first_coach = forms.ModelChoiceField(
        CoachAssignment.objects.none(),
        label=gettext_lazy("Erste Coaching-Person"),
        required=False,
        empty_label=gettext_lazy("später festlegen"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cohorts = {registration.cohort for registration in self.chosen}
        fields: dict[str, Any] = self.fields
        if len(self.chosen) == 1:
            fields["organisation"].queryset = known_organisations(self.chosen[0])
        else:
            del self.fields["organisation"]
        if len(cohorts) == 1:
            fields["first_coach"].queryset = cohorts.pop().coach_assignments.current()
        else:
            del self.fields["first_coach"]
