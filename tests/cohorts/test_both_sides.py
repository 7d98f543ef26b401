"""Nobody organises or coaches a cohort and is in a team of it: every way in, under every address, and shown where it is so already."""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from django.db import transaction
from django.urls import reverse
from zeal import zeal_ignore

from accounts.invitations import invite
from accounts.models import Event, Invitation, Membership, Message, Organisation
from cohorts import deciding
from cohorts.models import CoachAssignment, OnBothSides, Registration, Team, TeamMember
from cohorts.revoking import revoke_invitation
from tests.builders import (
    day,
    log_in,
    make_application,
    make_bamf,
    make_coach,
    make_cohort,
    make_member,
    make_organisation,
    make_organiser,
    make_team,
    make_user,
    window,
)
from tests.cohorts.test_admin import act
from tests.cohorts.test_registration_steps import PERSONS, make_registration
from tests.forms import form_of
from tests.written_again import WrittenAgain

SENTENCE = "Das geht nicht: Wer eine Projektschmiede durchführt oder in ihr Teams begleitet, kann dort nicht zugleich zu einem Team gehören."
END_OTHER = "Bitte beenden Sie die Mitarbeit beim Träger oder im Team."
END_ONE = "Bitte beenden Sie die Begleitung oder die Mitarbeit im Team."
NEW = {"first_name": "Carla", "last_name": "Weber"}


class World(metaclass=WrittenAgain):
    """Amina owns a team, Jonas writes in it; Carla coaches, Doris organises; another cohort of the same Träger."""

    def __init__(self) -> None:
        self.doris, self.amina, self.jonas = make_user("Doris"), make_user(), make_user("Jonas", "Petersen")
        self.carla = make_user("Carla", "Weber")
        organiser = make_organiser(self.doris)
        self.cohort, self.elsewhere = make_cohort(organiser, **window()), make_cohort(organiser, **window())
        self.coach = make_coach(self.cohort, self.carla)
        self.team = make_team(self.cohort, self.amina, self.jonas)

    def further(self, user, email, *, verified=True):
        EmailAddress.objects.create(user=user, email=email, verified=verified)

    def assignment(self, email, **fields):
        return CoachAssignment.objects.create(cohort=self.cohort, email=email, first_name="J", last_name="P", **fields)

    def member(self, email, user=None, **fields):
        return self.team.members.create(email=email, user=user, first_name="C", last_name="W", **fields)


@pytest.fixture
def world(db):
    return World()


def sentence(*names):
    return f"{SENTENCE} Das betrifft: {', '.join(names)}." if names else SENTENCE


def refused(step, *names):
    """The step is refused with the sentence and these names, and nothing was written."""
    models = (Team, TeamMember, CoachAssignment, Membership, Event, Message, Invitation, Registration)
    before = [list(model.objects.order_by("pk").values()) for model in models]
    with pytest.raises(OnBothSides) as caught, transaction.atomic():
        step()
    assert str(caught.value) == sentence(*names)
    return [list(model.objects.order_by("pk").values()) for model in models] == before


def accept(target, email, user):
    """Accept an invitation that was made before anybody looked at both sides."""
    Invitation.make(email, target, by=None)[0].accept(user)


# A coach comes into a team


def registered(world, email):
    return make_registration(
        world.cohort, persons=[PERSONS[0] | {"email": "neu@example.org"}, PERSONS[1] | {"email": email}]
    )


INTO_A_TEAM = {
    "invited by the owner": lambda w, email: w.team.add_member(by=w.amina, email=email, role="reader", **NEW),
    "invited by the organiser": lambda w, email: w.team.add_member(by=w.doris, email=email, role="writer", **NEW),
    "invited once more": lambda w, email: w.member(email).invite(by=w.doris),
    "accepts an invitation": lambda w, email: accept(w.member(email), email, w.carla),
    "accepted with an association": lambda w, email: deciding.accept(registered(w, email), by=w.doris, text="Ja."),
}
ADDRESSES = {
    "as written down": lambda w: "carla@example.org",
    "in capitals": lambda w: "CARLA@Example.ORG",
    "the login, not the one written down": lambda w: CoachAssignment.objects.update(email="c.weber@example.org") and "carla@example.org",
    "a further address": lambda w: w.further(w.carla, "weber@example.org") or "weber@example.org",
    "a further address in capitals": lambda w: w.further(w.carla, "weber@example.org") or "Weber@Example.org",
}  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("way", INTO_A_TEAM)
def test_a_coach_comes_into_no_team(world, way, address):
    email = ADDRESSES[address](world)
    with transaction.atomic():
        with pytest.raises(OnBothSides):
            INTO_A_TEAM[way](world, email)
        transaction.set_rollback(True)
    assert not TeamMember.objects.filter(user=world.carla).exists()


