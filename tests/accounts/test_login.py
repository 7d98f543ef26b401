"""Logging in: by password or code, without telling who has an account, and with limits that fit a workshop room."""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.urls import reverse

from tests.builders import PASSWORD, make_user

pytestmark = pytest.mark.django_db


def wrong(client, email, address="10.0.0.1"):
    return client.post("/konto/login/", {"login": email, "password": "falsch"}, REMOTE_ADDR=address)


def page_for(path, data):
    response = Client().post(path, data, follow=True)
    email = next(iter(data.values()))
    text = response.text.replace(email, "…")
    return [url for url, _ in response.redirect_chain], len(text), response.status_code


@pytest.mark.parametrize("path", ["/konto/login/code/", "/konto/password/reset/"])
def test_a_page_does_not_tell_whether_there_is_an_account(path):
    make_user()

    known = page_for(path, {"email": "amina@example.org"})
    unknown = page_for(path, {"email": "aminx@example.org"})

    assert known == unknown


def test_a_wrong_password_and_an_unknown_address_look_alike(client):
    make_user()

    errors = [wrong(Client(), email).context["form"].errors for email in ("amina@example.org", "aminx@example.org")]

    assert errors[0] == errors[1]


def test_guessing_at_one_account_is_stopped_the_room_is_not(client):
    make_user()
    bilal = make_user("Bilal", "Kaya")
    for _ in range(6):
        answer = wrong(client, "amina@example.org")
    assert "Zu viele Versuche" in answer.text

    right = client.post("/konto/login/", {"login": "amina@example.org", "password": PASSWORD})
    assert "_auth_user_id" not in client.session
    assert right.status_code == 200
    other = Client()
    other.post("/konto/login/", {"login": bilal.email, "password": PASSWORD})
    assert other.session["_auth_user_id"] == str(bilal.pk)


def test_thirty_people_in_one_room_log_in_at_once():
    for number in range(30):
        make_user(f"Person{number}")

    for number in range(30):
        client = Client()
        client.get("/konto/login/")
        client.post("/konto/login/", {"login": f"person{number}@example.org", "password": PASSWORD})
        assert "_auth_user_id" in client.session, number


def test_codes_for_one_address_are_limited(django_capture_on_commit_callbacks):
    make_user()

    with django_capture_on_commit_callbacks(execute=True):
        answers = [Client().post("/konto/login/code/", {"email": "amina@example.org"}) for _ in range(5)]

    assert len(mail.outbox) == 3
    assert [answer.status_code for answer in answers[3:]] == [200, 200] or answers[-1].status_code == 429


def test_next_leads_only_into_the_portal():
    amina = make_user()
    client = Client()

    response = client.post(
        "/konto/login/", {"login": amina.email, "password": PASSWORD, "next": "https://anderswo.example.org/"}
    )

    assert response.url == "/uebersicht/"


def test_logging_out_is_a_button(client):
    client.force_login(make_user())

    assert client.get("/konto/logout/").status_code == 200
    assert "_auth_user_id" in client.session
    assert client.post("/konto/logout/").url == "/"
    assert "_auth_user_id" not in client.session


def test_a_closed_account_does_not_get_in(client):
    make_user(is_active=False)

    response = client.post("/konto/login/", {"login": "amina@example.org", "password": PASSWORD}, follow=True)

    assert "_auth_user_id" not in client.session
    assert response.status_code == 200


@pytest.mark.parametrize(
    ("verified", "more", "buttons"),
    [
        (True, False, ["action_add"]),
        (False, False, ["action_send", "action_add"]),
        (True, True, ["action_primary", "action_send", "action_remove", "action_add"]),
    ],
)
def test_the_page_of_addresses_offers_only_what_can_be_done(client, verified, more, buttons):
    amina = make_user()
    client.force_login(amina)
    EmailAddress.objects.update_or_create(
        user=amina, email=amina.email, defaults={"verified": verified, "primary": True}
    )
    if more:
        EmailAddress.objects.create(user=amina, email="zweite@example.org", verified=True)

    page = client.get(reverse("account_email")).text

    assert re.findall(r'name="(action_\w+)"', page) == buttons
    assert "amina@example.org" in page
