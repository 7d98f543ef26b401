"""Forms of logging in, „Mein Konto“, an organisation's data, and inviting somebody into it."""

from __future__ import annotations

import re
from typing import Any

from allauth.account.forms import AddEmailForm, LoginForm, RequestLoginCodeForm, ResetPasswordForm, SignupForm
from allauth.account.internal.flows.login import record_authentication
from allauth.core import context
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa import app_settings as mfa
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, BaseAuthenticateForm, ReauthenticateForm
from allauth.mfa.base.internal.flows import check_rate_limit
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.contrib import messages
from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import invitations
from accounts.addresses import AddressFormField, with_one_form
from accounts.merging import MergingForm
from accounts.models import Organisation, User
from accounts.names import ask_for_a_name, refuse_no_name
from core.spelling import LineFormField
from core.writes import Stale


class LogIn(LoginForm):
    """Address and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = with_one_form(self.fields["login"])


class LogInByCode(RequestLoginCodeForm):
    """The address to which a code is sent."""

    email = with_one_form(RequestLoginCodeForm.base_fields["email"])


class NewPassword(ResetPasswordForm):
    """The address to which a link for a new password is sent."""

    email = with_one_form(ResetPasswordForm.base_fields["email"])


class FurtherAddress(AddEmailForm):
    """One more address of somebody who is logged in."""

    email = with_one_form(AddEmailForm.base_fields["email"])


class SignUp(SignupForm):
    """A new account for the address that was invited, and with it the acceptance of the invitation."""

    first_name = LineFormField(
        label=_("Vorname"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "given-name"})
    )
    last_name = LineFormField(
        label=_("Nachname"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "family-name"})
    )
    field_order = ["email", "first_name", "last_name", "password1", "password2"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.invitation = invitations.to_sign_up(context.request)
        email = self.fields["email"]
        email.disabled = True
        email.initial = self.invitation.email if self.invitation else ""
        for name in ("first_name", "last_name"):  # as whoever invited them has written it
            self.fields[name].initial = getattr(self.invitation and self.invitation.target, name, "")
        ask_for_a_name(self)
        email.help_text = _("An diese Adresse ging Ihre Einladung. Mit ihr loggen Sie sich künftig ein.")

    def clean(self) -> Any:
        cleaned = super().clean()
        refuse_no_name(self)
        return cleaned

    def try_save(self, request: HttpRequest) -> Any:
        """Save the account and the acceptance, both or neither."""
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


class CodeOnce(BaseAuthenticateForm):
    """A code of the app lets in once, for as long as it is valid.

    allauth remembers a used code for one period only, and takes it for three: the tolerance lies on both sides.
    """

    def clean_code(self) -> str:
        typed = normalize_user_code(self.cleaned_data["code"])
        if typed.isdecimal() and cache.get(used_code_key(self.user, typed)):
            check_rate_limit(self.user)
            raise get_adapter().validation_error("incorrect_code")
        code: str = super().clean_code()
        if self.authenticator.type == Authenticator.Type.TOTP:
            note_used(self.user, typed)
        return code


def used_code_key(user: User, code: str) -> str:
    """Return the key under which it is noted that this code of the app was used."""
    return f"totp-used:{user.pk}:{code}"


def note_used(user: User, code: str) -> None:
    """Note that a code of the app has let in, for as long as it is valid. That of the demo works again."""
    if code != mfa.TOTP_INSECURE_BYPASS_CODE:
        cache.set(used_code_key(user, code), True, mfa.TOTP_PERIOD * (2 * mfa.TOTP_TOLERANCE + 1))


class Code(CodeOnce, AuthenticateForm):
    """The second factor after the password."""


class CodeAgain(CodeOnce, ReauthenticateForm):
    """The second factor once more, of somebody who is logged in."""


class FirstCode(ActivateTOTPForm):
    """The first code of an app that is being set up; it does not let in a second time."""

    def clean_code(self) -> str:
        code: str = super().clean_code()
        note_used(self.user, normalize_user_code(code))
        return code


PHONE_OF_A_COACH = _(
    "Die Teams, die Sie begleiten, und die Organisation Ihrer Projektschmiede lesen Nummer und Zeiten."
)
PHONE_OF_AN_ORGANISER = _(
    "Ist bei einer Projektschmiede Ihre E-Mail-Adresse angegeben und keine Nummer, lesen die Teams dort diese Nummer."
)
PHONE_OF_NOBODY = _("Zurzeit liest niemand diese Nummer. Sie können sie löschen.")
# Digits, with what people write between them.
PHONE = re.compile(r"[+(]?\d[\d ()/.+-]*")


class ProfileForm(forms.ModelForm):
    class Meta:
        model = User
        fields = [
            "first_name",
            "last_name",
            "phone",
            "phone_hours",
            "wants_review_mails",
            "wants_news_mails",
            "wants_reminder_mails",
            "wants_answers",
        ]
        labels = {
            "wants_review_mails": _("E-Mail, wenn eine Rückmeldung, eine Frage oder eine Antwort wartet oder da ist"),
        }
        widgets = {
            "first_name": forms.TextInput(attrs={"autocomplete": "given-name"}),
            "last_name": forms.TextInput(attrs={"autocomplete": "family-name"}),
            "phone": forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask_for_a_name(self)
        coaches = self.instance.coach_assignments.current().exists()
        held = self.instance.phone or self.instance.phone_hours
        if not coaches:
            del self.fields["wants_answers"]  # nobody gets a mail that this person has written
        if coaches or self.instance.organises:
            self.fields["phone"].help_text = PHONE_OF_A_COACH if coaches else PHONE_OF_AN_ORGANISER
            self.fields["phone_hours"].help_text = _(
                "In Ihren Worten, zum Beispiel „Montag bis Donnerstag, 16 bis 19 Uhr“."
            )
        elif held:
            self.fields["phone"].help_text = PHONE_OF_NOBODY
        else:
            del self.fields["phone"], self.fields["phone_hours"]  # no team would read them

    def clean_phone(self) -> str:
        phone: str = self.cleaned_data["phone"]
        if phone and not PHONE.fullmatch(phone):
            raise forms.ValidationError(_("Bitte geben Sie eine Telefonnummer an, zum Beispiel 0171 39200 63."))
        return phone

    @transaction.atomic
    def save_changed(self) -> None:
        """Save what was changed. Where the person coaches, teams read the new name as well."""
        self.instance.save(update_fields=self.changed_data)
        if {"first_name", "last_name"} & set(self.changed_data):
            names = {"first_name": self.instance.first_name, "last_name": self.instance.last_name}
            self.instance.coach_assignments.update(**names)


class OrganisationForm(MergingForm):
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
    email = AddressFormField(
        label=_("E-Mail-Adresse"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    name = LineFormField(label=_("Name"), max_length=200, required=False)
