"""What was typed in a form that is not taken stands on the page that says so, named as its field is called."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from applications.content.base import label_of_field, specs_by_name
from tests.builders import log_in, make_application, make_cohort, make_organiser, make_team, make_user

pytestmark = pytest.mark.django_db
SHOWN = re.compile(r'for="eingabe-\d+">(.*?)</label>\s*<textarea[^>]*>\n(.*?)</textarea>', re.DOTALL)


def refused(user, address: str, **typed: str) -> dict[str, str]:
    """What the page shows of a form that comes from a page that was open for too long, by label."""
    client = Client(enforce_csrf_checks=True)
    if user:
        log_in(client, user)
    response = client.post(address, typed)
    assert response.status_code == 403
    return {" ".join(label.split()): text for label, text in SHOWN.findall(response.text)}


@pytest.fixture
def application():
    return make_application(make_team(make_cohort(make_organiser(make_user("Doris"))), make_user()))


def test_a_question_is_named_as_its_field_is(application):
    address = reverse("reviews:conversation", args=[application.team_id])
    shown = refused(
        application.team.owner().user, address, text="Dürfen wir das?", other="Und das hier auch?", seen="3"
    )
    assert shown == {"Was möchten Sie schreiben?": "Dürfen wir das?", "Eingabe 2": "Und das hier auch?"}


def test_what_was_chosen_is_left_out_as_the_page_says(application):
    address = reverse("reviews:comment", args=[application.pk])
    shown = refused(make_user("Carla"), address, kind="must change", text="Bitte genauer.", summary="Gut gemacht!")
    assert shown == {"Was möchten Sie sagen?": "Bitte genauer.", "Ein Satz zum Mitgeben": "Gut gemacht!"}


def test_the_fields_of_a_section_are_named_too(application):
    address = reverse("applications:section", args=[application.pk, "s0"])
    row = "3f1c5a7e-0d7f-4d0e-9a55-1f7f2a3b4c5d"
    typed = {"contact_person": "Amina Haddad", f"rows-{row}-goal": "Mehr Nachbarn kennen sich."}
    typed |= {"legal_form": "other", "theme": "vielfalt", f"rows-{row}-year": "2027"}  # chosen, not typed
    assert refused(application.team.owner().user, address, **typed) == {
        "Ansprechperson": "Amina Haddad",
        str(specs_by_name()["goal"][0].label): "Mehr Nachbarn kennen sich.",
    }


def test_a_name_that_means_several_fields_is_called_by_none():
    assert label_of_field("signatories") == "Wer darf für die Organisation unterschreiben?"
    assert label_of_field("rows-x-unknown") == ""
    assert label_of_field("items-x-note") == ""  # „Bemerkung“ in one section, something else in another


def test_a_registration_is_named_without_a_login():
    cohort = make_cohort(make_organiser(make_user("Doris")))
    address = reverse("cohorts:register", args=[cohort.slug])
    shown = refused(None, address, organisation_name="Verein Wasserturm", idea="Ein Garten für alle.")
    assert list(shown.values()) == ["Verein Wasserturm", "Ein Garten für alle."]
    assert not any(label.startswith("Eingabe") for label in shown)


def test_a_profile_names_its_fields_and_leaves_out_what_was_ticked():
    typed = {"first_name": "Jonas", "last_name": "Petersen", "wants_mail": "on"}
    assert refused(make_user("Jonas"), reverse("accounts:profile"), **typed) == {
        "Vorname": "Jonas",
        "Nachname": "Petersen",
    }


def test_an_invitation_names_its_fields(application):
    address = reverse("applications:members", args=[application.pk])
    shown = refused(application.team.owner().user, address, email="lea@example.org", first_name="Lea", role="writer")
    assert shown == {"E-Mail-Adresse": "lea@example.org", "Vorname": "Lea"}


def test_ticks_are_no_texts(application):
    address = reverse("applications:tick_plan", args=[application.pk])
    assert refused(application.team.owner().user, address, shown="section s13", done="section s13") == {}
