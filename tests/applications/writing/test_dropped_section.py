"""A section that a new edition dropped: its draft stays readable, is not checked and not printed."""

from __future__ import annotations

import pytest
from django.urls import reverse

from applications.checks import run
from applications.papers.finishing import read_state
from applications.reviews.steps import drafts_to_hand_in, hand_in
from applications.writing.models import Application
from applications.writing.starting import adopt
from core.writes import Stale
from tests.applications.papers.test_finishing import World
from tests.builders import log_in, make_edition, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    """The team wrote s3 and s9; the edition it then adopted has neither."""
    world = World()
    write(world.application, "s3", "Ein Sprachkurs im Verein.", by=world.amina)
    write(world.application, "s9", "", by=world.amina)
    world.review = hand_in(world.application, ["s3", "s4"], by=world.amina)
    edition = make_edition(world.application.call, 2, published=False)
    for section in edition.sections.filter(key__in=["s3", "s9"]):
        section.delete()
    edition.publish(by=None)
    adopt(world.application, edition, by=world.amina)
    world.application = Application.objects.with_team().get()
    return world


def address(world, name, *more):
    return reverse(f"applications:{name}", args=[world.application.pk, *more])


def test_it_stays_readable(world, client):
    log_in(client, world.amina)
    page = client.get(address(world, "section", "s3"))
    assert page.status_code == 200
    assert "Ein Sprachkurs im Verein." in page.text
    assert not page.context["desk"].is_editable
    for name, *more in (("workspace",), ("history", "s3"), ("checks",), ("hand_in",), ("finish",)):
        assert client.get(address(world, name, *more)).status_code == 200, name


def test_it_can_be_read_by_the_coach_who_waits_for_it(world, client):
    log_in(client, world.carla)
    world.review.take(by=world.carla)
    page = client.get(world.review.get_absolute_url() + "?abschnitt=s3")
    assert "Ein Sprachkurs im Verein." in page.text


def test_it_is_not_checked(world):
    state = read_state(world.application)
    assert [finding.code for finding in run(state.dossier) if finding.key in {"s3", "s9"}] == []
    assert {finding.code for finding in run(state.dossier)} & {"C09", "C17", "C18"} == set()


def test_it_is_not_printed_and_not_frozen(world):
    frozen = read_state(world.application).frozen
    assert {"s3", "s9"} & ({section.key for section in frozen.terms.sections} | set(frozen.contents)) == set()


def test_it_is_not_handed_in_again(world):
    assert "s9" not in [draft.key for draft in drafts_to_hand_in(world.application)]
    with pytest.raises(Stale):
        hand_in(world.application, ["s9"], by=world.amina)