def test_a_refused_step_has_written_nothing(world):
    registration = registered(world, "carla@example.org")
    assert refused(lambda: INTO_A_TEAM["invited by the owner"](world, "carla@example.org"))
    assert refused(lambda: deciding.accept(registration, by=world.doris, text="Ja."), name_of(PERSONS[1]))


def name_of(person):
    return f"{person['first_name']} {person['last_name']}"


def test_the_organiser_reads_of_everybody_whom_a_refusal_is_about(world):
    second = make_coach(world.cohort, make_user("Selma", "Aydin"))
    both = [make_coach(world.cohort, world.jonas), make_coach(world.cohort, world.amina)]
    persons = [PERSONS[0] | {"email": "carla@example.org"}, PERSONS[1] | {"email": "selma@example.org"}]
    registration = make_registration(world.cohort, persons=persons)

    assert refused(lambda: deciding.accept(registration, by=world.doris, text="Ja."), *map(name_of, persons))
    names = [coach.full_name for coach in CoachAssignment.objects.filter(pk__in=[coach.pk for coach in both])]
    assert refused(lambda: world.team.name_coaches(*both, by=world.doris), *names)
    team = Team.objects.get(pk=world.team.pk)
    assert refused(lambda: team.name_coaches(second, both[0], by=world.doris), "Jonas Petersen")


def test_an_account_counts_under_whatever_address_it_was_invited(world):
    """Somebody invites an address nobody knows; Carla, logged in, presses the button."""
    member = world.member("unbekannt@example.org")
    assert refused(lambda: accept(member, "unbekannt@example.org", world.carla))
    assert not EmailAddress.objects.filter(email="unbekannt@example.org").exists()


def test_a_coach_who_had_left_the_team_does_not_come_back(world):
    world.member("carla@example.org", world.carla, left_on=day(-3))
    assert refused(lambda: INTO_A_TEAM["invited by the owner"](world, "Carla@example.org"))


# A member becomes a coach


INTO_COACHING = {
    "invited": lambda w, email: w.assignment(email).invite(by=w.doris),
    "accepts an invitation": lambda w, email: accept(w.assignment(email), email, w.jonas),
    "comes back after the end": lambda w, email: w.assignment(email, coach=w.jonas, until=day(-1)).end(by=w.doris, until=day(9)),
    "named for another team": lambda w, email: make_team(w.cohort, make_user("Bilal")).name_coaches(None, w.assignment(email, coach=w.jonas), by=w.doris),
}  # fmt: skip
MEMBERS = {
    "as written down": lambda w: "jonas@example.org",
    "in capitals": lambda w: "JONAS@Example.ORG",
    "the login, not the one written down": lambda w: w.team.members.filter(user=w.jonas).update(email="j.p@example.org") and "jonas@example.org",
    "a further address": lambda w: w.further(w.jonas, "petersen@example.org") or "Petersen@example.org",
}  # fmt: skip


@pytest.mark.parametrize("address", MEMBERS)
@pytest.mark.parametrize("way", INTO_COACHING)
def test_a_member_does_not_become_a_coach(world, way, address):
    email = MEMBERS[address](world)
    with transaction.atomic():
        with pytest.raises(OnBothSides):
            INTO_COACHING[way](world, email)
        transaction.set_rollback(True)


def test_somebody_invited_to_one_side_is_not_invited_to_the_other(world):
    world.member("neu@example.org")
    assignment = world.assignment("neu@example.org")
    assert refused(lambda: assignment.invite(by=world.doris))
    CoachAssignment.objects.create(cohort=world.cohort, email="gast@example.org", first_name="G", last_name="W")
    assert refused(
        lambda: world.team.add_member(by=world.amina, email="GAST@example.org", role="reader", first_name="G", last_name="W")
    )  # fmt: skip


# An organiser comes into a team


