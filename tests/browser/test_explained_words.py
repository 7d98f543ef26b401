"""A hard word in a help is explained in place, by keyboard and by touch; without scripts it leads to the glossary and back."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from calls.examples import make_example
from calls.reference import load_calls
from tests.builders import day, make_application, make_cohort, make_organiser, make_team, make_user, make_workshop

PHONE = {"width": 360, "height": 640}


@pytest.fixture
def amina(live_server):
    return make_user()


@pytest.fixture
def address(amina):
    """The page of Amina's goals, whose help has many hard words."""
    example = {"slug": "beispiel", "year": day().year + 1, "open_from": day(-30), "deadline": day(120)}
    call = make_example(load_calls()[-1].call, checked_on=day(), **example)
    cohort = make_cohort(make_organiser(make_user("Doris", "Lang")), call)
    make_workshop(cohort)
    application = make_application(make_team(cohort, amina))
    return reverse("applications:section", args=[application.pk, "s5"])


def open_help(page: Page, address: str) -> None:
    page.goto(address)
    page.locator("summary", has_text="Worum geht es?").press("Enter")


def test_a_word_is_explained_in_place(window, amina, address, eyes):
    page = window(amina, viewport=PHONE)
    open_help(page, address)
    word = page.get_by_role("link", name="Indikator", exact=True).first
    word.press("Enter")
    explanation = page.get_by_role("dialog", name="Indikator")
    expect(explanation).to_be_focused()
    expect(explanation).to_contain_text("ob ein Ziel erreicht ist")
    box = explanation.bounding_box()
    free = page.evaluate("document.documentElement.offsetWidth") - box["width"]
    assert 0 < box["x"] <= free - 15  # as much room on the other side
    eyes.look(page, "an explanation")
    page.keyboard.press("Escape")
    expect(explanation).to_have_count(0)
    expect(word).to_be_focused()
    word.click()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(explanation.get_by_role("button", name="Schließen")).to_be_focused()
    page.keyboard.press("Tab")
    expect(explanation).to_have_count(0)
    word.click()
    page.get_by_role("heading", level=1).click()
    expect(explanation).to_have_count(0)


def test_without_scripts_a_word_leads_to_the_glossary_and_back(window, amina, address):
    page = window(amina, viewport=PHONE, java_script_enabled=False)
    open_help(page, address)
    page.get_by_role("link", name="Indikator", exact=True).first.click()
    assert page.url.endswith("/glossar/#indikator")
    page.get_by_role("link", name="Zurück zu der Seite, von der Sie kommen").click()
    assert page.url.endswith(address)
