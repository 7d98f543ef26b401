"""Stage 2 is closed again: its text stays in the sections, and each page says which text is the posted one."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.models import Message
from applications.content import Attachments, Item
from applications.papers.models import EnclosureList, Outcome
from applications.reviews.steps import hand_in
from applications.writing.models import Application
from tests.applications.papers.test_finishing import World
from tests.builders import day, log_in, write
from tests.forms import form_of

pytestmark = pytest.mark.django_db
LATER = "Hier steht der Text aus der zweiten Stufe, nicht der eingereichte."


@pytest.fixture
def world() -> World:
    return World()


def closed(world, *, with_text: str = "Für den Antrag genauer.") -> Outcome:
    """Take an invitation back that was followed by a text."""
    outcome = Outcome.objects.enter(world.posted(), "invited", day(), by=world.amina)
    if with_text:
        write(world.application, "s1", with_text, by=world.amina)
    outcome.remove(by=world.amina, seen=outcome.mark)
    world.application = Application.objects.with_team().get()
    return outcome


def address(world, key: str = "s1", name: str = "section") -> str:
    return reverse(f"applications:{name}", args=[world.application.pk, key])


def test_a_section_says_that_its_text_is_of_stage_two_and_leads_to_the_posted_one(world, client):
    outcome = closed(world)
    posted = outcome.submission.frozen["versions"]["s1"]
    page = log_in(client, world.amina).get(address(world)).text
    assert LATER in page
    assert f"Eingereicht ist Fassung {posted}." in page
    assert f"?von={posted}&amp;bis={posted + 1}" in page
    assert outcome.submission.get_absolute_url() in page
    assert "geschrieben wird wieder, sobald eine Einladung zum Antrag (Stufe 2) eingetragen ist." in page
    assert "zurücknimmt" not in page
    assert LATER not in client.get(address(world, "s2")).text


def test_the_list_of_versions_says_which_is_posted_and_which_came_after(world, client):
    closed(world)
    page = log_in(client, world.amina).get(address(world, name="history")).text
    after, _, rest = page.partition("steht so in den Unterlagen der Stufe 1")
    assert after.count("nach den Unterlagen der Stufe 1 gespeichert") == 1
    assert rest
    assert "nach den Unterlagen" not in rest


def test_the_text_comes_back_with_the_next_invitation_without_the_sentence(world, client):
    outcome = closed(world)
    Outcome.objects.enter(outcome.submission, "invited", day(), by=world.amina)
    page = log_in(client, world.amina).get(address(world))
    assert LATER not in page.text
    assert form_of(page)["text"] == ["Für den Antrag genauer."]


def test_a_list_of_attachments_that_the_portal_wrote_back_is_not_called_a_later_text(world, client):
    submission = world.finish()
    listed = Attachments((Item(id="register_extract", state="follows"),))
    EnclosureList.objects.correct(submission, listed, seen=0, by=world.amina)
    for step in ("transferred_on", "signed_on", "posted_on"):
        submission.enter_step(step, day(-1), by=world.amina)
    outcome = Outcome.objects.enter(submission, "invited", day(), by=world.amina)
    outcome.remove(by=world.amina, seen=outcome.mark)
    world.application = Application.objects.with_team().get()
    assert LATER not in log_in(client, world.amina).get(address(world, "s15")).text


@pytest.mark.parametrize("stage", [1, 2])
def test_who_still_writes_is_told_the_reason_and_keeps_the_words(world, client, stage):
    if stage == 1:
        closed(world, with_text="")
    else:
        Outcome.objects.enter(world.posted(), "invited", day(), by=world.amina)
        world.application = Application.objects.with_team().get()
        world.posted()
    version = world.application.drafts.get(key="s1").version
    log_in(client, world.amina)
    typed = {"version": str(version), "text": "Dieser Satz bleibt."}
    refused = client.post(address(world), typed)
    by_itself = client.post(address(world), typed, headers={"Accept": "application/json"})
    why = "die zweite Stufe ist gerade geschlossen" if stage == 1 else "Der Antrag (Stufe 2) ist eingereicht"
    assert (refused.status_code, why in refused.text, "Dieser Satz bleibt." in refused.text) == (409, True, True)
    assert (by_itself.json()["state"], why in by_itself.json()["sentence"]) == ("closed", True)
    assert "verantwortliche Person" not in by_itself.json()["sentence"]


def test_finished_papers_that_are_not_posted_can_still_be_taken_back(world, client):
    world.finish()
    page = log_in(client, world.amina).get(address(world)).text
    assert "geschrieben wird erst wieder, wenn die verantwortliche Person es zurücknimmt." in page


def test_a_team_that_has_left_is_not_promised_another_stage_two(world, client):
    outcome = Outcome.objects.enter(world.posted(), "invited", day(), by=world.amina)
    world.application = Application.objects.with_team().get()
    write(world.application, "s1", "Für den Antrag genauer.", by=world.amina)
    hand_in(world.application, ["s1"], by=world.amina)
    world.team.withdraw(by=world.doris)
    page = log_in(client, world.doris).get(reverse("papers:outcome", args=[outcome.submission_id])).text
    assert "Was noch auf eine Rückmeldung wartet, wird dabei zurückgezogen." in page
    for promise in ("öffnet sich die zweite Stufe wieder", "wieder abgeben"):
        assert promise not in page
    outcome = Outcome.objects.get()
    outcome.remove(by=world.doris, seen=outcome.mark)
    mail = Message.objects.get(kind="outcome_removed", email="amina@example.org").text
    assert "Was dort geschrieben ist, bleibt erhalten." in mail
    assert "neuen Einladung" not in mail
    section = client.get(address(world)).text
    assert LATER in section
    assert "Das Team ist nicht mehr in der Projektschmiede." in section
    for promise in ("weiterschreiben", "geschrieben wird wieder"):
        assert promise not in section
