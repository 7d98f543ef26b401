"""What a page could not save stays in the browser until it is saved, or until a person takes or discards it."""

# ruff: noqa: F811  fixtures that are imported are found by their names

from __future__ import annotations

import json
import re

from django.urls import reverse
from playwright.sync_api import expect

from applications.content import Budget, Cover, Expense
from applications.reviews.steps import hand_in
from tests.browser.eyes import SMALL, Eyes
from tests.browser.test_autosave import (  # noqa: F401  as above
    FAILED,
    SAVED,
    amina,
    application,
    area,
    jonas,
    open_as,
    open_as_context,
    shut,
    state,
    text_of,
)
from tests.builders import make_coach, make_user, row_id, write

FULL = "() => { Storage.prototype.setItem = () => { throw new DOMException('voll', 'QuotaExceededError'); }; }"


def writes_offline(page, text):
    """The page is cut off, holds a sentence and knows that it is not saved."""
    cut_off(page)
    area(page).fill(text)
    expect(state(page)).to_have_text(FAILED)


def cut_off(page):
    """This page alone reaches nobody."""
    page.route("**/abschnitte/**", lambda route: route.abort() if route.request.method == "POST" else route.fallback())


def kept_texts(page):
    return page.locator("[data-kept-text]")


def left_behind(application, page, text):
    """A page of the same browser that was shut hard with this text unsaved."""
    other = open_as_context(page, application)
    writes_offline(other, text)
    shut(other)


def test_a_kept_text_outlives_a_letter_typed_beside_the_offer(open_as, amina, application, console_errors):
    page = open_as(amina)
    writes_offline(page, "Im Zug geschrieben.")
    shut(page)

    again = open_as_context(page, application)
    expect(kept_texts(again)).to_have_text("Im Zug geschrieben.")
    area(again).press_sequentially("x")  # without answering the offer
    expect(state(again)).to_have_text(SAVED)
    expect(kept_texts(again)).to_have_text("Im Zug geschrieben.")
    again.reload()

    expect(kept_texts(again)).to_have_text("Im Zug geschrieben.")
    again.get_by_role("button", name="Das hier nehmen").click()
    expect(area(again)).to_have_value("Im Zug geschrieben.")
    console_errors.clear()  # the browser notes what it could not send


def test_a_sentence_on_a_page_that_was_cut_off_outlives_a_save_on_another_page(
    open_as,
    amina,
    application,
    console_errors,
):
    cut = open_as(amina)
    other = open_as_context(cut, application)
    writes_offline(cut, "Auf der einen Seite.")
    area(other).fill("Auf der anderen Seite.")
    expect(state(other)).to_have_text(SAVED)
    expect(kept_texts(other)).to_have_count(0)  # its page is open: it stands there
    shut(cut)

    expect(kept_texts(other)).to_have_text("Auf der einen Seite.")
    other.reload()
    expect(kept_texts(other)).to_have_text("Auf der einen Seite.")
    assert text_of(application) == "Auf der anderen Seite."
    console_errors.clear()


def test_several_kept_texts_are_offered_with_their_times_and_each_is_answered_alone(
    open_as,
    amina,
    application,
    console_errors,
):
    page = open_as(amina)
    for text in ("Erster Text.", "Zweiter Text.", "Erster Text.", "Dritter Text."):
        left_behind(application, page, text)
    page.reload()

    expect(kept_texts(page)).to_have_text(["Dritter Text.", "Erster Text.", "Zweiter Text."])
    times = page.locator("[data-kept-time]")
    expect(times.first).to_have_text(re.compile(r"^Geschrieben am \w+, \d+\. \w+ um \d+:\d\d Uhr$"))
    eyes = Eyes(console_errors)
    console_errors.clear()
    eyes.look(page, "three kept texts")
    assert eyes.problems == []
    page.get_by_role("button", name="Verwerfen").nth(1).click()
    expect(kept_texts(page)).to_have_text(["Dritter Text.", "Zweiter Text."])
    page.get_by_role("button", name="Das hier nehmen").nth(1).click()
    expect(state(page)).to_have_text(SAVED)
    assert text_of(application) == "Zweiter Text."
    page.reload()
    expect(kept_texts(page)).to_have_text(["Dritter Text."])
    console_errors.clear()


def test_what_stands_on_the_page_is_set_aside_for_the_text_that_is_taken(open_as, amina, application, console_errors):
    page = open_as(amina)
    writes_offline(page, "Der alte Text.")
    shut(page)
    again = open_as_context(page, application)
    writes_offline(again, "Der neue Text.")
    again.get_by_role("button", name="Das hier nehmen").click()

    expect(area(again)).to_have_value("Der alte Text.")
    expect(kept_texts(again)).to_have_text("Der neue Text.")
    again.unroute_all()
    expect(state(again)).to_have_text(SAVED, timeout=30_000)
    expect(kept_texts(again)).to_have_text("Der neue Text.")
    assert text_of(application) == "Der alte Text."
    console_errors.clear()


