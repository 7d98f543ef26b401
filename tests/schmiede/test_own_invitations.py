"""An invitation waits on the overview of the person whose address it went to, and is hers without the mail's secret."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from accounts.invitations import invite
from accounts.models import BamfOffice, Event, Invitation, Membership, User
from cohorts.models import TeamMember
from cohorts.revoking import revoke_invitation
from schmiede.views.invitations import invitations_to
from tests.builders import (
    day,
    log_in,
    make_bamf,
    make_coach,
    make_cohort,
    make_organisation,
    make_organiser,
    make_team,
    make_user,
)

pytestmark = pytest.mark.django_db
NO_TEAM = "Sie sind im Moment in keiner Projektschmiede."


class World:
    """Amina owns one team; Bilal owns another in another cohort, and invites her. Lea has an account, and no team."""

    def __init__(self) -> None:
        self.amina, self.bilal, self.lea = make_user(), make_user("Bilal", "Yildiz"), make_user("Lea", "Kern")
        organiser = make_organiser(make_user("Doris", "Lang"))
        self.cohort = make_cohort(organiser)
        make_team(self.cohort, self.amina)
        self.other = make_cohort(organiser, self.cohort.call, title="Projektschmiede Harz")
        self.team = make_team(self.other, self.bilal)

    def invite(self, email: str) -> Invitation:
        self.team.add_member(by=self.bilal, email=email, role="writer", first_name="Wer", last_name="Immer")
        return Invitation.objects.latest("invited_at")


@pytest.fixture
def world():
    return World()


def overview(user) -> str:
    response = log_in(Client(), user).get(reverse("dashboard"))
    return " ".join(strip_tags(response.text).split())


def page(invitation) -> str:
    return reverse("own_invitation", args=[invitation.pk])


@pytest.mark.parametrize("writing", ["amina@example.org", "Amina@Example.ORG", " AMINA@example.org"])
def test_it_waits_in_one_line_under_the_card_for_who_is_in_a_team(world, writing):
    invitation = world.invite(writing)
    text = overview(world.amina)
    assert text.count("Eine Einladung wartet auf Sie") == 1
    assert "lädt Sie ein" not in text
    html = log_in(Client(), world.amina).get(reverse("dashboard")).text
    assert html.index("turn__who") < html.index(page(invitation))


def test_several_are_listed_at_the_end_for_who_is_in_a_team(world):
    world.invite("amina@example.org")
    invite("amina@example.org", make_organisation(), by=None)
    html = log_in(Client(), world.amina).get(reverse("dashboard")).text
    assert html.index("turn__who") < html.index('href="#einladungen"') < html.index('id="einladungen"')
    assert html.count("Einladung ansehen") == 2


@pytest.mark.parametrize("writing", ["lea@example.org", "Lea@Example.ORG"])
def test_the_overview_says_who_invites_to_what_until_when(world, writing):
    invitation = world.invite(writing)
    text = overview(world.lea)
    assert "Eine Einladung wartet auf Sie" in text
    assert f"Bilal Yildiz lädt Sie ein, im Team „{world.team.title}“ an „Projektschmiede Harz“ teilzunehmen." in text
    assert f"Die Einladung gilt bis {timezone.localtime(invitation.expires_at).day}. Dezember" in text
    assert page(invitation) in log_in(Client(), world.lea).get(reverse("dashboard")).text


def test_she_accepts_it_without_the_secret_of_the_mail(world):
    invitation, client = world.invite("amina@example.org"), log_in(Client(), world.amina)
    assert "Einladung annehmen" in client.get(page(invitation)).text
    assert not TeamMember.objects.filter(team=world.team, user=world.amina).exists()  # looking changes nothing
    assert client.post(page(invitation)).url == reverse("dashboard")
    assert TeamMember.objects.get(team=world.team, user=world.amina).role == "writer"
    assert Event.objects.get(what="invitation.accepted").by == world.amina
    assert "Einladung wartet" not in overview(world.amina)
    assert client.post(page(invitation)).status_code == 410


def test_who_has_nothing_but_the_invitation_reads_of_it_alone(world):
    assert NO_TEAM in overview(world.lea)
    world.invite("lea@example.org")
    text = overview(world.lea)
    assert "Eine Einladung wartet auf Sie" in text
    assert NO_TEAM not in text


def test_nobody_else_sees_or_accepts_it(world):
    invitation = world.invite("amina@example.org")
    for user in (world.lea, world.bilal, world.cohort.organiser.memberships.get().user):
        client = log_in(Client(), user)
        assert [client.get(page(invitation)).status_code, client.post(page(invitation)).status_code] == [404, 404]
        assert "Einladung wartet auf Sie" not in overview(user)
    assert Client().get(page(invitation)).url.startswith("/konto/login/")
    assert Invitation.objects.get(pk=invitation.pk).accepted_at is None


def test_an_address_counts_once_it_is_confirmed(world):
    further = EmailAddress.objects.create(user=world.lea, email="lea.kern@example.org", verified=False)
    invitation = world.invite("lea.kern@example.org")
    assert NO_TEAM in overview(world.lea)
    assert log_in(Client(), world.lea).post(page(invitation)).status_code == 404
    EmailAddress.objects.filter(pk=further.pk).update(verified=True)
    assert "Eine Einladung wartet auf Sie" in overview(world.lea)
    log_in(Client(), world.lea).post(page(invitation))
    assert TeamMember.objects.filter(team=world.team, user=world.lea).exists()


def test_what_is_over_waits_for_nobody(world):
    invitation = world.invite("lea@example.org")
    Invitation.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    assert NO_TEAM in overview(world.lea)
    assert log_in(Client(), world.lea).post(page(invitation)).status_code == 410
    Invitation.objects.update(expires_at=timezone.now() + timedelta(days=1))
    world.team.withdraw(by=world.bilal)
    assert NO_TEAM in overview(world.lea)


def test_what_was_taken_back_waits_for_nobody(world):
    invitation = world.invite("lea@example.org")
    revoke_invitation(world.team.members.get(email="lea@example.org"), by=world.bilal)
    assert NO_TEAM in overview(world.lea)
    assert log_in(Client(), world.lea).post(page(invitation)).status_code == 410


def test_who_is_in_the_team_by_another_address_is_not_asked_again(world):
    world.bilal.add_address("bilal.yildiz@example.org")
    world.invite("bilal.yildiz@example.org")
    invite("bilal@example.org", world.team.organisation, by=None)
    world.team.organisation.join(world.bilal)
    assert "auf Sie" not in overview(world.bilal)


def test_several_stand_in_their_order_and_cost_the_same(world, django_assert_num_queries):
    world.invite("lea@example.org")
    client = log_in(Client(), world.lea)
    client.get(reverse("dashboard"))
    with django_assert_num_queries(7):
        client.get(reverse("dashboard"))
    for number in range(50):
        team = make_team(world.other, make_user(f"Person{number}"))
        team.add_member(by=team.owner().user, email="lea@example.org", role="reader", last_name="Kern")
    with django_assert_num_queries(7):
        text = client.get(reverse("dashboard")).text
    assert "51 Einladungen warten auf Sie" in text
    assert text.count("Einladung ansehen") == 51
    assert text.index("Bilal Yildiz lädt") < text.index("Person0") < text.index("Person49")


def test_every_kind_of_invitation_stands_there(world):
    invite("lea@example.org", world.cohort.organiser, by=None)
    coach = world.cohort.coach_assignments.create(email="lea@example.org", first_name="Lea", last_name="Kern")
    invite("lea@example.org", coach, by=None)
    text = overview(world.lea)
    assert "2 Einladungen warten auf Sie" in text
    assert f"Sie sind eingeladen, Teams der „{world.cohort.title}“ zu begleiten." in text
    assert Membership.objects.filter(user=world.lea).count() == 0
    assert day() <= timezone.localdate(Invitation.objects.first().expires_at)


def test_nobody_is_invited_on_the_page_to_what_they_are_in_already(world):
    carla = make_user("Carla")
    make_coach(world.cohort, carla)
    again = world.cohort.coach_assignments.create(email="lea@example.org", first_name="Carla", last_name="Kern")
    for person in (carla, make_bamf("Emil")):
        EmailAddress.objects.create(user=person, email=f"zweite.{person.email}", verified=True)
        invite(f"zweite.{person.email}", again, by=None)
        invite(f"zweite.{person.email}", BamfOffice.get_or_make(), by=None)
    assert [row.target for row in invitations_to(carla)] == [BamfOffice.get_or_make()]
    assert [row.target for row in invitations_to(User.objects.get(first_name="Emil"))] == [again]
    again.until = day(-1)
    again.save()
    assert invitations_to(User.objects.get(first_name="Emil")) == []


def test_who_is_in_two_teams_stays_with_the_one_they_chose(world):
    own = world.amina.team_memberships.get().team
    invitation, client = world.invite("amina@example.org"), log_in(Client(), world.amina)

    def shown(**query: str) -> str:
        return client.get(reverse("dashboard"), query).context["team"]

    assert shown(team=str(own.pk)) == own
    client.post(page(invitation))
    assert shown() == world.team  # joined just now
    assert shown(team=str(own.pk)) == own
    assert shown() == own
    assert shown(team="x" * 1000) == world.team
    assert len(client.session["team"]) == 36
