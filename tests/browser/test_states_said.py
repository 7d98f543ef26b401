"""What a page says is so: when it is loaded again, when a change is undone, and to those who listen."""

# ruff: noqa: F811  fixtures that are imported are found by their names

from __future__ import annotations

import re

from django.urls import reverse
from playwright.sync_api import expect

from applications.reviews.models import BegunComment
from tests.browser.test_autosave import (  # noqa: F401  as above
    FAILED,
    SAVED,
    amina,
    application,
    area,
    jonas,
    open_as,
    server_down,
    state,
    text_of,
)
from tests.browser.test_kept_words import read_by_carla
from tests.builders import write

# As a browser does that puts a field back to what it held before: after the scripts of the page, before it is shown.
PUT_BACK = """(() => document.addEventListener("DOMContentLoaded", () => {
    const field = document.querySelector("[data-writing] textarea");
    if (field && sessionStorage.field) field.value = sessionStorage.field;
}))()"""
# Everything a screen reader is told: each change inside a live region.
LISTEN = """(() => {
    window.heard = [];
    const live = "[aria-live], [role=status], [role=alert], [role=log], output";
    new MutationObserver((changes) => {
        const regions = new Set(changes.map(({ target }) => (target.closest ? target : target.parentElement).closest(live)));
        for (const region of regions) if (region?.textContent.trim()) window.heard.push(region.textContent.trim());
    }).observe(document, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ["hidden"] });
})()"""


def heard(page):
    return page.evaluate("window.heard")


def test_a_reload_within_a_second_of_typing_says_no_saved_over_unsaved_words(
    open_as, amina, application, console_errors
):
    write(application, "s1", "Anfang.", by=amina)
    page = open_as(amina)
    page.add_init_script(PUT_BACK)
    page.on("dialog", lambda dialog: dialog.accept())
    server_down(page)  # what a page sends while it closes does not arrive
    area(page).press("End")
    area(page).press_sequentially(" Neu.")
    page.evaluate("() => { sessionStorage.field = 'Anfang. Neu.'; }")
    page.reload()

    expect(area(page)).to_have_value("Anfang. Neu.")
    expect(state(page)).to_have_text(FAILED)
    expect(page.locator("[data-length]")).to_have_text("12")
    expect(page.locator("[data-kept-text]")).to_have_count(0)  # it stands there
    page.unroute_all()
    expect(state(page)).to_have_text(SAVED, timeout=30_000)
    assert text_of(application) == "Anfang. Neu."
    assert page.evaluate("localStorage.length") == 0
    console_errors.clear()  # the browser notes what it could not send


def test_a_text_put_back_by_the_browser_is_joined_with_what_was_written_meanwhile(
    open_as,
    amina,
    jonas,
    application,
    console_errors,
):
    write(application, "s1", "Anfang. Mitte. Ende.", by=amina)
    page = open_as(amina)
    page.add_init_script(PUT_BACK)
    page.on("dialog", lambda dialog: dialog.accept())
    server_down(page)
    area(page).fill("Anfang von Amina. Mitte. Ende.")
    page.evaluate("() => { sessionStorage.field = 'Anfang von Amina. Mitte. Ende.'; }")
    write(application, "s1", "Anfang. Mitte. Ende von Jonas.", by=jonas)
    page.reload()
    page.unroute_all()
    expect(state(page)).to_contain_text("gespeichert um", timeout=30_000)
    assert text_of(application) == "Anfang von Amina. Mitte. Ende von Jonas."
    console_errors.clear()


def test_coming_back_to_a_review_begins_no_comment_that_was_saved(window, application, amina):
    carla = read_by_carla(application, amina)
    page = window(carla)
    page.goto(application.reviews.get().get_absolute_url())
    page.locator("#neu-kind").select_option("question")
    page.locator("#neu-text").fill("Wer genau?")
    page.get_by_role("button", name="Anmerkung speichern").click()
    expect(page.get_by_text("Die Anmerkung ist gespeichert.")).to_be_visible()
    page.go_back()
    expect(page.locator("#neu-text")).to_have_value("")
    page.wait_for_timeout(2500)
    assert not BegunComment.objects.exists()


def test_a_change_that_is_undone_is_saved_as_before(open_as, amina, application):
    write(application, "s1", "Anfang.", by=amina)
    page = open_as(amina)
    before = state(page).inner_text()
    area(page).press("End")
    page.keyboard.type("x")
    expect(state(page)).to_have_text("wird gespeichert …")
    page.keyboard.press("Backspace")
    expect(state(page)).to_have_text(before)
    page.wait_for_timeout(2000)
    assert application.drafts.get(key="s1").version == 1
    assert page.evaluate("localStorage.length") == 0


