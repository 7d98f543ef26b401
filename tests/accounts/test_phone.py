"""The telephone number of „Mein Konto“: what counts as one, and that it can be deleted once nobody reads it any more."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.builders import log_in, make_coach, make_cohort, make_organiser, make_user

pytestmark = pytest.mark.django_db
NAME = {"first_name": "Carla", "last_name": "Weber"}


@pytest.fixture
def carla(client):
    user = make_user("Carla", "Weber")
    log_in(client, user)
    return user


@pytest.mark.parametrize(
    ("phone", "taken"),
    [
        ("0171 39200 63", True),
        ("+49 (0)345 / 12-34", True),
        ("(0345) 1234", True),
        ("", True),
        ("gar keine Nummer", False),
        ("-", False),
    ],
)
def test_a_number_is_digits_with_what_people_write_between_them(client, carla, phone, taken):
    make_coach(make_cohort(make_organiser(make_user("Doris"))), carla)

    response = client.post(reverse("accounts:profile"), NAME | {"phone": phone})

    carla.refresh_from_db()
    assert (response.status_code, carla.phone) == ((302, phone) if taken else (422, ""))
    assert ("Bitte geben Sie eine Telefonnummer an" in response.text) != taken


@pytest.mark.parametrize("held", [{"phone": "0171 39200 63"}, {"phone_hours": "abends"}])
def test_who_neither_coaches_nor_organises_can_still_delete_what_is_stored(client, carla, held):
    assert 'name="phone"' not in client.get(reverse("accounts:profile")).text
    type(carla).objects.filter(pk=carla.pk).update(**held)
    assert "Zurzeit liest niemand diese Nummer." in client.get(reverse("accounts:profile")).text

    client.post(reverse("accounts:profile"), NAME | {"phone": "", "phone_hours": ""})

    carla.refresh_from_db()
    assert (carla.phone, carla.phone_hours) == ("", "")
    assert 'name="phone"' not in client.get(reverse("accounts:profile")).text
