"""Coming, going and changing roles in a team, coaches, and what stands against it."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from accounts.models import Event, Invitation, Message
from cohorts.models import CoachAssignment, Team, TeamMember
from cohorts.revoking import revoke_invitation
from core.writes import Stale
from tests.builders import (
    day,
    make_application,
    make_coach,
    make_cohort,
    make_member,
    make_organiser,
    make_team,
    make_user,
)


@pytest.fixture
def world(db):
    doris, amina, jonas, mira = (make_user(name) for name in ("Doris", "Amina", "Jonas", "Mira"))
    cohort = make_cohort(make_organiser(doris))
    team = make_team(cohort, amina, jonas)
    make_member(team, mira, TeamMember.Role.READER)
    team.members.create(first_name="Neu", last_name="Gast", email="gast@example.org")
    return {"doris": doris, "amina": amina, "jonas": jonas, "mira": mira, "cohort": cohort, "team": team}


def member(world, name):
    return world["team"].members.get(first_name=name)


def roles(world):
    rows = world["team"].members.current().order_by("first_name").values_list("first_name", "role")
    return dict(rows)


def records():
    models = (Team, TeamMember, CoachAssignment, Event, Message, Invitation)
    return [list(model.objects.order_by("pk").values()) for model in models]


def refused(step, error=Stale):
    """The step is refused and nothing was written."""
    before = records()
    with pytest.raises(error):
        step()
    return records() == before


def test_owner_invites_a_person_who_joins(world):
    new = world["team"].add_member(
        by=world["amina"], email=" Karin@Example.org ", role="reader", first_name="Karin", last_name="Ost"
    )
    karin = make_user("Karin")
    Invitation.objects.get(email="karin@example.org").accept(karin)

    assert (new.email, roles(world)["Karin"]) == ("karin@example.org", "reader")
    assert world["team"].roles_of(karin) == {"reader", "fellow"}
    assert world["team"].organisation.memberships.filter(user=karin).exists()


@pytest.mark.parametrize("name", ["jonas", "mira"])
def test_writers_and_readers_do_not_change_the_team(world, name):
    person, values = world[name], {"email": "x@example.org", "role": "writer", "first_name": "X", "last_name": "Y"}

    assert refused(lambda: world["team"].add_member(by=person, **values), PermissionDenied)
    assert refused(lambda: member(world, "Mira").change_role("writer", by=person), PermissionDenied)
    assert refused(lambda: member(world, "Amina").hand_over(member(world, "Jonas"), by=person), PermissionDenied)
    assert refused(lambda: world["team"].withdraw(by=person), PermissionDenied)
    assert refused(lambda: member(world, "Neu").leave(by=person), PermissionDenied)


def test_same_address_twice_is_refused_and_who_left_comes_back(world):
    values = {"email": "JONAS@example.org", "role": "reader", "first_name": "Jonas", "last_name": "Wiese"}
    assert refused(lambda: world["team"].add_member(by=world["amina"], **values))

    member(world, "Jonas").leave(by=world["jonas"])
    assert not world["team"].roles_of(world["jonas"]) & {"writer"}
    world["team"].add_member(by=world["amina"], **values)

    assert roles(world)["Jonas"] == "reader"
    assert world["team"].members.filter(email="jonas@example.org").count() == 1


def test_handing_over_keeps_exactly_one_owner(world):
    member(world, "Amina").hand_over(member(world, "Jonas"), by=world["doris"])

    assert roles(world) == {"Amina": "writer", "Jonas": "owner", "Mira": "reader", "Neu": "writer"}
    assert [message.email for message in Message.objects.filter(kind="member_owns")] == ["jonas@example.org"]


def test_the_owner_hands_over_only_with_the_other_ones_consent(world):
    assert refused(
        lambda: member(world, "Amina").hand_over(member(world, "Jonas"), by=world["amina"]), PermissionDenied
    )
    member(world, "Mira").offer_ownership(by=world["amina"])
    member(world, "Jonas").offer_ownership(by=world["amina"])
    assert roles(world) == {"Amina": "owner", "Jonas": "writer", "Mira": "reader", "Neu": "writer"}
    assert refused(lambda: member(world, "Mira").agree(by=world["mira"]))  # the second offer ended the first
    assert refused(lambda: member(world, "Jonas").agree(by=world["amina"]), PermissionDenied)

    member(world, "Jonas").agree(by=world["jonas"])

    assert roles(world) == {"Amina": "writer", "Jonas": "owner", "Mira": "reader", "Neu": "writer"}
    assert refused(lambda: member(world, "Jonas").agree(by=world["jonas"]))
    told = [(message.kind, message.email) for message in Message.objects.filter(kind__startswith="ownership")]
    assert sorted(told) == [
        ("ownership_offered", "jonas@example.org"),
        ("ownership_offered", "mira@example.org"),
        ("ownership_taken", "amina@example.org"),
    ]


@pytest.mark.parametrize(("who", "told"), [("jonas", ["amina@example.org"]), ("amina", [])])
def test_an_offer_is_declined_or_taken_back(world, who, told):
    member(world, "Jonas").offer_ownership(by=world["amina"])

    member(world, "Jonas").end_offer(by=world[who])

    assert roles(world)["Amina"] == "owner"
    assert [message.email for message in Message.objects.filter(kind="ownership_declined")] == told
    assert refused(lambda: member(world, "Jonas").end_offer(by=world[who]))
    assert refused(lambda: member(world, "Jonas").agree(by=world["jonas"]))


@pytest.mark.parametrize(
    ("giver", "taker"), [("Jonas", "Mira"), ("Amina", "Neu"), ("Amina", "Amina"), ("Amina", "stranger")]
)
def test_handing_over_to_or_from_the_wrong_person_is_refused(world, giver, taker):
    stranger = make_team(world["cohort"], make_user("Bilal")).members.get()
    to = stranger if taker == "stranger" else member(world, taker)

    assert refused(lambda: member(world, giver).hand_over(to, by=world["doris"]))


def test_database_refuses_a_second_owner(world):
    with pytest.raises(IntegrityError), transaction.atomic():
        world["team"].members.filter(first_name="Jonas").update(role="owner")


@pytest.mark.parametrize(
    ("name", "role", "subject"),
    [
        ("Mira", "writer", "Sie schreiben im Team „{team}“ jetzt mit"),
        ("Jonas", "reader", "Sie lesen im Team „{team}“ jetzt mit"),
        ("Neu", "reader", None),
    ],
)
def test_whoever_has_another_role_is_told(world, name, role, subject):
    someone = member(world, name)

    someone.change_role(role, by=world["amina"])

    assert roles(world)[name] == role
    told = [(message.email, message.subject, message.link) for message in Message.objects.filter(kind="member_role")]
    assert told == ([(someone.email, subject.format(team=world["team"].title), "/uebersicht/")] if subject else [])
    assert refused(lambda: member(world, name).change_role(role, by=world["amina"]))


def test_mail_about_a_role_leads_to_the_application(world):
    application = make_application(world["team"])

    member(world, "Mira").change_role("writer", by=world["doris"])

    assert Message.objects.get(kind="member_role").link == application.get_absolute_url()


def test_whoever_is_taken_out_is_told(world):
    someone = member(world, "Jonas")

    someone.leave(by=world["amina"])

    message = Message.objects.get(kind="member_taken_out")
    assert (message.email, message.subject, message.link) == (
        someone.email,
        f"Sie gehören nicht mehr zum Team „{world['team'].title}“",
        "/uebersicht/",
    )
    assert "Das hat Amina Haddad eingetragen." in " ".join(message.text.split())
    assert "Was Sie geschrieben haben, bleibt beim Team." in message.text
    assert "Doris Lang hilft Ihnen gern: doris@example.org" in message.text


def test_whose_invitation_is_revoked_reads_that_and_was_never_in_the_team(world):
    revoke_invitation(member(world, "Neu"), by=world["amina"])

    message = Message.objects.get()
    title = world["team"].title
    assert (message.kind, message.email, message.link) == ("member_invitation_revoked", member(world, "Neu").email, "")
    assert message.subject == f"Die Einladung ins Team „{title}“ ist zurückgezogen"
    assert "Amina Haddad hat die Einladung ins Team" in message.text
    assert "gehören nicht mehr" not in message.text
    assert "Doris Lang hilft Ihnen gern: doris@example.org" in message.text


def test_whoever_leaves_herself_is_not_told(world):
    member(world, "Jonas").leave(by=world["jonas"])

    assert not Message.objects.exists()


@pytest.mark.parametrize(("name", "role"), [("Amina", "writer"), ("Mira", "owner"), ("Mira", "chief")])
def test_role_of_the_owner_changes_only_by_handing_over(world, name, role):
    assert refused(lambda: member(world, name).change_role(role, by=world["doris"]))


def test_owner_cannot_leave_and_revoking_ends_open_invitations(world):
    guest = member(world, "Neu")
    guest.invite(by=world["amina"])

    assert refused(lambda: member(world, "Amina").leave(by=world["amina"]))
    assert refused(lambda: guest.leave(by=world["amina"]))
    revoke_invitation(guest, by=world["amina"])

    assert not Invitation.objects.open().exists()
    assert refused(lambda: revoke_invitation(member(world, "Neu"), by=world["amina"]))
    assert refused(lambda: revoke_invitation(member(world, "Jonas"), by=world["amina"]))


def test_who_left_cannot_join_by_an_old_link(world):
    guest = member(world, "Neu")
    guest.invite(by=world["amina"])
    TeamMember.objects.filter(pk=guest.pk).update(left_on=day())

    invitation, person = Invitation.objects.get(), make_user("Gast")

    assert refused(lambda: invitation.accept(person))


def test_team_that_withdrew_takes_no_step(world):
    team, amina, doris = world["team"], world["amina"], world["doris"]
    guest = member(world, "Neu")
    team.withdraw(by=amina)

    assert refused(lambda: team.withdraw(by=doris))
    assert refused(
        lambda: team.add_member(by=doris, email="x@example.org", role="writer", first_name="X", last_name="Y")
    )
    assert refused(lambda: guest.invite(by=doris))
    assert refused(lambda: member(world, "Mira").change_role("writer", by=doris))
    assert refused(lambda: member(world, "Amina").hand_over(member(world, "Jonas"), by=doris))
    assert refused(lambda: member(world, "Jonas").leave(by=doris))
    assert refused(lambda: team.name_coaches(None, None, by=doris))


def test_coaches_are_named_and_told_once(world):
    carla, henrik = make_user("Carla"), make_user("Henrik")
    first, second = make_coach(world["cohort"], carla), make_coach(world["cohort"], henrik)
    team = world["team"]

    team.name_coaches(first, None, by=world["doris"])
    team.name_coaches(first, second, by=world["doris"])

    assert team.coaches() == [first, second]
    told = Message.objects.filter(kind="coach_named").order_by("email")
    assert [message.email for message in told] == ["carla@example.org", "henrik@example.org"]
    assert {message.link for message in told} == {"/uebersicht/"}
    assert "own coach" in team.roles_of(carla)


def test_mail_to_a_new_coach_leads_to_the_application(world):
    application, coach = make_application(world["team"]), make_coach(world["cohort"], make_user("Carla"))

    world["team"].name_coaches(coach, None, by=world["doris"])

    assert Message.objects.get(kind="coach_named").link == application.get_absolute_url()


def test_coach_of_another_cohort_cannot_be_named(world):
    other = make_coach(make_cohort(world["cohort"].organiser, world["cohort"].call), make_user("Carla"))

    assert refused(lambda: world["team"].name_coaches(other, None, by=world["doris"]), ValueError)


def test_coach_whose_assignment_ended_sees_nothing_and_cannot_join(world):
    carla, doris = make_user("Carla"), world["doris"]
    coach = world["cohort"].coach_assignments.create(first_name="Carla", last_name="W", email="carla@example.org")
    coach.invite(by=doris)
    Invitation.objects.get().accept(carla)
    coach.refresh_from_db()
    assert "coach" in world["cohort"].roles_of(carla)
    assert refused(lambda: coach.invite(by=doris))

    coach.end(by=doris, until=day(-1))

    assert world["cohort"].roles_of(carla) == frozenset()
    assert refused(lambda: CoachAssignment.objects.get().invite(by=doris))


def test_cancelling_a_cohort_tells_everybody_once(world):
    carla = make_user("Carla")
    make_coach(world["cohort"], carla)

    world["cohort"].cancel(by=world["doris"])

    told = Message.objects.filter(kind="cohort_cancelled").order_by("email").values_list("email", flat=True)
    names = ("amina", "carla", "gast", "jonas", "mira")  # Gast is invited
    assert list(told) == [f"{name}@example.org" for name in names]
    assert refused(lambda: world["cohort"].cancel(by=world["doris"]))
    assert refused(lambda: world["cohort"].publish(by=world["doris"]))


def test_who_left_and_came_back_by_another_address_is_not_added_twice(world):
    jonas = member(world, "Jonas")
    jonas.leave(by=world["amina"])
    again = world["team"].add_member(by=world["amina"], email="jonas@verein.example", role="reader", first_name="Jonas")
    Invitation.objects.open().to(again).get().accept(jonas.user)

    assert refused(
        lambda: world["team"].add_member(by=world["amina"], email=jonas.email, role="writer", first_name="Jonas")
    )

    assert world["team"].members.current().filter(user=jonas.user).count() == 1
