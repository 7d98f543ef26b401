"""Who is told what by mail when something happens to an application, a reading or a remark, and where the mail leads."""

from __future__ import annotations

import pytest

from accounts.models import Message
from tests.applications.test_readings import make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return make_world()


def told(kind):
    """Address and link of every message of this kind."""
    return list(Message.objects.filter(kind=kind).order_by("email").values_list("email", "link"))


def everybody(link):
    return [(f"{name}@example.org", link) for name in ("amina", "carla", "doris", "jonas", "rana")]


def test_withdrawing_an_application_tells_everybody_concerned(world):
    world.application.withdraw(by=world.amina)

    assert told("withdrawn") == everybody(world.application.get_absolute_url())
    message = Message.objects.filter(kind="withdrawn")[0]
    assert (message.subject, message.cohort_id) == ("Zurückgezogen: Tischgespräche", world.cohort.pk)
    assert "Amina Haddad hat das Vorhaben „Tischgespräche“" in message.text
