"""An answer that will not change ends the attempts, says why, and leaves the words where they can be copied."""

# ruff: noqa: F811  fixtures that are imported are found by their names

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from applications.reviews.models import Review
from applications.writing.models import Application
from tests.browser.eyes import SMALL, Eyes
from tests.browser.test_autosave import (  # noqa: F401  as above
    SAVED,
    amina,
    application,
    area,
    jonas,
    login_expired,
    open_as,
    state,
    text_of,
)
from tests.browser.test_kept_words import read_by_carla

WORDS = "Dieser Satz bleibt."


def becomes_reader(application, jonas):
    application.team.members.filter(user=jonas).update(role="reader")


def leaves_the_team(application, jonas):
    application.team.members.filter(user=jonas).update(left_on=timezone.localdate())


def returns(application, jonas):
    application.team.members.filter(user=jonas).update(role="writer", left_on=None)


def count_saves(page):
    saves = []
    page.on("request", lambda request: saves.append(request) if is_save(request) else None)
    return saves


def is_save(request):
    return request.method == "POST" and re.search(r"/abschnitte/s\d+/$|/merken/$", request.url) is not None


@pytest.mark.parametrize(
    "happens",
    [
        (becomes_reader, "Sie können hier nur noch lesen, nicht mehr schreiben."),
        (leaves_the_team, "Diese Seite gibt es für Sie nicht mehr, zum Beispiel weil Sie nicht mehr zum Team gehören."),
    ],
)
def test_somebody_who_may_write_no_more_is_told_so_and_copies_the_words(
    open_as,
    jonas,
    application,
    console_errors,
    happens,
):
    change, why = happens
    page = open_as(jonas, viewport=SMALL, permissions=["clipboard-read", "clipboard-write"])
    change(application, jonas)
    saves = count_saves(page)
    area(page).fill(WORDS)

    expect(state(page)).to_contain_text(f"nicht gespeichert: {why}")
    box = page.locator("[data-not-taken]")
    expect(box.locator("[data-not-taken-text]")).to_have_text(WORDS)
    box.get_by_role("button", name="Text kopieren").click()
    expect(box.get_by_text("Kopiert.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == WORDS
    area(page).press_sequentially(" Und dieser.")
    page.evaluate("() => { window.dispatchEvent(new Event('online')); }")
    page.evaluate("() => { document.dispatchEvent(new Event('visibilitychange')); }")
    page.wait_for_timeout(4000)
    assert len(saves) == 1
    expect(box.locator("[data-not-taken-text]")).to_have_text(f"{WORDS} Und dieser.")
    assert page.evaluate("Object.values(localStorage).join()").count(f"{WORDS} Und dieser.") == 2  # as pair and as text
    console_errors.clear()  # the browser notes every refused request
    eyes = Eyes(console_errors)
    eyes.look(page, "refused for good")
    assert eyes.problems == []

    returns(application, jonas)
    box.get_by_role("button", name="Noch einmal versuchen").click()
    expect(state(page)).to_have_text(SAVED)
    expect(box).to_be_hidden()
    assert text_of(application) == f"{WORDS} Und dieser."


def buttons_that_send(page):
    """What is offered that would send the form, wherever on the page it stands."""
    return page.locator(":is(#abschnitt [type=submit], #lesung [type=submit], [form=lesung][type=submit]):visible")


@pytest.mark.parametrize("key", ["s1", "s7", "s17"])
def test_what_can_only_be_refused_is_offered_no_more(open_as, jonas, application, console_errors, key):
    page = open_as(jonas)
    page.goto(reverse("applications:section", args=[application.pk, key]))
    offered = buttons_that_send(page).count()
    becomes_reader(application, jonas)
    page.get_by_role("button", name="Zur Rückmeldung abgeben").click()
    expect(state(page)).to_contain_text("Sie können hier nur noch lesen")
    expect(buttons_that_send(page)).to_have_count(0)
    expect(page.locator("[data-not-taken] section")).to_be_focused()

    returns(application, jonas)
    page.get_by_role("button", name="Noch einmal versuchen").click()
    expect(page.locator("[data-not-taken]")).to_be_hidden()
    expect(buttons_that_send(page)).to_have_count(offered)
    page.get_by_role("button", name="Zur Rückmeldung abgeben").click()
    page.wait_for_url("**/abgeben/**")
    console_errors.clear()


def test_a_late_save_after_giving_back_says_so_and_offers_no_button(window, application, amina, console_errors):
    carla = read_by_carla(application, amina)
    review = Review.objects.get()
    page = window(carla)
    page.goto(review.get_absolute_url())
    verdicts = {review.items.get().pk: "accepted"}
    review.give_back(by=carla, verdicts=verdicts, summary="", again_by=None)  # in another window
    page.locator("#neu-text").fill("Wer genau?")

    expect(state(page)).to_contain_text("nicht gespeichert: Diese Abgabe ist schon zurückgegeben.")
    expect(buttons_that_send(page)).to_have_count(0)
    expect(page.locator("[data-not-taken-text]")).to_have_text("Wer genau?")
    console_errors.clear()


def test_a_button_that_is_refused_for_good_stays_on_the_page(open_as, jonas, application, console_errors):
    page = open_as(jonas)
    page.goto(reverse("applications:section", args=[application.pk, "s7"]))
    becomes_reader(application, jonas)
    page.get_by_label("Maßnahme", exact=True).fill("Kochen")
    page.get_by_role("button", name="Speichern", exact=True).click()
    expect(state(page)).to_contain_text("Sie können hier nur noch lesen")
    expect(page.locator("[data-not-taken-text]")).to_have_text("Kochen")
    expect(page.get_by_label("Maßnahme", exact=True)).to_have_value("Kochen")
    console_errors.clear()


@pytest.mark.parametrize("status", [200, 403, 404, 405, 410])
def test_what_is_no_answer_of_the_portal_ends_the_attempts(open_as, amina, application, console_errors, status):
    page = open_as(amina)
    page.route(
        "**/abschnitte/s1/",
        lambda route: (
            route.fulfill(status=status, content_type="text/html", body="<h1>Willkommen im WLAN des Hotels</h1>")
            if route.request.method == "POST"
            else route.fallback()
        ),
    )
    saves = count_saves(page)
    area(page).fill(WORDS)
    expect(state(page)).to_contain_text("Geantwortet hat nicht das Portal")
    page.wait_for_timeout(3000)
    assert len(saves) == 1
    page.unroute_all()
    page.get_by_role("button", name="Noch einmal versuchen").click()
    expect(state(page)).to_have_text(SAVED)
    assert text_of(application) == WORDS
    console_errors.clear()


def test_what_a_proxy_finds_too_long_is_left_to_be_copied(open_as, amina, console_errors):
    page = open_as(amina)
    page.route(
        "**/abschnitte/s1/",
        lambda route: route.fulfill(status=413, body="") if route.request.method == "POST" else route.fallback(),
    )
    area(page).fill(WORDS)
    expect(state(page)).to_contain_text("So viel auf einmal nimmt der Server nicht an.")
    expect(page.locator("[data-not-taken-text]")).to_have_text(WORDS)
    expect(page.get_by_role("button", name="Noch einmal versuchen")).to_be_visible()
    console_errors.clear()


def test_a_redirect_elsewhere_is_no_answer_of_the_portal(open_as, amina, console_errors):
    page = open_as(amina)
    page.route(
        "**/abschnitte/s1/",
        lambda route: (
            route.fulfill(status=302, headers={"Location": "https://wlan.example.org/"})
            if route.request.method == "POST"
            else route.fallback()
        ),
    )
    area(page).fill(WORDS)
    expect(state(page)).to_contain_text("Geantwortet hat nicht das Portal")
    console_errors.clear()


def test_a_withdrawn_application_says_so_and_keeps_the_words(open_as, jonas, application, console_errors):
    page = open_as(jonas)
    Application.objects.update(status=Application.Status.WITHDRAWN, withdrawn_at=timezone.now())
    saves = count_saves(page)
    area(page).fill(WORDS)
    expect(state(page)).to_contain_text(
        "nicht gespeichert: Das Vorhaben ist zurückgezogen und wird nicht mehr geschrieben"
    )
    area(page).press_sequentially(" Mehr.")
    page.wait_for_timeout(2000)
    assert len(saves) == 1
    page.get_by_role("button", name="Noch einmal versuchen").click()
    expect(page.locator("[data-not-taken-text]")).to_have_text(f"{WORDS} Mehr.")
    expect(area(page)).to_have_value(f"{WORDS} Mehr.")
    console_errors.clear()


def test_a_lost_cookie_says_how_to_go_on(open_as, amina, application, console_errors):
    page = open_as(amina)
    page.context.clear_cookies(name="csrftoken")
    area(page).fill(WORDS)
    expect(state(page)).to_contain_text("Bitte öffnen Sie das Portal in einem zweiten Fenster")
    second = page.context.new_page()
    second.goto("/uebersicht/")
    page.get_by_role("button", name="Noch einmal versuchen").click()
    expect(state(page)).to_have_text(SAVED)
    assert text_of(application) == WORDS
    console_errors.clear()


def test_a_coach_who_reads_no_more_is_told_so_and_copies_the_words(window, application, amina, console_errors):
    carla = read_by_carla(application, amina)
    review = Review.objects.get()
    page = window(carla, permissions=["clipboard-read", "clipboard-write"])
    page.goto(review.get_absolute_url())
    review.release(by=carla)  # in another window
    saves = count_saves(page)
    page.locator("#neu-text").fill("Wer genau?")

    expect(state(page)).to_contain_text("nicht gespeichert: Anmerken können Sie nur, was Sie gerade lesen.")
    page.locator("#neu-text").press_sequentially(" Und wann?")
    page.wait_for_timeout(3000)
    assert len(saves) == 1
    box = page.locator("[data-not-taken]")
    box.get_by_role("button", name="Text kopieren").click()
    expect(box.get_by_text("Kopiert.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "Wer genau? Und wann?"
    with page.expect_response("**/merken/"):
        box.get_by_role("button", name="Noch einmal versuchen").click()
    expect(state(page)).to_contain_text("nicht gespeichert: Anmerken können Sie nur")
    expect(page.locator("#neu-text")).to_have_value("Wer genau? Und wann?")
    Review.objects.get().take(by=carla)
    box.get_by_role("button", name="Noch einmal versuchen").click()
    expect(state(page)).to_contain_text("Begonnenes gespeichert um")
    expect(box).to_be_hidden()
    console_errors.clear()


def test_the_login_in_place_says_when_it_goes_nowhere(open_as, amina, console_errors):
    page = open_as(amina)
    login_expired(page)
    page.route("**/konto/login/", lambda route: route.fulfill(status=403, content_type="text/html", body="Nein"))
    area(page).fill(WORDS)
    dialog = page.get_by_role("dialog", name="Bitte loggen Sie sich wieder ein")
    dialog.get_by_label("Passwort").fill("egal")
    dialog.get_by_role("button", name="Einloggen und speichern").click()
    expect(dialog.get_by_role("alert")).to_have_text(
        "Von hier aus geht es gerade nicht. Bitte loggen Sie sich in einem zweiten Fenster ein."
    )
    dialog.get_by_role("button", name="Später").click()
    page.wait_for_timeout(3000)  # the next attempt fails, too
    expect(dialog).to_be_hidden()
    expect(state(page).get_by_role("link", name="In einem zweiten Fenster einloggen")).to_be_visible()
    console_errors.clear()


def test_a_page_whose_team_was_left_is_asked_about_no_more(open_as, jonas, application, console_errors):
    page = open_as(jonas)
    leaves_the_team(application, jonas)
    beats = []
    page.on("request", lambda request: beats.append(request) if request.url.endswith("/da/") else None)
    page.clock.install()
    with page.expect_event("requestfinished", lambda request: request.url.endswith("/da/")):
        page.evaluate("() => { document.dispatchEvent(new Event('visibilitychange')); }")
    page.wait_for_timeout(500)  # the page has read the answer
    page.clock.run_for(120_000)
    page.wait_for_timeout(300)
    assert len(beats) == 1
    console_errors.clear()
