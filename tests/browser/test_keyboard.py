"""The keyboard alone is enough: a participant writes and hands in, a coach reads and gives back, and nobody touches a mouse."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from applications.content import Goal, Goals
from applications.reviews.models import Review
from applications.reviews.steps import hand_in
from tests.browser.test_autosave import amina, application, jonas, open_as  # noqa: F401  fixtures are found by their names
from tests.builders import make_coach, make_user, write

# Every button that adds a row, by the key of its section.
ADDED = [
    ("s5", "Ziel hinzufügen"),
    ("s7", "Maßnahme hinzufügen"),
    ("s17", "Ausgabe hinzufügen"),
    ("s17", "Personal hinzufügen"),
    ("s17", "Deckungsmittel hinzufügen"),
]

# What has the focus, in the words a screen reader would begin with, and whether one can see that it has it.
FOCUSED = """() => {
    const one = document.activeElement;
    const labels = [...(one.labels ?? [])].map((label) => label.innerText);
    const words = [one.ariaLabel ?? "", ...labels, one.innerText ?? "", one.value ?? ""].join(" ").replace(/\\s+/g, " ").trim();
    const label = one.matches("input[type=checkbox], input[type=radio]") ? one.labels[0] : null;
    const seen = [one, label].filter(Boolean).some((place) => {
        const style = getComputedStyle(place);
        return style.outlineStyle !== "none" || style.boxShadow !== "none";
    });
    return { words, seen, hidden: one === document.body, name: one.name ?? "" };
}"""


def tab_to(page, words="", name="", most=120):
    """Press Tab until what says these words, or the field of that name, has the focus, which can be seen on the way."""
    for _press in range(most):
        page.keyboard.press("Tab")
        found = page.evaluate(FOCUSED)
        assert found["hidden"] or found["seen"], f"nothing shows that „{found['words'][:60]}“ has the focus"
        if words in found["words"] and found["name"].endswith(name):
            return
    pytest.fail(f"„{words or name}“ is not reached by the keyboard")


def test_a_participant_writes_and_hands_in(open_as, amina, application):  # noqa: F811
    page = open_as(amina)
    page.goto(reverse("dashboard"))
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUSED)["words"] == "Zum Inhalt springen"
    tab_to(page, "Vorhaben")
    page.keyboard.press("Enter")
    page.wait_for_url("**/vorhaben/**")
    tab_to(page, "Kurzbeschreibung")
    page.keyboard.press("Enter")
    page.wait_for_url("**/abschnitte/s1/")
    tab_to(page, "Ihr Text")
    page.keyboard.type("Wir kochen zusammen.")
    tab_to(page, "Zur Rückmeldung abgeben")
    page.keyboard.press("Enter")
    page.wait_for_url("**/abgeben/**")
    tab_to(page, "Kurzbeschreibung")  # chosen already, because one came from there
    expect(page.get_by_role("checkbox", name="Kurzbeschreibung")).to_be_checked()
    tab_to(page, "Zur Rückmeldung abgeben")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Zur Rückmeldung abgegeben. Ihre Coaching-Person")).to_be_visible()
    assert Review.objects.get().items.get().revision.value.text == "Wir kochen zusammen."


def test_rows_are_added_and_moved(open_as, amina, application):  # noqa: F811
    page = open_as(amina)
    page.goto(reverse("applications:section", args=[application.pk, "s7"]))
    tab_to(page, name="-title")
    page.keyboard.type("Kochen")
    tab_to(page, "Maßnahme hinzufügen")
    page.keyboard.press("Enter")
    page.wait_for_url("**neu=rows**", wait_until="networkidle")
    expect(page.locator("[data-row] :focus")).to_have_value("")
    page.keyboard.type("Reden")  # one goes on in the new row
    tab_to(page, "Speichern")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert [row.title for row in application.drafts.get(key="s7").value.rows] == ["Kochen", "Reden"]
    tab_to(page, "nach unten", name="move")
    page.keyboard.press("Enter")
    expect(page.locator("[name$='-title']").first).to_have_value("Reden")
    expect(page.locator("[data-row]:focus")).to_have_count(1)  # the row that was moved
    assert page.evaluate("document.activeElement.querySelector('[name$=-title]').value") == "Kochen"
    assert [row.title for row in application.drafts.get(key="s7").value.rows] == ["Reden", "Kochen"]


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_every_row_that_is_added_is_entered_and_in_sight_at_once(open_as, amina, application, motion):  # noqa: F811
    goals = Goals(rows=tuple(Goal(id=f"z{number}", goal=f"Ziel {number}") for number in range(8)))
    write(application, "s5", goals, by=amina)
    page = open_as(amina, reduced_motion=motion)
    for key, label in ADDED:
        page.goto(reverse("applications:section", args=[application.pk, key]))
        for _again in range(2):
            with page.expect_navigation():
                page.get_by_role("button", name=label).click()
            expect(page.locator("[data-row] :focus")).to_have_count(1)
            row = page.evaluate("(document.activeElement.closest('[data-row]') ?? document.body).innerText")
            assert re.search(r"neu", row, re.IGNORECASE), (key, label, row)
            assert page.evaluate("document.activeElement.matches('input:not([type=hidden]), textarea, select')")
            expect(page.locator(":focus")).to_be_in_viewport()
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"


def test_a_page_that_is_only_opened_enters_no_row(open_as, amina, application):  # noqa: F811
    page = open_as(amina)
    page.goto(reverse("applications:section", args=[application.pk, "s7"]), wait_until="networkidle")
    assert page.evaluate("document.activeElement === document.body")


def test_a_coach_reads_and_gives_back(window, application):  # noqa: F811
    carla = make_user("Carla", "Weber")
    application.team.first_coach = make_coach(application.team.cohort, carla)
    application.team.save()
    write(application, "s1", "Wir kochen zusammen.")
    review = hand_in(application, ["s1"], by=application.team.members.get(role="owner").user)
    page = window(carla)
    page.goto(reverse("reviews:queue"))
    tab_to(page, "Übernehmen und lesen")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/rueckmeldungen/{review.pk}/**")
    tab_to(page, name="kind")
    page.keyboard.type("Hinweis")
    tab_to(page, name="text")
    page.keyboard.type("Das liest sich gut.")
    tab_to(page, "Anmerkung speichern")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    tab_to(page, "aus Sicht der Coaching-Person rund")
    page.keyboard.press("Space")
    tab_to(page, "Zurückgeben")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    review.refresh_from_db()
    comment = review.items.get().comments.get()
    assert (review.is_open, comment.kind, comment.text) == (False, "hint", "Das liest sich gut.")
