"""The pages every public site has: seeded once, then staff's own, and never deployed half written."""

import re

import pytest
from django.contrib.flatpages.models import FlatPage
from django.core.checks import run_checks
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import DatabaseError

from schmiede.site_pages import FOLDER, PAGES, PLACEHOLDER, ensure_pages
from schmiede.system_checks import site_pages_are_written

pytestmark = pytest.mark.django_db


def finish_writing():
    ensure_pages()
    FlatPage.objects.filter(content__contains=PLACEHOLDER).update(content="<p>Fertig geschrieben.</p>")


def test_missing_pages_are_made_once():
    assert ensure_pages() == list(PAGES)
    assert ensure_pages() == []
    assert FlatPage.objects.count() == len(PAGES)


def test_page_that_staff_wrote_is_never_touched():
    ensure_pages()
    FlatPage.objects.filter(url="/impressum/").update(content="<p>Unser Impressum</p>")
    FlatPage.objects.filter(url="/datenschutz/").delete()
    assert ensure_pages() == ["/datenschutz/"]
    assert FlatPage.objects.get(url="/impressum/").content == "<p>Unser Impressum</p>"


@pytest.mark.parametrize("url", PAGES)
def test_everybody_reads_the_page(client, url):
    ensure_pages()
    response = client.get(url)
    assert response.status_code == 200
    assert f'<h1 class="kern-heading-large">{PAGES[url]}</h1>' in response.text


def test_barrier_can_be_reported_to_the_address_of_the_setting(client, settings):
    settings.BARRIER_EMAIL = "hilfe@example.org"
    ensure_pages()
    assert 'href="mailto:hilfe@example.org?subject=Barriere%20im%20Portal' in client.get("/barrierefreiheit/").text
    assert "mailto:" not in client.get("/impressum/").text


def test_statement_on_accessibility_says_what_was_not_tried():
    text = (FOLDER / "barrierefreiheit.html").read_text(encoding="utf-8")
    for said in (
        "Vorleseprogrammen (Screenreadern) steht noch aus",
        "nur einen Teil geprüft",
        "nur einen Teil der Barrieren",
    ):
        assert said in text
    assert re.findall(r"Alle Seiten werden|Jede Seite|bei jeder Änderung", text) == []


def test_only_what_the_operator_must_say_is_a_placeholder():
    marked = [url for url in PAGES if PLACEHOLDER in (FOLDER / f"{url.strip('/')}.html").read_text(encoding="utf-8")]
    assert marked == ["/impressum/", "/datenschutz/"]


def test_deployment_fails_while_a_placeholder_stands():
    ensure_pages()
    assert [error.id for error in site_pages_are_written(None)] == ["schmiede.E002", "schmiede.E002"]
    finish_writing()
    assert site_pages_are_written(None) == []


def test_deployment_fails_while_a_page_is_missing():
    finish_writing()
    FlatPage.objects.get(url="/leichte-sprache/").delete()
    (error,) = site_pages_are_written(None)
    assert (error.id, "/leichte-sprache/" in error.msg) == ("schmiede.E001", True)


def test_check_runs_only_for_deployment():
    ensure_pages()
    ours = {error.id for error in run_checks(include_deployment_checks=True)} & {"schmiede.E002"}
    assert ours == {"schmiede.E002"}
    assert "schmiede.E002" not in {error.id for error in run_checks()}


def test_command_for_deployment_fails_until_the_pages_are_written(settings, capsys, monkeypatch):
    """As production calls it, with a database that has its tables; `make check` has none, but production's settings."""
    monkeypatch.delenv("DJANGO_ALLOW_ASYNC_UNSAFE", raising=False)  # the browser tests set it
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend"}}
    settings.CACHES = {"default": {"BACKEND": "core.caches.ProtectedCache", "LOCATION": "portal_cache"}}
    call_command("createcachetable", verbosity=0)
    ensure_pages()
    with pytest.raises(SystemCheckError, match=r"schmiede\.E002"):
        call_command("check", "--deploy", "--fail-level", "ERROR")
    finish_writing()
    call_command("check", "--deploy", "--fail-level", "ERROR")
    assert "schmiede." not in capsys.readouterr().err


def test_before_the_first_migration_there_is_nothing_to_say(monkeypatch):
    def no_table(*args, **kwargs):
        raise DatabaseError

    monkeypatch.setattr(FlatPage.objects, "filter", no_table)
    assert site_pages_are_written(None) == []
