"""Two organisers press the button of a page of consequences at the same moment: only what each has seen is done."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Message
from cohorts.models import Cohort
from tests.builders import day, log_in, make_call, make_cohort, make_organiser, make_team, make_user, make_workshop
from tests.forms import agree, form_of
from workshops.models import Session

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cohort():
    doris, malin = make_user("Doris"), make_user("Malin")
    days = {"begins_on": day(30), "ends_on": day(200), "registration_from": day(-9), "registration_until": day(9)}
    cohort = make_cohort(make_organiser(doris), make_call(parts=True), **days)
    cohort.organiser.memberships.create(user=malin)
    make_team(cohort, make_user("Amina"), make_user("Jonas"))
    make_workshop(cohort, 2, ["s3"], begins_at=timezone.now() + timedelta(days=40), title="Bedarf")
    return cohort


@pytest.fixture
def pages(cohort):
    """Ask for the same change in two browsers and return what their buttons would do."""

    def ask(record, form, *changes):
        name = f"admin:{record._meta.label_lower.replace('.', '_')}_change"
        asked = []
        for person, change in zip(cohort.organiser.memberships.order_by("joined_at"), changes, strict=True):
            client = log_in(Client(), person.user)
            url = reverse(name, args=[record.pk])
            sent = form_of(client.get(url), form) | change | {"_save": "1"}
            page = client.post(url, sent, follow=True)
            assert page.template_name == "admin/consequences.html"
            asked.append(lambda client=client, page=page: agree(client, page))
        return asked

    return ask


def said(results):
    """For each answer whether its field says that somebody else has changed it meanwhile."""
    return sorted("Das hat inzwischen jemand anderes geändert. Gespeichert ist jetzt" in page.text for page in results)


def moved_to(days):
    moment = (timezone.localtime() + timedelta(days=days)).strftime("%d.%m.%Y")
    return {"sessions-0-begins_at_0": moment, "sessions-0-ends_at_0": moment}


def test_a_workshop_moved_to_two_days_is_moved_once_and_asked_about_again(cohort, pages, at_once):
    results = at_once(*pages(cohort.workshops.get(), "workshop_form", moved_to(50), moved_to(60)))

    assert said(results) == [False, True]
    assert Message.objects.filter(kind="moved").count() == 2
    begins = timezone.localdate(Session.objects.get().begins_at)
    assert begins in {day(50), day(60)}


def test_a_workshop_moved_twice_to_one_day_is_told_once(cohort, pages, at_once):
    results = at_once(*pages(cohort.workshops.get(), "workshop_form", moved_to(50), moved_to(50)))

    assert [page.status_code for page in results] == [200, 200]
    assert Message.objects.filter(kind="moved").count() == 2


def test_a_new_first_day_moves_the_workshops_once(cohort, pages, at_once):
    days = [{"begins_on": day(days).strftime("%d.%m.%Y")} for days in (37, 44)]

    results = at_once(*pages(cohort, "cohort_form", *days))

    assert said(results) == [False, True]
    begins_on = Cohort.objects.get().begins_on
    assert begins_on in {day(37), day(44)}
    assert timezone.localdate(Session.objects.get().begins_at) == begins_on + timedelta(days=10)
    assert Message.objects.filter(kind="cohort_moved").count() == 2