ORGANISERS_ADDRESSES = {
    "the login": lambda w: "doris@example.org",
    "in capitals": lambda w: "DORIS@Example.ORG",
    "a further address": lambda w: w.further(w.doris, "lang@example.org") or "Lang@example.org",
}
AS_ORGANISER = INTO_A_TEAM | {
    "accepts an invitation": lambda w, email: accept(w.member(email), email, w.doris),
}


@pytest.mark.parametrize("address", ORGANISERS_ADDRESSES)
@pytest.mark.parametrize("way", AS_ORGANISER)
def test_an_organiser_comes_into_no_team(world, way, address):
    email = ORGANISERS_ADDRESSES[address](world)
    with transaction.atomic():
        with pytest.raises(OnBothSides):
            AS_ORGANISER[way](world, email)
        transaction.set_rollback(True)
    assert not TeamMember.objects.filter(user=world.doris).exists()


def test_an_organiser_who_had_left_the_team_does_not_come_back(world):
    world.member("doris@example.org", world.doris, left_on=day(-3))
    assert refused(lambda: INTO_A_TEAM["invited by the owner"](world, "Doris@example.org"))


def test_an_association_with_an_organiser_is_accepted_only_without_them(world):
    registration = registered(world, "doris@example.org")
    assert refused(lambda: deciding.accept(registration, by=world.doris, text="Ja."), name_of(PERSONS[1]))


# A member becomes an organiser


def accept_at_the_organiser(world, user, email="neu@example.org"):
    accept(world.cohort.organiser, email, user)


@pytest.mark.parametrize("address", MEMBERS)
def test_a_member_does_not_become_an_organiser(world, address):
    email = MEMBERS[address](world)
    organiser = world.cohort.organiser
    assert refused(lambda: invite(email, organiser, by=world.doris))
    assert refused(lambda: accept_at_the_organiser(world, world.jonas, email))
    assert not organiser.memberships.filter(user=world.jonas).exists()


def test_an_association_with_a_member_is_given_no_right_to_run_again(world):
    """It ran the cohort, lost the right, and one of its people came into a team meanwhile."""
    organiser, emil = world.cohort.organiser, make_bamf()
    type(world.cohort).objects.filter(organiser=organiser).update(ends_on=day(-1), begins_on=day(-2))
    organiser.end_running(by=emil)
    accept_at_the_organiser(world, world.jonas)

    name = world.team.members.get(user=world.jonas).full_name
    assert refused(lambda: organiser.let_run_cohorts(by=emil), name)

    world.team.members.get(user=world.jonas).leave(by=world.jonas)
    organiser.let_run_cohorts(by=emil)
    assert "organiser" in world.cohort.roles_of(world.jonas)


def test_joining_a_team_of_another_organiser_makes_nobody_one_of_its_own_members_organiser(world):
    """The team's association runs cohorts itself; whoever joins the team belongs to it."""
    other = make_organiser(make_user("Dora"), "Andere Werkstatt")
    make_team(make_cohort(other, **window()), world.jonas, organisation=make_organisation("Verein Nord"))
    theirs = make_team(world.elsewhere, make_user("Bilal"), organisation=other)
    member = theirs.members.create(email="j@example.org", first_name="J", last_name="P")

    assert refused(lambda: accept(member, "j@example.org", world.jonas))


def test_who_organises_or_takes_part_elsewhere_may_be_on_the_other_side_here(world):
    other = make_organiser(make_user("Dora"), "Andere Werkstatt")
    world.team.add_member(by=world.amina, email="dora@example.org", role="reader", **NEW)
    Invitation.objects.get(email="dora@example.org").accept(other.memberships.get().user)

    accept(other, "jonas@example.org", world.jonas)
    assert other.memberships.filter(user=world.jonas).exists()

    world.team.members.get(user=world.jonas).leave(by=world.jonas)
    invite("jonas@example.org", world.cohort.organiser, by=world.doris)
    Invitation.objects.get(email="jonas@example.org", accepted_at=None).accept(world.jonas)
    assert "organiser" in world.cohort.roles_of(world.jonas)


def test_who_invites_a_member_to_the_organiser_reads_why_beside_the_address(world, client):
    organiser = world.cohort.organiser
    log_in(client, world.doris)
    page = client.post(
        reverse("accounts:invite", args=[organiser.pk]), {"email": "jonas@example.org", "name": "Jonas Petersen"}
    )
    assert page.status_code == 422
    assert page.context["form"].errors == {"email": [SENTENCE]}
    assert 'value="Jonas Petersen"' in page.text

    log_in(client, make_bamf())
    sent = {"email": "jonas@example.org", "name": "Jonas Petersen"}
    page = act(client, Organisation, "invite", organiser, form=sent, on_form=True)
    assert said_by(page) == [f"{organiser}: {SENTENCE}"]
    assert 'value="Jonas Petersen"' in page.text
    assert not Invitation.objects.exists()