def test_the_stage_follows_the_first_save(open_as, amina, application):
    page = open_as(amina, viewport={"width": 1280, "height": 900})
    states = page.locator("[data-state]")
    expect(states).to_have_text(["noch nicht begonnen"] * 2)
    area(page).fill("Guten Tag.")
    expect(states).to_have_text(["in Arbeit"] * 2)
    expect(states.first).to_have_class("state state--writing state--strong")
    expect(page.get_by_role("link", name="Kurzbeschreibung in Arbeit")).to_have_attribute("aria-current", "page")
    written = page.get_by_role("region").get_by_text(re.compile(r"Zuletzt geschrieben: Amina Haddad, heute um"))
    expect(written).to_be_visible()
    page.reload()
    expect(states).to_have_text(["in Arbeit"] * 2)


def test_the_stage_follows_what_somebody_else_saves(open_as, amina, jonas, application):
    page = open_as(amina)
    write(application, "s1", "Von Jonas.", by=jonas)
    page.evaluate("() => { document.dispatchEvent(new Event('visibilitychange')); }")
    expect(page.locator("[data-state]").first).to_have_text("in Arbeit")


def test_what_was_long_comes_back_with_one_press_after_it_was_saved_again(open_as, amina, application):
    write(application, "s1", "Wir kochen jede Woche. " * 20, by=amina)
    write(application, "s1", "x", by=amina)
    page = open_as(amina)
    area(page).fill("xy")
    expect(state(page)).to_have_text(SAVED)
    page.get_by_role("button", name="Den Text von vorher zurückholen").click()
    expect(page.locator(".messages")).to_be_visible()
    assert text_of(application).startswith("Wir kochen jede Woche.")


def test_the_switch_of_the_keys_shows_what_is_stored(window, application, amina):
    carla = read_by_carla(application, amina)
    page = window(carla)
    page.add_init_script("""(() => document.addEventListener("DOMContentLoaded", () => {
        const off = document.querySelector("[data-keys-off]");
        if (off) off.checked = true;
    }))()""")
    page.goto(reverse("reviews:queue"))
    page.keyboard.press("?")
    expect(page.get_by_label("Einzelne Tasten in diesem Browser abschalten")).not_to_be_checked()


# What is heard


def test_typing_and_saving_is_heard_once(open_as, amina):
    page = open_as(amina)
    page.evaluate(LISTEN)
    for sentence in ("Eins.", " Zwei.", " Drei."):
        area(page).press_sequentially(sentence)
        expect(state(page)).to_have_text(SAVED)
    assert heard(page) == ["gespeichert"]


def test_a_fault_that_lasts_is_heard_once_and_that_it_is_over(open_as, amina, console_errors):
    page = open_as(amina)
    page.evaluate(LISTEN)
    server_down(page)
    for sentence in ("Eins.", " Zwei.", " Drei."):
        area(page).press_sequentially(sentence)
        page.wait_for_timeout(2500)
    page.unroute_all()
    expect(state(page)).to_have_text(SAVED, timeout=30_000)
    area(page).press_sequentially(" Vier.")
    expect(state(page)).to_have_text(SAVED)
    assert heard(page) == ["nicht gespeichert, wir versuchen es weiter", "wieder gespeichert"]
    console_errors.clear()


def test_who_comes_and_goes_and_comes_again_is_heard_once(open_as, amina, jonas):
    page = open_as(amina)
    page.wait_for_load_state("networkidle")  # the page's own first question is answered
    page.evaluate(LISTEN)
    answers = [["Jonas Petersen"], [], ["Jonas Petersen"], []]
    page.route(
        "**/da/",
        lambda route: route.fulfill(json={"state": "here", "others": answers.pop(0) if answers else [], "version": 0}),
    )
    others = page.locator("[data-others]")
    for there in ("Jonas Petersen hat diesen Abschnitt auch gerade offen.", "") * 2:
        page.evaluate("() => { document.dispatchEvent(new Event('visibilitychange')); }")
        expect(others).to_have_text(there)
    assert heard(page) == ["Jonas Petersen hat diesen Abschnitt auch gerade offen."]


def test_somebody_who_saves_again_and_again_is_heard_once(open_as, amina, jonas, application):
    page = open_as(amina)
    area(page).focus()
    page.evaluate(LISTEN)
    for text in ("Eins.", "Eins. Zwei.", "Eins. Zwei. Drei."):
        version = write(application, "s1", text, by=jonas).version
        with page.expect_response("**/da/"):
            page.evaluate("() => { document.dispatchEvent(new Event('visibilitychange')); }")
        expect(page.locator("[data-newer]")).to_contain_text("Jonas Petersen hat um")
    assert version == 3
    assert len(heard(page)) == 1
    assert heard(page)[0].startswith("Jonas Petersen hat um")


def test_what_a_coach_begins_is_heard_once(window, application, amina):
    carla = read_by_carla(application, amina)
    page = window(carla)
    page.goto(application.reviews.get().get_absolute_url())
    page.evaluate(LISTEN)
    for sentence in ("Wer?", " Wann?", " Wo?"):
        with page.expect_response("**/merken/"):
            page.locator("#neu-text").press_sequentially(sentence)
        expect(state(page)).to_contain_text("Begonnenes gespeichert um")
    assert heard(page) == ["gespeichert"]
