"""The form of a coach is saved while a step holds the cohort and then takes the coach's row: neither waits for the other in a ring."""

from __future__ import annotations

import time

import pytest
from django.db import transaction
from django.test import Client

from cohorts.models import CoachAssignment, Cohort
from tests.accounts.admin_world import change
from tests.builders import log_in, make_coach, make_cohort, make_organiser, make_user
from tests.forms import agree, form_of

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def test_saving_the_form_of_a_coach_waits_for_a_step_without_a_deadlock(at_once):
    doris = make_user("Doris")
    cohort = make_cohort(make_organiser(doris))
    coach = make_coach(cohort, make_user("Carla"))
    CoachAssignment.objects.update(coach=None)
    client = log_in(Client(), doris)
    sent = form_of(client.get(change(coach)), "coachassignment_form") | {"email": "neu@example.org", "_save": "1"}
    page = client.post(change(coach), sent, follow=True)

    def step():
        with transaction.atomic():
            Cohort.objects.lock(cohort.pk)
            time.sleep(0.3)  # the form is being saved now
            return len(CoachAssignment.objects.select_for_update().filter(pk=coach.pk))

    def save():
        time.sleep(0.1)
        return agree(client, page).status_code

    assert at_once(step, save) == [1, 200]
    coach.refresh_from_db()
    assert coach.email == "neu@example.org"