def test_staff_see_who_organises_and_is_in_a_team_already(world, client):
    organiser = world.cohort.organiser
    Membership.objects.create(organisation=organiser, user=world.jonas, role="member")
    name = world.team.members.get(user=world.jonas).full_name
    log_in(client, world.doris)

    cockpit = reverse("cockpit", args=[world.cohort.slug])
    line = f"{name} gehört zum Träger dieser Projektschmiede und zugleich zum Team „{world.team.title}“. {END_OTHER}"
    assert line in words(client.get(cockpit))
    rows = {model: words(client.get(reverse(f"admin:cohorts_{model}_changelist"))) for model in ("team", "teammember")}
    assert re.search(rf"{world.team.title} .* {name}", rows["team"])
    assert rows["teammember"].count(f"Gehört auch zum Träger. {END_OTHER}") == 1

    TeamMember.objects.filter(user=world.jonas).update(left_on=day())
    assert line not in words(client.get(cockpit))
    assert "Gehört auch zum Träger" not in words(client.get(reverse("admin:cohorts_teammember_changelist")))


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_joining_a_team_and_its_organiser_at_once_never_both_succeed(at_once):
    world = World()
    for round_ in range(10):
        user = make_user(f"Person{round_}")
        member = world.member(user.email)
        to_team = Invitation.make(user.email, member, by=None)[0].pk
        to_organiser = Invitation.make(user.email, world.cohort.organiser, by=None)[0].pk
        TeamMember.objects.filter(pk=member.pk).update(email=f"team{round_}@example.org")

        results = at_once(
            lambda key=to_team, user=user: Invitation.objects.get(pk=key).accept(user),
            lambda key=to_organiser, user=user: Invitation.objects.get(pk=key).accept(user),
        )

        assert sorted(type(result).__name__ for result in results) == ["NoneType", "OnBothSides"]
        assert not TeamMember.objects.filter(pk=member.pk).organising().exists()


# What is none of both sides


def test_what_ended_or_is_elsewhere_stands_against_nothing(world):
    away = make_coach(world.elsewhere, world.jonas)  # a member here coaches in another cohort
    assert not CoachAssignment.objects.filter(pk=away.pk).in_a_team().exists()

    world.coach.end(by=world.doris, until=day(-1))
    world.team.add_member(by=world.amina, email="carla@example.org", role="reader", **NEW)

    world.team.members.get(user=world.jonas).leave(by=world.jonas)
    world.assignment("jonas@example.org").invite(by=world.doris)
    Invitation.objects.get(email="jonas@example.org").accept(world.jonas)
    assert "coach" in world.cohort.roles_of(world.jonas)


def test_members_of_a_team_that_has_withdrawn_may_coach(world):
    world.team.withdraw(by=world.amina)
    world.assignment("jonas@example.org").invite(by=world.doris)
    Invitation.objects.get(email="jonas@example.org").accept(world.jonas)
    assert "coach" in world.cohort.roles_of(world.jonas)


def test_an_address_nobody_has_verified_is_nobodys(world):
    """Jonas claims the coach's address; that neither makes him the coach nor keeps her out."""
    world.further(world.jonas, "neu@example.org", verified=False)
    world.assignment("neu@example.org").invite(by=world.doris)


def test_an_address_with_a_wildcard_is_only_itself(world):
    world.assignment("a_c%@example.org").invite(by=world.doris)
    world.team.add_member(by=world.amina, email="abcd@example.org", role="reader", **NEW)


def test_a_coach_can_be_ended_and_addressed_otherwise_where_it_is_so_already(world, client):
    both = make_coach(world.cohort, world.jonas)
    url = reverse("admin:cohorts_coachassignment_change", args=[both.pk])
    log_in(client, world.doris)
    sent = form_of(client.get(url), "coachassignment_form") | {"form_of_address": "Coach"}
    assert client.post(url, sent).status_code == 302
    both.refresh_from_db()
    assert (both.form_of_address, both.last_name) == ("Coach", "Petersen")

    both.end(by=world.doris, until=day())
    both.refresh_from_db()
    assert both.until == day()


