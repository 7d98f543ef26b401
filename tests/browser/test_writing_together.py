"""Two people in one section, a login that ends while one writes, and leaving a browser that holds unsaved words."""

from __future__ import annotations

from urllib.parse import parse_qs

import pytest
from django.urls import reverse
from docx import Document
from playwright.sync_api import expect

from applications.writing.models import Revision
from tests.browser.eyes import SMALL, Eyes
from tests.browser.test_autosave import (  # noqa: F401  fixtures are found by their names
    FAILED,
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


def kept(request) -> str:
    """The seconds that a page says it has waited undisturbed; empty where it does not ask who is there."""
    return parse_qs(request.post_data or "").get("kept", [""])[0]


def is_asking(request) -> bool:
    return request.url.endswith("/da/") and kept(request) != ""


def test_somebody_alone_is_told_of_who_comes_with_the_first_key(open_as, amina, jonas, application):  # noqa: F811
    mine = open_as(amina)
    mine.wait_for_load_state("networkidle")  # the page's own first question is answered
    mine.clock.install()
    with mine.expect_event("requestfinished", is_asking):
        mine.reload()
    asked, answered = [], []
    mine.on("request", lambda request: asked.append(kept(request)) if is_asking(request) else None)
    mine.on("requestfinished", lambda request: answered.append(kept(request)) if is_asking(request) else None)
    for _step in range(1000):  # an answer takes its time, which is not the page's: meanwhile the page's stands still
        if len(asked) > len(answered):
            mine.wait_for_timeout(20)
        elif len(answered) < 3:
            mine.clock.run_for(1000)
    assert answered == ["15", "30", "60"]
    mine.clock.run_for(20_000)

    theirs = open_as(jonas)
    expect(theirs.locator("[data-others]")).to_have_text("Amina Haddad hat diesen Abschnitt auch gerade offen.")
    expect(mine.locator("[data-others]")).to_have_text("")
    area(mine).press_sequentially("W")
    mine.clock.run_for(100)
    expect(mine.locator("[data-others]")).to_have_text("Jonas Petersen hat diesen Abschnitt auch gerade offen.")


@pytest.mark.parametrize("width", [320, 1280])
def test_who_comes_moves_nothing_under_the_finger(open_as, amina, jonas, width):  # noqa: F811
    places = []
    mine = open_as(amina, viewport={"width": width, "height": 700})
    for there in ("", "Jonas Petersen hat diesen Abschnitt auch gerade offen."):
        if there:
            open_as(jonas).wait_for_load_state("networkidle")  # he has said that he is there
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


def test_a_connection_that_is_cut_and_comes_back_loses_nothing(open_as, amina, jonas, application, console_errors):  # noqa: F811
    write(application, "s1", "Anfang. Mitte. Ende.")
    mine, theirs = open_as(amina), open_as(jonas)
    mine.context.set_offline(True)
    area(mine).fill("Anfang von Amina. Mitte. Ende.")
    expect(state(mine)).to_have_text(FAILED)
    area(theirs).fill("Anfang. Mitte. Ende von Jonas.")
    expect(state(theirs)).to_have_text(SAVED)

    mine.context.set_offline(False)  # the page hears of it and saves at once
    expect(state(mine)).to_contain_text("gleichzeitig auch anderswo geschrieben")
    assert text_of(application) == "Anfang von Amina. Mitte. Ende von Jonas."
    console_errors.clear()  # the browser notes every request that reached nobody


def test_a_server_that_is_down_for_ten_seconds_costs_no_word(open_as, amina, application, console_errors):  # noqa: F811
    page = open_as(amina)
    down = {"status": 502, "body": "Bad Gateway"}
    page.route(
        "**/abschnitte/s1/**",
        lambda route: route.fulfill(**down) if route.request.method == "POST" else route.fallback(),
    )
    for word in ("Eins.", " Zwei.", " Drei.", " Vier."):
        area(page).press_sequentially(word)
        expect(state(page)).to_have_text(FAILED)
        page.wait_for_timeout(2500)

    page.unroute_all()
    expect(state(page)).to_have_text(SAVED, timeout=40_000)  # the pauses between the attempts have grown
    assert text_of(application) == "Eins. Zwei. Drei. Vier."
    console_errors.clear()


def test_a_slow_line_that_loses_every_other_request_costs_no_word(open_as, amina, application, console_errors):  # noqa: F811
    page = open_as(amina)
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    line.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 800, "downloadThroughput": 6_000, "uploadThroughput": 6_000},
    )
    sent, running = [], []

    def lossy(route):
        if route.request.method != "POST":
            return route.fallback()
        sent.append(route.request.post_data)
        running.append(len(running) + 1 - settled())
        if len(sent) % 4 == 1:
            return route.abort()  # it never arrives
        if len(sent) % 4 == 3:
            route.fetch()  # it arrives, and the answer does not
            return route.abort()
        return route.fallback()

    def settled():
        return sum(1 for request in ended if request.method == "POST" and request.url.endswith("/abschnitte/s1/"))

    ended = []

    def note(request):
        ended.append(request)

    page.on("requestfinished", note)
    page.on("requestfailed", note)
    page.route("**/abschnitte/s1/", lossy)

    words = [f"Wort{number}" for number in range(40)]
    for word in words:
        area(page).press_sequentially(f"{word} ", delay=20)
        page.wait_for_timeout(150)
    expect(state(page)).to_have_text(SAVED, timeout=60_000)

    assert text_of(application).split() == words
    assert len(sent) >= 4
    assert set(running) == {1}  # never two at once
    assert Revision.objects.filter(why="conflict").count() == 0
    console_errors.clear()  # the browser notes every request that got lost


