"""robots.txt and security.txt say what programs ask every site for."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from schmiede.system_checks import holes_can_be_reported
from tests.access_world import TOKEN


def test_search_engines_stay_away_from_links_with_a_secret(client):
    response = client.get("/robots.txt")
    closed = [line.removeprefix("Disallow: ") for line in response.text.splitlines() if line.startswith("Disallow: ")]
    patterns = [re.compile(re.escape(path).replace(r"\*", ".*")) for path in closed]
    secret = [
        reverse("invitation", args=[TOKEN]),
        *(
            reverse(f"cohorts:{page}", args=["nord", TOKEN])
            for page in ("registration", "correct", "confirm", "withdraw")
        ),
        reverse("account_confirm_email", args=[TOKEN]),
        reverse("account_reset_password_from_key", args=["1", TOKEN]),
    ]
    assert [address for address in secret if not any(pattern.match(address) for pattern in patterns)] == []
    public = [reverse(name) for name in ("home", "cohorts:list", "impressum", "leichte-sprache")]
    public += [reverse("cohorts:detail", args=["nord"]), reverse("cohorts:register", args=["nord"])]
    assert [address for address in public if any(pattern.match(address) for pattern in patterns)] == []
    assert response["Content-Type"] == "text/plain; charset=utf-8"


def test_security_contact_is_the_address_of_the_setting_and_never_expired(client, settings):
    settings.SECURITY_EMAIL, settings.PORTAL_URL = "loch@example.org", "https://portal.example.org"
    said = dict(line.split(": ", 1) for line in client.get("/.well-known/security.txt").text.splitlines())
    expires = datetime.fromisoformat(said.pop("Expires"))
    assert said == {
        "Contact": "mailto:loch@example.org",
        "Preferred-Languages": "de, en",
        "Canonical": "https://portal.example.org/.well-known/security.txt",
    }
    assert timedelta(days=30) < expires - timezone.now() < timedelta(days=365)
    assert expires.tzinfo == UTC


@pytest.mark.parametrize("address", ["", "niemand"])
def test_deployment_asks_for_the_address(settings, address):
    settings.SECURITY_EMAIL = address
    assert [error.id for error in holes_can_be_reported(None)] == ["schmiede.E004"]


def test_without_an_address_there_is_no_contact(client, settings):
    settings.SECURITY_EMAIL = ""
    assert client.get("/.well-known/security.txt").status_code == 404


def test_deployment_is_content_with_an_address(settings):
    settings.SECURITY_EMAIL = "loch@example.org"
    assert holes_can_be_reported(None) == []
