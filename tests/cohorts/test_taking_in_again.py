"""A team that was withdrawn by mistake goes on in the same cohort; before leaving and coming back the page says what happens."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Event, Invitation, Message
from cohorts.models import OnBothSides, Team
from cohorts.taking_in_again import PlaceGone, take_in_again
from core.writes import Stale
from tests.builders import day, log_in, make_coach, make_cohort, make_organiser, make_team, make_user
from tests.cohorts.test_admin import act, words_of
from tests.forms import form_of


def make_world():
    """A cohort with two places: Amina's team, coached by Carla, with Jonas and the invited Neu, and another one."""
    doris, amina, jonas, carla = (make_user(name) for name in ("Doris", "Amina", "Jonas", "Carla"))
    cohort = make_cohort(make_organiser(doris), title="Schmiede Harz", places=2)
    team = make_team(cohort, amina, jonas, first_coach=make_coach(cohort, carla))
    team.members.create(first_name="Neu", last_name="Gast", email="neu@example.org")
    return SimpleNamespace(doris=doris, amina=amina, jonas=jonas, carla=carla, cohort=cohort, team=team)


@pytest.fixture
def world(db):
    return make_world()


def leave(world):
    world.team.withdraw(by=world.doris)
    Message.objects.all().delete()


def records():
    return [list(model.objects.order_by("pk").values()) for model in (Team, Event, Message, Invitation)]


def refused(world, error, **values):
    before = records()
    with pytest.raises(error):
        take_in_again(world.team, **{"by": world.doris} | values)
    return records() == before


def test_the_same_team_goes_on_and_everybody_is_told(world):
    leave(world)

    take_in_again(world.team, by=world.doris)

    assert Team.objects.get(pk=world.team.pk).is_current
    told = set(Message.objects.filter(kind="team_taken_in_again").values_list("email", flat=True))
    assert told == {"amina@example.org", "jonas@example.org", "carla@example.org"}
    assert [mail.email for mail in Message.objects.filter(kind="invitation")] == ["neu@example.org"]
    assert "own coach" in world.team.roles_of(world.carla)
    assert Event.objects.filter(what="team.taken_in_again", by=world.doris).count() == 1


def test_without_a_place_only_if_the_organiser_says_so(world):
    leave(world)
    make_team(world.cohort, make_user("Bilal"))
    make_team(world.cohort, make_user("Selma"))

    assert refused(world, PlaceGone)
    take_in_again(world.team, by=world.doris, beyond_places=True)

    assert world.cohort.teams.current().count() == 3


def test_what_stands_against_it_writes_nothing(world):
    assert refused(world, Stale)  # it has not left
    leave(world)
    for person in (world.amina, make_user("Malin")):
        assert refused(world, PermissionDenied, by=person)
    make_coach(world.cohort, world.jonas)
    with pytest.raises(OnBothSides, match="Jonas"):
        take_in_again(world.team, by=world.doris)
    world.cohort.coach_assignments.filter(coach=world.jonas).delete()
    type(world.cohort).objects.update(ends_on=day(-1))
    assert refused(world, Stale)
    type(world.cohort).objects.update(ends_on=day(30), cancelled_at=timezone.now())
    assert refused(world, Stale)


def test_page_shows_what_leaving_does_to_whom_and_sends_her_words(world):
    client = log_in(Client(), world.doris)

    asked = act(client, Team, "withdraw", world.team, on_form=True)

    page = asked.text
    for sentence in (
        "In „Schmiede Harz“ sind danach 2 Plätze von 2 frei.",
        "Carla Haddad begleitet danach kein Team mehr",
        "3 Personen bekommen diese E-Mail",
        "Amina Haddad, Carla Haddad, Jonas Haddad",
        "Neu Gast",
        "Ihre Einladung in dieses Team gilt damit nicht mehr.",
    ):
        assert sentence in page
    assert Team.objects.get(pk=world.team.pk).is_current
    assert not Message.objects.exists()

    sent = form_of(asked, None)
    words = {name: "Wie besprochen." for name in sent if name.startswith("letter-") and name.endswith("-text")}
    page = client.post(asked.context["back"], sent | words, follow=True)

    assert "„Team nimmt wieder teil“" in words_of(page)
    assert {("Wie besprochen." in mail.text) for mail in Message.objects.filter(kind="team_withdrawn")} == {True}
    assert Message.objects.filter(kind="team_withdrawn").count() == 4


def test_way_back_is_offered_on_the_page_of_a_team_that_has_left_alone(world):
    client = log_in(Client(), world.doris)
    url = reverse("admin:cohorts_team_change", args=[world.team.pk])
    assert 'value="take_in_again"' not in client.get(url).text
    leave(world)
    assert 'value="take_in_again"' in client.get(url).text

    page = act(client, Team, "take_in_again", world.team, on_form=True)

    assert "ist ein Platz frei; das Team nimmt ihn wieder ein." in page.text
    assert "Carla Haddad begleitet das Team wieder." in page.text
    assert "Neu Gast war noch nicht dabei und bekommt eine neue Einladung an neu@example.org." in page.text
    act(client, Team, "take_in_again", world.team, on_form=True, form={})
    assert Team.objects.get(pk=world.team.pk).is_current


def test_a_full_cohort_is_said_and_asked_about(world):
    leave(world)
    make_team(world.cohort, make_user("Bilal"))
    make_team(world.cohort, make_user("Selma"))
    client = log_in(Client(), world.doris)

    page = act(client, Team, "take_in_again", world.team, on_form=True, form={})

    assert page.status_code == 409
    assert "Alle Plätze sind inzwischen vergeben." in page.text
    assert 'name="beyond_places"' in page.text
    act(client, Team, "take_in_again", world.team, on_form=True, form={"beyond_places": "on"})
    assert world.cohort.teams.current().count() == 3


@pytest.mark.parametrize("action", ["withdraw", "take_in_again"])
def test_another_organiser_learns_nothing_of_the_team(world, action):
    if action == "take_in_again":
        leave(world)
    malin = make_user("Malin")
    make_team(make_cohort(make_organiser(malin, "Lernwerk Nord gGmbH")), make_user("Bilal"))
    client, before = log_in(Client(), malin), records()

    on_form = act(client, Team, action, world.team, on_form=True)
    page = act(client, Team, action, world.team)

    assert on_form.status_code == 404
    assert world.team.title not in page.text
    assert records()[0] == before[0]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_organisers_at_once_withdraw_once_and_take_in_once(at_once):
    world = make_world()

    def once(step):
        seen = [Team.objects.get(pk=world.team.pk) for _person in range(2)]
        answers = at_once(lambda: step(seen[0]), lambda: step(seen[1]))
        assert [type(answer) for answer in answers if isinstance(answer, Exception)] == [Stale]

    once(lambda team: team.withdraw(by=world.doris))
    Message.objects.update(sent_at=timezone.now())
    once(lambda team: take_in_again(team, by=world.doris))
    assert Message.objects.filter(kind="team_taken_in_again").count() == 3


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_teams_that_come_back_at_once_do_not_share_the_last_place(at_once):
    world = make_world()
    other = make_team(world.cohort, make_user("Bilal"))
    world.cohort.places = 1
    world.cohort.save()
    for team in (world.team, other):
        team.withdraw(by=world.doris)

    answers = at_once(*(lambda team=team: take_in_again(team, by=world.doris) for team in (world.team, other)))

    assert [type(answer) for answer in answers if isinstance(answer, Exception)] == [PlaceGone]
    assert world.cohort.teams.current().count() == 1
