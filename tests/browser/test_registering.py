"""Registering in a browser: the counter beneath the idea, and going back after sending."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from cohorts.models import Registration
from tests.browser.test_guard import register
from tests.builders import make_cohort, make_organiser, make_user, window


@pytest.fixture
def page(new_context, live_server):
    make_cohort(make_organiser(make_user("Doris")), slug="harz", **window())
    page = new_context(base_url=live_server.url).new_page()
    page.goto("/projektschmieden/harz/anmelden/")
    return page


def test_the_counter_counts_what_people_see(page):
    idea, counter = page.locator("[name=idea]"), page.locator("[data-count]")

    for words, length in [("Wir singen. ", "11"), ("🇩🇪👍🏽e\N{COMBINING ACUTE ACCENT}", "3"), ("ح" * 1500, "1.500")]:
        idea.fill(words)
        expect(counter.locator("[data-length]")).to_have_text(length)
        expect(counter.locator("[data-over]")).to_be_hidden()
    idea.fill("ح" * 1501)

    expect(counter.locator("[data-length]")).to_have_text("1.501")
    expect(counter.locator("[data-over]")).to_be_visible()


def test_going_back_and_sending_again_makes_one_registration(page):
    register(page)
    page.locator("[name=email_1]").fill("heike@müller-chor.example.org")
    for _ in range(2):
        page.get_by_role("button", name="Anmeldung abschicken").click()
        page.wait_for_url("**/anmelden/abgeschickt/")
        page.go_back()
        expect(page.locator("[name=idea]")).to_have_value("Wir singen mit allen im Viertel.")

    registration = Registration.objects.get()
    assert [person.email for person in registration.persons.all()] == ["heike@müller-chor.example.org"]
