"""What comes out of the printer when somebody prints a page: the text, and nothing that only some may read."""

from __future__ import annotations

import io

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from tests.access_table import TABLE
from tests.access_world import PEOPLE, AccessWorld, arguments
from tests.browser.test_accessibility import ADMIN, NO_PAGES
from tests.builders import log_in, write

# Words of the access world that are on a page for somebody, and on no paper.
PRIVATE = {
    "Sanddorn": "the team's note",
    "Berberitze": "a comment that is not given yet",
    "Mehlbeere": "a comment begun",
    "Elsbeere": "an organiser's note on a registration",
}
LINES = [f"Satz {number}: Wir kochen mit Nachbarinnen und Nachbarn." for number in range(120)]


@pytest.fixture
def world():
    return AccessWorld()


def addresses(world, person):
    for name, (method, signs) in TABLE.items():
        sees = dict(zip(PEOPLE, signs.split(), strict=True))[person] == "o"
        if method == "GET" and sees and name not in NO_PAGES and not name.startswith("admin:"):
            yield reverse(name, kwargs=arguments(name, world))
    yield from (reverse(f"admin:{name}", kwargs=arguments(f"admin:{name}", world)) for name in ADMIN.get(person, ()))


def paper(page):
    """The words on the sheets."""
    sheets = PdfReader(io.BytesIO(page.pdf(format="A4"))).pages
    return " ".join(" ".join(sheet.extract_text() for sheet in sheets).split())


@pytest.mark.parametrize("javascript", [True, False])
@pytest.mark.parametrize("person", ["amina", "carla", "doris"])
def test_what_is_private_is_on_no_paper(person, javascript, world, window):
    user = getattr(world, person)
    client = log_in(Client(), user)
    holding = []
    for address in addresses(world, person):
        html = client.get(address, follow=True).text
        if words := [word for word in PRIVATE if word in html]:
            holding.append((address, words))
    page = window(user, java_script_enabled=javascript)
    printed = []
    for address, words in holding:
        page.goto(address)
        text = paper(page)
        printed += [(address, word) for word in words if word in text]

    assert {word for _address, words in holding for word in words}, "Nothing private was looked at."
    assert printed == []


def test_section_is_printed_whole_with_its_title_team_version_and_day(world, window):
    write(world.application, "s1", "\n".join(LINES), by=world.amina)
    page = window(world.amina)
    page.goto(reverse("applications:section", args=[world.application.pk, "s1"]))
    text = paper(page)

    assert [line for line in LINES if line not in text] == []
    draft = world.application.drafts.get(key="s1")
    assert f"{world.application.name} · Feldahorn e. V. · Fassung {draft.version}." in text
    assert "Zuletzt geschrieben: Amina Haddad" in text
    for frame in (
        "Speichern",
        "Richtwert",
        "gespeichert um",
        "Wer kann das lesen?",
        "Notiz nur für Ihr Team",
        "Zum Inhalt",
    ):
        assert frame not in text


def test_what_is_typed_and_not_saved_is_printed_too_and_the_page_is_as_before(world, window):
    page = window(world.amina)
    page.goto(reverse("applications:section", args=[world.application.pk, "s1"]))
    page.get_by_label("Ihr Text").fill("Eben getippt.")

    assert "Eben getippt." in paper(page)
    assert page.locator(".printed").count() == 0


def test_nothing_lies_over_the_text(world, window):
    page = window(world.amina)
    page.goto(reverse("applications:section", args=[world.application.pk, "s1"]))
    page.emulate_media(media="print")

    over = page.evaluate(
        """() => [...document.querySelectorAll('main *')].filter((element) =>
            ['absolute', 'fixed', 'sticky'].includes(getComputedStyle(element).position)
            && element.getClientRects().length && !element.matches('.kern-sr-only, .kern-sr-only *')
        ).map((element) => element.className)"""
    )
    assert over == []


def test_what_a_row_says_is_printed_whole(world, window):
    page = window(world.amina)
    page.goto(reverse("applications:section", args=[world.application.pk, "s5"]))
    text = paper(page)

    assert "Stufe 4: Wissen, Fähigkeiten oder Einstellungen ändern sich (Outcome)" in text
    assert "Beim Speichern löschen" not in text