def test_a_reload_while_it_is_saved_claims_no_failure(open_as, amina, application, console_errors):
    page = open_as(amina)
    page.on("dialog", lambda dialog: dialog.accept())
    cut_off(page)  # what a page sends while it closes may arrive later than the next page is made
    area(page).press_sequentially("Mitten im Satz.")
    page.reload()

    expect(kept_texts(page)).to_have_text("Mitten im Satz.")
    expect(page.locator("[data-kept-title]:visible")).to_have_text(
        "Auf diesem Gerät ist noch etwas von Ihnen aufgehoben, das hier nicht steht."
    )
    expect(state(page)).to_have_text("noch nichts gespeichert")
    page.unroute_all()
    write(application, "s1", "Mitten im Satz.", by=amina)  # it arrives
    page.evaluate("() => { document.dispatchEvent(new Event('visibilitychange')); }")
    expect(area(page)).to_have_value("Mitten im Satz.")
    expect(kept_texts(page)).to_have_count(0)
    assert page.evaluate("localStorage.length") == 0
    console_errors.clear()


def test_what_the_server_has_meanwhile_is_not_offered(open_as, amina, application, console_errors):
    page = open_as(amina)
    page.route(
        "**/abschnitte/s1/",
        lambda route: (route.fetch(), route.abort()) if route.request.method == "POST" else route.fallback(),
    )  # it arrives, and the answer does not
    area(page).fill("Längst da.")
    expect(state(page)).to_have_text(FAILED)
    shut(page)
    again = open_as_context(page, application)

    expect(area(again)).to_have_value("Längst da.")
    again.wait_for_load_state("networkidle")
    expect(kept_texts(again)).to_have_count(0)
    assert again.evaluate("localStorage.length") == 0
    console_errors.clear()


def test_a_text_kept_in_the_format_of_before_is_offered(open_as, amina, application):
    page = open_as(amina)
    draft = application.drafts.get(key="s1")
    kept = {
        "pairs": [["text", "Von früher."]],
        "texts": ["Von früher."],
        "version": "0",
        "after": [],
        "url": page.url,
        "title": "Kurzbeschreibung",
    }
    page.evaluate(
        "([key, kept]) => localStorage.setItem(key, JSON.stringify({ ...kept, at: Date.now() }))",
        [f"schmiede:{amina.pk}:{draft.pk}", kept],
    )
    page.reload()
    expect(kept_texts(page)).to_have_text("Von früher.")
    page.get_by_role("button", name="Das hier nehmen").click()
    expect(state(page)).to_have_text(SAVED)
    assert text_of(application) == "Von früher."
    assert page.evaluate("localStorage.length") == 0


def test_a_full_storage_is_said_and_costs_nothing_that_stands_there(open_as, amina, application, console_errors):
    page = open_as(amina)
    page.evaluate(FULL)
    writes_offline(page, "Kein Platz.")
    expect(state(page)).to_contain_text("Dieser Browser kann den Text auch nicht aufheben.")
    page.unroute_all()
    expect(state(page)).to_have_text(SAVED, timeout=30_000)
    assert text_of(application) == "Kein Platz."
    console_errors.clear()


def test_rows_that_were_kept_go_to_the_server_and_are_offered_no_more(open_as, amina, application, console_errors):
    page = open_as(amina)
    address = reverse("applications:section", args=[application.pk, "s7"])
    page.goto(address)
    cut_off(page)
    page.get_by_label("Maßnahme", exact=True).fill("Kochen")
    page.get_by_role("heading", name="Wer kann das lesen?").click()
    expect(state(page)).to_have_text(FAILED)
    shut(page)
    again = page.context.new_page()
    again.goto(address)
    again.get_by_label("Maßnahme", exact=True).fill("Singen")  # beside the offer
    cut_off(again)
    again.get_by_role("button", name="Das hier nehmen").click()
    expect(state(again)).to_have_text("Der Server antwortet gerade nicht. Bitte drücken Sie gleich noch einmal.")
    expect(kept_texts(again)).to_have_text("Maßnahme: Kochen")
    again.unroute_all()
    again.get_by_role("button", name="Das hier nehmen").click()
    expect(again.get_by_text("Gespeichert.", exact=True)).to_be_visible()
    expect(kept_texts(again)).to_have_text("Maßnahme: Singen")
    assert [row.title for row in application.drafts.get(key="s7").value.rows] == ["Kochen"]
    console_errors.clear()


