"""A text saves itself, and its state is always told: whatever happens to the server, the login or the network."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from applications.content import Text
from applications.writing.models import Revision
from tests.builders import make_application, make_cohort, make_organiser, make_team, make_user, write

SAVED = re.compile(r"gespeichert um \d+:\d\d Uhr")
expect.set_options(timeout=15_000)  # a busy machine is no failure
FAILED = re.compile("^nicht gespeichert")


@pytest.fixture
def amina():
    return make_user("Amina", "Haddad")


@pytest.fixture
def jonas():
    return make_user("Jonas", "Petersen")


@pytest.fixture
def application(amina, jonas):
    return make_application(make_team(make_cohort(make_organiser(make_user("Doris"))), amina, jonas))


@pytest.fixture
def open_as(new_context, live_server, application):
    """Open the section in a browser of its own, logged in as this person."""

    def run(user, **options):
        context = new_context(base_url=live_server.url, **options)
        log_in(context, user, live_server.url)
        page = context.new_page()
        page.goto(reverse("applications:section", args=[application.pk, "s1"]))
        return page

    return run


def log_in(context, user, url):
    client = Client()
    client.force_login(user)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": value, "domain": urlsplit(url).hostname, "path": "/"}]
    )


def text_of(application):
    return application.drafts.get(key="s1").value.text


def state(page):
    return page.locator("[data-save-state]")


def area(page):
    return page.get_by_label("Ihr Text")


def test_what_is_typed_is_saved_by_itself(open_as, amina, application):
    page = open_as(amina)
    expect(state(page)).to_have_text("noch nichts gespeichert")

    area(page).type("Guten Tag, wir sind da.")

    expect(state(page)).to_have_text(SAVED)
    expect(page.locator("[data-length]")).to_have_text("23")
    assert text_of(application) == "Guten Tag, wir sind da."


def test_what_is_typed_before_the_script_has_come_is_saved_too(open_as, amina, application):
    page = open_as(amina)
    held = []

    def keep(route):
        held.append(route)

    page.route("**/section-page*.js", keep)  # a slow connection: the page is there, its script on the way
    page.reload(wait_until="commit")
    area(page).fill("Schon getippt, ehe alles da war.")
    held[0].fallback()

    expect(state(page)).to_have_text(SAVED)
    expect(page.locator("[data-length]")).to_have_text("32")
    assert text_of(application) == "Schon getippt, ehe alles da war."


def server_down(page):
    page.route("**/abschnitte/s1/", lambda route: route.abort() if route.request.method == "POST" else route.fallback())


def answers(status):
    def provoke(page):
        page.route(
            "**/abschnitte/s1/",
            lambda route: (
                route.fulfill(status=status, body="kaputt") if route.request.method == "POST" else route.fallback()
            ),
        )

    return provoke


def login_expired(page):
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)


@pytest.mark.parametrize(
    "provoke", [server_down, answers(500), answers(429), login_expired], ids=["down", "500", "429", "login"]
)
def test_every_failure_says_not_saved_and_loses_nothing(open_as, application, live_server, console_errors, provoke):
    amina = application.team.members.get(role="owner").user
    page = open_as(amina)
    provoke(page)

    area(page).type("Dieser Satz darf nicht verloren gehen.")
    expect(state(page)).to_have_text(FAILED)
    assert text_of(application) == ""

    page.unroute_all()
    log_in(page.context, amina, live_server.url)
    expect(state(page)).to_have_text(SAVED, timeout=15_000)
    assert text_of(application) == "Dieser Satz darf nicht verloren gehen."
    console_errors.clear()  # the browser notes every failed request


@pytest.mark.parametrize(
    "provoke", [server_down, answers(500), answers(429), login_expired], ids=["down", "500", "429", "login"]
)
def test_a_button_that_reaches_nobody_says_so_and_loses_nothing(
    open_as, application, live_server, console_errors, provoke
):
    amina = application.team.members.get(role="owner").user
    page = open_as(amina)
    page.goto(reverse("applications:section", args=[application.pk, "s7"]))
    provoke_for_rows(page, provoke)
    page.get_by_label("Maßnahme", exact=True).fill("Kochen")
    page.get_by_role("button", name="Speichern", exact=True).click()
    expect(state(page)).to_have_text(FAILED)

    address, context = page.url, page.context
    shut(page)
    log_in(context, amina, live_server.url)
    again = context.new_page()  # what was typed is offered again
    again.goto(address)
    expect(again.locator("[data-kept-text]")).to_have_text("Maßnahme: Kochen")
    again.get_by_role("button", name="Das hier nehmen").click()
    expect(again.get_by_text("Gespeichert.", exact=True)).to_be_visible()
    assert [row.title for row in application.drafts.get(key="s7").value.rows] == ["Kochen"]
    console_errors.clear()


def provoke_for_rows(page, provoke):
    """The same failures on the page of the work plan."""
    if provoke is login_expired:
        login_expired(page)
        return
    route = page.route
    page.route = lambda _pattern, handler: route("**/abschnitte/s7/", handler)
    provoke(page)
    page.route = route


def test_a_page_left_by_the_button_that_never_came_goes_on_saving(open_as, amina, application, console_errors):
    page = open_as(amina)
    held = []

    def hold(route):
        if route.request.method == "POST" and not held:
            held.append(route)  # no answer, as after Escape
            return
        route.fallback()

    page.route("**/abschnitte/s1/", hold)
    area(page).fill("Eins.")
    page.get_by_role("button", name="Speichern", exact=True).click()
    page.wait_for_timeout(1500)
    held[0].abort()
    expect(state(page)).to_have_text(FAILED)
    area(page).press_sequentially(" Zwei.")
    expect(state(page)).to_have_text(SAVED)
    assert text_of(application).startswith("Eins.")
    console_errors.clear()


def test_an_expired_login_says_where_to_log_in(open_as, amina, console_errors):
    page = open_as(amina)
    login_expired(page)

    area(page).type("Text.")

    link = state(page).get_by_role("link", name="In einem zweiten Fenster einloggen")
    expect(link).to_have_attribute("target", "_blank")
    expect(area(page)).to_have_value("Text.")
    console_errors.clear()


def test_what_could_not_be_sent_is_offered_again(open_as, amina, application, console_errors):
    page = open_as(amina)
    page.context.set_offline(True)
    area(page).type("Im Zug geschrieben.")
    expect(state(page)).to_have_text(FAILED)

    shut(page)
    again = open_as_context(page, application)

    expect(again.get_by_text("das hier nicht steht.").first).to_be_visible()
    again.get_by_role("button", name="Das hier nehmen").click()
    expect(state(again)).to_have_text(SAVED)
    assert text_of(application) == "Im Zug geschrieben."
    console_errors.clear()


def shut(page):
    """Like a lid that is shut, and nobody is asked. What a page sends while it closes is no longer held up by `set_offline`."""
    page.evaluate("() => { window.fetch = () => new Promise(() => {}); }")
    page.close()
    page.context.set_offline(False)


def open_as_context(page, application):
    again = page.context.new_page()
    again.goto(reverse("applications:section", args=[application.pk, "s1"]))
    return again


def test_a_lost_answer_is_no_conflict(open_as, amina, application, console_errors):
    page = open_as(amina)
    arrived = []

    def lose(route):
        if route.request.method != "POST" or arrived:
            return route.fallback()
        arrived.append(route.fetch())  # the server has it, the page never hears of it
        return route.abort()

    page.route("**/abschnitte/s1/", lose)
    area(page).type("Eins.")
    expect(state(page)).to_have_text(FAILED)
    area(page).type(" Zwei.")

    expect(state(page)).to_have_text(SAVED, timeout=15_000)
    assert text_of(application) == "Eins. Zwei."
    assert Revision.objects.filter(why="conflict").count() == 0
    console_errors.clear()


def test_two_people_in_different_sentences_notice_nothing_bad(open_as, amina, jonas, application):
    write(application, "s1", "Anfang. Mitte. Ende.")
    mine, theirs = open_as(amina), open_as(jonas)

    area(theirs).fill("Anfang. Mitte. Ende von Jonas.")
    expect(state(theirs)).to_have_text(SAVED)
    area(mine).fill("Anfang von Amina. Mitte. Ende.")
    expect(state(mine)).to_contain_text("gleichzeitig auch anderswo geschrieben")
    area(mine).fill("Anfang von Amina Haddad. Mitte. Ende.")

    expect(state(mine)).to_contain_text("gespeichert um")
    mine.wait_for_function("document.querySelector('[name=version]').value >= 4")
    assert text_of(application) == "Anfang von Amina Haddad. Mitte. Ende von Jonas."
    mine.get_by_role("heading", name="Wer kann das lesen?").click()  # the cursor leaves the text
    expect(area(mine)).to_have_value("Anfang von Amina Haddad. Mitte. Ende von Jonas.")


def test_the_same_sentence_leads_to_the_page_where_one_decides(open_as, amina, jonas, application):
    write(application, "s1", "Anfang. Mitte. Ende.")
    mine = open_as(amina)
    mine.route("**/da/", lambda route: route.fulfill(json={}))  # she does not hear of his text before she writes
    mine.wait_for_timeout(500)
    write(application, "s1", "Anfang. Mitte von Jonas. Ende.", by=jonas)

    area(mine).fill("Anfang. Mitte von Amina. Ende.")
    mine.get_by_role("button", name="Beide Fassungen ansehen und entscheiden").click()
    expect(mine.get_by_role("heading", name="Sie haben gleichzeitig geschrieben")).to_be_visible()
    expect(mine.get_by_role("radio", checked=True)).to_have_count(0)
    mine.get_by_label("Selbst schreiben").check()
    mine.get_by_label("Der neue Text an dieser Stelle").fill("Mitte von uns beiden.")
    mine.get_by_role("button", name="So übernehmen").click()

    expect(mine.get_by_text("Gespeichert. Alle Fassungen")).to_be_visible()
    expect(mine.locator("[data-take]")).to_have_count(0)
    assert text_of(application) == "Anfang. Mitte von uns beiden. Ende."


def test_pressing_save_while_it_saves_itself_sends_one_after_the_other(open_as, amina, application):
    page = open_as(amina)
    running = []

    def slow(route):
        if route.request.method == "POST":
            running.append(route.request.post_data)
            page.wait_for_timeout(700)
        route.fallback()

    page.route("**/abschnitte/s1/", slow)
    area(page).type("Eins.")
    expect(state(page)).to_have_text("wird gespeichert …")
    page.wait_for_timeout(1100)
    area(page).type(" Zwei.")
    page.get_by_role("button", name="Speichern", exact=True).click()

    expect(
        page.get_by_text("Gespeichert.", exact=True).or_(page.get_by_text("Es ist alles gespeichert"))
    ).to_be_visible()
    assert application.drafts.get(key="s1").value == Text("Eins. Zwei.")
    assert Revision.objects.filter(why="conflict").count() == 0


def test_a_row_saves_itself_when_one_leaves_it(open_as, amina, application):
    page = open_as(amina)
    page.goto(reverse("applications:section", args=[application.pk, "s7"]))

    page.get_by_label("Maßnahme", exact=True).fill("Kochen")
    page.get_by_role("heading", name="Wer kann das lesen?").click()

    expect(state(page)).to_have_text(SAVED)
    assert [row.title for row in application.drafts.get(key="s7").value.rows] == ["Kochen"]


def test_without_a_script_the_button_saves(open_as, amina, application):
    page = open_as(amina, java_script_enabled=False)

    area(page).fill("Ohne Skript.")
    page.get_by_role("button", name="Speichern", exact=True).click()

    expect(page.get_by_text("Gespeichert.", exact=True)).to_be_visible()
    assert text_of(application) == "Ohne Skript."


def test_what_is_written_while_a_button_saves_comes_along(open_as, amina, application):
    page = open_as(amina)
    held = []
    page.route(
        "**/abschnitte/s1/",
        lambda route: held.append(route) if route.request.method == "POST" and not held else route.fallback(),
    )
    area(page).fill("Erst das.")
    page.get_by_role("button", name="Speichern").click()
    area(page).fill("Erst das. Dann dies.")
    with page.expect_navigation():
        held[0].continue_()
    expect(area(page)).to_have_value("Erst das. Dann dies.")
    assert text_of(application) == "Erst das. Dann dies."


def test_whoever_never_pauses_is_saved_every_ten_seconds(open_as, amina, application):
    page = open_as(amina)
    page.clock.install()
    page.reload()
    now = page.evaluate("Date.now()")
    page.clock.pause_at(datetime.fromtimestamp(now / 1000 + 5, UTC))  # from here on time goes by as it is told
    saves = []

    def note(request):
        if request.method == "POST" and request.url.endswith("/abschnitte/s1/"):
            saves.append(request)

    page.on("request", note)
    for _half_second in range(24):
        area(page).press_sequentially("a")
        page.clock.run_for(500)
    assert len(saves) == 1
    assert saves[0].response().ok  # the save has left; only its answer says that the server has kept it
    assert text_of(application) == "a" * 20  # ten seconds of two letters each


@pytest.mark.parametrize(("days", "is_offered"), [(13, True), (15, False)])
def test_what_was_kept_is_offered_for_fourteen_days(open_as, application, console_errors, days, is_offered):
    page = open_as(application.team.members.get(role="owner").user)
    page.context.set_offline(True)
    area(page).type("Im Zug geschrieben.")
    expect(state(page)).to_have_text(FAILED)
    page.evaluate(
        """days => { for (const [key, value] of Object.entries(localStorage)) {
            const kept = JSON.parse(value);
            localStorage.setItem(key, JSON.stringify({ ...kept, at: kept.at - days * 24 * 60 * 60 * 1000 }));
        } }""",
        days,
    )
    shut(page)
    again = open_as_context(page, application)
    again.wait_for_load_state("networkidle")
    expect(again.locator("[data-kept-text]")).to_have_count(int(is_offered))
    assert again.evaluate("localStorage.length") == int(is_offered)
    console_errors.clear()


def test_leaving_with_unsaved_text_warns(open_as, amina, console_errors):
    page = open_as(amina)
    page.context.set_offline(True)
    area(page).type("Noch nicht gespeichert.")
    expect(state(page)).to_have_text(FAILED)
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.get_by_role("link", name="Übersicht").first.click(no_wait_after=True)
    expect(area(page)).to_have_value("Noch nicht gespeichert.")
    page.wait_for_timeout(200)
    assert asked == ["beforeunload"]
    console_errors.clear()
