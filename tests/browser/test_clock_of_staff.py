"""Days and times in the staff's pages are those of Germany, wherever the browser is; no hint says how far ahead one is."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.access_world import AccessWorld

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def browser_context_args(browser_context_args):
    return {**browser_context_args, "timezone_id": "America/New_York"}


@pytest.mark.parametrize("width", [1280, 320])
def test_no_hint_says_how_far_ahead_the_browser_is(window, width):
    world = AccessWorld()
    page = window(world.doris, viewport={"width": width, "height": 900})
    page.goto(reverse("admin:cohorts_cohort_add"))
    expect(page.locator(".datetimeshortcuts").first).to_be_attached()
    assert page.locator(".timezonewarning").count() > 0, "Django has changed how it says it"
    assert page.locator(".timezonewarning:visible").count() == 0
