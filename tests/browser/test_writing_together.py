"""Two people in one section, a login that ends while one writes, and leaving a browser that holds unsaved words."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.test_autosave import (  # noqa: F401  fixtures are found by their names
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
from tests.builders import PASSWORD, write


def test_who_else_is_there_and_what_they_saved_appears_gently(open_as, amina, jonas, application):  # noqa: F811
    write(application, "s1", "Anfang.")
    mine = open_as(amina)
    theirs = open_as(jonas)
    expect(theirs.locator("[data-others]")).to_have_text("Amina Haddad hat diesen Abschnitt auch gerade offen.")
    area(theirs).fill("Anfang. Von Jonas.")
    expect(state(theirs)).to_have_text(SAVED)

    area(mine).focus()  # under the cursor nothing changes by itself
    mine.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(mine.locator("[data-newer]")).to_contain_text("Jonas Petersen hat um")
    expect(area(mine)).to_have_value("Anfang.")
    mine.get_by_role("button", name="Jetzt zeigen").click()
    expect(area(mine)).to_have_value("Anfang. Von Jonas.")

    area(mine).fill("Anfang. Von Jonas. Und von Amina.")
    expect(state(mine)).to_have_text(SAVED)
    assert text_of(application) == "Anfang. Von Jonas. Und von Amina."


@pytest.mark.parametrize("width", [320, 1280])
def test_who_comes_moves_nothing_under_the_finger(open_as, amina, jonas, width):  # noqa: F811
    places = []
    mine = open_as(amina, viewport={"width": width, "height": 700})
    for there in ("", "Jonas Petersen hat diesen Abschnitt auch gerade offen."):
        if there:
            open_as(jonas)
            mine.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        expect(mine.locator("[data-others]")).to_have_text(there)
        mine.wait_for_load_state("networkidle")
        places.append(
            [area(mine).bounding_box()["y"], mine.get_by_role("button", name="Speichern").bounding_box()["y"]]
        )
    assert places[0] == places[1]


def test_the_first_answer_moves_nothing_either(open_as, amina, jonas, live_server):  # noqa: F811
    page = open_as(amina)
    held = []
    page.route("**/abschnitte/s1/da/", lambda route: held.append(route))  # noqa: PLW0108  Playwright marks the function
    page.reload(wait_until="load")
    before = area(page).bounding_box()
    with page.expect_response("**/abschnitte/s1/da/"):
        held[0].continue_()
    page.wait_for_timeout(200)
    assert area(page).bounding_box() == before


def test_an_expired_login_is_asked_for_in_place(open_as, amina, application, console_errors):  # noqa: F811
    page = open_as(amina)
    login_expired(page)
    area(page).type("Mitten im Satz")

    dialog = page.get_by_role("dialog", name="Bitte loggen Sie sich wieder ein")
    expect(dialog.get_by_label("E-Mail-Adresse")).to_have_value("amina@example.org")
    dialog.get_by_label("Passwort").fill("falsch")
    dialog.get_by_role("button", name="Einloggen und speichern").click()
    expect(dialog.get_by_role("alert")).not_to_be_empty()
    dialog.get_by_label("Passwort").fill(PASSWORD)
    dialog.get_by_role("button", name="Einloggen und speichern").click()

    expect(state(page)).to_have_text(SAVED)
    expect(dialog).to_be_hidden()
    assert text_of(application) == "Mitten im Satz"
    console_errors.clear()  # the browser notes every refused request


def test_logging_out_asks_about_what_was_never_saved(open_as, amina, application, console_errors):  # noqa: F811
    page = open_as(amina)
    page.route("**/abschnitte/s1/", lambda route: route.abort() if route.request.method == "POST" else route.fallback())
    area(page).type("Nicht angekommen.")
    page.wait_for_timeout(1500)
    other = page.context.new_page()
    other.goto("/uebersicht/")
    other.locator(".menu--account summary").click()
    other.get_by_role("button", name="Ausloggen").click()
    dialog = other.get_by_role("dialog")
    expect(dialog.get_by_role("link")).to_have_text("Kurzbeschreibung – Projektschmiede")
    dialog.get_by_role("button", name="Hier bleiben").click()
    expect(dialog).to_be_hidden()
    other.locator(".menu--account summary").click()
    if not other.get_by_role("button", name="Ausloggen").is_visible():
        other.locator(".menu--account summary").click()
    other.get_by_role("button", name="Ausloggen").click()
    dialog.get_by_role("button", name="Löschen und ausloggen").click()
    expect(other.get_by_role("link", name="Einloggen").first).to_be_visible()
    assert other.evaluate("localStorage.length") == 0
    console_errors.clear()
