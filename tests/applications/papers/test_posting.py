"""On the way to the post: what is asked before the papers are posted, as it stands on that day."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.urls import reverse

from applications.checks import run
from applications.content import Attachments
from applications.papers.finishing import finish, read_state, to_confirm
from applications.papers.posting import before_posting, read_envelope
from applications.writing.models import Application
from tests.applications.papers.test_finishing import World
from tests.builders import day, log_in, write

pytestmark = pytest.mark.django_db
STEPS = ("transferred_on", "signed_on", "posted_on")


@pytest.fixture
def world() -> World:
    return World()


def words(client, submission) -> str:
    return " ".join(client.get(submission.get_absolute_url()).text.split())


def codes(submission) -> list[str]:
    return [finding.code for finding in before_posting(submission, read_envelope(submission))]


def without_signatories(world) -> None:
    cover = world.application.drafts.get(key="s0").value
    write(world.application, "s0", replace(cover, signatories=""), by=world.amina)


def test_what_belongs_to_posting_is_not_confirmed_when_finishing(world):
    """A deadline that has passed, no signatories and open attachments: all of it is asked later."""
    write(world.application, "s15", Attachments(), by=world.amina)
    without_signatories(world)
    call = world.application.call
    call.deadline = day(-1)
    call.save(update_fields=["deadline"])
    application = Application.objects.with_team().get()
    assert to_confirm(run(read_state(application).dossier)) == []
    submission = finish(application, by=world.amina, confirmed=False)
    assert submission.frozen["findings"] == []
    assert codes(submission) == ["C06", "C22", "C28", "C21"]


def test_page_asks_until_it_is_posted_and_no_more_for_what_is_done(world, client):
    without_signatories(world)
    write(world.application, "s15", Attachments(), by=world.amina)
    submission = world.finish()
    log_in(client, world.amina)
    seen = []
    for step in (*STEPS, ""):
        page = client.get(submission.get_absolute_url()).text
        seen.append((re.findall(r"<p>(C\d\d):", page), "Bevor Sie alles zur Post geben" in page))
        if step:
            client.post(reverse("papers:step", args=[submission.pk, step]), {"on": day(0).isoformat()})
    assert seen == [
        (["C28", "C22"], True),
        (["C28", "C22"], True),
        (["C28"], True),
        ([], False),
    ]


def test_page_goes_by_the_day_of_today_and_by_the_deadline_on_the_papers(world):
    submission = world.finish()
    deadline = world.application.call.deadline
    call = submission.application.call
    call.deadline = day(-300)
    call.save(update_fields=["deadline"])
    said = [
        next(one.sentence for one in before_posting(submission, read_envelope(submission), today) if one.code == "C06")
        for today in (deadline, deadline + timedelta(days=1))
    ]
    assert ["Es zählt der Poststempel" in said[0], "Unterlagen, die zu spät kommen" in said[1]] == [True, True]


def test_page_speaks_as_after_finishing(world):
    without_signatories(world)
    submission = world.finish()
    said = " ".join(one.sentence for one in before_posting(submission, read_envelope(submission)))
    assert "Nach dem Fertigstellen" not in said
    assert "Bitte übertragen Sie die Angaben in die Formulare des BAMF" in said
    assert "Bitte klären Sie das, bevor jemand unterschreibt." in said


@pytest.mark.parametrize("name", ["checks", "section"])
def test_other_pages_leave_what_belongs_to_posting_to_the_papers(world, client, name):
    """They know the list of attachments as it was frozen, not as it was corrected since."""
    write(world.application, "s15", Attachments(), by=world.amina)
    log_in(client, world.amina)
    page = reverse(f"applications:{name}", args=[world.application.pk, *(["s15"] if name == "section" else [])])
    assert "C28" in client.get(page).text
    submission = world.finish()
    text = client.get(page).text
    assert re.findall(r"\bC(?:06|21|22|28)\b", text) == []
    assert (reverse("applications:papers", args=[world.application.pk]) in text, "C28" in codes(submission)) == (
        True,
        True,
    )


def test_papers_taken_back_ask_for_nothing(world):
    submission = world.finish()
    assert codes(submission) != []
    submission.take_back(by=world.amina)
    assert before_posting(submission, read_envelope(submission)) == []


def test_page_of_papers_taken_back_asks_for_nothing_and_says_what_is_next(world, client):
    submission = world.finish()
    submission.files.update(mark="ACDE-FG34")
    client.force_login(world.amina)
    of_papers_that_count = (
        "Ein Ausdruck gilt noch, wenn",
        "Das Portal reicht nichts beim BAMF ein.",
        "Das gehört in den Umschlag",
        "Das BAMF erst, wenn das Vorhaben eingereicht ist.",
    )
    page = words(client, submission)
    assert [said in page for said in of_papers_that_count] == [True] * 4
    submission.take_back(by=world.amina)
    page = words(client, submission)
    assert [said in page for said in of_papers_that_count] == [False] * 4
    assert "Sonst niemand, auch nicht das BAMF." in page
    assert "Diese Unterlagen sind zurückgenommen. Bitte reichen Sie sie nicht ein." in page
    assert f'href="{world.application.get_absolute_url()}">Zum Vorhaben</a>' in page