# What people read


def test_the_owner_reads_why_beside_the_address(world, client):
    url = reverse("applications:members", args=[make_application(world.team).pk])
    sent = {"first_name": "Carla", "last_name": "Weber", "email": "Carla@Example.org", "role": "reader"}

    page = log_in(client, world.amina).post(url, sent)

    assert page.status_code == 422
    assert page.context["form"].errors == {"email": [SENTENCE]}
    assert 'value="Carla@Example.org"' in page.text


def test_who_presses_the_button_reads_why(world, client):
    _invitation, token = Invitation.make("weber@example.org", world.member("weber@example.org"), by=world.amina)

    page = log_in(client, world.carla).post(reverse("invitation", args=[token]), follow=True)

    assert [str(message) for message in page.context["messages"]] == [SENTENCE]
    assert not world.team.members.filter(user=world.carla).exists()


@pytest.mark.parametrize("email", ["jonas@example.org", "JONAS@example.org"])
def test_the_organiser_reads_why_beside_the_coachs_address(world, client, email):
    url = reverse("admin:cohorts_coachassignment_add")
    log_in(client, world.doris)
    sent = form_of(client.get(url), "coachassignment_form")
    sent |= {"cohort": str(world.cohort.pk), "first_name": "Jonas", "last_name": "Petersen", "email": email}

    with zeal_ignore():  # the form is made once more after the step has refused
        page = client.post(url, sent)

    assert page.status_code == 200
    assert page.context["adminform"].form.errors == {"email": [SENTENCE]}
    assert f'value="{email}"' in page.text
    assert not CoachAssignment.objects.exclude(pk=world.coach.pk).exists()
    assert not Message.objects.exists()


def test_the_organiser_corrects_a_coachs_address_to_no_member(world, client):
    new = world.assignment("neu@example.org")
    url = reverse("admin:cohorts_coachassignment_change", args=[new.pk])
    log_in(client, world.doris)

    sent = form_of(client.get(url), "coachassignment_form") | {"email": "jonas@example.org"}
    with zeal_ignore():  # the form is made once more after the step has refused
        page = client.post(url, sent)

    assert page.context["adminform"].form.errors == {"email": [SENTENCE]}
    new.refresh_from_db()
    assert new.email == "neu@example.org"


def test_the_organiser_reads_why_for_each_team_and_registration(world, client):
    log_in(client, world.doris)
    second, both = make_team(world.cohort, make_user("Bilal")), make_coach(world.cohort, world.jonas)

    with zeal_ignore():  # one step per team is what was asked for
        page = act(client, Team, "name_coaches", world.team, second, form={"first": str(both.pk), "second": ""})
    said = said_by(page)
    assert sorted(said) == sorted(f"{team.title}: {sentence('Jonas Petersen')}" for team in (world.team, second))

    added = act(client, Team, "add_member", second, form=NEW | {"email": "carla@example.org"}, on_form=True)
    assert said_by(added) == [f"{second.title}: {SENTENCE}"]

    registration = registered(world, "carla@example.org")
    assert said_by(act(client, Registration, "accept", registration, form={"text": "Ja."})) == [
        f"{registration.organisation_name}: {sentence(name_of(PERSONS[1]))}"
    ]
    assert Registration.objects.get().status == "received"


def said_by(page):
    return [str(message) for message in page.context["messages"]]


# Where it is so already


def test_staff_see_where_it_is_so_already(world, client):
    world.assignment("j@example.org", coach=world.jonas)
    CoachAssignment.objects.filter(coach=world.jonas).update(first_name="Jonas", last_name="Petersen")
    log_in(client, world.doris)

    cockpit = words(client.get(reverse("cockpit", args=[world.cohort.slug])))
    line = (
        f"Jonas Petersen begleitet diese Projektschmiede und gehört zugleich zum Team „{world.team.title}“. {END_ONE}"
    )
    assert line in cockpit
    rows = {model: words(client.get(reverse(f"admin:cohorts_{model}_changelist"))) for model in ("team", "teammember", "coachassignment")}  # fmt: skip
    assert re.search(rf"{world.team.title} .* Jonas Petersen", rows["team"])
    assert rows["teammember"].count(f"Begleitet hier auch Teams. {END_ONE}") == 1
    assert rows["coachassignment"].count(f"Gehört hier auch zu einem Team. {END_ONE}") == 1

    TeamMember.objects.filter(user=world.jonas).update(left_on=day())
    assert line not in words(client.get(reverse("cockpit", args=[world.cohort.slug])))
    assert "Gehört hier auch zu einem Team" not in words(
        client.get(reverse("admin:cohorts_coachassignment_changelist"))
    )


