"""The browser of the tests: the Chromium of the machine, one for the whole run; without windows where there is one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.servers.basehttp import WSGIRequestHandler
from django.test import Client
from playwright.sync_api import Page

from accounts.models import User
from tests.browser.eyes import Eyes
from tests.builders import log_in

# The live server sends every answer at once; else each waits 40 ms for the browser to confirm its headers.
WSGIRequestHandler.disable_nagle_algorithm = True

# Playwright runs an event loop in the test's thread; Django would refuse to touch the database there.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser")
FLAGS = [
    "--no-sandbox",
    # A page is open for a second: what its scripts would gain from being optimised costs more than it saves.
    "--js-flags=--no-opt,--no-maglev",
    # Fewer processes to start: the windows of a person share one, and drawing needs none of its own.
    "--renderer-process-limit=1",
    "--in-process-gpu",
]
CHROMIUM = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder drives a browser and a live server."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.django_db(transaction=True))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    if not CHROMIUM:
        if os.environ.get("REQUIRE_BROWSER"):
            pytest.fail("The browser tests are required here, but no Chromium was found.")
        pytest.skip("no Chromium was found")
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": FLAGS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict) -> dict:
    return {**browser_context_args, "locale": "de-DE", "timezone_id": "Europe/Berlin"}


@pytest.fixture
def console_errors() -> Iterator[list[str]]:
    """What the browser complained about, scripts and security policy alike; a test that provokes it clears the list."""
    errors: list[str] = []
    yield errors
    assert errors == []


@pytest.fixture
def window(new_context, live_server) -> Callable[..., Page]:
    """A page in a browser of its own, in which this person is logged in, the second factor included."""

    def open_for(user: User, **options: object) -> Page:
        context = new_context(base_url=live_server.url, **{"viewport": {"width": 1280, "height": 900}, **options})
        session = log_in(Client(), user).cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        return context.new_page()

    return open_for


@pytest.fixture
def eyes(console_errors: list[str]) -> Iterator[Eyes]:
    """What axe-core and the eye find is collected, and all of it said in the end."""
    eyes = Eyes(console_errors)
    yield eyes
    assert not eyes.problems, "\n".join(eyes.problems)


@pytest.fixture
def new_context(new_context, console_errors: list[str]) -> Callable[..., object]:
    def make(**options: object) -> object:
        context = new_context(**options)
        context.on("console", lambda message: console_errors.append(message.text) if message.type == "error" else None)
        context.on("weberror", lambda error: console_errors.append(str(error.error)))
        return context

    return make
