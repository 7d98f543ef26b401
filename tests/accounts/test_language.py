"""Every page and mail around the login is German, with "Sie", and without left-overs of another language."""

from __future__ import annotations

import re
from html import unescape

import pytest
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.core import mail
from django.test import Client
from django.urls import get_resolver, reverse

from accounts.invitations import invite
from accounts.models import BamfOffice
from tests.builders import PASSWORD, log_in, make_user

from .test_second_factor import totp

pytestmark = pytest.mark.django_db

INFORMAL = re.compile(
    r"\b(du|dein(e[nmrs]?)?|dich|dir|hast|bist|kannst|möchtest|gib|wähle|bestätige|überprüfe|folge|kontaktiere|melde)\b",
    re.IGNORECASE,
)
ENGLISH = re.compile(
    r"\b(the|your?|and|please|sign|with|email|account|this|not|is|are|submit|token|authenticator|verif\w+|code has|"
    r"remember|login|logout|signup)\b",
    re.IGNORECASE,
)
# A person logs in (einloggen); an association registers (anmelden). On one page both words would mean two things.
REGISTERING = re.compile(r"\b(an|ab)(melden|meldung|gemeldet)\b", re.IGNORECASE)
# allauth's names that a person may meet on the page although they are no text
ADDRESSES = re.compile(r"\S*(@|://|/konto/)\S*")


def words_of(page):
    """What a person reads or hears: text and labels, without markup, addresses and what they typed."""
    body = re.sub(r"(?s)<(script|style|svg|head)\b.*?</\1>", " ", page)
    spoken = " ".join(re.findall(r'(?:aria-label|title|placeholder|alt)="([^"]*)"', body))
    title = " ".join(re.findall(r"(?s)<title>(.*?)</title>", page))
    text = re.sub(r"(?s)<[^>]+>", " ", body)
    return ADDRESSES.sub(" ", unescape(f"{title} {spoken} {text}"))


def assert_german(text, where):
    text = re.sub(r"amina|haddad", " ", text, flags=re.IGNORECASE)
    assert INFORMAL.findall(text) == [], where
    assert [found.group() for found in REGISTERING.finditer(text)] == [], (where, text)
    assert ENGLISH.findall(text) == [], (where, text)


def allauth_names():
    patterns = get_resolver().url_patterns
    names = {
        name
        for pattern in patterns
        if str(pattern.pattern) == "konto/" and not getattr(pattern, "app_name", None)
        for name in pattern.reverse_dict
        if isinstance(name, str)
    }
    return sorted(names)


KWARGS = {
    "account_confirm_email": {"key": "unbekannt"},
    "account_reset_password_from_key": {"uidb36": "1", "key": "set-password"},
}
DOWNLOADS = {"mfa_download_recovery_codes"}


def url_of(name):
    return reverse(name, kwargs=KWARGS.get(name))


def test_the_names_are_found():
    assert {"account_login", "account_signup", "mfa_index", "mfa_authenticate"} <= set(allauth_names())


@pytest.mark.parametrize("name", allauth_names())
def test_pages_of_somebody_logged_out(client, name):
    response = client.get(url_of(name), follow=True)

    assert response.status_code in {200, 404}
    if name != "account_logout":  # it leads to the public page, where associations register
        assert_german(words_of(response.text), name)


@pytest.mark.parametrize("name", sorted(set(allauth_names()) - DOWNLOADS))
@pytest.mark.parametrize("with_factor", [False, True])
def test_pages_of_somebody_logged_in(client, name, with_factor):
    amina = make_user()
    EmailAddress.objects.create(user=amina, email="zweite@example.org", verified=False)
    if with_factor:
        log_in(client, amina)
        RecoveryCodes.activate(amina)
        session = client.session
        session["account_authentication_methods"][-1]["reauthenticated"] = True
        session.save()
    else:
        client.force_login(amina)

    response = client.get(url_of(name), follow=True)

    assert response.status_code in {200, 404}
    assert_german(words_of(response.text), name)


FORMS = {
    "account_login": {"login": "amina@example.org", "password": "falsch"},
    "account_reset_password": {"email": "kein"},
    "account_request_login_code": {"email": ""},
}


@pytest.mark.parametrize("name", FORMS)
def test_complaints_of_forms(client, name):
    make_user()

    response = client.post(url_of(name), FORMS[name])

    assert response.status_code == 200
    assert response.context["form"].errors
    assert_german(words_of(response.text), name)


def test_complaints_about_passwords(client):
    log_in(client, make_user())

    data = {"oldpassword": PASSWORD, "password1": "123", "password2": "124"}
    response = client.post(reverse("account_change_password"), data)

    assert_german(words_of(response.text), "account_change_password")


def test_sign_up_page_and_its_complaints(client, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        invite("amina@example.org", BamfOffice.get_or_make(), by=None)
    link = re.search(r"/einladung/\S+", mail.outbox[0].body).group()
    assert_german(words_of(client.get(link).text), "invitation")

    assert_german(words_of(client.get(reverse("account_signup")).text), "account_signup")
    page = client.post(reverse("account_signup"), {"first_name": "", "password1": "1", "password2": "2"})
    assert_german(words_of(page.text), "account_signup")


@pytest.mark.django_db(transaction=True)
def test_every_mail(client):
    amina = make_user()
    for name, email in [
        ("account_request_login_code", amina.email),
        ("account_request_login_code", "niemand@example.org"),
        ("account_reset_password", amina.email),
        ("account_reset_password", "keiner@example.org"),
    ]:
        Client().post(reverse(name), {"email": email})
    client.post("/konto/login/", {"login": amina.email, "password": PASSWORD})
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    client.post(reverse("mfa_activate_totp"), {"code": totp(secret)})
    client.post(reverse("mfa_generate_recovery_codes"))
    data = {"oldpassword": PASSWORD, "password1": "ein-neues-Wort-26", "password2": "ein-neues-Wort-26"}
    client.post(reverse("account_change_password"), data)
    client.post(reverse("account_email"), {"action_add": "", "email": "neu@example.org"})
    address = EmailAddress.objects.get(email="neu@example.org")
    client.post(reverse("account_confirm_email", args=[EmailConfirmationHMAC(address).key]))
    client.post(reverse("account_email"), {"action_primary": "", "email": "neu@example.org"})
    client.post(reverse("account_email"), {"action_remove": "", "email": "amina@example.org"})
    client.post(reverse("mfa_deactivate_totp"))

    subjects = [message.subject for message in mail.outbox]
    assert subjects == [
        "Ihr Code zum Einloggen",
        "Zu dieser Adresse gibt es kein Konto",
        "Neues Passwort wählen",
        "Zu dieser Adresse gibt es kein Konto",
        "Zweiter Faktor eingerichtet",
        "Neue Wiederherstellungs-Codes",
        "Ihr Passwort wurde geändert",
        "Bitte bestätigen Sie Ihre E-Mail-Adresse",
        "Ihre E-Mail-Adresse wurde geändert",
        "Eine E-Mail-Adresse wurde entfernt",
        "Zweiter Faktor abgeschaltet",
    ]
    for message in mail.outbox:
        assert_german(ADDRESSES.sub(" ", message.subject + message.body), message.subject)
    assert not Authenticator.objects.filter(user=amina).exists()
