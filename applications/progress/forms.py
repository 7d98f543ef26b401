"""The form that invites a member into a team."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.person_form import PersonForm
from cohorts.models import TeamMember

MEMBER_ROLES = [
    (TeamMember.Role.WRITER.value, _("schreibt mit: schreibt Texte und gibt Abschnitte zur Rückmeldung ab")),
    (TeamMember.Role.READER.value, _("liest mit: ändert nichts")),
]


class MemberForm(PersonForm):
    """Somebody to invite into the team."""

    role = forms.ChoiceField(
        label=_("Rolle"), choices=MEMBER_ROLES, widget=forms.RadioSelect, initial=TeamMember.Role.WRITER
    )
