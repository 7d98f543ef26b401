"""The first day, the last two weeks and every outcome on a phone, with scripts and without."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.invitations import invite
from applications.papers.models import Outcome, Submission
from applications.writing.models import Application, PlanTick, Revision
from tests.applications.papers.test_finishing import World as Finishing
from tests.builders import day, make_organisation
from tests.schmiede.test_her_days import IDEA, STATES, World

PHONE = {"viewport": {"width": 360, "height": 800}}


@pytest.fixture
def world():
    return World()


def overview(window, world, *, scripts: bool):
    page = window(world.amina, java_script_enabled=scripts, **PHONE)
    page.goto(reverse("dashboard"))
    return page


@pytest.mark.parametrize("scripts", [True, False])
def test_the_first_day_leads_from_the_idea_to_the_first_text(window, eyes, world, scripts):
    STATES["first day, with an idea"](world)
    page = overview(window, world, scripts=scripts)
    if scripts:
        eyes.look(page, "first day")
    page.get_by_role("link", name="Idee übernehmen").click()
    page.get_by_label("Das wissen wir noch nicht").check()
    page.get_by_role("button", name="Vorhaben beginnen").click()
    expect(page.get_by_role("heading", level=1, name="Kurzbeschreibung")).to_be_visible()
    expect(page.get_by_role("textbox", name="Ihr Text")).to_have_value(IDEA)
    assert Revision.objects.filter(content__text=IDEA).count() == 1
    page.goto(reverse("dashboard"))
    expect(page.get_by_role("heading", name="Dem Vorhaben einen Titel geben")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_in_the_last_two_weeks_she_ticks_off_what_is_done(window, eyes, world, scripts):
    STATES["two weeks before the deadline"](world)
    page = overview(window, world, scripts=scripts)
    expect(page.get_by_role("heading", name="Noch 14 Tage bis zum Einsendeschluss")).to_be_visible()
    page.get_by_label("„Träger und Erfahrung“ fertig schreiben").check()
    if scripts:
        expect(page.get_by_text("Das Häkchen ist gespeichert.")).to_be_visible()
        page.reload()  # nothing is asked before: it is saved
    else:
        page.get_by_role("button", name="Häkchen speichern").click()
        expect(page.get_by_text("Die Häkchen sind gespeichert.")).to_be_visible()
    expect(page.get_by_label("„Träger und Erfahrung“ fertig schreiben")).to_be_checked()
    assert PlanTick.objects.get().by == world.amina
    if scripts:
        eyes.look(page, "last two weeks")


def test_a_phone_shows_the_next_step_and_the_first_three_things_at_once_and_is_short(window, world):
    """Mid-way: the first screen holds the card and three things, no page is long, and the text is few tabs away."""
    STATES["between workshops, an assignment"](world)
    invite(world.amina.email, make_organisation(), by=None)  # its line is there, too
    for number in (1, 2, 3):
        world.first.assignments.create(title=f"Ausgangswerte für Ziel {number} herausfinden", due_on=day(9))
    application = Application.objects.get()
    page = window(world.amina, java_script_enabled=True, viewport={"width": 360, "height": 740})
    page.goto(reverse("dashboard"))
    expect(page.get_by_role("link", name="Eine Einladung wartet auf Sie")).to_be_visible()
    third = page.locator(".own li").nth(2).bounding_box()
    assert third["y"] + third["height"] <= 740
    assert page.evaluate("document.documentElement.scrollHeight") <= 2500
    page.goto(reverse("applications:checks", args=[application.pk]))
    assert page.evaluate("document.documentElement.scrollHeight") <= 3000
    page.goto(reverse("applications:section", args=[application.pk, "s1"]))
    for _tab in range(2):
        page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Zum Schreiben springen")).to_be_focused()
    page.keyboard.press("Enter")
    text = page.get_by_role("textbox", name="Ihr Text")
    tabs = 2
    while tabs < 8 and not text.evaluate("field => field == document.activeElement"):
        page.keyboard.press("Tab")
        tabs += 1
    expect(text).to_be_focused()


@pytest.mark.parametrize(
    ("kind", "heading"),
    [("declined", "Diesmal hat es nicht geklappt"), ("granted", "Bewilligt"), ("invited", "Eingeladen")],
)
@pytest.mark.parametrize("scripts", [True, False])
def test_every_outcome_has_its_page(window, eyes, kind, heading, scripts):
    world = Finishing()
    submission = world.finish()
    for step in ("transferred_on", "signed_on", "posted_on"):
        submission.enter_step(step, day(-1), by=world.amina)
    Outcome.objects.enter(Submission.objects.get(), kind, day(0), by=world.amina)
    page = window(world.amina, java_script_enabled=scripts, **PHONE)
    page.goto(submission.get_absolute_url())
    expect(page.get_by_role("heading", level=1)).to_contain_text(heading)
    if scripts:
        eyes.look(page, kind)
