"""Counting pages beside the request, where no worker runs: a real thread with a connection of its own."""

from __future__ import annotations

from threading import Event

import pytest
from django.db import connections
from django.urls import reverse

from applications.papers import tasks
from applications.writing.models import Application
from tests.applications.papers.test_finishing import World, save
from tests.builders import log_in

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def test_page_is_answered_while_pages_are_counted_and_counts_once(client, settings, monkeypatch):
    settings.TASKS_IN_THREAD = True
    answered, renderings, closed = Event(), [], []

    def count(frozen):
        assert answered.wait(timeout=30)
        renderings.append(frozen)
        return 7

    monkeypatch.setattr("applications.papers.finishing.count_pages", count)
    world = World()
    save(world, "Ein neuer Satz.")
    log_in(client, world.amina)
    url = reverse("applications:checks", args=[world.application.pk])
    for _visit in range(2):
        assert "Seiten der Projektskizze: noch nicht gezählt." in client.get(url).content.decode()
    answered.set()
    tasks.counting.submit(lambda: closed.append(connections["default"].connection)).result(timeout=30)
    assert (Application.objects.get().pages, len(renderings), closed) == (7, 1, [None])
    assert "Seiten der Projektskizze: 7, gezählt" in " ".join(client.get(url).content.decode().split())
