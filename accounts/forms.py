"""Forms of the account pages."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import SignupForm
from allauth.account.internal.flows.login import record_authentication
from allauth.core import context
from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import invitations
from accounts.models import Organisation, User
from schmiede.writes import Stale


class SignUp(SignupForm):
    """A new account for the address that was invited, and with it the acceptance of the invitation."""

    first_name = forms.CharField(
        label=_("Vorname"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "given-name"})
    )
    last_name = forms.CharField(
        label=_("Nachname"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "family-name"})
    )
    field_order = ["email", "first_name", "last_name", "password1", "password2"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.invitation = invitations.to_sign_up(context.request)
        email = self.fields["email"]
        email.disabled = True
        email.initial = self.invitation.email if self.invitation else ""
        email.help_text = _("An diese Adresse ging Ihre Einladung. Mit ihr loggen Sie sich künftig ein.")

    def try_save(self, request: HttpRequest) -> Any:
        """The account and the acceptance, both or neither."""
        try:
            return super().try_save(request)
        except Stale as error:
            over = gettext("Diese Einladung gilt nicht mehr. Bitten Sie um eine neue.")
            messages.error(request, str(error) or over)
            return None, redirect("account_login")

    @transaction.atomic
    def save(self, request: HttpRequest) -> Any:
        user = super().save(request)
        if self.invitation is None:
            raise Stale
        self.invitation.accept(user)
        invitations.let_go(request)
        record_authentication(request, user, "password")  # who has just chosen it need not type it again
        return user


class ProfileForm(forms.ModelForm):
    class Meta:
        model = User
        fields = [
            "first_name",
            "last_name",
            "wants_reading_mails",
            "wants_news_mails",
            "wants_reminder_mails",
            "wants_answers",
        ]
        widgets = {
            "first_name": forms.TextInput(attrs={"autocomplete": "given-name"}),
            "last_name": forms.TextInput(attrs={"autocomplete": "family-name"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.coach_assignments.current().exists():
            del self.fields["wants_answers"]  # nobody gets a mail that this person has written


class OrganisationForm(forms.ModelForm):
    class Meta:
        model = Organisation
        fields = [
            "name",
            "short_name",
            "legal_form",
            "register_court",
            "register_number",
            "charitable",
            "charitable_until",
            "migrant_organisation",
            "umbrella_body",
            "street",
            "postcode",
            "city",
            "land",
            "website",
            "about",
            "contact_name",
            "contact_email",
            "contact_phone",
            "signatories",
        ]


class InviteForm(forms.Form):
    email = forms.EmailField(
        label=_("E-Mail-Adresse"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    name = forms.CharField(label=_("Name"), max_length=200, required=False)

    def clean_email(self) -> str:
        return self.cleaned_data["email"].strip().lower()
