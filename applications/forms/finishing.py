"""What is asked when an application goes to paper."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.forms.fields import Money
from applications.models import Outcome


class StepForm(forms.Form):
    """The day of one step on paper."""

    on = forms.DateField(label=_("Tag"), error_messages={"required": _("Bitte geben Sie den Tag an.")})


class OutcomeForm(forms.Form):
    """What the funder decided; the amount in euros becomes cents."""

    kind = forms.ChoiceField(label=_("Ergebnis"), choices=Outcome.Kind.choices, widget=forms.RadioSelect)
    on = forms.DateField(label=_("Datum des Schreibens"), initial=timezone.localdate)
    amount = Money(
        label=_("Bewilligter Betrag in Euro"),
        help_text=_("Nur bei einer Bewilligung, zum Beispiel 187.400,00."),
    )

    def __init__(self, *args: Any, stage: int, **options: Any) -> None:
        super().__init__(*args, **options)
        if stage == 2:  # one is invited once
            kind = self.fields["kind"]
            kind.choices = [choice for choice in Outcome.Kind.choices if choice[0] != Outcome.Kind.INVITED]  # type: ignore[attr-defined]