@pytest.mark.parametrize("days", [None, -40])
def test_who_coaches_or_coached_and_works_for_the_bamf_is_shown_to_staff(world, client, days):
    """BAMF staff read that it is so, not where."""
    emil, frida = make_bamf(), make_bamf("Frida", "Noll")
    make_coach(world.cohort, emil, until=None if days is None else day(days))

    coaches = words(log_in(client, world.doris).get(reverse("admin:cohorts_coachassignment_changelist")))
    assert coaches.count("Arbeitet auch für das BAMF.") == 1

    log_in(client, frida)
    people = words(client.get(reverse("admin:accounts_user_changelist")))
    assert people.count("Hat Teams begleitet und arbeitet für das BAMF.") == 1
    page = client.get(reverse("admin:accounts_user_change", args=[emil.pk])).text
    assert "Hat Teams begleitet und arbeitet für das BAMF." in page
    assert world.cohort.title not in page


def words(response):
    assert response.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", response.text).split())


# Two ways in at the same moment


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_ways_in_at_once_never_both_succeed(at_once):
    world = World()
    for round_ in range(10):
        user = make_user(f"Person{round_}")
        member, assignment = world.member(user.email), world.assignment(user.email)
        to_team = Invitation.make(user.email, member, by=None)[0].pk
        to_coach = Invitation.make(user.email, assignment, by=None)[0].pk
        TeamMember.objects.filter(pk=member.pk).update(email=f"team{round_}@example.org")
        CoachAssignment.objects.filter(pk=assignment.pk).update(email=f"coach{round_}@example.org")

        results = at_once(
            lambda key=to_team, user=user: Invitation.objects.get(pk=key).accept(user),
            lambda key=to_coach, user=user: Invitation.objects.get(pk=key).accept(user),
        )

        assert sorted(type(result).__name__ for result in results) == ["NoneType", "OnBothSides"]
        assert not CoachAssignment.objects.filter(pk=assignment.pk).in_a_team().exists()


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_inviting_to_both_sides_at_once(at_once, client):
    world = World()
    log_in(client, world.doris)
    for round_ in range(10):
        email = f"neu{round_}@example.org"
        assignment = world.assignment(f"alt{round_}@example.org")
        url = reverse("admin:cohorts_coachassignment_change", args=[assignment.pk])
        sent = form_of(client.get(url), "coachassignment_form") | {"email": email}

        def correct(url=url, sent=sent):
            with zeal_ignore():  # the form is made once more where the step has refused
                return client.post(url, sent).status_code == 302

        def add(email=email):
            world.team.add_member(by=world.amina, email=email, role="reader", first_name="N", last_name="G")
            return True

        corrected, added = at_once(correct, add)

        assert (corrected, added is True) in {(True, False), (False, True)}
        assert corrected is False or type(added) is OnBothSides
        assert not CoachAssignment.objects.filter(pk=assignment.pk).in_a_team().exists()


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_revoking_and_accepting_at_once_do_not_wait_for_each_other(at_once):
    """Both hold the team and write the invitation; in the same order, or each would wait for the other."""
    world = World()
    for round_ in range(10):
        user = make_user(f"Person{round_}")
        member = world.member(user.email)
        key = Invitation.make(user.email, member, by=None)[0].pk

        results = at_once(
            lambda key=key, user=user: Invitation.objects.get(pk=key).accept(user),
            lambda pk=member.pk: revoke_invitation(TeamMember.objects.get(pk=pk), by=world.doris),
        )

        assert sorted(type(result).__name__ for result in results) == ["NoneType", "Stale"]
        member.refresh_from_db()
        assert (member.user_id, member.left_on) in {(None, day()), (user.pk, None)}


def test_the_rule_reads_members_of_a_team_once(world, django_assert_num_queries):
    for number in range(5):
        make_member(world.team, make_user(f"Gast{number}"))
    with django_assert_num_queries(1):
        assert not CoachAssignment.objects.filter(cohort=world.cohort).in_a_team().exists()
