"""A form that does not save itself asks before it is left with unsent words, and never without them (static/js/guard.js)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Page, expect

from cohorts.models import Registration
from tests.access_table import TABLE
from tests.access_world import PEOPLE, AccessWorld, arguments
from tests.browser.eyes import asks
from tests.browser.test_accessibility import ADMIN
from tests.builders import make_workshop

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1"
# What a page holds that asks at all: a form with a guard.
MARKS = re.compile(r"\bdata-guard(?!-)")
STATIC = Path(settings.BASE_DIR, "static", "js")


# Safari on iPhones and iPads does not tell the page that it is being left.
WITHOUT_BEFOREUNLOAD = "window.addEventListener('beforeunload', (event) => event.stopImmediatePropagation(), true)"


@pytest.fixture
def world() -> AccessWorld:
    return AccessWorld()


@pytest.fixture
def visit(world, window, new_context, live_server):
    """Open one of the world's pages as this person."""

    def run(who: str, name: str, *, before: str = "", **options: object) -> Page:
        if who == "nobody":
            page = new_context(base_url=live_server.url, **options).new_page()
        else:
            page = window(getattr(world, who), **options)
        page.add_init_script(before)
        page.goto(name if name.startswith("/") else reverse(name, kwargs=arguments(name, world)))
        return page

    return run


def dialogs_of(page: Page, *, leave: bool) -> list[str]:
    """What the page asks, answered always the same way."""
    asked: list[str] = []

    def answer(dialog) -> None:
        asked.append(dialog.type)
        if leave:
            dialog.accept()
        else:
            dialog.dismiss()

    page.on("dialog", answer)
    return asked


def register(page: Page) -> None:
    """Fill in the registration as somebody would who forgets the address."""
    page.get_by_label("Name des Vereins").press_sequentially("Chor am Fluss")
    page.get_by_label("Rechtsform").select_option("ev")
    page.get_by_label("Ort", exact=True).fill("Halle")
    page.get_by_label("Land", exact=True).select_option("ST")
    page.locator("[name=idea]").fill("Wir singen mit allen im Viertel.")
    page.locator("[name=charitable][value=yes]").check()
    page.locator("[name=attendance_promised]").check()
    page.locator("[name=not_begun]").check()
    page.locator("[name=first_name_1]").fill("Heike")
    page.locator("[name=last_name_1]").fill("Sprenger")


def test_leaving_a_registration_asks_and_staying_keeps_every_word(visit):
    page = visit("nobody", "cohorts:register")
    register(page)
    asked = dialogs_of(page, leave=False)
    page.get_by_role("link", name="Zurück zur Projektschmiede").click(no_wait_after=True)
    page.get_by_role("link", name="Impressum").click(no_wait_after=True)
    expect(page.locator("[name=idea]")).to_have_value("Wir singen mit allen im Viertel.")
    page.wait_for_timeout(200)
    assert asked == ["beforeunload", "beforeunload"]


def test_words_that_are_back_as_they_were_ask_nothing(visit):
    page = visit("nobody", "cohorts:register")
    assert not asks(page)
    idea, agreed = page.locator("[name=idea]"), page.locator("[name=not_begun]")
    land = page.get_by_label("Land", exact=True)
    idea.fill("Wir singen.")
    assert asks(page)
    idea.fill("")
    assert not asks(page)
    agreed.check()
    assert asks(page)
    agreed.uncheck()
    land.select_option("ST")
    assert asks(page)
    land.select_option("")
    assert not asks(page)


def test_a_form_that_came_back_with_a_mistake_asks_until_it_is_sent(visit, console_errors):
    page = visit("nobody", "cohorts:register")
    register(page)
    asked = dialogs_of(page, leave=False)
    page.get_by_role("button", name="Anmeldung abschicken").click()
    expect(page.locator("[data-error-summary]")).to_be_visible()
    assert asked == [], "a form that is sent asks nothing"
    assert asks(page), "nothing was changed since it came back, but nothing of it is stored either"
    page.get_by_role("link", name="Impressum").click(no_wait_after=True)
    page.locator("[name=email_1]").fill("heike@example.org")
    page.get_by_role("button", name="Anmeldung abschicken").click()
    page.wait_for_url("**/anmelden/abgeschickt/")
    assert asked == ["beforeunload"]
    assert Registration.objects.filter(organisation_name="Chor am Fluss").count() == 1
    assert not asks(page)
    console_errors.clear()  # the browser notes every answer that is an error