def test_rows_that_are_refused_stand_on_the_page_that_says_why(open_as, amina, application, console_errors):
    page = open_as(amina)
    address = reverse("applications:section", args=[application.pk, "s7"])
    page.goto(address)
    cut_off(page)
    page.get_by_label("Maßnahme", exact=True).fill("Kochen " * 80)
    page.get_by_role("heading", name="Wer kann das lesen?").click()
    expect(state(page)).to_have_text(FAILED)
    shut(page)
    again = page.context.new_page()
    again.goto(address)
    with again.expect_navigation():
        again.get_by_role("button", name="Das hier nehmen").click()
    expect(again.locator("[data-error-summary]")).to_be_visible()
    expect(kept_texts(again)).to_have_count(0)
    again.get_by_label("Maßnahme", exact=True).fill("Kochen")
    with again.expect_navigation():
        again.get_by_role("button", name="Speichern", exact=True).click()
    expect(again.get_by_text("Gespeichert.", exact=True)).to_be_visible()
    expect(kept_texts(again)).to_have_count(0)
    assert again.evaluate("localStorage.length") == 0
    console_errors.clear()


def test_a_conflict_that_was_decided_leaves_other_copies_alone(open_as, amina, jonas, application, console_errors):
    write(application, "s1", "Anfang. Mitte. Ende.")
    page = open_as(amina)
    left_behind(application, page, "Ein ganz anderer Text.")
    page.route("**/da/", lambda route: route.fulfill(json={}))  # she does not hear of his text before she writes
    page.reload()
    write(application, "s1", "Anfang. Mitte von Jonas. Ende.", by=jonas)
    area(page).fill("Anfang. Mitte von Amina. Ende.")
    page.get_by_role("button", name="Beide Fassungen ansehen und entscheiden").click()
    page.get_by_label("Ihre Fassung nehmen").check()
    page.get_by_role("button", name="So übernehmen").click()
    expect(page.get_by_text("Gespeichert. Alle Fassungen")).to_be_visible()
    expect(kept_texts(page)).to_have_text("Ein ganz anderer Text.")
    console_errors.clear()


def test_somebody_who_may_only_read_now_still_finds_their_words(open_as, jonas, application, console_errors):
    page = open_as(jonas)
    writes_offline(page, "Von Jonas, nie gespeichert.")
    shut(page)
    application.team.members.filter(user=jonas).update(role="reader")
    again = open_as_context(page, application)

    expect(kept_texts(again)).to_have_text("Von Jonas, nie gespeichert.")
    expect(again.get_by_role("button", name="Das hier nehmen")).to_have_count(0)
    again.get_by_role("button", name="Text kopieren").click()
    expect(again.locator("[data-copied]").first).to_have_text(re.compile("Kopiert|markiert"))
    again.get_by_role("button", name="Verwerfen").click()
    expect(kept_texts(again)).to_have_count(0)
    assert again.evaluate("localStorage.length") == 0
    console_errors.clear()


