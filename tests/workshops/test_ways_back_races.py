"""Two organisers take a step back at the same moment: one of them does it, and everybody is told once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Event, Message
from cohorts.deciding import decline, reopen
from cohorts.models import Cohort, Registration
from cohorts.publishing import unpublish
from core.writes import Stale
from tests.builders import day, make_cohort, make_organiser, make_team, make_user, make_workshop
from tests.cohorts.test_registration_steps import make_registration
from workshops.models import Workshop

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def doris():
    return make_user("Doris")


@pytest.fixture
def workshop(doris):
    cohort = make_cohort(make_organiser(doris), registration_from=day(-9), registration_until=day(9))
    make_team(cohort, make_user("Amina"), make_user("Jonas"))
    return make_workshop(cohort, 2, ["s3"], begins_at=timezone.now() + timedelta(days=9), title="Bedarf")


def kinds_of(results):
    return sorted(type(result).__name__ for result in results)


def test_a_workshop_is_held_once(workshop, doris, at_once):
    workshop.cancel(by=doris)
    Message.objects.update(sent_at=timezone.now())

    results = at_once(*[lambda: Workshop.objects.get().hold(by=doris)] * 2)

    assert kinds_of(results) == ["Stale", "Told"]
    assert Message.objects.filter(kind="held").count() == 2
    assert Event.objects.filter(what="workshop.held").count() == 1


def test_sections_close_again_once(workshop, doris, at_once):
    workshop.open_early(by=doris, reason="Versehen.")
    Message.objects.update(sent_at=timezone.now())

    results = at_once(*[lambda: Workshop.objects.get().close_again(by=doris)] * 2)

    assert kinds_of(results) == ["Stale", "Told"]
    assert Message.objects.filter(kind="closed_again").count() == 2


def test_a_refusal_is_taken_back_once(workshop, doris, at_once):
    registration = make_registration(workshop.cohort)
    decline(registration, by=doris, text="Nein.")
    Message.objects.update(sent_at=timezone.now())

    results = at_once(*[lambda: reopen(Registration.objects.get(), by=doris, text="Doch.")] * 2)

    assert kinds_of(results) == ["Stale", "Told"]
    assert Message.objects.filter(kind="registration_reopened").count() == registration.persons.count()


def test_a_cohort_is_unpublished_once(doris, at_once):
    make_cohort(make_organiser(doris))

    results = at_once(*[lambda: unpublish(Cohort.objects.get(), by=doris)] * 2)

    assert kinds_of(results) == ["NoneType", "Stale"]
    assert isinstance(next(result for result in results if result is not None), Stale)
    assert Event.objects.filter(what="cohort.unpublished").count() == 1
