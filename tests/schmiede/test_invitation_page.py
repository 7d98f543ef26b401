"""The page of an invitation names what somebody would be, where, and who asks; lists say who has not accepted yet."""

from __future__ import annotations

from datetime import timedelta
from unittest.mock import patch

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from accounts.invitations import invite
from accounts.models import BamfOffice, Message
from accounts.models.invitation import VALID_FOR
from accounts.models.traces import erased_person
from cohorts.models import CoachAssignment, Team, TeamMember
from core.words import spoken_day
from schmiede.views.invitations import terms_of
from tests.builders import log_in, make_application, make_bamf, make_coach, make_member, make_user
from tests.schmiede.test_declining import secret_link
from tests.schmiede.test_own_invitations import World, page

pytestmark = pytest.mark.django_db
STATE = "eingeladen, noch nicht angenommen"


@pytest.fixture
def world():
    return World()


def text(response) -> str:
    return " ".join(strip_tags(response.text.replace("<", " <")).split())


def test_the_page_names_role_association_projektschmiede_and_who_asks(world, client):
    invitation = world.invite("neu@example.org")
    shown = text(client.get(secret_link(invitation)))
    verein, today = world.team.organisation.name, spoken_day(timezone.localdate())
    assert (
        f"Ihre Rolle schreibt mit: Sie schreiben Texte und geben Abschnitte zur Rückmeldung ab Verein {verein}" in shown
    )
    assert f"Projektschmiede Projektschmiede Harz Träger {world.other.organiser.name}" in shown
    assert f"Eingeladen von Bilal Yildiz, {today}" in shown
    assert "Sie sind schon im Team" not in shown


@pytest.mark.parametrize(
    ("role", "words"),
    [
        ("owner", "verantwortlich: Sie schreiben mit, und Sie stellen das Vorhaben fertig"),
        ("writer", "schreibt mit: Sie schreiben Texte und geben Abschnitte zur Rückmeldung ab"),
        ("reader", "liest mit: Sie sehen alles und ändern nichts"),
    ],
)
def test_every_role_has_its_words(world, role, words):
    member = TeamMember(team=world.team, role=role)
    assert terms_of(member)[0] == ("Ihre Rolle", words)


def test_coach_and_organiser_read_what_they_would_be(world):
    coach = world.cohort.coach_assignments.create(email="lea@example.org", first_name="Lea", last_name="Kern")
    assert [value for _label, value in terms_of(coach)] == [
        "Coaching-Person: Sie geben Teams Rückmeldung",
        world.cohort.title,
        world.cohort.organiser.name,
    ]
    assert [value for _label, value in terms_of(world.cohort.organiser)][:2] == [
        "Mitglied",
        world.cohort.organiser.name,
    ]
    world.cohort.organiser.memberships.all().delete()
    assert terms_of(world.cohort.organiser)[0] == ("Ihre Rolle", "verantwortlich")
    traeger = dict(terms_of(world.cohort.organiser))["Was Sie dann tun können"]
    assert traeger.startswith("Die Organisation führt Projektschmieden durch: Sie legen welche an")
    [(label, may)] = terms_of(BamfOffice.get_or_make())
    assert label == "Was Sie dann tun können"
    assert "Zahlen zu allen Projektschmieden und die eingereichten Unterlagen" in may
    assert "Was Teams noch schreiben, sehen Sie nicht." in may


def test_mail_of_the_bamf_and_of_a_traeger_say_what_the_person_may_do(world):
    office, traeger = BamfOffice.get_or_make(), world.cohort.organiser
    emil = make_bamf()

    for number, target in enumerate((office, traeger, world.team.organisation)):
        invite(f"neu{number}@example.org", target, by=emil)

    texts = [mail.text for mail in Message.objects.filter(kind="invitation", email__startswith="neu").order_by("email")]
    assert office.may_then in texts[0]
    assert traeger.may_then in texts[1]
    assert "Projektschmieden durch:" not in texts[2]


def test_the_page_says_that_the_projektschmiede_was_called_off(world, client):
    invitation = world.invite("neu@example.org")
    world.other.cancel(by=world.other.organiser.memberships.get().user)
    assert "Projektschmiede Projektschmiede Harz (abgesagt) Träger" in text(client.get(secret_link(invitation)))


def test_who_is_in_a_team_reads_that_it_stays_as_it_is(world):
    invitation = world.invite("amina@example.org")
    own = world.amina.team_memberships.get().team
    shown = text(log_in(Client(), world.amina).get(page(invitation)))
    assert f"Sie sind schon im Team „{own.title}“ in „{own.cohort.title}“. Daran ändert sich nichts:" in shown
    own.withdraw(by=world.amina)
    assert "Sie sind schon im Team" not in text(log_in(Client(), world.amina).get(page(invitation)))


def test_nobody_reads_of_somebody_elses_teams_by_the_link(world, client):
    invitation = world.invite("amina@example.org")
    assert "Sie sind schon im Team" not in text(client.get(secret_link(invitation)))


def test_who_has_accepted_and_is_logged_in_is_not_asked_to_log_in(world):
    invitation, client = world.invite("amina@example.org"), log_in(Client(), world.amina)
    link = secret_link(invitation)
    client.post(page(invitation))
    for path in (page(invitation), link):
        shown = text(client.post(path))
        assert "Sie haben diese Einladung angenommen" in shown
        assert "Loggen Sie sich" not in shown
    other = text(log_in(Client(), world.lea).get(link))
    assert "Angenommen hat sie ein anderes Konto." in other
    assert "Loggen Sie sich" not in other
    assert "Loggen Sie sich einfach ein" in text(Client().get(link))