def test_a_blank_form_that_came_back_asks_nothing(visit, console_errors):
    page = visit("nobody", "cohorts:register")
    page.get_by_role("button", name="Anmeldung abschicken").click()
    expect(page.locator("[data-error-summary]")).to_be_visible()
    assert not asks(page)
    console_errors.clear()


def test_a_form_that_a_script_stopped_asks_again(visit):
    page = visit("amina", "applications:members")
    page.locator("[name=first_name]").fill("Ida")
    page.evaluate("document.querySelector('form[data-guard]').addEventListener('submit', (e) => e.preventDefault())")
    page.get_by_role("button", name="Einladen").click()
    assert asks(page)


def test_a_form_the_browser_itself_refuses_asks_again(visit, world):
    page = visit("amina", reverse("applications:section", args=[world.application.pk, "s1"]))
    page.get_by_text("Antworten").first.click()
    answer = page.get_by_label("Ihre Antwort")
    page.get_by_text("Notiz nur für Ihr Team").click()
    page.get_by_label("Notiz", exact=True).fill("Nur für uns.")
    page.get_by_role("button", name="Antwort speichern").click()  # it is empty, and required
    expect(answer).to_be_focused()
    assert asks(page)


def test_a_form_that_never_got_an_answer_asks_again(visit):
    page = visit("amina", "applications:members")
    page.locator("[name=first_name]").press_sequentially("Ida")
    # As after the browser's own button to stop loading: the page stays.
    page.route("**/team/", lambda route: route.abort("aborted") if route.request.method == "POST" else route.fallback())
    page.get_by_role("button", name="Einladen").click(no_wait_after=True)
    page.wait_for_timeout(500)
    expect(page.locator("[name=first_name]")).to_have_value("Ida")
    assert asks(page)


def test_what_the_browser_puts_back_counts_as_unsent(visit):
    page = visit("nobody", "cohorts:register")
    page.locator("[name=idea]").fill("Wir singen.")
    page.goto("/impressum/")
    page.go_back()
    expect(page.locator("[name=idea]")).to_have_value("Wir singen.")
    assert asks(page)


def test_one_form_is_not_left_for_another(visit, world):
    page = visit("amina", reverse("applications:section", args=[world.application.pk, "s1"]))
    page.get_by_text("Notiz nur für Ihr Team").click()
    page.get_by_label("Notiz", exact=True).press("Control+End")
    page.keyboard.type(" Und das noch.")
    asked = dialogs_of(page, leave=False)
    page.get_by_role("button", name="Speichern", exact=True).click(no_wait_after=True)
    expect(page.get_by_label("Notiz", exact=True)).to_have_value("Sanddorn, nur für uns. Und das noch.")
    page.wait_for_timeout(500)
    assert asked == ["beforeunload"]
    page.get_by_role("button", name="Notiz speichern").click()
    expect(page.get_by_text("Notiz gespeichert.")).to_be_visible()
    assert asked == ["beforeunload"]


def test_an_action_on_the_form_keeps_what_was_typed_without_asking(visit, world):
    make_workshop(world.cohort, 2, ["s3"])
    page = visit("doris", "admin:cohorts_team_change")
    menu = page.locator("div.actions select")
    menu.select_option("add_member")
    assert not asks(page), "what is chosen to be done is nothing that was typed"
    page.locator("[name$=first_name]").first.press_sequentially("a")
    asked = dialogs_of(page, leave=False)
    page.locator("div.actions button").click()
    expect(page.get_by_role("button", name="Weiter")).to_be_visible()
    expect(page.locator(".messagelist .success")).to_be_visible()
    assert asked == []


def test_the_page_before_an_action_asks(visit, console_errors):
    page = visit("doris", "admin:cohorts_registration_change")
    page.locator("div.actions select").select_option("decline")
    page.locator("div.actions button").click()
    text = page.locator("[name=text]")
    assert not asks(page)
    text.press("End")
    text.press_sequentially("Herzlich, Doris")
    assert asks(page)
    asked = dialogs_of(page, leave=True)
    page.get_by_role("button", name="Weiter").click()
    expect(page.locator("[name=note]")).to_be_visible()  # „Der Grund:“ is empty
    assert asked == []
    assert asks(page)
    console_errors.clear()


