"""Who is told what by mail when something happens to an application, a reading or a remark, and where the mail leads."""

from __future__ import annotations

import pytest

from accounts.models import Message, User
from applications.models import Application
from schmiede.writes import Stale
from tests.applications.test_readings import handed_in, make_world, taken, withdrawn

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


@pytest.mark.parametrize(("own_coach", "names"), [(True, []), (False, ["carla", "chris"])])
def test_withdrawing_an_application_calls_off_what_all_coaches_were_asked_to_read(world, own_coach, names):
    if not own_coach:
        world.team.name_coaches(None, None, by=world.doris)
    reading = handed_in(world)

    Application.objects.get().withdraw(by=world.amina)

    assert told("reading_withdrawn") == [(f"{name}@example.org", reading.get_absolute_url()) for name in names]


def test_withdrawing_what_waits_tells_the_coaches_who_were_asked(world):
    reading = withdrawn(world)

    assert told("reading_withdrawn") == told("reading_asked") == [("carla@example.org", reading.get_absolute_url())]
    message = Message.objects.get(kind="reading_withdrawn")
    assert message.subject == f"Zurückgezogen: {world.team.title} braucht keine Rückmeldung mehr"
    assert "- Zielgruppe und Ansprache\n" in message.text


def test_withdrawing_what_waits_tells_no_coach_who_wants_no_mails(world):
    User.objects.filter(pk=world.carla.pk).update(wants_reading_mails=False)
    withdrawn(world)

    assert told("reading_asked") == told("reading_withdrawn") == []


def test_what_a_coach_reads_already_stays_hers_and_nobody_is_told(world):
    reading = taken(world)
    with pytest.raises(Stale):
        reading.withdraw(by=world.amina)

    assert told("reading_withdrawn") == []
