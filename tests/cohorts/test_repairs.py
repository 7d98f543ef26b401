"""Repairs to people of a team: back after a mistake, a new owner, another address before and after joining; nobody else learns of it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from accounts.models import Event, Invitation, Message
from cohorts.coming_back import come_back
from cohorts.correcting import AddressTaken, correct_address, correct_registered_address, invite_anew
from cohorts.models import OnBothSides, Registration, RegistrationPerson, Team, TeamMember
from cohorts.new_owner import InTheTeam, invite_owner
from cohorts.revoking import revoke_invitation
from core.writes import Stale
from tests.builders import day, log_in, make_coach, make_cohort, make_organiser, make_team, make_user, window
from tests.cohorts.test_admin import act, words_of
from tests.cohorts.test_registration_steps import make_registration
from tests.forms import form_of

KARIN = {"email": "karin@example.org", "first_name": "Karin", "last_name": "Ost"}


def make_world():
    """A team of Amina, who owns it, Jonas, and Neu, who is invited; Carla coaches it, Doris organises."""
    doris, amina, jonas, carla = (make_user(name) for name in ("Doris", "Amina", "Jonas", "Carla"))
    cohort = make_cohort(make_organiser(doris), **window())
    team = make_team(cohort, amina, jonas, first_coach=make_coach(cohort, carla))
    neu = team.members.create(first_name="Neu", last_name="Gast", email="neu@example.org")
    neu.invite(by=doris)
    Message.objects.all().delete()
    return SimpleNamespace(doris=doris, amina=amina, jonas=jonas, carla=carla, cohort=cohort, team=team)


@pytest.fixture
def world(db):
    return make_world()


@pytest.fixture
def doris_client(world):
    return log_in(Client(), world.doris)


def member(world, name):
    return world.team.members.get(first_name=name)


def roles(world):
    return dict(world.team.members.current().order_by("first_name").values_list("first_name", "role"))


def told(kind):
    return sorted(Message.objects.filter(kind=kind).values_list("email", flat=True))


def records():
    models = (Team, TeamMember, Event, Message, Invitation, Registration, RegistrationPerson)
    return [list(model.objects.order_by("pk").values()) for model in models]


def refused(step, error=Stale):
    before = records()
    with pytest.raises(error):
        step()
    return records() == before


# Back after a mistake


def test_who_was_taken_out_by_mistake_has_the_old_role_again_and_is_told(world):
    jonas = member(world, "Jonas")
    jonas.change_role("reader", by=world.doris)
    jonas.leave(by=world.doris)

    come_back(jonas, by=world.doris)

    assert roles(world)["Jonas"] == "reader"
    assert told("member_came_back") == ["jonas@example.org"]
    assert "Wie vorher können Sie alles lesen." in Message.objects.get(kind="member_came_back").text
    assert refused(lambda: come_back(jonas, by=world.doris))


def test_who_never_joined_is_invited_again(world):
    revoke_invitation(member(world, "Neu"), by=world.doris)

    come_back(member(world, "Neu"), by=world.doris)

    assert told("invitation") == ["neu@example.org"]
    assert roles(world)["Neu"] == "writer"


def test_who_coaches_by_now_or_is_there_with_another_address_does_not_come_back(world):
    jonas = member(world, "Jonas")
    jonas.leave(by=world.doris)
    coach = make_coach(world.cohort, world.jonas)
    assert refused(lambda: come_back(jonas, by=world.doris), OnBothSides)
    coach.delete()
    world.team.members.create(first_name="J", email="j@example.org", user=world.jonas)
    assert refused(lambda: come_back(jonas, by=world.doris))
    assert refused(lambda: come_back(jonas, by=world.jonas), PermissionDenied)


def test_page_of_who_left_offers_the_way_back_and_shows_the_mail(world, doris_client):
    jonas = member(world, "Jonas")
    page = act(doris_client, TeamMember, "leave", jonas, on_form=True)
    assert "Zurück geht es mit „Wieder ins Team nehmen“." in page.text
    jonas.leave(by=world.doris)

    page = act(doris_client, TeamMember, "come_back", jonas, on_form=True)
    assert "mit der Rolle von vorher: schreibt mit." in page.text
    assert f"Sie gehören wieder zum Team „{world.team.title}“" in page.text
    act(doris_client, TeamMember, "come_back", jonas, on_form=True, form={})

    assert roles(world)["Jonas"] == "writer"


# A new owner


def test_everybody_is_told_who_is_responsible_now(world):
    member(world, "Amina").hand_over(member(world, "Jonas"), by=world.doris)

    assert told("member_owns") == ["jonas@example.org"]
    assert told("owner_changed") == ["amina@example.org", "carla@example.org"]
    assert "Doris Haddad hat Ihnen die Verantwortung" in Message.objects.get(kind="member_owns").text


STILL = "Amina Haddad schreibt weiter mit, gibt Abschnitte zur Rückmeldung ab und lädt Anlagen hoch."
NO_MORE = "Fertigstellen, zurückziehen, Schritte auf Papier eintragen und das Team ändern kann dann nur noch"


def words(text):
    return " ".join(text.split())


def test_who_was_responsible_reads_what_is_left_to_her_and_the_others_that_she_steps_down(world):
    member(world, "Amina").hand_over(member(world, "Jonas"), by=world.doris)

    text = {mail.email: words(mail.text) for mail in Message.objects.filter(kind="owner_changed")}
    assert "Sie sind damit nicht mehr verantwortlich." in text["amina@example.org"]
    assert (
        "Sie schreiben weiter mit, geben Abschnitte zur Rückmeldung ab und laden Anlagen hoch."
        in text["amina@example.org"]
    )
    assert "Bisher war Amina Haddad verantwortlich und schreibt weiter mit." in text["carla@example.org"]
    assert "Sie sind damit nicht mehr" not in text["carla@example.org"]


@pytest.mark.parametrize(
    ("leaves", "said"),
    [
        (False, "Bisher war Amina Haddad verantwortlich und schreibt weiter mit."),
        (True, "Bisher war Amina Haddad verantwortlich und gehört nicht mehr zum Team."),
    ],
)
def test_mail_about_an_invited_owner_says_what_becomes_of_the_former_one(world, leaves, said):
    invite_owner(world.team, by=world.doris, leaves=leaves, **KARIN)

    mails = {mail.email: words(mail.text) for mail in Message.objects.filter(kind="owner_changed")}
    assert said in mails["jonas@example.org"]
    assert ("Sie sind damit nicht mehr verantwortlich." in mails.get("amina@example.org", "")) != leaves


def test_pages_say_that_the_owner_steps_down_and_what_she_may_still_do(world, doris_client):
    page = act(doris_client, TeamMember, "hand_over", member(world, "Jonas"), on_form=True).text
    assert "Amina Haddad ist dann nicht mehr verantwortlich." in page
    assert STILL in page
    assert f"{NO_MORE} Jonas Haddad." in page

    page = act(doris_client, Team, "invite_owner", world.team, on_form=True).text
    assert "Amina Haddad ist dann nicht mehr verantwortlich." in page
    assert f"Ohne den Haken unten gilt: {STILL}" in page
    asked = act(doris_client, Team, "invite_owner", world.team, on_form=True)
    asked = doris_client.post(asked.context["back"], form_of(asked, None) | KARIN, follow=True)
    assert STILL in asked.text
    assert "Amina Haddad ist dann nicht mehr verantwortlich." in asked.text


def test_page_of_handing_over_names_both_and_shows_the_mails(world, doris_client):
    page = act(doris_client, TeamMember, "hand_over", member(world, "Jonas"), on_form=True).text

    assert "ist Jonas Haddad verantwortlich statt bisher Amina Haddad." in page
    assert page.count("Eine Person bekommt diese E-Mail") == 3
    for person in ("amina", "carla", "jonas"):
        assert f"{person.title()} Haddad, {person}@example.org" in page


@pytest.mark.parametrize(("leaves", "role"), [(False, "writer"), (True, None)])
def test_somebody_new_is_invited_to_be_responsible(world, leaves, role):
    owner = invite_owner(world.team, by=world.doris, leaves=leaves, **KARIN)

    assert world.team.owner() == owner
    assert roles(world).get("Amina") == role
    assert told("invitation") == ["karin@example.org"]
    others = ["carla@example.org", "jonas@example.org"]
    assert told("owner_changed") == (others if leaves else ["amina@example.org", *others])
    assert told("member_taken_out") == (["amina@example.org"] if leaves else [])
    Invitation.objects.open().get(email="karin@example.org").accept(make_user("Karin"))
    assert world.team.owner().has_joined


def test_an_owner_who_never_answered_loses_the_place_and_the_invitation(world):
    world.team.members.filter(first_name="Amina").update(user=None)
    member(world, "Amina").invite(by=world.doris)

    invite_owner(world.team, by=world.doris, **KARIN)

    assert not Invitation.objects.open().filter(email="amina@example.org").exists()
    assert roles(world) == {"Jonas": "writer", "Karin": "owner", "Neu": "writer"}
    assert told("member_invitation_revoked") == ["amina@example.org"]


def test_who_is_in_the_team_is_not_invited_to_own_it_but_who_waits_is(world):
    assert refused(lambda: invite_owner(world.team, by=world.doris, email="jonas@example.org"), InTheTeam)
    assert refused(lambda: invite_owner(world.team, by=world.doris, email="amina@example.org"), InTheTeam)
    assert refused(lambda: invite_owner(world.team, by=world.doris, email="carla@example.org"), OnBothSides)
    assert refused(lambda: invite_owner(world.team, by=world.amina, **KARIN), PermissionDenied)

    invite_owner(world.team, by=world.doris, email="neu@example.org", first_name="Neu", last_name="Gast")

    assert roles(world) == {"Amina": "writer", "Jonas": "writer", "Neu": "owner"}


def test_page_says_what_becomes_of_the_owner_and_keeps_what_was_typed(world, doris_client):
    page = act(doris_client, Team, "invite_owner", world.team, on_form=True)
    assert "Bisher verantwortlich ist Amina Haddad." in page.text
    assert "wer schon dabei ist: Jonas Haddad." in page.text

    page = act(
        doris_client, Team, "invite_owner", world.team, on_form=True, form=KARIN | {"email": "jonas@example.org"}
    )
    assert page.status_code == 409
    assert "Diese Person gehört schon zum Team" in page.text
    assert "Karin" in page.text

    act(doris_client, Team, "invite_owner", world.team, on_form=True, form=KARIN | {"leaves": "on"})
    assert roles(world) == {"Jonas": "writer", "Karin": "owner", "Neu": "writer"}


# Another address


def test_the_invitation_goes_to_the_right_address_and_the_old_link_ends(world):
    old = Invitation.objects.open().get()
    world.team.members.filter(first_name="Neu").update(role="reader")

    correct_address(member(world, "Neu"), by=world.doris, email="Gast@Example.org")

    assert told("invitation") == ["gast@example.org"]
    assert refused(lambda: Invitation.objects.get(pk=old.pk).accept(make_user("Fremd")))
    guest = make_user("Gast")
    Invitation.objects.open().get().accept(guest)
    assert (member(world, "Neu").user, member(world, "Neu").role) == (guest, "reader")
    assert refused(lambda: correct_address(member(world, "Neu"), by=world.doris, email="anders@example.org"))


def test_an_address_of_the_team_is_not_taken_twice(world):
    assert refused(
        lambda: correct_address(member(world, "Neu"), by=world.doris, email="jonas@example.org"), AddressTaken
    )
    assert refused(lambda: correct_address(member(world, "Neu"), by=world.doris, email="neu@example.org"), AddressTaken)
    assert refused(
        lambda: correct_address(member(world, "Neu"), by=world.doris, email="carla@example.org"), OnBothSides
    )
    assert refused(
        lambda: correct_address(member(world, "Neu"), by=world.jonas, email="x@example.org"), PermissionDenied
    )


@pytest.mark.parametrize(("name", "role"), [("Amina", "owner"), ("Jonas", "writer")])
def test_whose_mailbox_is_dead_is_invited_anew_with_the_same_role(world, name, role):
    old = member(world, name)
    address = old.user.email

    new = invite_anew(old, by=world.doris, email="ersatz@example.org")

    assert (new.role, new.first_name, new.user) == (role, name, None)
    assert TeamMember.objects.get(pk=old.pk).left_on == day()
    assert not world.team.roles_of(old.user) & {"owner", "writer", "reader"}
    assert (told("invitation"), told("member_taken_out")) == (["ersatz@example.org"], [address])
    old.user.refresh_from_db()
    assert old.user.email == address  # nobody else changes the login of an account
    Invitation.objects.open().get(email="ersatz@example.org").accept(make_user("Ersatz"))
    assert world.team.owner().has_joined
    assert refused(lambda: invite_anew(old, by=world.doris, email="noch@example.org"))


def test_only_the_organiser_invites_anew_and_only_who_has_joined(world):
    assert refused(lambda: invite_anew(member(world, "Jonas"), by=world.amina, email="x@example.org"), PermissionDenied)
    assert refused(lambda: invite_anew(member(world, "Neu"), by=world.doris, email="x@example.org"))


def test_page_of_a_person_says_how_the_address_is_changed(world, doris_client):
    def offered(name):
        return doris_client.get(reverse("admin:cohorts_teammember_change", args=[member(world, name).pk])).text

    assert 'value="correct_address"' in offered("Neu")
    assert 'value="invite_anew"' not in offered("Neu")
    assert 'value="invite_anew"' in offered("Jonas")
    assert "Sie ändert sie selbst unter „Mein Konto“." in offered("Jonas")

    form = {"email": "jonas@example.org"}
    page = act(doris_client, TeamMember, "correct_address", member(world, "Neu"), on_form=True, form=form)
    assert page.status_code == 409
    assert "Diese Adresse steht hier schon" in page.text
    page = act(doris_client, TeamMember, "invite_anew", member(world, "Amina"), on_form=True)
    assert "Solange kann niemand im Team das Vorhaben fertigstellen." in page.text
    form = {"email": "amina.neu@example.org"}
    page = act(doris_client, TeamMember, "invite_anew", member(world, "Amina"), on_form=True, form=form)
    assert "Der bisherige Platz ist beendet" in words_of(page)
    assert world.team.owner().email == "amina.neu@example.org"


def test_a_registered_address_is_corrected_and_all_get_a_new_link(world, doris_client):
    registration = make_registration(world.cohort)
    person, token = registration.persons.first(), registration.token_hash
    Message.objects.all().delete()

    page = act(doris_client, Registration, "correct_address", registration, on_form=True)
    assert "Der bisherige Link gilt dann nicht mehr." in page.text
    form = {"person": str(person.pk), "email": "richtig@example.org"}
    act(doris_client, Registration, "correct_address", registration, on_form=True, form=form)

    registration.refresh_from_db()
    assert registration.token_hash != token
    assert "richtig@example.org" in told("registration_link")
    assert told("registration_link") == sorted(registration.persons.values_list("email", flat=True))
    person.refresh_from_db()
    assert refused(
        lambda: correct_registered_address(person, by=world.doris, email="richtig@example.org"), AddressTaken
    )
    Registration.objects.update(status="withdrawn")
    assert refused(lambda: correct_registered_address(person, by=world.doris, email="anders@example.org"))


# Another Träger


@pytest.mark.parametrize(
    ("model", "action", "name"),
    [
        (TeamMember, "come_back", "Jonas"),
        (TeamMember, "correct_address", "Neu"),
        (TeamMember, "invite_anew", "Jonas"),
        (TeamMember, "hand_over", "Jonas"),
        (Team, "invite_owner", ""),
        (Registration, "correct_address", ""),
    ],
)
def test_another_organiser_learns_nothing(world, model, action, name):
    malin = make_user("Malin")
    make_team(make_cohort(make_organiser(malin, "Lernwerk Nord gGmbH")), make_user("Bilal"))
    made = {Team: lambda: world.team, Registration: lambda: make_registration(world.cohort)}
    record = made.get(model, lambda: member(world, name))()
    client, before = log_in(Client(), malin), records()

    page = act(client, model, action, record, on_form=True)

    assert page.status_code == 404
    assert records() == before


# At the same moment


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_an_address_changed_while_she_accepts_is_hers_or_the_new_one_never_both(at_once):
    world = make_world()
    guest, invitation, neu = make_user("Neu"), Invitation.objects.open().get(), member(world, "Neu")

    answers = at_once(
        lambda: invitation.accept(guest), lambda: correct_address(neu, by=world.doris, email="andere@example.org")
    )

    now = member(world, "Neu")
    assert [type(answer) for answer in answers if answer] == [Stale]
    accepted = answers[0] is None
    assert (now.user, now.email) == ((guest, "neu@example.org") if accepted else (None, "andere@example.org"))
    assert Invitation.objects.open().exists() != accepted


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_organisers_at_once_make_one_owner_and_one_way_back(at_once):
    world = make_world()
    seen = [Team.objects.get(pk=world.team.pk) for _person in range(2)]
    answers = at_once(*(lambda team=team: invite_owner(team, by=world.doris, **KARIN) for team in seen))
    assert {type(answer) for answer in answers} == {TeamMember, InTheTeam}
    assert world.team.members.current().filter(role="owner").count() == 1

    member(world, "Jonas").leave(by=world.doris)
    back = [member(world, "Jonas") for _person in range(2)]
    answers = at_once(*(lambda place=place: come_back(place, by=world.doris) for place in back))
    assert [type(answer) for answer in answers if answer] == [Stale]
    assert told("member_came_back") == ["jonas@example.org"]
