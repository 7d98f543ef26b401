"""Coaches of several teams at once: what is not chosen stays, whoever else names some at the same moment."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from zeal import zeal_ignore

from accounts.models import Message
from cohorts.models import Team
from cohorts.models.team import AS_IT_IS
from tests.builders import log_in, make_coach, make_cohort, make_organiser, make_team, make_user
from tests.cohorts.test_admin import act
from tests.forms import agree, form_of


class World:
    """Two teams with different first coaches, and Nele, whom neither has."""

    def __init__(self) -> None:
        self.doris = make_user("Doris", "Lang")
        self.cohort = make_cohort(make_organiser(self.doris))
        self.carla, self.henrik, self.nele = (
            make_coach(self.cohort, make_user(*name))
            for name in (("Carla", "Weber"), ("Henrik", "Koch"), ("Nele", "Ott"))
        )
        self.aminas = make_team(self.cohort, make_user("Amina"), first_coach=self.carla)
        self.bilals = make_team(self.cohort, make_user("Bilal"), first_coach=self.henrik)
        Message.objects.all().delete()

    def coaches(self) -> list[tuple[str, str]]:
        teams = [Team.objects.get(pk=team.pk) for team in (self.aminas, self.bilals)]
        return [
            tuple(coach.first_name if coach else "" for coach in (team.first_coach, team.second_coach))
            for team in teams
        ]


@pytest.fixture
def world(db):
    return World()


def choose(world, **form):
    with zeal_ignore():  # one step per team is what was asked for
        return act(log_in(Client(), world.doris), Team, "name_coaches", world.aminas, world.bilals, form=form)


def test_what_is_left_empty_stays_in_every_team(world):
    choose(world, first="", second=str(world.nele.pk))
    assert world.coaches() == [("Carla", "Nele"), ("Henrik", "Nele")]
    assert set(Message.objects.filter(kind="coach_named").values_list("email", flat=True)) == {world.nele.email}


def test_nobody_is_chosen_by_name(world):
    choose(world, first="nobody", second="")
    assert world.coaches() == [("", ""), ("", "")]


def test_going_on_changes_nothing_even_where_nobody_is_mailed(world):
    client, url = log_in(Client(), world.doris), reverse("admin:cohorts_team_change", args=[world.aminas.pk])
    form = client.post(url, {"CHANGE_FORM-action": "name_coaches", "_selected_action": str(world.aminas.pk)})

    page = client.post(url, form_of(form, None) | {"first": "nobody"}, follow=True)

    assert world.coaches()[0] == ("Carla", "")
    assert "Es wird keine E-Mail verschickt." in page.text
    agree(client, page)
    assert world.coaches()[0] == ("", "")


def test_a_team_in_which_one_person_would_be_both_stays_as_it_is(world):
    page = choose(world, first="", second=str(world.carla.pk))
    assert world.coaches() == [("Carla", ""), ("Henrik", "Carla")]
    assert "Eine Person wäre dort erste und zweite Coaching-Person. Es ist nichts geändert." in page.text


def test_the_page_that_asks_shows_who_coaches_now(world):
    client = log_in(Client(), world.doris)
    page = act(client, Team, "name_coaches", world.aminas, world.bilals).text
    for name in ("Carla Weber", "Henrik Koch"):
        assert f"<td>{name}</td><td>niemand</td>" in page


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_who_name_one_coach_each_at_once_undo_nothing(at_once):
    world = World()
    seen = [Team.objects.get(pk=world.aminas.pk) for _person in range(2)]
    refused = at_once(
        lambda: seen[0].name_coaches(world.nele, AS_IT_IS, by=world.doris),
        lambda: seen[1].name_coaches(AS_IT_IS, world.henrik, by=world.doris),
    )
    assert refused == [None, None]
    assert world.coaches()[0] == ("Nele", "Henrik")
