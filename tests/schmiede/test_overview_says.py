"""What the overview says where a team's way has ended, waits or begins again, and to those who only read."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Invitation, User
from applications.reviews.models import Review
from applications.writing.idea import take_over_idea
from applications.writing.models import Application, Attachment
from calls.models import FundingCall
from cohorts.models import Cohort, Conversation, Team
from tests.builders import day, log_in, make_application, make_cohort, make_team, write
from tests.schmiede.test_her_days import (
    World,
    all_rund,
    application_withdrawn,
    first_day_with_an_idea,
    outcome,
    waiting,
    withdrawn,
)
from workshops.models import Assignment

pytestmark = pytest.mark.django_db


def shown_to(client, name: str, **query: str) -> str:
    person = User.objects.get(email=f"{name}@example.org")
    return log_in(client, person).get(reverse("dashboard"), query).text


@pytest.mark.parametrize("leave", [withdrawn, application_withdrawn])
def test_who_is_out_is_shown_no_places_and_no_dates(client, leave):
    world = World()
    leave(world)
    page = shown_to(client, "amina")
    assert 'id="meins"' not in page
    assert "Stelle offen" not in page
    assert "Stellen offen" not in page
    assert "Vorprüfung" not in page
    assert ("Im Moment stehen keine Termine an." in page) == (leave is application_withdrawn), (
        "who left has no calendar"
    )


@pytest.mark.parametrize(("name", "leads"), [("amina", True), ("jonas", True), ("rana", False)])
def test_after_withdrawing_whoever_writes_is_led_to_begin_again_and_readers_are_told_whom_to_ask(client, name, leads):
    world = World()
    application_withdrawn(world)
    page = shown_to(client, name)
    assert ("Neues Vorhaben beginnen" in page) == leads
    assert ("Fragen Sie Amina Haddad" in page) != leads
    Team.objects.filter(pk=world.team.pk).update(withdrawn_at=timezone.now())
    assert "neues" not in shown_to(client, name).partition('id="weg"')[0]


def test_saving_in_a_withdrawn_application_promises_no_reopening(client):
    world = World()
    application = world.start()
    page = reverse("applications:section", args=[application.pk, "s1"])
    Application.objects.update(status="withdrawn", withdrawn_at=timezone.now())
    answer = log_in(client, world.amina).post(page, {"text": "Neu", "seen": "0"})
    assert answer.status_code == 409
    assert "Das Vorhaben ist zurückgezogen" in answer.text
    assert "wieder öffnen" not in answer.text


def test_a_text_taken_over_from_the_idea_is_gone_through_first(client):
    world = World()
    first_day_with_an_idea(world)
    application = world.start()
    take_over_idea(application, by=world.amina)
    write(application, "s0", application.drafts.get(key="s0").value)
    assert "Dem Vorhaben einen Titel geben" in shown_to(client, "amina")
    Application.objects.update(title="Nachbarn kochen")
    page = shown_to(client, "amina")
    assert "„Kurzbeschreibung“ prüfen und ergänzen" in page
    write(application, "s1", "Nachbarn kochen zusammen, jede Woche.")
    assert "prüfen und ergänzen" not in shown_to(client, "amina")


@pytest.mark.parametrize(("name", "leads"), [("amina", True), ("jonas", True), ("rana", False)])
def test_the_menu_leads_only_those_to_the_beginning_who_may_begin(client, name, leads):
    world = World()
    start = reverse("applications:start", args=[world.team.pk])
    assert (f'href="{start}"' in shown_to(client, name).partition("<main")[0]) == leads


def test_where_it_is_tight_a_number_to_call_stands_in_the_plan(client):
    world = World()
    world.start("s0", "s1")
    FundingCall.objects.update(deadline=day(4))
    assert "Fragen Sie heute bei Ihrer Projektschmiede nach" in shown_to(client, "amina")
    Cohort.objects.update(contact_phone="0171 3920070")
    plan = shown_to(client, "amina").partition('id="plan"')[2]
    assert "Rufen Sie heute Doris Lang an" in plan
    assert "tel:" in plan.partition("daystrip")[0]


def test_who_is_invited_reads_by_whom_to_which_team_and_what_the_button_does(client):
    world = World()
    invited = world.team.add_member(
        by=world.amina, email="karin@example.org", role="writer", first_name="Karin", last_name="Ost"
    )
    _invitation, token = Invitation.make("karin@example.org", invited, by=world.amina)
    page = client.get(reverse("invitation", args=[token])).text
    assert "Amina Haddad" in page
    assert world.team.title in page
    assert "Konto anlegen" in page


@pytest.mark.parametrize("name", ["jonas", "rana"])
def test_whose_turn_it_is_has_a_name_for_the_others(client, name):
    world = World()
    all_rund(world)
    assert "Amina Haddad ist dran" in shown_to(client, name)
    workspace = reverse("applications:workspace", args=[Application.objects.get().pk])
    assert "Amina Haddad ist dran" in client.get(workspace).text


def test_after_finishing_an_assignment_that_is_due_stays(client):
    world = World()
    Assignment.objects.create(workshop=world.first, title="Drei Gespräche", due_on=day(2))
    world.submit()
    own = shown_to(client, "amina").partition('id="meins"')[2].partition("</section>")[0]
    assert "Drei Gespräche" in own


def test_an_overdue_answer_is_called_overdue(client):
    world = World()
    waiting(world)
    Assignment.objects.create(workshop=world.first, title="Drei Gespräche", due_on=day(2))
    Review.objects.update(promised_until=day(-1))
    assert "überfällig: zugesagt war es bis" in shown_to(client, "amina").partition("Auch am Werk")[2]


def test_a_new_answer_is_told_outside_the_fold(client):
    world = World()
    world.start()
    talk = Conversation.objects.create(team=world.team, last=1)
    talk.entries.create(number=1, text="Ja, gern.", at=timezone.now(), by=world.carla, is_from_team=False)
    page = shown_to(client, "amina")
    assert page.index("Es gibt eine neue Antwort.") < page.index('id="dran"')


def test_an_outcome_comes_with_a_word_for_the_people_and_the_next_step(client):
    outcome("declined")(world := World())
    page = shown_to(client, "rana")
    assert "es sagt nichts gegen Ihre Arbeit" in page
    assert "Das besprechen Sie am besten mit Carla Weber." in page
    assert "von 18" not in page
    assert "zweiter Anlauf wartet" not in page
    newer = make_team(make_cohort(world.cohort.organiser), world.amina, organisation=world.team.organisation)
    old = shown_to(client, "amina", team=str(world.team.pk))
    assert "Ihr zweiter Anlauf wartet schon" in old
    assert f"?team={newer.pk}" in old
    assert "Schön, dass Sie wieder dabei sind." in shown_to(client, "amina", team=str(newer.pk))


@pytest.mark.parametrize("who", ["carla", "organiser"])
@pytest.mark.parametrize(
    ("kind", "says", "to_the_team"),
    [
        ("declined", "Was das Team geschrieben hat, bleibt ihm.", "Das besprechen Sie am besten mit Carla Weber."),
        ("granted", "ab wann das Team beginnen darf, steht in seinem Bescheid", "Herzlichen Glückwunsch!"),
    ],
)
def test_who_is_not_in_the_team_reads_of_its_outcome_and_not_to_whom_to_turn(client, who, kind, says, to_the_team):
    outcome(kind)(world := World())
    person = world.carla if who == "carla" else world.cohort.organiser.memberships.get().user
    page = log_in(client, person).get(Application.objects.get().get_absolute_url()).text
    assert says in page
    assert to_the_team not in page
    assert to_the_team in log_in(client, world.amina).get(Application.objects.get().get_absolute_url()).text


def test_what_is_uploaded_need_not_be_asked_for(client):
    world = World()
    world.nothing_has_begun()
    application = make_application(world.team)
    assert "Registerauszug" in shown_to(client, "amina")
    Attachment.objects.create(application=application, kind="register_extract", name="a.pdf", size=1, sha256="0" * 64)
    page = shown_to(client, "amina")
    assert "Registerauszug" not in page


def test_a_withdrawn_team_reads_what_remains_and_whom_to_ask(client):
    world = World()
    withdrawn(world)
    write(Application.objects.get(), "s1", "Wir kochen zusammen.")
    page = shown_to(client, "jonas")
    assert "Alle Texte bleiben lesbar. Wen Sie fragen können, steht unter „Hilfe und Kontakt“." in page
    assert reverse("help") in page
