"""What surrounds every page: theme, menus, error pages, and the page for a form that was open too long."""

import pytest
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import resolve, reverse
from django.views import defaults

from schmiede.views import csrf_failure
from tests.applications.coaching import make_world
from tests.builders import log_in


def render(template="base.html", path="/", user=None, **cookies):
    request = RequestFactory().get(path)
    request.user = user or AnonymousUser()
    request.COOKIES.update(cookies)
    return render_to_string(template, {"user": request.user}, request)


@pytest.mark.parametrize("chosen", ["light", "dark"])
def test_theme_is_kept_in_a_cookie_and_leads_back(client, chosen):
    response = client.post(reverse("theme"), {"theme": chosen, "next": "/impressum/?a=1"})
    assert (response.status_code, response.url) == (302, "/impressum/?a=1")
    assert response.cookies["theme"].value == chosen
    assert response.cookies["theme"]["httponly"]


def test_theme_as_the_device_forgets_the_choice(client):
    client.cookies["theme"] = "dark"
    assert client.post(reverse("theme"), {"theme": "auto"}).cookies["theme"]["max-age"] == 0


@pytest.mark.parametrize("address", ["https://anderswo.example/", "//anderswo.example", "javascript:alert(1)", ""])
def test_theme_never_leads_away(client, address):
    assert client.post(reverse("theme"), {"theme": "dark", "next": address}).url == "/"


def test_theme_needs_neither_login_nor_token_and_is_never_changed_by_a_link():
    client = Client(enforce_csrf_checks=True)
    assert client.post(reverse("theme"), {"theme": "dark"}).status_code == 302
    assert client.get(reverse("theme")).status_code == 405


def test_without_a_choice_the_page_follows_the_device():
    assert "data-kern-theme" not in render()
    assert 'data-kern-theme="dark"' in render(theme="dark")


def test_federal_header_line_is_off_by_default(settings):
    line = "Offizielle Website – Bundesrepublik Deutschland"
    assert line not in render()
    settings.FEDERAL_HEADER = True
    assert line in render()


def test_visitor_is_offered_the_login_and_gets_no_cookie_from_the_frame():
    html = render()
    assert reverse("account_login") in html
    assert "csrfmiddlewaretoken" not in html


@pytest.mark.parametrize(
    ("view", "status"), [("bad_request", 400), ("permission_denied", 403), ("page_not_found", 404)]
)
def test_error_pages_are_ours(rf, view, status):
    request = rf.get("/gibt-es-nicht/")
    request.user = AnonymousUser()
    response = getattr(defaults, view)(request, Exception("geheim"))
    assert response.status_code == status
    assert '<h1 class="kern-heading-large">' in response.text
    assert "geheim" not in response.text


def test_server_error_page_needs_no_context_and_no_database(rf):
    response = defaults.server_error(rf.get("/"))
    assert response.status_code == 500
    assert "Der Fehler liegt bei uns" in response.text


def test_form_open_too_long_gives_back_what_was_typed(rf):
    typed = {
        "csrfmiddlewaretoken": "abc",
        "version": "3",
        "row": "0b6c7d4e-9d52-4f3a-8a53-0c7e3c1f2a11",
        "password": "streng geheim",
        "code": "123456",
        "text": "Unser <b>Vorhaben</b>\nrichtet sich an alle.",
        "amount": "145,00",
        "postcode": "06108",
        "empty": "",
    }
    request = rf.post("/vorhaben/x/", typed, HTTP_REFERER="http://testserver/vorhaben/x/abschnitte/s4/")
    request.user = AnonymousUser()
    request.resolver_match = resolve("/konto/fortsetzen/")
    response = csrf_failure(request)
    assert response.status_code == 403
    assert "readonly>\nUnser &lt;b&gt;Vorhaben&lt;/b&gt;\nrichtet sich an alle.</textarea>" in response.text
    assert "readonly>\n145,00</textarea>" in response.text
    assert "readonly>\n06108</textarea>" in response.text
    assert response.text.count("<textarea") == 3
    assert "geheim" not in response.text
    assert 'href="http://testserver/vorhaben/x/abschnitte/s4/"' in response.text


def test_form_open_too_long_never_leads_away(rf):
    request = rf.post("/", {"text": "x" * 5}, HTTP_REFERER="https://anderswo.example/")
    request.user = AnonymousUser()
    assert "anderswo" not in csrf_failure(request).text


@pytest.mark.django_db
def test_form_without_token_is_answered_by_this_page():
    response = Client(enforce_csrf_checks=True).post(reverse("account_login"), {"login": "amina@example.org"})
    assert response.status_code == 403
    assert "Die Seite war zu lange offen" in response.text


def test_title_begins_with_the_error_where_there_is_one():
    class Form(forms.Form):
        name = forms.CharField()

    def title(form):
        html = render_to_string("base.html", {"form": form})
        return " ".join(html.split("<title>")[1].split("</title>")[0].split())

    rows = forms.formset_factory(Form)({"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0"})
    assert [title(form) for form in (Form({}), Form(), rows)] == [
        "Fehler: – Projektschmiede",
        *["– Projektschmiede"] * 2,
    ]


REFUSED = {
    "csrf_failure.html": (403, {"data": {"text": "Neu."}}),
    "413.html": (413, {"data": {}, "CONTENT_LENGTH": str(17 * 1024 * 1024)}),
    "400.html": (400, {"data": b"--x\r\nbroken", "content_type": "multipart/form-data"}),
    "applications/writing/section.html": (422, {"data": {"version": "2", "text": "Neu.\0"}}),
}


@pytest.mark.django_db
@pytest.mark.parametrize("template", REFUSED)
def test_a_page_that_refuses_what_was_sent_does_not_say_that_something_else_was_saved(template):
    """The page with the news of the save before never came: the connection was gone. It waits for the next page."""
    world = make_world()
    status, sent = REFUSED[template]
    client = log_in(Client(enforce_csrf_checks=template == "csrf_failure.html"), world.amina)
    page = reverse("applications:section", args=[world.application.pk, "s4"])
    client.get(page)
    token = client.cookies["csrftoken"].value
    client.post(page, {"version": "1", "text": "Anders.", "csrfmiddlewaretoken": token})

    refused = client.post(page, **sent)
    later = client.get(page)

    assert (refused.status_code, "Gespeichert." in refused.text) == (status, False)
    assert "Gespeichert." in later.text
