"""Who writes and reads along in a team."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.addresses import AddressFormField
from cohorts.models import TeamMember

ALONG = [
    (TeamMember.Role.WRITER.value, _("schreibt mit: darf alles außer fertigstellen")),
    (TeamMember.Role.READER.value, _("liest mit: ändert nichts")),
]


class MemberForm(forms.Form):
    """Somebody to invite into the team."""

    first_name = forms.CharField(label=_("Vorname"), max_length=100)
    last_name = forms.CharField(label=_("Nachname"), max_length=100)
    email = AddressFormField(label=_("E-Mail-Adresse"))
    phone = forms.CharField(label=_("Telefon"), max_length=40, required=False)
    role = forms.ChoiceField(label=_("Rolle"), choices=ALONG, widget=forms.RadioSelect, initial=TeamMember.Role.WRITER)
