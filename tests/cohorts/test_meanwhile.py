"""Going back in the browser, or a second tab, after something was done: the page says what happened meanwhile."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Membership, Message
from cohorts.deciding import accept, decline
from cohorts.models import CoachAssignment, Registration, Team
from cohorts.taking_back import take_acceptance_back
from tests.builders import (
    day,
    log_in,
    make_coach,
    make_cohort,
    make_organiser,
    make_team,
    make_user,
    make_workshop,
    window,
)
from tests.cohorts.test_admin import act, words_of
from tests.cohorts.test_registration_steps import make_registration
from tests.forms import agree, form_of
from workshops.models import Workshop

NO_CHOICE = "Keine Aktion ausgewählt"


@pytest.fixture
def doris(db):
    return make_user("Doris", "Lang")


@pytest.fixture
def cohort(doris):
    return make_cohort(make_organiser(doris), title="Projektschmiede Harz", slug="harz", places=2, **window())


@pytest.fixture
def admin_client(client, cohort, doris):
    return log_in(client, doris)


def test_a_decision_that_was_made_meanwhile_is_said_with_who_and_when(admin_client, cohort, doris):
    registration = make_registration(cohort)
    page = act(admin_client, Registration, "accept", registration, on_form=True)
    decline(registration, by=doris, text="Nein.")

    page = admin_client.post(page.context["back"], form_of(page, None) | {"text": "Ja."}, follow=True)

    said = words_of(page)
    assert NO_CHOICE not in said
    assert "Brückenschlag e. V.: „Zulassen“ geht hier nicht mehr." in said
    assert "Zuletzt geschehen: Anmeldung abgesagt, heute um" in said
    assert "durch Sie" in said
    assert not Team.objects.exists()


def test_the_same_button_of_a_page_gone_back_to_does_nothing_twice_and_says_so(admin_client, cohort):
    registration = make_registration(cohort)
    page = act(admin_client, Registration, "decline", registration, on_form=True)
    words = {"text": "Leider nein."}
    asked = admin_client.post(page.context["back"], form_of(page, None) | words, follow=True)
    agree(admin_client, asked)
    count = Message.objects.count()

    page = agree(admin_client, asked)

    assert "„Absagen“ geht hier nicht mehr." in words_of(page)
    assert "Zuletzt geschehen: Anmeldung abgesagt" in words_of(page)
    assert Message.objects.count() == count


def test_who_did_it_is_named_if_it_was_somebody_else(admin_client, cohort):
    malin = make_user("Malin", "Berg")
    Membership.objects.create(organisation=cohort.organiser, user=malin)
    coach = make_coach(cohort, make_user("Carla"))
    coach.end(by=malin, until=day(-1))

    page = act(admin_client, CoachAssignment, "end", coach, on_form=True)

    assert "„Begleitung beenden“ geht hier nicht mehr. Zuletzt geschehen: Coaching beendet, heute um" in words_of(page)
    assert "durch Malin Berg" in words_of(page)


def test_a_page_of_something_removed_leads_to_the_list_and_says_what_happened(admin_client, cohort, doris):
    accept(make_registration(cohort), by=doris, text="Ja.")
    team = Team.objects.get()
    url = reverse("admin:cohorts_team_change", args=[team.pk])
    take_acceptance_back(Registration.objects.get(), by=doris, text="Versehen.")

    for page in (admin_client.get(url, follow=True), act(admin_client, Team, "withdraw", team, on_form=True)):
        assert page.redirect_chain[-1][0] == reverse("admin:cohorts_team_changelist")
        assert (
            "Diesen Eintrag gibt es nicht mehr. Zuletzt geschehen: aus Versehen zugelassenes Team gelöscht"
            in words_of(page)
        )


def test_a_deletion_that_is_sent_twice_says_that_it_is_done(admin_client, cohort):
    workshop = make_workshop(cohort, 3, title="Übrig")
    url = reverse("admin:workshops_workshop_delete", args=[workshop.pk])
    page = admin_client.get(url)
    agree(admin_client, page)

    page = agree(admin_client, page)

    assert not Workshop.objects.exists()
    assert "Diesen Eintrag gibt es nicht mehr. Zuletzt geschehen: gelöscht" in words_of(page)


def test_a_list_names_what_is_gone_and_does_the_rest(admin_client, cohort, doris):
    accept(make_registration(cohort), by=doris, text="Ja.")
    gone, other = Team.objects.get(), make_team(cohort, make_user("Selma"))
    take_acceptance_back(Registration.objects.get(), by=doris, text="Versehen.")

    page = act(admin_client, Team, "withdraw", gone, other)
    assert "Einer der ausgewählten Einträge ist nicht mehr da: aus Versehen zugelassenes Team gelöscht" in words_of(
        page
    )
    assert page.context["selected"] == [str(other.pk)]

    page = act(admin_client, Team, "name_coaches", gone)
    assert "Einer der ausgewählten Einträge ist nicht mehr da" in words_of(page)
    assert "einer einzigen Projektschmiede" not in words_of(page)


def test_nobody_learns_what_became_of_records_of_another_traeger(cohort, doris):
    accept(make_registration(cohort), by=doris, text="Ja.")
    gone = Team.objects.get()
    take_acceptance_back(Registration.objects.get(), by=doris, text="Versehen.")
    malin = make_user("Malin")
    make_cohort(make_organiser(malin, "Lernwerk Nord gGmbH"), slug="nord")
    client = log_in(Client(), malin)

    assert act(client, Team, "withdraw", gone, on_form=True).status_code == 404
    page = act(client, Team, "withdraw", gone)
    assert "Einer der ausgewählten Einträge ist nicht mehr da." in words_of(page)
    assert "aus Versehen" not in words_of(page)
