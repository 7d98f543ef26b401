"""Staff see where applications stand, read-only, without a word of what they say, and only of their own cohorts."""

from __future__ import annotations

import pytest
from django.urls import reverse

from applications.papers.models import Outcome
from tests.applications.papers.test_finishing import World
from tests.builders import (
    day,
    fill,
    log_in,
    make_application,
    make_bamf,
    make_cohort,
    make_organiser,
    make_team,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World()


def test_organiser_reads_where_applications_stand(world, client):
    submission = world.posted()
    outcome = Outcome.objects.create(submission=submission, kind="granted", on=day(0), amount_cents=123_456)
    foreign = make_application(
        make_team(make_cohort(make_organiser(make_user("Erika"), "Anderer Träger")), make_user("Bilal"))
    )
    fill(foreign)
    log_in(client, world.doris)
    for name, record, hidden in (
        ("application", world.application, foreign),
        ("submission", submission, None),
        ("outcome", outcome, None),
    ):
        listing = client.get(reverse(f"admin:applications_{name}_changelist")).content.decode()
        page = client.get(reverse(f"admin:applications_{name}_change", args=[record.pk]))
        assert page.status_code == 200
        assert "38 Prozent" not in listing + page.content.decode()
        assert (
            client.post(reverse(f"admin:applications_{name}_change", args=[record.pk]), {"title": "X"}).status_code
            == 403
        )
        assert client.get(reverse(f"admin:applications_{name}_add")).status_code == 403
        assert client.get(reverse(f"admin:applications_{name}_delete", args=[record.pk])).status_code == 403
        if hidden:
            assert str(hidden.pk) not in listing
            assert client.get(reverse(f"admin:applications_{name}_change", args=[hidden.pk])).status_code == 404


def test_bamf_staff_find_no_applications_in_the_admin(world, client):
    world.posted()
    log_in(client, make_bamf("Frida"))
    for name in ("application", "submission", "outcome"):
        assert client.get(reverse(f"admin:applications_{name}_changelist")).status_code == 403
