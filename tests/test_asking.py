"""No action of the admin does anything before it was asked about, and no save mails before its consequences were shown."""

from __future__ import annotations

import pytest
from django.contrib.admin import site
from django.test import Client
from django.urls import reverse

from accounts.models import Event, Message
from tests.access_world import AccessWorld
from tests.builders import log_in

pytestmark = pytest.mark.django_db

# Actions that end nothing, mail nobody and can be taken back at once by another of the same page.
AT_ONCE: set[str] = set()


def actions(who):
    for model, pages in site._registry.items():
        for action in pages.actions or ():
            name = action if isinstance(action, str) else action.__name__
            yield f"{model._meta.label_lower.replace('.', '_')}:{name}"


def test_no_action_does_anything_before_it_was_asked_about():
    world = AccessWorld()
    clients = [log_in(Client(), person) for person in (world.doris, world.emil)]
    done = set()
    for name in actions(None):
        model, action = name.split(":")
        for client in clients:
            before = Message.objects.count(), Event.objects.count()
            url = reverse(f"admin:{model}_changelist")
            client.post(url, {"action": action, "_selected_action": [str(world.of(model).pk)]})
            if (Message.objects.count(), Event.objects.count()) != before:
                done.add(name)
    assert done == AT_ONCE
