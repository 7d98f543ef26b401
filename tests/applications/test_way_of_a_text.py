"""The files that a section's text passes from its form to the papers.

A file is passed when one of its functions is given the text: as letters, or as the value of the section. Templates and
what Django does are left out.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby
from types import CodeType

import pytest
from django.conf import settings
from django.urls import reverse

from applications.content import Text
from applications.papers.models import Submission
from tests.applications.pages import send
from tests.applications.papers.test_finishing import World
from tests.builders import log_in

pytestmark = pytest.mark.django_db

WORD = "Quittenmarmelade"
ROOT = f"{settings.BASE_DIR}/"
# What compares two dataclasses is the standard library's, written once.
NOT_OURS = (f"{ROOT}tests/", f"{ROOT}.venv/", f"{ROOT}core/values.py")
MOST_RETURNS = 8


class Followed:
    """Notes the files of all functions that are given the text while it is followed."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    @contextmanager
    def everywhere(self) -> Iterator[None]:
        monitoring, tool = sys.monitoring, sys.monitoring.PROFILER_ID
        monitoring.use_tool_id(tool, "the way of a text")
        monitoring.register_callback(tool, monitoring.events.PY_START, self.note)
        monitoring.set_events(tool, monitoring.events.PY_START)
        try:
            yield
        finally:
            monitoring.set_events(tool, 0)
            monitoring.free_tool_id(tool)
            monitoring.restart_events()

    def note(self, code: CodeType, _offset: int) -> object:
        if not code.co_filename.startswith(ROOT) or code.co_filename.startswith(NOT_OURS):
            return sys.monitoring.DISABLE
        values = sys._getframe(1).f_locals
        given = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        if any(holds_the_text(values.get(name)) for name in given):
            self.calls.append(code.co_filename.removeprefix(ROOT))
        return None

    @property
    def way(self) -> list[str]:
        return [file for file, _calls in groupby(self.calls)]


def holds_the_text(value) -> bool:
    if isinstance(value, bytes):
        return WORD.encode() in value
    letters = value.text if isinstance(value, Text) else value
    return isinstance(letters, str) and WORD in letters


def test_a_text_passes_ten_files_and_seldom_comes_back(client):
    world = World()
    log_in(client, world.amina)

    followed = Followed()
    with followed.everywhere():
        send(client, world.application, "s1", {"text": f"Wir kochen {WORD} mit der Nachbarschaft."})
        client.post(reverse("applications:finish", args=[world.application.pk]), {"confirmed": "on"})

    assert Submission.objects.get().frozen["contents"]["s1"]["text"].startswith(f"Wir kochen {WORD}")
    assert list(dict.fromkeys(followed.way)) == [
        "applications/writing/forms/fields.py",
        "applications/content/base.py",
        "core/spelling.py",
        "applications/writing/models/draft.py",
        "applications/writing/models/saving.py",
        "applications/checks/exclusions.py",
        "applications/content/prose.py",
        "applications/papers/pdf.py",
        "applications/papers/drawing.py",
        "applications/papers/renderer_process.py",
    ]
    assert len(followed.way) - len(set(followed.way)) <= MOST_RETURNS
