from __future__ import annotations

import logging
from io import StringIO
from uuid import UUID

import pytest
from django.db import DatabaseError, connection
from django.http import HttpResponse, HttpResponseNotFound
from django.test import Client, RequestFactory, override_settings
from django.urls import path, re_path, resolve, reverse

from core import logs
from schmiede.middleware import LegibleForms, RequestLog
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


TOO_LARGE, ILLEGIBLE = (413, "Das ist zu groß"), (400, "Das konnten wir nicht lesen")


def in_parts(text):
    """A form with files that a browser would send as parts, with these bytes in one field."""
    return (
        b'--x\r\nContent-Disposition: form-data; name="theme"\r\n\r\ndark\r\n'
        b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\n' + text + b"\r\n--x--\r\n"
    )


@pytest.mark.parametrize(
    ("sent", "read"),
    [(b"n\xc3\xa4ch", "näch"), (b"vor \xed\xa0\x80", "vor \0\0\0"), (b"\xff", "\0"), (b"vor \xef\xbf\xbd", "vor \0")],
)
def test_legible_forms_marks_what_is_no_text_in_a_form_with_files(rf, sent, read):
    request = rf.generic("POST", "/", in_parts(sent), content_type="multipart/form-data; boundary=x")

    assert LegibleForms(answer).process_view(request, answer) is None
    assert dict(request.POST.lists()) == {"theme": ["dark"], "text": [read]}


@pytest.mark.django_db
def test_half_a_letter_in_any_form_is_refused_beside_the_field(client):
    body = b"login=am%ED%A0%80ina&password=x"

    response = client.post(reverse("account_login"), body, content_type="application/x-www-form-urlencoded")

    assert response.status_code == 200
    assert "Nullzeichen sind nicht erlaubt." in response.text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "kind", "answer"),
    [
        (b"text=" + b"x" * 101, "application/x-www-form-urlencoded", TOO_LARGE),
        (b"a=1&b=2&c=3&d=4", "application/x-www-form-urlencoded", ILLEGIBLE),
        (b"text=x", "application/x-www-form-urlencoded; charset=latin-1", ILLEGIBLE),
        (in_parts(b"x" * 101), "multipart/form-data; boundary=x", TOO_LARGE),
        (b"--x\r\nContent", "multipart/form-data", ILLEGIBLE),
    ],
)
def test_form_that_cannot_be_read_is_answered_by_our_page(client, settings, body, kind, answer):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE, settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 100, 3
    status, title = answer
    for debug in (True, False):
        settings.DEBUG = debug

        response = client.post(reverse("account_login"), body, content_type=kind)

        assert response.status_code == status
        assert f'<h1 class="kern-heading-large">{title}</h1>' in response.text


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
    response = Client().get(reverse("theme"), headers={"Accept": "*/*"})

    assert (response.status_code, response.content) == (405, b"")


@pytest.mark.django_db
def test_the_pages_own_script_is_told_of_a_refusal_in_a_sentence(client):
    script = {"Accept": "application/json"}
    client.force_login(make_user())

    wrong_method = client.get(reverse("theme"), headers=script)
    unknown = client.post(reverse("applications:section", args=[UUID(int=1), "s1"]), headers=script)

    assert (wrong_method.status_code, wrong_method.json()["state"]) == (405, "denied")
    assert wrong_method.json()["sentence"] == "Diese Seite ist veraltet. Bitte öffnen Sie sie neu."
    assert (unknown.status_code, unknown.json()["state"]) == (404, "denied")
    assert unknown.json()["sentence"].startswith("Diese Seite gibt es für Sie nicht mehr, zum Beispiel weil")


@pytest.mark.django_db
def test_the_pages_own_script_is_told_of_an_outdated_token_in_a_sentence():
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user())

    response = client.post(reverse("dashboard"), headers={"Accept": "application/json"})

    assert (response.status_code, response.json()["state"]) == (403, "denied")
    assert response.json()["sentence"].startswith("Die Seite war zu lange offen.")


@pytest.mark.django_db
def test_pages_of_somebody_logged_in_stay_in_no_cache(client):
    assert "no-store" not in client.get(reverse("home")).get("Cache-Control", "")
    client.force_login(make_user())

    pages = [client.get(reverse(name)) for name in ("dashboard", "accounts:profile", "impressum")]
    missing = client.get("/gibt-es-nicht/")

    assert {page.get("Cache-Control") for page in [*pages, missing]} == {"private, no-store"}


@override_settings(DEBUG=False, ALLOWED_HOSTS=["testserver"])
def test_a_foreign_host_is_one_line_in_the_log():
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(logs.Careful())
    logger = logging.getLogger("django.security.DisallowedHost")
    logger.addHandler(handler)
    try:
        answer = Client().get("/", headers={"host": "fremd.example"})
    finally:
        logger.removeHandler(handler)

    assert answer.status_code == 400
    assert len(stream.getvalue().splitlines()) == 1
    assert "fremd.example" in stream.getvalue()
