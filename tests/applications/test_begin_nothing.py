"""Whoever waits for a decision is told to begin nothing: what has begun cannot be funded (VV 1.3 to § 44 BHO)."""

from __future__ import annotations

import pytest

from accounts.models import Message
from tests.applications.test_finishing import World
from tests.builders import day

pytestmark = pytest.mark.django_db

SENTENCE = "Bitte nichts beginnen, nichts bestellen, nichts unterschreiben, bevor die Bewilligung da ist."


def test_after_posting_the_message_and_the_page_say_to_begin_nothing(client):
    world = World()
    submission = world.finish()
    client.force_login(world.amina)
    assert SENTENCE not in client.get(submission.get_absolute_url()).text
    for step in ("transferred_on", "signed_on", "posted_on"):
        submission.enter_step(step, day(-1), by=world.amina)
    assert {SENTENCE in message.text for message in Message.objects.filter(kind="posted")} == {True}
    assert SENTENCE in client.get(submission.get_absolute_url()).text


@pytest.mark.parametrize(("kind", "told"), [("invited", True), ("declined", False), ("granted", False)])
def test_an_invitation_says_to_begin_nothing(client, kind, told):
    world = World()
    submission = world.posted()
    submission.enter_outcome(kind, day(0), by=world.amina)
    assert {SENTENCE in message.text for message in Message.objects.filter(kind="outcome")} == {told}