def test_logging_out_lists_every_text_and_each_can_be_copied(open_as, amina, application, console_errors):
    page = open_as(amina, viewport=SMALL, permissions=["clipboard-read", "clipboard-write"])
    for text in ("Erster Text.", "Zweiter Text.", "Erster Text."):
        left_behind(application, page, text)
    still_open = open_as_context(page, application)
    writes_offline(still_open, "Zweiter Text.")
    page.goto("/uebersicht/")
    page.locator(".menu--account summary").click()
    page.get_by_role("button", name="Ausloggen").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("link")).to_have_text(["Kurzbeschreibung – Projektschmiede"] * 2)
    expect(kept_texts(dialog)).to_have_text(["Zweiter Text.", "Erster Text."])
    dialog.get_by_role("button", name="Text kopieren").first.click()
    expect(dialog.get_by_text("Kopiert.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "Zweiter Text."
    console_errors.clear()
    eyes = Eyes(console_errors)
    eyes.look(page, "the question before logging out")
    # The other page is still offline, and tries again at any moment.
    assert [problem for problem in eyes.problems if "net::ERR_FAILED" not in problem] == []
    dialog.get_by_role("button", name="Löschen und ausloggen").click()
    expect(page.get_by_role("link", name="Einloggen").first).to_be_visible()
    assert page.evaluate("localStorage.length") == 0
    area(still_open).press_sequentially(" Mehr.")
    expect(state(still_open)).to_contain_text("Dieser Browser kann den Text auch nicht aufheben.")
    assert page.evaluate("localStorage.length") == 0
    console_errors.clear()


def test_logging_out_from_the_page_itself_deletes_what_stands_there(open_as, amina, application, console_errors):
    page = open_as(amina)
    writes_offline(page, "Nicht angekommen.")
    page.on("dialog", lambda dialog: dialog.accept())
    page.locator(".menu--account summary").click()
    page.get_by_role("button", name="Ausloggen").click()
    page.get_by_role("dialog").get_by_role("button", name="Löschen und ausloggen").click()
    expect(page.get_by_role("link", name="Einloggen").first).to_be_visible()
    assert page.evaluate("localStorage.length") == 0
    console_errors.clear()


def test_what_a_coach_could_not_save_is_offered_again(window, amina, application, console_errors):
    carla = read_by_carla(application, amina)
    review = application.reviews.get()
    page = window(carla)
    page.goto(review.get_absolute_url())
    page.route("**/merken/", lambda route: route.abort())
    page.locator("#neu-text").fill("Wer genau sind diese vielen?")
    page.locator("#neu-kind").select_option("question")
    page.locator("#ende-summary").fill("Schon sehr gut.")
    expect(state(page)).to_have_text(FAILED)
    shut(page)
    again = page.context.new_page()
    again.goto(review.get_absolute_url())
    expect(kept_texts(again)).to_have_text("Wer genau sind diese vielen?\nSchon sehr gut.")
    again.get_by_role("button", name="Das hier nehmen").click()
    expect(again.locator("#neu-kind")).to_have_value("question")
    expect(state(again)).to_contain_text("Begonnenes gespeichert um")
    expect(kept_texts(again)).to_have_count(0)
    again.get_by_role("button", name="Anmerkung speichern").click()
    expect(again.get_by_text("Die Anmerkung ist gespeichert.")).to_be_visible()
    expect(again.locator("#ende-summary")).to_have_value("Schon sehr gut.")
    assert json.loads(again.evaluate("JSON.stringify(localStorage)")) == {}
    console_errors.clear()


def read_by_carla(application, amina):
    """A text was handed in, and its coach has begun to read."""
    carla = make_user("Carla", "Weber")
    application.team.first_coach = make_coach(application.team.cohort, carla)
    application.team.save()
    write(application, "s1", "Wir erreichen viele.", by=amina)
    hand_in(application, ["s1"], by=amina).take(by=carla)
    return carla


def test_kept_cells_say_where_they_belong_and_lead_to_their_year(open_as, amina, application, console_errors):
    write(application, "s0", Cover(start_on="2027-01-01", months=36))
    line = Expense(id=row_id("e1"), year=2028, kind="HON", title="Bootsbauer", quantity="1", unit_price=100)
    write(application, "s17", Budget(expenses=(line,)))
    page = open_as(amina)
    address = reverse("applications:section", args=[application.pk, "s17"])
    page.goto(f"{address}?jahr=2028")
    cut_off(page)
    page.get_by_label("Einzelpreis: Bootsbauer").fill("88,80")
    page.get_by_label("Menge: Bootsbauer").focus()
    page.get_by_role("heading", name="Wer kann das lesen?").click()
    expect(state(page)).to_have_text(FAILED)
    shut(page)
    again = page.context.new_page()
    again.goto(f"{address}?jahr=2027")

    expect(kept_texts(again)).to_have_text("Bootsbauer 2028, Einzelpreis: 88,80")
    again.get_by_role("button", name="Das hier nehmen").click()
    expect(again.get_by_text("Gespeichert.", exact=True)).to_be_visible()
    assert again.url.endswith("?jahr=2028")
    expect(again.get_by_label("Einzelpreis: Bootsbauer")).to_have_value("88,80")
    console_errors.clear()


def test_many_kept_texts_stay_below_the_summary_and_are_folded(open_as, amina, application, console_errors):
    page = open_as(amina)
    for number in range(5):
        left_behind(application, page, f"Text {number}.")
    area(page).evaluate("field => field.value = 'x'.repeat(50_001)")
    page.evaluate("document.getElementById('abschnitt').submit()")

    summary, box = page.locator("[data-error-summary]"), page.get_by_label("Auf diesem Gerät aufgehobener Text")
    expect(kept_texts(page).filter(visible=True)).to_have_count(3)
    assert summary.bounding_box()["y"] < box.bounding_box()["y"]
    page.get_by_text("und 2 weitere").click()
    expect(kept_texts(page).filter(visible=True)).to_have_count(5)
    page.get_by_role("button", name="Verwerfen").nth(4).click()
    expect(page.get_by_text("und ein weiterer Text")).to_be_visible()
    expect(kept_texts(page).filter(visible=True)).to_have_count(4)
    console_errors.clear()
