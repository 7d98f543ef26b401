"""The page „Hilfe und Kontakt“: whom each person finds there, and its link on every page."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.models import User
from cohorts.models import CoachAssignment, Cohort, Team
from tests.access_world import AccessWorld
from tests.builders import log_in, make_coach, make_member, make_organisation, make_team, make_user

pytestmark = pytest.mark.django_db
CARLAS, DORIS = "0171 39200 63", "0171 39200 70"


@pytest.fixture
def world():
    world = AccessWorld()
    User.objects.filter(pk=world.carla.pk).update(phone=CARLAS, phone_hours="Montag, 16 bis 19 Uhr")
    Cohort.objects.filter(pk=world.cohort.pk).update(contact_phone=DORIS, contact_hours="morgens")
    world.lea = make_user("Lea", "Kern")
    make_member(world.team, world.lea, "reader")
    return world


def page(client, user=None):
    if user:
        log_in(client, user)
    response = client.get(reverse("help"))
    assert response.status_code == 200
    return " ".join(response.text.split())


@pytest.mark.parametrize("who", ["amina", "jonas", "lea"])
def test_everybody_in_a_team_finds_coach_and_organiser(client, world, who):
    shown = page(client, getattr(world, who))

    assert 'href="tel:01713920063"' in shown
    assert "Montag, 16 bis 19 Uhr" in shown
    assert 'href="tel:01713920070"' in shown
    assert "Carla Weber</strong>" in shown


def test_a_coach_finds_the_organiser_and_not_herself(client, world):
    shown = page(client, world.carla)

    assert (DORIS in shown, CARLAS in shown) == (True, False)


def test_an_organiser_finds_the_coaches_of_running_cohorts(client, world):
    assert CARLAS in page(client, world.doris)

    Cohort.objects.filter(pk=world.cohort.pk).update(begins_on="2020-01-01", ends_on="2020-02-01")

    assert CARLAS not in page(client)


def test_an_organiser_reads_which_coach_has_not_accepted(client, world):
    assert "Einladung offen" not in page(client, world.doris)

    CoachAssignment.objects.filter(coach=world.carla).update(coach=None)

    assert "Einladung offen: hat noch nicht zugesagt." in page(client)


@pytest.mark.parametrize("who", ["emil", "bilal", None])
def test_others_find_nobody_of_this_cohort(client, world, who):
    shown = page(client, who and getattr(world, who))

    assert [number for number in (CARLAS, DORIS) if number in shown] == []
    assert reverse("impressum") in shown


def test_a_visitor_is_led_to_the_contact_of_a_cohort_and_to_the_login(client):
    shown = page(client)

    assert reverse("cohorts:list") in shown
    assert f"{reverse('account_login')}?next={reverse('help')}" in shown


def test_every_team_of_a_person_has_its_own_people(client, world):
    gustav = make_user("Gustav", "Adler", phone="0345 77")
    other = make_coach(world.bilals.team.cohort, gustav)
    make_team(world.bilals.team.cohort, world.amina, organisation=make_organisation(), first_coach=other)

    shown = page(client, world.amina)

    assert [name in shown for name in ("Carla Weber", "Gustav Adler", "0345 77")] == [True] * 3
    assert shown.count("Für Sie da</h2>") == 2


def test_every_page_leads_there(client, world):
    log_in(client, world.amina)
    addresses = [
        reverse("dashboard"),
        world.application.get_absolute_url(),
        reverse("accounts:profile"),
        "/gibt-es-nicht/",
    ]

    assert [f'href="{reverse("help")}"' in client.get(address).text for address in addresses] == [True] * 4


@pytest.mark.parametrize("count", [1, 10])
def test_the_queries_do_not_grow_with_the_teams(client, world, count, django_assert_num_queries):
    for _ in range(count - 1):
        team = make_team(world.cohort, world.amina)
        Team.objects.filter(pk=team.pk).update(first_coach=world.coach)
    page(client, world.amina)

    with django_assert_num_queries(7):
        page(client)
