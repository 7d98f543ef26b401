"""Declining an invitation: a button beside „annehmen“; whoever invited is told, and can invite again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from accounts.erasing import erase
from accounts.invitations import invite
from accounts.models import BamfOffice, Event, Invitation, Message
from accounts.models.invitation import hashed
from accounts.models.traces import NOBODYS_EMAIL
from cohorts.models import TeamMember
from cohorts.revoking import revoke_invitation
from core.writes import Stale
from tests.builders import log_in, make_application, make_bamf
from tests.schmiede.test_own_invitations import World, page

pytestmark = pytest.mark.django_db
NO = {"answer": "no"}


@pytest.fixture
def world():
    return World()


def text(response) -> str:
    return " ".join(strip_tags(response.text).split())


def secret_link(invitation: Invitation) -> str:
    """Return the link of the mail, whose token is not kept."""
    Invitation.objects.filter(pk=invitation.pk).update(token_hash=hashed("geheim"))
    return reverse("invitation", args=["geheim"])


def mails(kind: str) -> list[tuple[str, str]]:
    return list(Message.objects.filter(kind=kind).values_list("email", "subject"))


def test_who_has_the_link_declines_without_an_account(world, client):
    invitation = world.invite("neu@example.org")
    link = secret_link(invitation)
    shown = text(client.get(link))
    assert "Ablehnen" in shown
    assert "Bilal Yildiz bekommt eine E-Mail, dass Sie nicht dabei sind, und kann Sie noch einmal einladen." in shown

    answer = client.post(link, NO)

    assert answer.url == link
    after = client.get(link)
    assert after.status_code == 410
    assert "Diese Einladung ist abgelehnt" in text(after)
    assert client.get("/konto/signup/").status_code == 404
    event = Event.objects.get(what="invitation.declined")
    assert (event.by, event.record_id) == (None, str(invitation.pk))
    member = TeamMember.objects.get(email="neu@example.org")
    assert (member.user, member.left_on, bool(member.declined_at)) == (None, None, True)


def test_she_declines_from_the_overview(world):
    invitation, client = world.invite("amina@example.org"), log_in(Client(), world.amina)
    assert "Ablehnen" in text(client.get(page(invitation)))

    after = client.post(page(invitation), NO, follow=True)

    assert after.redirect_chain == [(reverse("dashboard"), 302)]
    assert "Sie haben die Einladung abgelehnt." in text(after)
    assert "Eine Einladung" not in text(after)
    assert Event.objects.get(what="invitation.declined").by == world.amina
    assert not TeamMember.objects.filter(team=world.team, user=world.amina).exists()


def test_who_invited_is_told_with_the_name_they_had_typed(world):
    application = make_application(world.team)
    invitation = world.invite("amina@example.org")
    invitation.decline(world.amina)

    [message] = Message.objects.filter(kind="invitation_declined")
    title = world.team.title
    assert (message.email, message.subject) == (
        "bilal@example.org",
        f"Wer Immer hat die Einladung ins Team „{title}“ abgelehnt",
    )
    assert "Haddad" not in message.text, "the name of the account, which Bilal may not know"
    assert reverse("applications:members", args=[application.pk]) in message.text


def test_who_may_not_invite_any_more_is_not_told(world):
    invitation = world.invite("amina@example.org")
    Invitation.objects.update(invited_by=world.lea)
    invitation = Invitation.objects.get(pk=invitation.pk)
    assert "bekommt eine E-Mail" not in text(log_in(Client(), world.amina).get(page(invitation)))
    invitation.decline(world.amina)
    assert mails("invitation_declined") == []


@pytest.mark.parametrize(
    ("state", "says"),
    [
        ({"declined_at": timezone.now}, "Diese Einladung ist abgelehnt"),
        ({"accepted_at": timezone.now}, "Diese Einladung ist schon angenommen"),
        ({"revoked_at": timezone.now}, "Sie wurde zurückgezogen"),
        ({"expires_at": lambda: timezone.now() - timedelta(minutes=1)}, "Sie galt bis"),
    ],
)
def test_declining_what_is_over_shows_how_it_stands(world, state, says):
    invitation = world.invite("amina@example.org")
    link = secret_link(invitation)
    Invitation.objects.update(**{name: value() for name, value in state.items()})
    before = Invitation.objects.values().get(pk=invitation.pk)
    for client, path in [(Client(), link), (log_in(Client(), world.amina), page(invitation))]:
        answer = client.post(path, NO)
        assert (answer.status_code, says in text(answer)) == (410, True)
    with pytest.raises(Stale):
        Invitation.objects.get(pk=invitation.pk).decline(world.amina)
    assert Invitation.objects.values().get(pk=invitation.pk) == before
    assert mails("invitation_declined") == []


def test_an_invitation_into_a_team_that_has_withdrawn_says_so(world):
    invitation, client = world.invite("amina@example.org"), log_in(Client(), world.amina)
    world.team.withdraw(by=world.bilal)
    for answer in (client.get(page(invitation)), client.post(page(invitation)), client.post(page(invitation), NO)):
        assert answer.status_code == 410
        assert "Das Team nimmt nicht mehr teil. Sie müssen nichts mehr tun." in text(answer)
        assert "Eine neue Einladung ist schnell gemacht" not in text(answer)


def test_nobody_is_promised_another_invitation_into_a_team_that_has_left(world, client):
    invitation = world.invite("neu@example.org")
    link = secret_link(invitation)
    Invitation.objects.get(pk=invitation.pk).decline(None)
    assert "kann Sie noch einmal einladen." in text(client.get(link))
    world.team.withdraw(by=world.bilal)
    for ends in ({}, {"declined_at": None}):
        Invitation.objects.filter(pk=invitation.pk).update(**ends)
        shown = text(client.get(link))
        assert "Einladung ist schnell gemacht" not in shown
        assert "noch einmal einladen" not in shown


def test_who_is_invited_by_themselves_reads_of_no_mail(world):
    world.bilal.add_address("bilal.yildiz@example.org")
    invitation = world.invite("bilal.yildiz@example.org")
    shown = text(log_in(Client(), world.bilal).get(page(invitation)))
    assert "Ja, ablehnen" in shown
    assert "bekommt eine E-Mail" not in shown


def test_who_is_in_the_team_already_is_not_said_to_stay_away(world):
    world.bilal.add_address("bilal.yildiz@example.org")
    doris = world.other.organiser.memberships.get().user
    invitation = invite(
        "bilal.yildiz@example.org", world.team.members.create(email="bilal.yildiz@example.org"), by=doris
    )
    shown = text(log_in(Client(), world.bilal).get(page(invitation)))
    assert "Doris Lang bekommt eine E-Mail, dass diese Einladung abgelehnt ist. Sie gehören weiter dazu." in shown
    assert "dass Sie nicht dabei sind" not in shown


def test_who_had_not_answered_reads_what_it_means_that_the_team_leaves(world):
    world.invite("neu@example.org")
    world.team.withdraw(by=world.bilal)
    told = {mail.email: mail.text for mail in Message.objects.filter(kind="team_withdrawn")}
    assert set(told) == {"bilal@example.org", "neu@example.org"}
    assert "Ihre Einladung in dieses Team gilt damit nicht mehr." in told["neu@example.org"]
    assert "lesen und herunterladen" not in told["neu@example.org"]
    assert "Einladung" not in told["bilal@example.org"]


def test_an_account_with_another_address_does_not_decline_for_somebody(world):
    invitation = world.invite("amina@example.org")
    link, client = secret_link(invitation), log_in(Client(), world.lea)
    assert "Ablehnen" not in text(client.get(link))
    assert client.post(link, NO).url == link
    assert Invitation.objects.get(pk=invitation.pk).is_open


def test_what_was_declined_is_not_accepted_and_not_revoked(world):
    invitation = world.invite("amina@example.org")
    Invitation.objects.get(pk=invitation.pk).decline(world.amina)
    with pytest.raises(Stale):
        invitation.accept(world.amina)
    with pytest.raises(Stale):
        invitation.revoke(by=world.bilal)


def test_who_declined_gets_no_mail_of_the_team_any_more(world):
    world.invite("neu@example.org").decline(None)
    world.team.withdraw(by=world.bilal)
    assert [email for email, _subject in mails("team_withdrawn")] == ["bilal@example.org"]


def test_coach_organiser_and_colleague_decline_too(world):
    doris = world.cohort.organiser.memberships.get().user
    coach = world.cohort.coach_assignments.create(email="lea@example.org", first_name="Lea", last_name="Kern")
    emil = make_bamf()
    for target, by in [(coach, doris), (world.cohort.organiser, doris), (BamfOffice.get_or_make(), emil)]:
        invite("lea@example.org", target, by=by).decline(world.lea)
    coach.refresh_from_db()
    assert (coach.coach, bool(coach.declined_at)) == (None, True)
    assert sorted(mails("invitation_declined")) == [
        ("doris@example.org", f"Lea Kern begleitet keine Teams der „{world.cohort.title}“"),
        ("doris@example.org", f"lea@example.org kommt nicht zu „{world.cohort.organiser.title}“"),
        ("emil@example.org", "lea@example.org nimmt Ihre Einladung nicht an"),
    ]
    doris_page = text(log_in(Client(), doris).get(world.cohort.organiser.get_absolute_url()))
    assert "Abgelehnt lea@example.orghat am" in doris_page
    assert "Noch einmal einladen" in doris_page
    coach.invite(by=doris)
    coach.refresh_from_db()
    assert coach.declined_at is None


def test_nobody_is_asked_to_invite_an_erased_person_again(world):
    doris, emil = world.cohort.organiser.memberships.get().user, make_bamf()
    invite("lea@example.org", world.cohort.organiser, by=doris).decline(world.lea)
    erase(world.lea, by=emil)
    shown = text(log_in(Client(), doris).get(world.cohort.organiser.get_absolute_url()))
    assert "Abgelehnt" not in shown
    assert NOBODYS_EMAIL not in shown


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("other", ["accept", "revoke", "decline"])
def test_declining_races_with_what_else_ends_it(at_once, other):
    world = World()
    for round_ in range(5):
        key = world.invite(f"neu{round_}@example.org").pk
        member = TeamMember.objects.get(email=f"neu{round_}@example.org").pk
        steps = {
            "accept": lambda key=key: Invitation.objects.get(pk=key).accept(world.lea),
            "revoke": lambda member=member: revoke_invitation(TeamMember.objects.get(pk=member), by=world.bilal),
            "decline": lambda key=key: Invitation.objects.get(pk=key).decline(None),
        }
        results = at_once(lambda key=key: Invitation.objects.get(pk=key).decline(None), steps[other])
        kinds = sorted(type(result).__name__ for result in results)
        row = Invitation.objects.get(pk=key)
        ends = [row.accepted_at, row.declined_at, row.revoked_at]
        assert sum(end is not None for end in ends) == 1
        now = TeamMember.objects.get(pk=member)
        assert (now.user_id is not None) == (row.accepted_at is not None)
        assert (now.declined_at is not None) == (row.declined_at is not None)
        assert kinds == ["NoneType", "Stale"] or other == "revoke"


def test_who_is_only_invited_reads_that_the_invitation_ends_with_the_team(world):
    world.invite("neu@example.org")
    world.team.withdraw(by=world.bilal)
    texts = dict(Message.objects.filter(kind="team_withdrawn").values_list("email", "text"))
    assert set(texts) == {"bilal@example.org", "neu@example.org"}
    for email, is_invited in [("bilal@example.org", False), ("neu@example.org", True)]:
        assert ("Ihre Einladung in dieses Team gilt damit nicht mehr." in texts[email]) == is_invited
        assert ("Es lässt sich lesen und herunterladen" in texts[email]) != is_invited
        assert "Haben Sie Fragen?" in texts[email]
