"""A coach's evening: five teams, one after the other, with the keyboard alone; a participant looks on beside her."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from applications.reviews.models import BegunComment, Comment, Review
from applications.reviews.steps import hand_in
from tests.builders import (
    make_application,
    make_coach,
    make_cohort,
    make_organisation,
    make_organiser,
    make_team,
    make_user,
    write,
)

NAMES = ["Amina Haddad", "Selma Öz", "Ivan Petrow", "Lin Tran", "Musa Ba"]
KEPT = re.compile(r"^Begonnenes gespeichert um \d\d?:\d\d Uhr")


@pytest.fixture
def carla():
    return make_user("Carla", "Weber")


@pytest.fixture
def teams(carla):
    """Five teams that handed in, the first of them Amina's; she has written on since."""
    cohort = make_cohort(make_organiser(make_user("Doris")))
    coach, found = make_coach(cohort, carla), []
    for name in NAMES:
        person = make_user(*name.split())
        team = make_team(cohort, person, first_coach=coach, organisation=make_organisation(f"Verein {name}"))
        application = make_application(team, title=f"Vorhaben von {name}")
        write(application, "s4", f"Wir erreichen viele. {name} kennt sie alle.", by=person)
        hand_in(application, ["s4"], by=person)
        found.append(application)
    return found


def focused(page):
    return page.evaluate("document.activeElement.name ?? ''")


def test_a_coach_works_through_five_teams_with_the_keyboard_alone(window, carla, teams, eyes):
    amina = window(teams[0].team.members.get().user)
    page = window(carla)
    page.goto(reverse("reviews:queue"))
    eyes.look(page, "the queue")
    page.keyboard.press("n")
    for number, application in enumerate(teams):
        review = application.reviews.get()
        page.wait_for_url(f"**/rueckmeldungen/{review.pk}/**")
        expect(page.locator("[data-review-text]")).to_contain_text(NAMES[number])
        if number == 0:
            shows_its_keys(page, eyes)
            eyes.look(page, "a review")
        comments(page, f"Wie viele sind es bei {NAMES[number]}?")
        if number == 0:
            eyes.look(page, "a review with a comment")
            amina.goto(reverse("applications:section", args=[application.pk, "s4"]))
            expect(amina.locator("body")).not_to_contain_text("Wie viele sind es")
        with page.expect_navigation():
            page.keyboard.press("l")
        expect(page.locator("[role=status], .messages").first).to_contain_text("Das Lob ist gespeichert.")
        gives_back(page)
        if number == 0:
            expect(page.locator("body")).to_contain_text("Zurückgegeben. Das Team")
            amina.reload()
            expect(amina.locator("body")).to_contain_text("Wie viele sind es bei Amina Haddad?")
            expect(amina.locator("body")).to_contain_text("bitte ändern")
            eyes.look(amina, "the section with its comments")
    page.wait_for_url("**/rueckmeldungen/")
    expect(page.locator("h1 + p")).to_have_text("Gerade wartet keine Abgabe.")
    eyes.look(page, "the empty queue")
    assert not Review.objects.open().exists()
    assert sorted(Comment.objects.values_list("kind", flat=True)) == ["praise"] * 5 + ["question"] * 5


def shows_its_keys(page, eyes):
    page.keyboard.press("?")
    dialog = page.locator("dialog[data-keys]")
    expect(dialog).to_be_visible()
    expect(dialog.locator("kbd")).to_have_text(["a", "l", "z", "Strg", "Eingabe", "Esc", "?"])
    eyes.look(page, "the list of keys")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def comments(page, text):
    page.keyboard.press("a")
    assert focused(page) == "kind"
    page.keyboard.type("Fr")
    page.keyboard.press("Tab")
    assert focused(page) == "text"
    page.keyboard.type(text)
    expect(page.locator("[data-save-state]")).to_have_text(KEPT)
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    expect(page.locator(".comment").first).to_contain_text(text)


def gives_back(page):
    page.keyboard.press("z")
    assert focused(page) == "verdict-s4"
    page.keyboard.press("ArrowDown")
    expect(page.locator("[value='please change']")).to_be_checked()
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")


def test_what_was_begun_is_there_after_the_browser_was_closed(window, carla, teams):
    review = teams[0].reviews.get()
    review.take(by=carla)
    page = window(carla)
    page.goto(review.get_absolute_url())
    page.locator("#neu-text").fill("Wer genau sind diese vielen?")
    expect(page.locator("[data-save-state]")).to_have_text(KEPT)
    page.context.close()
    again = window(carla)
    again.goto(review.get_absolute_url())
    expect(again.locator("#neu-text")).to_have_value("Wer genau sind diese vielen?")
    expect(again.locator("[data-save-state]")).to_contain_text("Nur Sie sehen es.")


def test_a_server_that_is_down_is_said_and_tried_again(window, carla, teams, console_errors):
    review = teams[0].reviews.get()
    review.take(by=carla)
    page = window(carla)
    page.goto(review.get_absolute_url())
    page.route("**/merken/", lambda route: route.abort())
    page.locator("#neu-text").fill("Wer genau?")
    expect(page.locator("[data-save-state]")).to_have_text("nicht gespeichert, wir versuchen es weiter")
    assert not BegunComment.objects.exists()
    page.unroute("**/merken/")
    expect(page.locator("[data-save-state]")).to_have_text(KEPT, timeout=20_000)
    assert BegunComment.objects.get().text == "Wer genau?"
    console_errors.clear()  # the browser notes what it could not send


def test_words_that_are_marked_are_praised_with_one_press(window, carla, teams, eyes):
    review = teams[0].reviews.get()
    review.take(by=carla)
    page = window(carla)
    page.goto(review.get_absolute_url())
    bar = page.get_by_role("group", name="Zu den markierten Worten")
    expect(bar).to_be_hidden()
    page.locator("[data-review-text] p").first.dblclick()
    expect(bar).to_be_visible()
    eyes.look(page, "words that are marked")
    with page.expect_navigation():
        bar.get_by_role("button", name="Loben").click()
    comment = Comment.objects.get()
    assert (comment.kind, comment.text) == ("praise", "")
    assert comment.quote in "Wir erreichen viele. Amina Haddad kennt sie alle."
    assert comment.quote


def test_the_keys_can_be_switched_off(window, carla, teams):
    page = window(carla)
    page.goto(reverse("reviews:queue"))
    page.get_by_role("button", name="Mit der Tastatur lesen (?)").click()
    page.get_by_label("Einzelne Tasten in diesem Browser abschalten").check()
    page.get_by_role("button", name="Schließen").click()
    for key in ("n", "?"):
        page.keyboard.press(key)
    expect(page.locator("dialog[data-keys]")).to_be_hidden()
    page.reload()
    page.keyboard.press("n")
    expect(page.get_by_role("button", name="Nächste übernehmen und lesen")).to_be_visible()
    assert not Review.objects.exclude(taken_at=None).exists()
