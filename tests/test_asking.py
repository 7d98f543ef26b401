"""No action of the admin does anything before it was asked about, and no save mails before its consequences were shown."""

from __future__ import annotations

import inspect
import re

import pytest
from django.contrib.admin import site
from django.test import Client
from django.urls import reverse

from accounts.models import Event, Message
from tests.access_world import AccessWorld
from tests.builders import log_in

pytestmark = pytest.mark.django_db

# A mail that failed is tried again: its person was to get it all the time, and is told nothing new.
AT_ONCE = {"accounts_message:send_again"}
# Give something back, and end and mail nothing.
GIVES_BACK = {"accounts_user:activate"}


def actions():
    """Yield the model and the name of every action of the admin, and its function."""
    for model, pages in site._registry.items():
        for action in pages.actions or ():
            step = action if callable(action) else getattr(pages, action)
            yield f"{model._meta.label_lower.replace('.', '_')}:{step.__name__}", step


def test_no_action_does_anything_before_it_was_asked_about():
    world = AccessWorld()
    clients = [log_in(Client(), person) for person in (world.doris, world.emil)]
    done = set()
    for name, _step in actions():
        model, action = name.split(":")
        for client in clients:
            before = Message.objects.count(), Event.objects.count()
            url = reverse(f"admin:{model}_changelist")
            client.post(url, {"action": action, "_selected_action": [str(world.of(model).pk)]})
            if (Message.objects.count(), Event.objects.count()) != before:
                done.add(name)
    assert done == AT_ONCE


def test_every_action_asks_or_is_shown_by_the_page_of_consequences():
    """An action may leave asking to the page only if all it does is to mail (accounts/admin/consequences.py)."""
    silent = {
        name
        for name, step in actions()
        if not re.search(r"\bask(_and_run)?\(|\bdecide\(|_at_another|let_leave\(", inspect.getsource(step))
    }
    assert silent == AT_ONCE | GIVES_BACK | {
        "accounts_message:send_now",
        "cohorts_announcement:publish",
        "cohorts_coachassignment:invite",
        "cohorts_registration:renew_link",
        "cohorts_teammember:invite",
    }
