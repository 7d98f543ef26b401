"""Steps of a cohort that are taken back: who is told, and when it is too late."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Event, Message
from cohorts.deciding import accept, decline, reopen
from cohorts.models import Cohort, Registration
from cohorts.publishing import unpublish
from core.writes import Stale
from tests.builders import day, make_call, make_cohort, make_organiser, make_team, make_user, make_workshop
from tests.cohorts.test_registration_steps import make_registration
from workshops.models import Workshop
from workshops.opening import is_open

pytestmark = pytest.mark.django_db


@pytest.fixture
def doris():
    return make_user("Doris")


@pytest.fixture
def cohort(doris):
    window = {"registration_from": day(-9), "registration_until": day(9)}
    return make_cohort(make_organiser(doris), make_call(parts=True), **window)


@pytest.fixture
def workshop(cohort):
    make_team(cohort, make_user("Amina"), make_user("Jonas"))
    return make_workshop(cohort, 2, ["s3"], begins_at=timezone.now() + timedelta(days=9), title="Bedarf")


def sent():
    """Let everything that waits go out."""
    Message.objects.update(sent_at=timezone.now())


def kinds():
    return sorted(Message.objects.filter(sent_at=None).values_list("kind", flat=True))


def test_a_workshop_takes_place_after_all_and_who_knew_it_was_off_is_told(workshop, doris):
    workshop.cancel(by=doris)
    sent()

    Workshop.objects.get().hold(by=doris)

    assert Workshop.objects.get().cancelled_at is None
    assert kinds() == ["held", "held"]
    told = Message.objects.filter(kind="held").first()
    assert told.subject == "Findet doch statt: Workshop 2 „Bedarf“"
    assert told.text.count("\n- ") == 1
    assert Event.objects.filter(what="workshop.held", by=doris).count() == 1
    with pytest.raises(Stale):
        Workshop.objects.get().hold(by=doris)


def test_nobody_is_told_of_a_cancelling_that_was_taken_back_in_time(workshop, doris):
    workshop.cancel(by=doris)

    Workshop.objects.get().hold(by=doris)

    assert kinds() == []


def test_a_workshop_that_was_moved_while_it_was_off_says_its_new_day(workshop, doris):
    workshop.cancel(by=doris)
    workshop.sessions.update(begins_at=timezone.now() + timedelta(days=20), ends_at=timezone.now() + timedelta(days=21))

    Workshop.objects.get().hold(by=doris)

    assert kinds() == ["held", "held"]


def test_what_is_over_or_called_off_with_its_cohort_is_not_held(workshop, doris):
    workshop.cancel(by=doris)
    Cohort.objects.update(cancelled_at=timezone.now())
    with pytest.raises(Stale):
        Workshop.objects.get().hold(by=doris)

    Cohort.objects.update(cancelled_at=None)
    workshop.sessions.update(begins_at=timezone.now() - timedelta(days=2), ends_at=timezone.now() - timedelta(days=1))
    with pytest.raises(Stale):
        Workshop.objects.get().hold(by=doris)


@pytest.mark.parametrize("in_time", [True, False])
def test_sections_opened_by_mistake_close_again(workshop, doris, in_time):
    workshop.open_early(by=doris, reason="Versehen.")
    assert is_open("s3", Workshop.objects.openings_in(workshop.cohort_id), timezone.now())
    if not in_time:
        sent()

    Workshop.objects.get().close_again(by=doris)

    assert not is_open("s3", Workshop.objects.openings_in(workshop.cohort_id), timezone.now())
    assert kinds() == ([] if in_time else ["closed_again", "closed_again"])
    assert Event.objects.filter(what="workshop.closed_again", by=doris).count() == 1
    again = Workshop.objects.get()
    again.open_early(by=doris, reason="Doch.")
    assert Message.objects.filter(kind="opened_early", sent_at=None).count() == 2


def test_a_workshop_that_has_begun_does_not_close_again(workshop, doris):
    workshop.open_early(by=doris, reason="Alle sind da.")
    workshop.sessions.update(begins_at=timezone.now() - timedelta(hours=1))

    with pytest.raises(Stale):
        Workshop.objects.get().close_again(by=doris)


def test_publishing_is_taken_back_until_somebody_registers(cohort, doris):
    unpublish(cohort, by=doris)
    assert Cohort.objects.get().published_at is None
    with pytest.raises(Stale):
        unpublish(cohort, by=doris)

    Cohort.objects.get().publish(by=doris)
    make_registration(Cohort.objects.get())
    with pytest.raises(Stale):
        unpublish(Cohort.objects.get(), by=doris)
    assert Event.objects.filter(what="cohort.unpublished").count() == 1


def test_a_refusal_is_taken_back_and_the_association_told_each_time(cohort, doris):
    registration = make_registration(cohort)
    decline(registration, by=doris, text="Leider nein.")
    count = registration.persons.count()

    sent()
    reopen(Registration.objects.get(), by=doris, text="Ein Versehen.")
    sent()
    decline(Registration.objects.get(), by=doris, text="Doch nein.")
    sent()
    reopen(Registration.objects.get(), by=doris, text="Noch ein Versehen.")
    sent()
    team = accept(Registration.objects.get(), by=doris, text="Ja.")

    assert Registration.objects.get().team == team
    assert Message.objects.filter(kind="registration_reopened").count() == 2 * count
    assert Message.objects.filter(kind="registration_declined").count() == 2 * count
    with pytest.raises(Stale):
        reopen(Registration.objects.get(), by=doris, text="Nein.")
