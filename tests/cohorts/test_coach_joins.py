"""Somebody becomes a coach: once in a cohort, whatever addresses they were invited by, and with the name of their account."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.invitations import invite_with_link
from accounts.models import Invitation
from cohorts.contacts import contacts_of
from cohorts.models import CoachAssignment, Team
from core.writes import Stale
from tests.builders import day, log_in, make_coach, make_cohort, make_organiser, make_team, make_user


@pytest.fixture
def cohort(db):
    return make_cohort(make_organiser(make_user("Doris", "Lang")), title="Nord")


def invited(cohort, email, **names):
    """An assignment of somebody invited by this address, with the path of the link and the invitation."""
    names = {"first_name": "Karla", "last_name": "Weeber"} | names
    assignment = CoachAssignment.objects.create(cohort=cohort, email=email, **names)
    invitation, link = invite_with_link(email, assignment, by=None)
    return assignment, link, invitation


def test_nobody_becomes_coach_of_a_cohort_by_two_addresses(cohort):
    carla = make_user("Carla", "Weber")
    make_coach(cohort, carla)
    second, link, _invitation = invited(cohort, "carla.zwei@example.org")

    response = log_in(Client(), carla).post(link, follow=True)

    assert "Sie begleiten diese Projektschmiede schon." in response.text
    second.refresh_from_db()
    assert second.coach is None


def test_who_coached_until_a_day_that_is_over_may_come_back_by_another_address(cohort):
    carla = make_user("Carla", "Weber")
    make_coach(cohort, carla, until=day(-1))
    second, link, _invitation = invited(cohort, "carla.zwei@example.org")

    log_in(Client(), carla).post(link)

    second.refresh_from_db()
    assert second.coach == carla


def test_after_accepting_teams_read_the_name_of_the_account(cohort):
    carla = make_user("Carla", "Weber")
    assignment, link, _invitation = invited(cohort, "carla@example.org")
    team = make_team(cohort, make_user("Amina"), first_coach=assignment)
    assert contacts_of(team).coaches[0].name == "Karla Weeber"
    client = log_in(Client(), carla)

    client.post(link)
    assert contacts_of(Team.objects.get()).coaches[0].name == "Carla Weber"

    client.post(reverse("accounts:profile"), {"first_name": "Carla", "last_name": "Weber-Roth"})
    assert contacts_of(Team.objects.get()).coaches[0].name == "Carla Weber-Roth"


def test_who_signs_up_finds_the_name_that_was_typed(cohort):
    _assignment, link, _invitation = invited(cohort, "neu@example.org")
    client = Client()
    client.get(link)

    shown = client.get(reverse("account_signup")).text

    assert 'value="Karla"' in shown
    assert 'value="Weeber"' in shown


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_two_addresses_accepted_at_once_one_counts(at_once):
    cohort, carla = make_cohort(make_organiser(make_user("Doris", "Lang"))), make_user("Carla", "Weber")
    for step in range(6):
        CoachAssignment.objects.all().delete()
        links = [invited(cohort, f"carla.{step}.{place}@example.org")[2].pk for place in range(2)]

        def accept(key):
            try:
                Invitation.objects.get(pk=key).accept(carla)
            except Stale as error:
                return str(error)
            return ""

        assert sorted(at_once(*(lambda key=key: accept(key) for key in links))) == [
            "",
            "Sie begleiten diese Projektschmiede schon.",
        ]
        assert CoachAssignment.objects.filter(coach=carla).count() == 1
