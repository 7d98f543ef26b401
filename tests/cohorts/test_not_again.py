"""Whoever takes part already, or took part, is not invited to register their association again."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.models import Membership
from cohorts.models import Cohort
from tests.builders import day, log_in, make_cohort, make_organisation, make_organiser, make_team, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def organiser():
    return make_organiser(make_user("Doris", "Lang"))


@pytest.fixture
def offered(organiser):
    """A cohort that takes registrations."""
    cohort = make_cohort(organiser, registration_from=day(-3), registration_until=day(3))
    Cohort.objects.filter(pk=cohort.pk).update(contact_email="doris@example.org", contact_phone="0345 / 12 34-56")
    return Cohort.objects.get(pk=cohort.pk)


def member(organiser):
    amina = make_user()
    make_team(make_cohort(organiser), amina)
    return amina


def alumna(organiser):
    amina = make_user()
    make_team(make_cohort(organiser, begins_on=day(-200), ends_on=day(-100)), amina)
    return amina


def of_the_association_alone(organiser):
    amina = make_user()
    Membership.objects.create(organisation=make_organisation(), user=amina)
    return amina


def invitations(client, cohort):
    """How often the page and the list lead to the registration."""
    page, every = client.get(cohort.get_absolute_url()).text, client.get(reverse("cohorts:list")).text
    return page.count(reverse("cohorts:register", args=[cohort.slug])), every.count("Anmelden bis")


@pytest.mark.parametrize("person", [member, alumna, of_the_association_alone])
def test_nobody_is_invited_to_register_again(client, organiser, offered, person):
    log_in(client, person(organiser))

    assert invitations(client, offered) == (0, 0)
    page = client.get(offered.get_absolute_url()).text
    assert "Ihr Verein ist hier schon bekannt." in page
    assert "hat schon einen Platz" not in page


def test_visitors_and_organisers_see_the_way_to_register(client, organiser, offered):
    assert invitations(client, offered) == (2, 1)
    log_in(client, organiser.memberships.get().user)
    assert invitations(client, offered) == (2, 1)


def test_the_number_of_the_contact_can_be_rung(client, offered):
    assert '<a class="touch" href="tel:0345123456">0345 / 12 34-56</a>' in client.get(offered.get_absolute_url()).text