def test_overview_and_coach_read_who_has_not_accepted_yet(world):
    carla = make_user("Carla", "Weber")
    world.team.first_coach = make_coach(world.other, carla)
    world.team.save()
    world.invite("neu@example.org")
    assert f"Wer Immer ({STATE}), Bilal Yildiz" in text(log_in(Client(), world.bilal).get(reverse("dashboard")))
    coach = log_in(Client(), carla)
    assert f"Wer Immer (schreibt mit; {STATE})" in text(coach.get(reverse("dashboard")))
    world.team.members.get(email="neu@example.org").note_declined(timezone.now())
    assert "Wer Immer" not in text(coach.get(reverse("dashboard")))
    assert "Wer Immer" not in text(log_in(Client(), world.bilal).get(reverse("dashboard")))


def test_the_coach_who_declined_is_not_said_to_be_expected(world):
    coach = world.other.coach_assignments.create(email="lea@example.org", first_name="Lea", last_name="Kern")
    world.team.first_coach = coach
    world.team.save()
    invite("lea@example.org", coach, by=None).decline(world.lea)
    shown = text(log_in(Client(), world.bilal).get(reverse("help")))
    assert "Hat die Einladung abgelehnt. Wer Ihr Team begleitet, legt der Träger fest." in shown
    assert "noch nicht zugesagt" not in shown


def test_who_is_in_the_team_by_another_address_can_only_decline(world):
    world.bilal.add_address("bilal.yildiz@example.org")
    invitation = world.invite("bilal.yildiz@example.org")
    client = log_in(Client(), world.bilal)
    shown = text(client.get(page(invitation)))
    assert "Sie gehören schon dazu und müssen nichts annehmen." in shown
    assert "Einladung annehmen" not in shown
    assert "Ablehnen" in shown
    assert "Diese Einladung gilt dann nicht mehr. Sie gehören weiter dazu." in shown
    assert "dass Sie nicht dabei sind" not in shown
    after = text(client.post(page(invitation), follow=True))
    assert "Sie gehören schon zu diesem Team." in after
    assert world.team.members.filter(user=world.bilal).count() == 1
    client.post(page(invitation), {"answer": "no"})
    assert not Message.objects.filter(kind="invitation_declined").exists(), "nobody writes to himself"


def test_an_invitation_that_has_run_out_is_said_to_have_until_there_is_another(world):
    application = make_application(world.team)
    world.invite("neu@example.org")
    with patch("django.utils.timezone.now", return_value=timezone.now() + VALID_FOR):
        client = log_in(Client(), world.bilal)
        assert "Wer Immer (Einladung abgelaufen), Bilal Yildiz" in text(client.get(reverse("dashboard")))
        members = reverse("applications:members", args=[application.pk])
        shown = text(client.get(members))
        assert "neu@example.org · Einladung abgelaufen" in shown
        assert "Noch einmal einladen" in shown
        world.team.members.get(email="neu@example.org").invite(by=world.bilal)
        assert f"neu@example.org · {STATE}" in text(client.get(members))


def test_a_coach_reads_the_same_of_an_invitation_that_has_run_out(world):
    coach = world.cohort.coach_assignments.create(email="lea@example.org", first_name="Lea", last_name="Kern")
    coach.invite(by=world.cohort.organiser.memberships.get().user)
    assert coach.invitation_state == STATE
    CoachAssignment.objects.update(invited_until=timezone.now())
    coach.refresh_from_db()
    assert coach.invitation_state == "Einladung abgelaufen"


def test_the_administration_says_how_a_place_ended(world):
    now, places = timezone.now(), world.team.members
    assert places.get(user=world.bilal).place_state(has_ended=False) == "dabei"
    assert places.get(user=world.bilal).place_state(has_ended=True) == "ausgeschieden"
    guest = places.create(email="neu@example.org", first_name="Neu")
    assert guest.place_state(has_ended=True) == "Einladung zurückgezogen"
    guest.note_declined(now)
    assert guest.place_state(has_ended=True) == f"hat am {spoken_day(now)} abgelehnt"
    erased = TeamMember(team=world.team, **erased_person(guest.pk))
    assert {erased.place_state(has_ended=ended) for ended in (True, False)} == {"ausgeschieden"}


def test_who_need_not_accept_reads_nothing_of_two_teams(world):
    make_member(world.team, world.amina, "writer")
    world.amina.add_address("amina.haddad@example.org")
    invitation = world.invite("amina.haddad@example.org")
    shown = text(log_in(Client(), world.amina).get(page(invitation)))
    assert "Sie gehören schon dazu" in shown
    assert "sind Sie in beiden Teams" not in shown
    elsewhere = world.invite("lea@example.org")
    wrong_account = text(log_in(Client(), world.amina).get(secret_link(elsewhere)))
    assert "Diese Adresse gehört zu einem anderen Konto" in wrong_account
    assert "sind Sie in beiden Teams" not in wrong_account


def test_the_overview_shows_the_team_just_joined_even_if_another_is_newer(world):
    invitation = world.invite("amina@example.org")
    Team.objects.filter(pk=world.team.pk).update(
        made_at=world.amina.team_memberships.get().team.made_at - timedelta(days=1)
    )
    client = log_in(Client(), world.amina)
    shown = text(client.post(page(invitation), follow=True))
    assert "Sie haben die Einladung angenommen." in shown
    assert f'href="?team={world.team.pk}" aria-current="true"' in client.get(reverse("dashboard")).text
