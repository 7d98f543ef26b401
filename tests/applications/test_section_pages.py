from __future__ import annotations

import pytest
from django.urls import reverse

from applications.content import Text
from tests.builders import make_application, make_cohort, make_organiser, make_team, make_user, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def amina(client):
    user = make_user("Amina", "Haddad")
    client.force_login(user)
    return user


@pytest.fixture
def application(amina):
    cohort = make_cohort(make_organiser(make_user("Doris", "Lang")))
    return make_application(make_team(cohort, amina, make_user("Jonas", "Petersen")))


def address(application, key="s1", name="section"):
    return reverse(f"applications:{name}", args=[application.pk, key])


@pytest.mark.parametrize("key", ["s0", "s1", "s5", "s7", "s8", "s15", "s16", "s17"])
def test_every_kind_of_section_can_be_opened(client, application, key):
    response = client.get(address(application, key))

    assert response.status_code == 200


def test_a_text_is_saved_by_the_plain_form(client, application, amina):
    response = client.post(address(application), {"version": "0", "text": "Guten Tag.\r\n\r\nHallo."}, follow=True)

    assert response.status_code == 200
    assert application.drafts.get(key="s1").value == Text("Guten Tag.\n\nHallo.")
    assert "Gespeichert." in response.text


def test_workspace_history_people_and_attachments_open(client, application, amina):
    write(application, "s1", "Text.", by=amina)
    for name in ("workspace", "people", "attachments"):
        assert client.get(reverse(f"applications:{name}", args=[application.pk])).status_code == 200
    assert client.get(address(application, name="history")).status_code == 200
