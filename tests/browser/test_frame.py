"""The frame of every page in a real browser: menus and theme, with and without a script."""

import pytest
from playwright.sync_api import expect

from schmiede.site_pages import ensure_pages
from tests.builders import make_application, make_cohort, make_organiser, make_team, make_user


@pytest.fixture
def address(live_server):
    ensure_pages()
    return f"{live_server.url}/impressum/"


def log_in(context, client, user, url):
    client.force_login(user)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": url}])


def test_theme_changes_at_once_keeps_what_was_typed_and_is_remembered(page, address):
    page.goto(address)
    page.evaluate("window.notReloaded = true")
    with page.expect_response("**/ansicht/"):
        page.get_by_role("button", name="dunkel").click()
    expect(page.locator("html")).to_have_attribute("data-kern-theme", "dark")
    expect(page.get_by_role("button", name="dunkel")).to_have_attribute("aria-pressed", "true")
    assert page.evaluate("window.notReloaded")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-kern-theme", "dark")


def test_theme_without_a_script_is_a_plain_form(new_context, address):
    page = new_context(java_script_enabled=False).new_page()
    page.goto(address)
    page.get_by_role("button", name="dunkel").click()
    assert page.url == address
    assert page.get_attribute("html", "data-kern-theme") == "dark"


@pytest.mark.parametrize(("scheme", "paper"), [("light", "oklch(1 0 0)"), ("dark", "oklch(0 0 0)")])
def test_without_a_choice_the_page_follows_the_device(new_context, address, scheme, paper):
    page = new_context(color_scheme=scheme, java_script_enabled=False).new_page()
    page.goto(address)
    expect(page.locator("body")).to_have_css("background-color", paper)


def test_menu_opens_without_and_closes_with_a_script(new_context, client, address):
    amina = make_user()
    make_team(make_cohort(make_organiser(make_user("Doris", "Lang"))), amina)
    context = new_context(viewport={"width": 320, "height": 640})
    log_in(context, client, amina, address)
    page = context.new_page()
    page.goto(address)
    menu = page.locator(".menu--main")
    link = page.get_by_role("link", name="Übersicht")
    expect(link).to_be_hidden()
    menu.locator("summary").click()
    expect(link).to_be_visible()
    page.keyboard.press("Escape")
    expect(link).to_be_hidden()
    expect(menu.locator("summary")).to_be_focused()
    menu.locator("summary").click()
    page.get_by_text("Vertreten durch").click()
    expect(link).to_be_hidden()


def test_menu_stands_open_on_a_wide_screen(new_context, client, address):
    amina = make_user()
    make_team(make_cohort(make_organiser(make_user("Doris", "Lang"))), amina)
    context = new_context(viewport={"width": 1280, "height": 800}, java_script_enabled=False)
    log_in(context, client, amina, address)
    page = context.new_page()
    page.goto(address)
    expect(page.get_by_role("link", name="Übersicht")).to_be_visible()
    expect(page.locator(".menu--main > summary")).to_be_hidden()


def test_first_tab_leads_to_the_content(page, address):
    page.goto(address)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Zum Inhalt springen")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


NARROWER = """() => [...document.querySelectorAll("main .dates > li, main .figures > li")].filter((item) => {
    const list = item.parentElement;
    const isOneColumn = getComputedStyle(list).display !== "grid" || !getComputedStyle(list).gridTemplateColumns.includes(" ");
    return isOneColumn && list.getBoundingClientRect().right - item.getBoundingClientRect().right > 1;
}).map((item) => `${item.parentElement.className}: ${item.textContent.trim().slice(0, 40)}`)"""


@pytest.mark.parametrize("width", [320, 820, 1280])
def test_lists_with_lines_are_as_wide_as_what_is_around_them(new_context, client, live_server, width):
    amina = make_user()
    make_application(make_team(make_cohort(make_organiser(make_user("Doris", "Lang"))), amina))
    context = new_context(viewport={"width": width, "height": 900})
    log_in(context, client, amina, live_server.url)
    page = context.new_page()
    page.goto(f"{live_server.url}/uebersicht/")
    expect(page.locator("main .dates > li, main .figures > li")).not_to_have_count(0)
    assert page.evaluate(NARROWER) == []
