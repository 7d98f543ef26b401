"""Who was told of a posting that was a mistake reads of which papers and stage it was."""

from __future__ import annotations

import pytest

from accounts.models import Message
from applications.papers.models import Outcome
from applications.writing.models import Application
from tests.applications.papers.test_finishing import World
from tests.builders import day

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("stage", "papers", "not_there"),
    [
        (1, "die Interessenbekundung (Stufe 1) zum Vorhaben „Tischgespräche“ von", "Stufe 2"),
        (2, "der Antrag (Stufe 2) zum Vorhaben „Tischgespräche“ von", "Stufe 1"),
    ],
)
def test_a_mail_about_a_posting_by_mistake_names_papers_and_stage(stage, papers, not_there):
    world = World()
    Application.objects.update(title="Tischgespräche")
    world.application = Application.objects.with_team().get()
    submission = world.posted()
    if stage == 2:
        Outcome.objects.enter(submission, "invited", day(), by=world.doris)
        world.application = Application.objects.with_team().get()
        submission = world.posted()
    submission.undo_step("posted_on", by=world.amina)
    mails = {mail.email.partition("@")[0]: mail for mail in Message.objects.filter(kind="not_posted")}
    assert {"amina", "jonas", "carla", "doris"} <= set(mails)
    for mail in mails.values():
        assert mail.subject == f"Doch noch nicht eingereicht (Stufe {stage}): Tischgespräche"
        assert f"{papers} {world.team.title} eingereicht ist. Das war ein Versehen." in mail.text
        assert f"Bestätigungsnummer {submission.receipt_number}" in mail.text
        assert not_there not in mail.text
    assert "Sie haben zurückgenommen, dass" in mails["amina"].text
    assert "Amina Haddad hat zurückgenommen, dass" in mails["carla"].text
