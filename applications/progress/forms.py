"""Who writes and reads along in a team."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.addresses import AddressFormField
from accounts.names import ask_for_a_name, refuse_no_name
from cohorts.models import TeamMember
from core.spelling import LineFormField

ALONG = [
    (TeamMember.Role.WRITER.value, _("schreibt mit: darf alles außer fertigstellen")),
    (TeamMember.Role.READER.value, _("liest mit: ändert nichts")),
]


class MemberForm(forms.Form):
    """Somebody to invite into the team."""

    first_name = LineFormField(label=_("Vorname"), max_length=100)
    last_name = LineFormField(label=_("Nachname"), max_length=100)
    email = AddressFormField(label=_("E-Mail-Adresse"))
    phone = forms.CharField(label=_("Telefon"), max_length=40, required=False)
    role = forms.ChoiceField(label=_("Rolle"), choices=ALONG, widget=forms.RadioSelect, initial=TeamMember.Role.WRITER)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask_for_a_name(self)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        refuse_no_name(self)
        return cleaned
