"""An organiser takes a team into another cohort of hers: who is invited, what stands against it, and how the admin asks."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.models import Event, Invitation, Message
from cohorts.deciding import AlreadyTakesPart, NoPlaceLeft
from cohorts.models import OnBothSides, Team
from cohorts.readmitting import PersonGone, cohorts_for, people_to_invite, readmit
from core.writes import Stale
from tests.builders import (
    day,
    log_in,
    make_coach,
    make_cohort,
    make_member,
    make_organiser,
    make_team,
    make_user,
    make_workshop,
)
from tests.cohorts.test_admin import act
from tests.written_again import written_again


@written_again
def make_world():
    """A team of a cohort that is over: Amina owns it, Jonas writes, Mira reads, Lars has left; a new cohort of the same Träger."""
    doris, amina, jonas, mira, lars = (make_user(name) for name in ("Doris", "Amina", "Jonas", "Mira", "Lars"))
    organiser = make_organiser(doris)
    team = make_team(make_cohort(organiser, begins_on=day(-300), ends_on=day(-100)), amina, jonas)
    make_member(team, mira, "reader")
    make_member(team, lars, left_on=day(-150))
    new = make_cohort(organiser, title="Schmiede heute", places=2, begins_on=day(20), ends_on=day(200))
    return SimpleNamespace(doris=doris, amina=amina, jonas=jonas, mira=mira, organiser=organiser, team=team, new=new)


@pytest.fixture
def world(db):
    return make_world()


def again(world, **values):
    people = list(people_to_invite(world.team))
    known = {"by": world.doris, "text": "Schön, dass Sie wieder dabei sind.", "owner": people[0], "people": people}
    return readmit(world.team, world.new, **known | values)


def records():
    return [list(model.objects.order_by("pk").values()) for model in (Team, Event, Message, Invitation)]


def refused(world, error, **values):
    before = records()
    with pytest.raises(error):
        again(world, **values)
    return records() == before


def test_who_is_still_there_is_invited_in_the_same_role(world):
    team = again(world)

    members = team.members.order_by("first_name").values_list("first_name", "role", "user")
    assert list(members) == [("Amina", "owner", None), ("Jonas", "writer", None), ("Mira", "reader", None)]
    assert (team.organisation, team.cohort, team.registration) == (world.team.organisation, world.new, None)
    told = Message.objects.filter(kind="team_readmitted")
    assert {message.email for message in told} == {f"{name}@example.org" for name in ("amina", "jonas", "mira")}
    assert all("Schön, dass Sie wieder dabei sind." in message.text for message in told)
    assert Invitation.objects.open().count() == 3
    assert [event.codes for event in Event.objects.filter(what="team.readmitted", by=world.doris)] == [
        {"to": str(team.pk)}
    ]
    assert Event.objects.filter(what="team.made", record_id=str(team.pk)).exists()


def test_accepting_the_invitation_brings_her_into_the_new_team_and_leaves_the_old_one_as_it_is(world):
    team = again(world)

    Invitation.objects.get(email="amina@example.org").accept(world.amina)

    assert team.roles_of(world.amina) >= {"owner"}
    assert world.team.roles_of(world.amina) >= {"owner"}


def test_somebody_else_becomes_responsible_and_who_is_not_chosen_is_left_out(world):
    amina, jonas, mira = people_to_invite(world.team)

    team = again(world, owner=mira, people=[amina, mira])

    assert dict(team.members.values_list("first_name", "role")) == {"Amina": "writer", "Mira": "owner"}
    assert not Message.objects.filter(email=jonas.email).exists()


def test_mail_goes_to_the_address_of_the_account(world):
    world.amina.email = "amina.neu@example.org"
    world.amina.save()

    again(world)

    assert {message.email for message in Message.objects.all()} >= {"amina.neu@example.org"}
    assert not Message.objects.filter(email="amina@example.org").exists()


def test_what_stands_against_it_writes_nothing(world):
    make_team(world.new, make_user("Bilal"))
    make_team(world.new, make_user("Selma"))
    assert refused(world, NoPlaceLeft)
    world.new.teams.all().delete()

    make_coach(world.new, world.jonas)
    before = records()
    with pytest.raises(OnBothSides, match="Jonas Haddad"):
        again(world)
    assert records() == before

    world.team.members.filter(user=world.mira).update(left_on=day(-1))
    mira = world.team.members.get(user=world.mira)
    amina = people_to_invite(world.team)[0]
    assert refused(world, PersonGone, people=[amina, mira])

    world.new.cancelled_at = timezone.now()
    world.new.save()
    assert refused(world, Stale)


def test_an_organisation_has_one_team_in_a_cohort(world):
    again(world)

    assert refused(world, AlreadyTakesPart)
    assert world.new not in cohorts_for(world.team)


def test_only_the_organiser_may_and_only_into_her_own_cohorts(world):
    malin = make_user("Malin")
    foreign = make_cohort(make_organiser(malin, "Lernwerk Nord gGmbH"))
    for person in (malin, world.amina):
        assert refused(world, PermissionDenied, by=person)
    people = list(people_to_invite(world.team))
    with pytest.raises(ValueError, match="another Träger"):
        readmit(world.team, foreign, by=world.doris, text="Ja", owner=people[0], people=people)
    assert list(cohorts_for(world.team)) == [world.new]


def test_a_team_whose_owner_was_erased_is_taken_with_somebody_else(world):
    world.team.members.filter(user=world.amina).update(
        user=None, email="x@geloescht.invalid", first_name="", last_name=""
    )

    jonas, mira = people_to_invite(world.team)
    team = again(world)

    assert dict(team.members.values_list("first_name", "role")) == {"Jonas": "owner", "Mira": "reader"}
    assert (jonas.role, mira.role) == ("writer", "reader")


# In the admin


@pytest.fixture
def admin_client(client, world):
    return log_in(client, world.doris)


def form(world, **values):
    people = list(people_to_invite(world.team))
    known = {"cohort": world.new.pk, "people": [person.pk for person in people], "owner": people[0].pk}
    return known | values


def test_page_shows_the_consequences_before_it_is_done(admin_client, world):
    make_team(world.new, make_user("Bilal"))

    page = act(admin_client, Team, "readmit", world.team, on_form=True)

    text = page.content.decode()
    assert "Schmiede heute, ab" in text
    assert "1 von 2 Plätzen frei" in text
    assert "Jede Person bekommt zwei E-Mails" in text
    assert "Was Sie beim letzten Mal geschrieben haben, ist nicht verloren." in text
    assert [name in text for name in ("Amina Haddad", "Jonas Haddad", "Mira Haddad", "Lars Haddad</label>")] == [True, True, True, False]  # fmt: skip
    assert (Team.objects.filter(cohort=world.new).count(), Message.objects.count()) == (1, 0)


def test_who_never_joined_is_marked_and_who_declined_is_not_offered(admin_client, world):
    for name in ("Neu", "Nein"):
        world.team.members.create(first_name=name, email=f"{name}@example.org", role="reader")
    world.team.members.get(first_name="Nein").note_declined(timezone.now())

    text = act(admin_client, Team, "readmit", world.team, on_form=True).content.decode()

    assert "Neu (eingeladen, noch nicht angenommen)" in text
    assert "Nein" not in text


def test_while_the_cohort_goes_on_nobody_is_promised_the_earlier_texts(admin_client, world):
    """They can be taken over once it is over, and only when beginning."""
    world.team.cohort.ends_on = day(30)
    world.team.cohort.save()

    text = act(admin_client, Team, "readmit", world.team, on_form=True).content.decode()

    assert "Wer vorher beginnt, beginnt ohne sie" in text
    assert ("ist nicht verloren" in text, "kann das neue Team seine früheren Texte übernehmen" in text) == (
        False,
        False,
    )


@pytest.mark.parametrize(("ends", "has_left"), [(30, False), (30, True), (-1, False)])
def test_who_moves_from_a_cohort_that_goes_on_is_not_wieder_dabei(admin_client, world, ends, has_left):
    world.team.cohort.ends_on = day(ends)
    world.team.cohort.save()
    if has_left:
        Team.objects.filter(pk=world.team.pk).update(withdrawn_at=timezone.now())

    text = act(admin_client, Team, "readmit", world.team, on_form=True).text
    again(world)

    is_moving = ends > 0
    assert ("dass Sie wieder dabei sind" in text) is not is_moving
    assert ("in einer anderen Projektschmiede. Dort arbeiten Sie mit einem neuen Team" in text) is is_moving
    assert ("können Ihre bisherigen Texte die erste Fassung sein" in text) is has_left
    assert ("Erklärungen und Anlagen gehen nicht mit." in text) is (has_left or not is_moving)
    subject = Message.objects.filter(kind="team_readmitted").first().subject
    assert subject.startswith("Neue Projektschmiede: " if is_moving else "Wieder dabei: ")


def test_mail_names_the_dates_and_the_calendar(world):
    make_workshop(world.new, begins_at=datetime(2027, 1, 14, 16, tzinfo=UTC))

    again(world)

    text = Message.objects.filter(kind="team_readmitted").first().text
    assert "Das sind die Termine." in text
    assert "- Donnerstag, 14. Januar 2027, 17:00 bis 20:00 Uhr" in text
    assert f"{settings.PORTAL_URL}/kalender/" in text


def test_doris_takes_a_team_that_is_over_or_has_withdrawn(admin_client, world):
    world.team.withdrawn_at = timezone.now()
    world.team.save()

    page = act(admin_client, Team, "readmit", world.team, on_form=True, form=form(world))

    team = Team.objects.get(cohort=world.new)
    assert page.redirect_chain[-1][0] == team.get_absolute_url()
    assert "Aufgenommen." in " ".join(str(message) for message in page.context["messages"])
    assert Message.objects.filter(kind="team_readmitted").count() == 3


def test_without_a_place_everything_typed_is_still_there(admin_client, world):
    for name in ("Bilal", "Selma"):
        make_team(world.new, make_user(name))

    page = act(admin_client, Team, "readmit", world.team, on_form=True, form=form(world, text="Mein Text."))

    assert page.status_code == 409
    assert "Alle Plätze dieser Projektschmiede sind vergeben." in page.content.decode()
    assert "Mein Text." in page.content.decode()


def test_owner_has_to_be_among_those_who_are_invited(admin_client, world):
    amina, jonas, _mira = people_to_invite(world.team)

    page = act(
        admin_client, Team, "readmit", world.team, on_form=True, form=form(world, people=[jonas.pk], owner=amina.pk)
    )

    assert "Die verantwortliche Person muss eingeladen werden." in page.content.decode()
    assert not Team.objects.filter(cohort=world.new).exists()


def test_without_another_cohort_the_page_says_so(admin_client, world):
    world.new.delete()

    page = act(admin_client, Team, "readmit", world.team, on_form=True)

    assert "Es gibt keine andere Projektschmiede" in " ".join(str(message) for message in page.context["messages"])


# At the same moment


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_organisers_at_once_make_one_team_and_the_last_place_is_given_once(at_once):
    world = make_world()
    other = make_team(world.team.cohort, make_user("Bilal"))
    world.new.places = 1
    world.new.save()

    def other_team():
        people = list(people_to_invite(other))
        return readmit(other, world.new, by=world.doris, text="Ja", owner=people[0], people=people)

    answers = at_once(lambda: again(world), lambda: again(world), other_team)

    assert sum(isinstance(answer, Team) for answer in answers) == 1
    assert all(isinstance(answer, Team | AlreadyTakesPart | NoPlaceLeft) for answer in answers)
    assert world.new.teams.count() == 1
