"""Bad addresses of lists: NUL is refused before a database is asked (PostgreSQL would fail)."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.urls import reverse

from tests.accounts.admin_world import changelist
from tests.builders import log_in, make_bamf, make_organiser, make_user

pytestmark = pytest.mark.django_db


def test_no_list_takes_a_nul(client):
    doris, wrong = make_user("Doris", "Lang"), {}
    make_organiser(doris)
    for person in (doris, make_bamf()):
        log_in(client, person)
        for model in admin.site._registry:
            status = client.get(f"{changelist(model)}?status__exact=%00").status_code
            if status != 400:
                wrong[f"{person.first_name} {model._meta.label}"] = status
    assert wrong == {}


@pytest.mark.parametrize("name", ["home", "cohorts:list", "dashboard", "impressum"])
@pytest.mark.parametrize("query", ["suche=vor%00nach", "such%00e=x", "a=b&a=%00"])
def test_no_page_takes_a_nul(client, name, query):
    log_in(client, make_user())
    response = client.get(f"{reverse(name)}?{query}")
    assert response.status_code == 400
    assert "Zeichen, die wir nicht speichern können" in response.text