@pytest.mark.parametrize("leave", [False, True], ids=["stays", "leaves"])
def test_on_an_iphone_the_links_ask_once(visit, leave):
    page = visit("nobody", "cohorts:register", user_agent=IPHONE)
    page.locator("[name=idea]").press_sequentially("Wir singen.")
    asked = dialogs_of(page, leave=leave)
    page.evaluate("document.querySelector('.skip').click()")
    assert asked == [], "to a place on the page"
    page.get_by_role("link", name="Impressum").click()
    if leave:
        page.wait_for_url("**/impressum/")
    else:
        expect(page.locator("[name=idea]")).to_have_value("Wir singen.")
    assert asked == ["confirm"]


def test_on_an_iphone_nothing_is_asked_without_words(visit):
    page = visit("nobody", "cohorts:register", user_agent=IPHONE)
    asked = dialogs_of(page, leave=False)
    page.get_by_role("link", name="Impressum").click()
    page.wait_for_url("**/impressum/")
    assert asked == []


def stay_on(page: Page) -> None:
    """Whatever is opened or sent gets no answer, as after the browser's own button to stop loading: the page stays."""
    page.route("**/*", lambda route: route.abort("aborted"))


@pytest.mark.parametrize("then", ["comes back", "is written on in"])
def test_on_an_iphone_a_page_left_once_asks_again_when_it(visit, then):
    page = visit("nobody", "cohorts:register", user_agent=IPHONE, before=WITHOUT_BEFOREUNLOAD)
    idea, link = page.locator("[name=idea]"), page.get_by_role("link", name="Impressum")
    idea.press_sequentially("Wir singen.")
    asked = dialogs_of(page, leave=True)
    stay_on(page)
    link.click(no_wait_after=True)
    page.wait_for_timeout(300)
    assert asked == ["confirm"]
    if then == "comes back":
        page.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    else:
        idea.press_sequentially(" Und wir tanzen.")
    link.click(no_wait_after=True)
    page.wait_for_timeout(300)
    assert asked == ["confirm", "confirm"]


@pytest.mark.parametrize("writes_on", [True, False], ids=["written on", "left as it was"])
def test_on_an_iphone_a_form_that_never_got_an_answer_asks_again(visit, writes_on):
    page = visit("amina", "applications:members", user_agent=IPHONE, before=WITHOUT_BEFOREUNLOAD)
    first_name = page.locator("[name=first_name]")
    first_name.press_sequentially("Ida")
    asked = dialogs_of(page, leave=False)
    page.evaluate("document.querySelector('form[data-guard]').noValidate = true")
    stay_on(page)
    page.get_by_role("button", name="Einladen").click(no_wait_after=True)
    page.wait_for_timeout(300)
    assert asked == []
    if writes_on:
        first_name.fill("Ida Maria")
    page.get_by_role("link", name="Impressum").click(no_wait_after=True)
    page.wait_for_timeout(300)
    assert asked == ["confirm"]
    expect(first_name).to_have_value("Ida Maria" if writes_on else "Ida")


def test_the_login_asks_nothing(visit):
    page = visit("nobody", "account_login")
    page.get_by_label("E-Mail-Adresse").fill("amina@example.org")
    page.get_by_label("Passwort").fill("geheim")
    assert not asks(page)


@pytest.mark.parametrize("person", ["doris", "emil"])
def test_no_page_of_the_administration_asks_before_anything_was_typed(visit, world, person):
    """Of the other pages, and of those in `ADMIN`, `Eyes.go` says so."""
    page, opened, asking = visit(person, "/impressum/"), 0, []
    for name, (method, signs) in TABLE.items():
        record = name.removeprefix("admin:")
        if method != "GET" or record == name or record in ADMIN[person] or signs.split()[PEOPLE.index(person)] != "o":
            continue
        address = reverse(name, kwargs=arguments(name, world))
        if not MARKS.search(page.request.get(address).text()):
            continue
        page.goto(address)
        opened += 1
        if asks(page):
            asking.append(page.url)
    assert asking == []
    assert opened


def test_no_other_script_asks_whether_to_leave():
    """These need what `MARKS` finds."""
    asking = {path.name for path in STATIC.rglob("*.js") if "beforeunload" in path.read_text(encoding="utf-8")}
    assert asking == {"guard.js", "saving-page.js"}
