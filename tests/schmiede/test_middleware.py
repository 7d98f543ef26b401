from __future__ import annotations

import logging

import pytest
from django.db import DatabaseError, connection
from django.http import HttpResponse, HttpResponseNotFound
from django.test import Client, RequestFactory
from django.urls import path, re_path, resolve, reverse

from schmiede import logs
from schmiede.middleware import RequestLog
from tests.builders import log_in, make_organisation, make_user

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def answer(request, **parts):
    return HttpResponse("ok")


urlpatterns = [
    path("einladung/<str:token>/", answer, name="invitation"),
    path("vorhaben/<str:key>/", answer, name="section"),
    re_path(r"^konto/neu/(?P<uidb36>[0-9a-z]+)-(?P<key>.+)/$", answer, name="account_reset_password_from_key"),
]


def request_to(address):
    return RequestFactory().get(address)


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("/einladung/sehr-geheim/", "/einladung/***/"),
        ("/vorhaben/s7/?text=privat", "/vorhaben/s7/"),
        ("/konto/neu/4f-abc-123/", "/konto/neu/***-***/"),
    ],
)
def test_path_of_hides_tokens_and_query_strings(address, shown):
    request = request_to(address)
    request.resolver_match = resolve(request.path, urlconf=__name__)

    assert logs.path_of(request) == shown


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("/einladung/sehr-geheim", "/einladung/***"),
        ("/einladung/sehr-geheim/mehr/", "/einladung/***"),
        ("/robots.txt", "/robots.txt"),
        ("/", "/"),
        ("/ein%0Abruch/", "/ein%0Abruch/"),
    ],
)
def test_path_of_unknown_addresses_is_cut_after_the_first_part(address, shown):
    assert logs.path_of(request_to(address)) == shown


def test_request_log_writes_one_line_and_answers_with_its_id(caplog):
    caplog.set_level(logging.INFO, "portal")
    seen = []

    def handler(request):
        seen.append(logs.request_id.get())
        return HttpResponseNotFound()

    response = RequestLog(handler)(request_to("/robots.txt?token=geheim"))

    (record,) = caplog.records
    assert record.getMessage().startswith("GET /robots.txt 404 ")
    assert seen == [response["X-Request-ID"]]
    assert logs.request_id.get() == "-"


@pytest.mark.parametrize(("given", "kept"), [("abcdef0123456789", True), ("kurz", False), ("zwei\nZeilen-lang", False)])
def test_id_of_keeps_only_harmless_ids(given, kept):
    request = RequestFactory().get("/", HTTP_X_REQUEST_ID=given)

    assert (logs.id_of(request) == given) is kept


def test_careful_takes_the_token_out_of_djangos_own_lines():
    request = request_to("/einladung/sehr-geheim/")
    request.resolver_match = resolve(request.path, urlconf=__name__)
    record = logging.LogRecord("django.request", logging.ERROR, "", 0, "Error: %s", (request.path,), None)
    record.request = request

    assert logs.Careful().filter(record) is True
    assert record.getMessage() == "Error: /einladung/***/"
    assert record.request_id == "-"


@pytest.mark.django_db
def test_healthz_answers_anybody():
    response = Client().get("/healthz")

    assert (response.status_code, response.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_healthz_says_503_while_the_database_is_away(monkeypatch):
    def away():
        raise DatabaseError

    monkeypatch.setattr(connection, "cursor", away)

    assert Client().get("/healthz").status_code == 503


@pytest.mark.django_db
def test_an_address_that_only_takes_forms_answers_a_browser_with_a_page_of_ours():
    amina = make_user()
    organisation = make_organisation()
    organisation.join(amina)
    client = log_in(Client(), amina)

    response = client.get(reverse("accounts:invite", args=[organisation.pk]), headers=BROWSER)

    assert (response.status_code, response["Allow"]) == (405, "POST")
    assert '<h1 class="kern-heading-large">Hier kommt nur ein Formular an</h1>' in response.text
    assert f'href="{reverse("dashboard")}"' in response.text.split("<main")[1]


@pytest.mark.django_db
@pytest.mark.parametrize(("method", "name"), [("get", "theme"), ("post", "cohorts:list")])
def test_a_visitor_sees_the_same_page(method, name):
    response = getattr(Client(), method)(reverse(name), headers=BROWSER)

    assert response.status_code == 405
    assert f'href="{reverse("home")}"' in response.text.split("<main")[1]


@pytest.mark.django_db
def test_a_program_gets_the_wrong_method_without_a_page():
    response = Client().get(reverse("theme"), headers={"Accept": "application/json"})

    assert (response.status_code, response.content) == (405, b"")


@pytest.mark.django_db
def test_pages_of_somebody_logged_in_stay_in_no_cache(client):
    assert "no-store" not in client.get(reverse("home")).get("Cache-Control", "")
    client.force_login(make_user())

    pages = [client.get(reverse(name)) for name in ("dashboard", "accounts:profile", "impressum")]
    missing = client.get("/gibt-es-nicht/")

    assert {page.get("Cache-Control") for page in [*pages, missing]} == {"private, no-store"}
