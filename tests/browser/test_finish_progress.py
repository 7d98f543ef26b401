"""Finishing by a worker in a browser: the page shows how far it is and what came of it, with JavaScript and without."""

from __future__ import annotations

from functools import partial

import pytest
from django.tasks import task_backends
from django.urls import reverse
from playwright.sync_api import expect

from accounts.models import LastRun
from applications.papers import Pdf
from applications.papers.models import FinishRequest, Submission
from applications.papers.models import finish_request as times
from applications.papers.tasks import carry_out_request
from tests.applications.papers.test_finishing import PAPER, World
from tests.builders import write


@pytest.fixture
def world(settings, monkeypatch):
    """A worker is said to be there; papers are made at once, and `world.during` is called while they are made."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    settings.TASKS_BY_WORKERS = True
    assert task_backends["default"].supports_get_result
    LastRun.note_worker()
    world = World()

    def make_papers(frozen, receipt, sketch, tell):
        tell(2)
        world.during()
        return PAPER

    monkeypatch.setattr("applications.papers.finishing.make_sketch", lambda frozen: Pdf(b"%PDF", 3))
    monkeypatch.setattr("applications.papers.finishing.make_papers", make_papers)
    return world


def press(window, world, **options):
    page = window(world.amina, **options)
    page.goto(reverse("applications:finish", args=[world.application.pk]))
    page.get_by_role("button", name="Verbindlich fertigstellen").click()
    expect(page.get_by_text("0 von 4 sind da.")).to_be_visible()
    return page


def work():
    carry_out_request.call(str(FinishRequest.objects.get().pk))


@pytest.mark.parametrize("scripts", [True, False])
def test_page_says_how_far_it_is_and_when_it_is_done(window, eyes, world, scripts):
    page = press(window, world, java_script_enabled=scripts)
    if scripts:
        eyes.look(page, "progress")

    def sees(words):
        if not scripts:
            page.get_by_role("link", name="Jetzt nachsehen").click()
        expect(page.get_by_text(words)).to_be_visible(timeout=20_000)

    expect(page.get_by_text("Diese Seite zeigt von selbst")).to_be_visible(visible=scripts)
    expect(page.locator("noscript p")).to_be_visible(visible=not scripts)
    world.during = partial(sees, "2 von 4 sind da.")

    work()

    sees("Fertiggestellt. Ihre Unterlagen sind da.")
    if scripts:
        eyes.look(page, "done")
    page.get_by_role("link", name="Zu den Unterlagen").click()
    expect(page.get_by_text(Submission.objects.get().receipt_number).first).to_be_visible()


def test_page_says_why_it_was_not_finished_and_what_to_do(window, eyes, world):
    page = press(window, world)
    write(world.application, "s1", "Noch schnell ein Satz.", by=world.jonas)

    work()

    expect(page.get_by_text("Gerade hat noch jemand etwas geändert.")).to_be_visible(timeout=20_000)
    eyes.look(page, "not finished")
    page.get_by_role("link", name="Zurück zum Fertigstellen").click()
    expect(page.get_by_role("button", name="Verbindlich fertigstellen")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_page_does_it_where_no_worker_comes(window, world, monkeypatch, scripts):
    monkeypatch.setattr(times, "WAITS_FOR_A_WORKER", times.timedelta(seconds=1))
    world.during = list
    page = press(window, world, java_script_enabled=scripts)
    page.wait_for_timeout(1100)
    if not scripts:
        page.get_by_role("link", name="Jetzt nachsehen").click()
    expect(page.get_by_text("Fertiggestellt. Ihre Unterlagen sind da.")).to_be_visible(timeout=20_000)
    assert Submission.objects.count() == 1