def test_a_lid_that_was_closed_for_an_hour_costs_no_word(open_as, amina, jonas, application, console_errors):  # noqa: F811
    write(application, "s1", "Anfang. Mitte. Ende.")
    page = open_as(amina)
    page.clock.install()
    page.reload()
    held = []
    page.route(
        "**/abschnitte/s1/",
        lambda route: held.append(route) if route.request.method == "POST" and not held else route.fallback(),
    )
    area(page).fill("Anfang von Amina. Mitte. Ende.")
    page.clock.run_for(1_500)
    expect(state(page)).to_have_text("wird gespeichert …")
    area(page).fill("Anfang von Amina. Mitte, ganz neu. Ende.")  # while the first is on its way
    page.context.set_offline(True)

    page.clock.fast_forward("01:00:00")  # what was due meanwhile fires once, as after waking up
    held[0].abort()
    expect(state(page)).to_have_text(FAILED)
    write(application, "s1", "Anfang. Mitte. Ende von Jonas.", by=jonas)
    page.context.set_offline(False)

    expect(state(page)).to_contain_text("gleichzeitig auch anderswo geschrieben")
    assert text_of(application) == "Anfang von Amina. Mitte, ganz neu. Ende von Jonas."
    assert Revision.objects.filter(why="conflict").count() == 0
    console_errors.clear()


def test_deciding_on_a_small_telephone(open_as, amina, jonas, application, console_errors):  # noqa: F811
    write(application, "s1", "Anfang. Mitte. Ende.")
    mine, theirs = (open_as(person, viewport=SMALL) for person in (amina, jonas))
    for page in (mine, theirs):
        page.route("**/da/", lambda route: route.fulfill(json={}))  # neither hears of the other before they write
    area(theirs).fill("Anfang. Mitte von Jonas. Ende.")
    expect(state(theirs)).to_have_text(SAVED)
    area(mine).fill("Anfang. Mitte von Amina. Ende.")
    mine.get_by_role("button", name="Beide Fassungen ansehen und entscheiden").click()
    mine.get_by_role("heading", name="Sie haben gleichzeitig geschrieben").wait_for()

    eyes = Eyes(console_errors)
    eyes.look(mine, "conflict")
    assert eyes.problems == []
    mine.set_viewport_size(SMALL)
    mine.get_by_label("Ihre Fassung nehmen").check()
    mine.get_by_role("button", name="So übernehmen").click()
    expect(mine.get_by_text("Gespeichert. Alle Fassungen")).to_be_visible()
    assert text_of(application) == "Anfang. Mitte von Amina. Ende."


def test_a_word_file_goes_out_and_comes_back_in(open_as, amina, application, console_errors, tmp_path):  # noqa: F811
    write(application, "s1", "Wir kochen. Wir reden.")
    page = open_as(amina, viewport=SMALL)
    page.goto(reverse("applications:word", args=[application.pk]))
    with page.expect_download() as download:
        page.get_by_role("button", name="Word-Datei herunterladen").click()
    document = Document(download.value.path())
    next(
        one for one in document.paragraphs if one.text == "Wir kochen. Wir reden."
    ).text = "Wir kochen. Wir reden viel."
    document.save(tmp_path / "zurück.docx")

    page.get_by_label("Word-Datei", exact=True).set_input_files(tmp_path / "zurück.docx")
    page.get_by_role("button", name="Datei einlesen").click()
    expect(page.locator("ins").filter(has_text="viel")).to_be_visible()
    assert text_of(application) == "Wir kochen. Wir reden."
    eyes = Eyes(console_errors)
    eyes.look(page, "proposals")
    assert eyes.problems == []
    page.get_by_role("button", name="Ausgewähltes übernehmen").click()
    expect(page.get_by_text("„Kurzbeschreibung“ ist übernommen.")).to_be_visible()
    assert text_of(application) == "Wir kochen. Wir reden viel."


def test_leaving_a_note_that_was_not_saved_asks_first(open_as, amina, application):  # noqa: F811
    page = open_as(amina)
    page.get_by_text("Notiz nur für Ihr Team").click()
    page.get_by_label("Notiz", exact=True).fill("ملاحظة – nur für uns")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.get_by_role("link", name="Übersicht").first.click(no_wait_after=True)
    expect(page.get_by_label("Notiz", exact=True)).to_have_value("ملاحظة – nur für uns")
    page.get_by_role("button", name="Notiz speichern").click()
    expect(page.get_by_text("Notiz gespeichert.")).to_be_visible()
    assert asked == ["beforeunload"]
