"""A registration that was accepted by mistake: what becomes of it, of its team and of the invitations."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from accounts.models import Event, Invitation, Message, Organisation
from cohorts.deciding import accept
from cohorts.models import Cohort, Registration, Team, TeamMember
from cohorts.taking_back import take_acceptance_back
from core.writes import Stale
from tests.builders import (
    log_in,
    make_coach,
    make_cohort,
    make_organisation,
    make_organiser,
    make_team,
    make_user,
    window,
)
from tests.cohorts.test_admin import act, words_of
from tests.cohorts.test_registration_steps import make_registration
from tests.forms import agree, form_of

LIST = "admin:cohorts_registration_changelist"


@pytest.fixture
def doris(db):
    return make_user("Doris", "Lang")


@pytest.fixture
def cohort(doris):
    return make_cohort(make_organiser(doris), title="Projektschmiede Harz", slug="harz", places=1, **window())


@pytest.fixture
def registration(cohort, doris):
    accept(make_registration(cohort), by=doris, text="Ja.")
    Message.objects.all().delete()
    return Registration.objects.get()


def join(registration, first_name="Amina"):
    member = registration.team.members.get(first_name=first_name)
    user = make_user(first_name, "Haddad")
    member.join(user)
    return user


def test_the_registration_waits_again_and_its_place_is_free(registration, cohort, doris):
    take_acceptance_back(registration, by=doris, text="Ein Versehen.", note="Verwechselt.")

    registration = Registration.objects.get()
    assert registration.status == "received"
    assert (registration.decided_at, registration.decided_by, registration.decision_text) == (None, None, "")
    assert (registration.organisation, registration.internal_note) == (None, "Verwechselt.")
    assert [Team.objects.count(), TeamMember.objects.count(), Invitation.objects.open().count()] == [0, 0, 0]
    assert Organisation.objects.get() == cohort.organiser
    mails = Message.objects.filter(kind="registration_taken_back")
    assert {mail.email for mail in mails} == {"amina@example.org", "jonas@example.org"}
    assert all("Ein Versehen." in mail.text and "gelten nicht mehr" in mail.text for mail in mails)
    assert Event.objects.filter(what="registration.taken_back", by=doris).count() == 1
    again = accept(registration, by=doris, text="Doch.")
    assert again.members.count() == 2


def test_a_known_organisation_stays_and_so_does_another_one_that_was_used_since(cohort, doris):
    organisation = make_organisation("Bekannt e. V.")
    make_team(make_cohort(cohort.organiser, slug="alt"), make_user("Bilal"), organisation=organisation)
    accept(make_registration(cohort), by=doris, text="Ja.", organisation=organisation)

    take_acceptance_back(Registration.objects.get(), by=doris, text="Ein Versehen.")

    assert Organisation.objects.filter(pk=organisation.pk).exists()
    assert not cohort.teams.exists()


def test_everybody_who_was_invited_and_the_coach_hear_of_it(registration, cohort, doris):
    coach = make_coach(cohort, make_user("Carla"))
    registration.team.add_member(by=doris, email="neu@example.org", role="reader", first_name="Neu", last_name="Gast")
    registration.team.name_coaches(coach, None, by=doris)
    Message.objects.all().delete()

    take_acceptance_back(registration, by=doris, text="Ein Versehen.")

    told = {(mail.kind, mail.email) for mail in Message.objects.all()}
    assert told == {
        ("registration_taken_back", "amina@example.org"),
        ("registration_taken_back", "jonas@example.org"),
        ("registration_taken_back", "neu@example.org"),
        ("team_withdrawn", "carla@example.org"),
    }
    assert "aus Versehen zugelassen" in Message.objects.get(kind="team_withdrawn").text


def test_what_stands_against_it_writes_nothing(registration, cohort, doris):
    malin = make_user("Malin")
    make_organiser(malin, "Lernwerk Nord gGmbH")
    with pytest.raises(PermissionDenied):
        take_acceptance_back(registration, by=malin, text="Nein.")
    join(registration)
    with pytest.raises(Stale, match="Amina Haddad"):
        take_acceptance_back(registration, by=doris, text="Nein.")
    registration.team.members.update(user=None)
    Cohort.objects.update(cancelled_at=registration.confirmed_at)
    with pytest.raises(Stale):
        take_acceptance_back(registration, by=doris, text="Nein.")

    assert Registration.objects.get().status == "accepted"
    assert not Message.objects.exists()


def test_a_registration_without_a_place_has_none_to_give_back(cohort, doris):
    with pytest.raises(Stale):
        take_acceptance_back(make_registration(cohort), by=doris, text="Nein.")


@pytest.mark.parametrize("model", [Registration, Team])
def test_doris_takes_it_back_from_the_registration_and_from_the_team(client, registration, doris, model):
    log_in(client, doris)
    record = registration if model is Registration else registration.team

    page = act(client, model, "take_back_acceptance", record, on_form=True)
    assert "In „Projektschmiede Harz“ ist danach ein Platz von 1 frei." in page.text
    assert "Amina Haddad" in page.text
    assert "Das war ein Versehen" in page.text

    asked = client.post(page.context["back"], form_of(page, None) | {"text": "Verwechselt."}, follow=True)
    assert "Verwechselt." in asked.text
    assert "2 Personen bekommen diese E-Mail" in asked.text
    assert "In „Projektschmiede Harz“ ist danach ein Platz von 1 frei." in asked.text
    assert Team.objects.exists()
    page = agree(client, asked)

    assert "Die Anmeldung wartet wieder auf Ihre Entscheidung" in words_of(page)
    assert page.request["PATH_INFO"] == reverse("admin:cohorts_registration_change", args=[registration.pk])
    assert not Team.objects.exists()


@pytest.mark.parametrize("model", [Registration, Team])
def test_once_somebody_has_joined_the_team_leaves_and_the_registration_says_so(client, registration, doris, model):
    join(registration)
    log_in(client, doris)
    record = registration if model is Registration else registration.team
    team_url = reverse("admin:cohorts_team_change", args=[registration.team.pk])

    page = act(client, model, "take_back_acceptance", record, on_form=True)
    assert "Amina Haddad gehört schon zum Team. Deshalb scheidet das Team aus" in page.text
    assert "In „Projektschmiede Harz“ ist danach ein Platz von 1 frei." in page.text
    page = client.post(page.context["back"], form_of(page, None), follow=True)

    registration = Registration.objects.get()
    assert (registration.status, registration.team.is_current) == ("accepted", False)
    assert page.request["PATH_INFO"] == reverse("admin:cohorts_registration_change", args=[registration.pk])
    assert "zugelassen, das Team ist ausgeschieden" in page.text
    assert team_url in page.text
    assert "zugelassen, das Team ist ausgeschieden" in client.get(reverse(LIST)).text
    assert 'value="take_back_acceptance"' not in page.text


def test_an_accepted_registration_leads_to_its_team(client, registration, doris):
    page = log_in(client, doris).get(reverse("admin:cohorts_registration_change", args=[registration.pk]))

    assert reverse("admin:cohorts_team_change", args=[registration.team.pk]) in page.text
    assert "ausgeschieden" not in page.text
    assert 'value="take_back_acceptance"' in page.text


def test_the_association_reads_that_its_team_has_left(client, registration, doris, cohort):
    registration.renew_link(by=doris)
    mail = Message.objects.get(kind="registration_link")
    join(registration)
    registration.team.withdraw(by=doris)

    page = client.get(mail.link)

    assert "Ihr Team ist ausgeschieden" in page.text
    assert "Sie haben einen Platz" not in page.text


def test_somebody_who_joins_while_the_page_is_open_is_not_thrown_out_unseen(client, registration, doris):
    log_in(client, doris)
    page = act(client, Registration, "take_back_acceptance", registration, on_form=True)
    asked = client.post(page.context["back"], form_of(page, None), follow=True)
    join(registration)

    page = agree(client, asked)

    assert page.status_code == 409
    assert "Inzwischen hat sich etwas geändert" in page.text
    assert Registration.objects.get().team.is_current
