"""The forms of a step on paper, of the list of the envelope, and of the outcome."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.content import Attachments, Item
from applications.content.simple import ITEM_STATES, is_wrongly_dropped, states_of, why_not_dropped
from applications.papers.models import Outcome
from applications.papers.posting import Envelope
from applications.writing.forms.fields import Money, Words


class StepForm(forms.Form):
    """The day of one step on paper."""

    on = forms.DateField(label=_("Tag"), error_messages={"required": _("Bitte geben Sie den Tag an.")})


# What the funder decides in each stage (docs/domain.md): stage 1 ends in an invitation, money is granted in stage 2.
KINDS_OF_STAGE = {
    1: (Outcome.Kind.INVITED, Outcome.Kind.DECLINED),
    2: (Outcome.Kind.GRANTED, Outcome.Kind.NOT_GRANTED),
}
ABOUT_STAGE = {
    1: _("Bewilligt wird erst der Antrag der zweiten Stufe."),
    2: _("Die Einladung zum Antrag gehört zur ersten Stufe und steht dort."),
}


class OutcomeForm(forms.Form):
    """What the funder decided, with what is entered already; the amount in euros becomes cents, and belongs to a grant alone."""

    kind = forms.ChoiceField(label=_("Ergebnis"), widget=forms.RadioSelect)
    on = forms.DateField(label=_("Datum des Schreibens"))
    amount = Money(
        label=_("Bewilligter Betrag in Euro"),
        help_text=_("Nur bei einer Bewilligung, zum Beispiel 187.400,00."),
    )

    def __init__(self, data: Any = None, *, stage: int, outcome: Outcome | None = None) -> None:
        self.outcome = outcome
        super().__init__(data, initial=entered(outcome))
        kinds = {*KINDS_OF_STAGE[stage], *([Outcome.Kind(outcome.kind)] if outcome else [])}
        field: Any = self.fields["kind"]
        field.choices = [choice for choice in Outcome.Kind.choices if choice[0] in kinds]
        field.help_text = ABOUT_STAGE[stage]
        if Outcome.Kind.GRANTED not in kinds:
            del self.fields["amount"]

    def clean(self) -> dict[str, Any]:
        """Refuse a grant of nothing, and an amount of anything else but a grant; the one entered before goes with its grant."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        amount = data.setdefault("amount", None)
        if data.get("kind") == Outcome.Kind.GRANTED:
            if amount is not None and amount <= 0:
                self.add_error("amount", _("Bewilligt ist immer mehr als 0 Euro. Ist der Betrag noch nicht bekannt, lassen Sie das Feld leer."))  # fmt: skip
        elif data.get("kind") and amount is not None:
            if self.outcome is None or amount != self.outcome.amount_cents:
                self.add_error("amount", _("Einen Betrag gibt es nur bei „bewilligt“. Bitte leeren Sie das Feld, oder wählen Sie „bewilligt“."))  # fmt: skip
            data["amount"] = None
        return data


def entered(outcome: Outcome | None) -> dict[str, Any]:
    """Return what the form begins with: what is entered, or today."""
    if outcome is None:
        return {"on": timezone.localdate}
    cents = outcome.amount_cents
    return {"kind": outcome.kind, "on": outcome.on, "amount": None if cents is None else Decimal(cents) / 100}


OPEN = _("noch offen")


class EnclosuresForm(forms.Form):
    """The contents of the envelope: state and note of each kind of attachment; `seen` is the list that was shown.

    What the portal makes has a note alone.
    """

    is_draft = True  # a state may stay open, yet no attachment is marked as voluntary
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, envelope: Envelope) -> None:
        self.envelope = envelope
        self.items = {item.id: item for item in envelope.value.items}
        super().__init__(data, initial={"seen": envelope.number})
        self.kinds = envelope.kinds
        for kind in self.kinds:
            item = self.items.get(kind.key, Item())
            if not kind.is_made_here:
                self.fields[f"state_{kind.key}"] = forms.ChoiceField(
                    label=kind.label,
                    choices=[("", OPEN), *states_of(kind, item.state)],
                    required=False,
                    initial=item.state,
                )
            self.fields[f"note_{kind.key}"] = Words(
                label=_("Bemerkung zu „%(label)s“") % {"label": kind.label}, most=500, initial=item.note
            )

    def clean(self) -> dict[str, Any]:
        """Refuse to leave out what always belongs to it, also where a list from before says so."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        for kind in self.kinds:
            if is_wrongly_dropped(kind, data.get(f"state_{kind.key}", "")):
                self.add_error(f"state_{kind.key}", why_not_dropped([kind]))
        return data

    def value(self) -> Attachments:
        """Return the list with what was chosen; kinds that are not asked for, and states that are not, stay as they are."""
        data = self.cleaned_data
        chosen = {}
        for kind in self.kinds:
            stored = self.items.get(kind.key, Item(id=kind.key))
            state = data.get(f"state_{kind.key}", stored.state)
            chosen[kind.key] = replace(stored, state=state, note=data[f"note_{kind.key}"])
        kept = tuple(chosen.pop(item.id, item) for item in self.envelope.value.items)
        return Attachments(items=kept + tuple(item for item in chosen.values() if item.state or item.note))

    def show_current(self, envelope: Envelope) -> None:
        """Show beside each field that differs what somebody else has saved meanwhile; saving again replaces it."""
        self.data = {name: self.data[name] for name in self.data} | {"seen": str(envelope.number)}
        words = dict(ITEM_STATES)
        self.add_error(
            None,
            _(
                "Inzwischen hat jemand anders die Liste berichtigt. Ihre Angaben sind noch nicht gespeichert. Bitte vergleichen Sie und speichern Sie noch einmal."
            ),
        )
        items = {item.id: item for item in envelope.value.items}
        for kind in self.kinds:
            item = items.get(kind.key, Item())
            for name, current, shown in (
                (f"state_{kind.key}", item.state, words.get(item.state, OPEN)),
                (f"note_{kind.key}", item.note, item.note or _("nichts")),
            ):
                if name in self.fields and self.cleaned_data.get(name) != current:
                    self.add_error(name, _("Dort steht jetzt: %(words)s.") % {"words": shown})
