"""From the posting, or the invitation to stage 2, until the decision everything says that nothing may begin yet."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from accounts.models import Message
from applications.writing.models import Application
from tests.applications.papers.test_stage_two import World, words
from tests.builders import day, log_in, make_bamf

pytestmark = pytest.mark.django_db

SENTENCE = "Bitte nichts beginnen, nichts bestellen und keinen Vertrag unterschreiben, bevor die Bewilligung da ist."
STEPS = ("transferred_on", "signed_on", "posted_on")


@pytest.fixture
def world(client):
    world = World(stage=1)
    client.force_login(world.amina)
    return world


def said(client, world, submission) -> list[int]:
    """How often the overview, the page of the Vorhaben and that of its papers say it."""
    pages = [reverse("dashboard"), world.application.get_absolute_url(), submission.get_absolute_url()]
    return [words(client.get(page).text).count(SENTENCE) for page in pages]


def post(client, submission) -> str:
    """Enter all the steps up to the posting; what the page says after the last."""
    for step in STEPS:
        page = client.post(reverse("papers:step", args=[submission.pk, step]), {"on": day().isoformat()}, follow=True)
    return words(page.text)


def decide(client, submission, kind: str) -> str:
    url = reverse("papers:outcome", args=[submission.pk])
    return words(client.post(url, {"kind": kind, "on": day().isoformat()}, follow=True).text)


def mail(kind: str, to: str = "Amina") -> str:
    return words(Message.objects.get(kind=kind, user__first_name=to).text)


def test_before_the_posting_the_page_of_the_papers_says_it_alone(client, world):
    assert said(client, world, world.finish()) == [0, 0, 1]
    assert SENTENCE not in mail("finished")


def test_it_is_said_after_the_posting(client, world):
    submission = world.finish()
    assert post(client, submission).count(SENTENCE) == 2  # the message, and the page itself
    assert said(client, world, submission) == [1, 1, 1]
    assert SENTENCE in mail("posted")


def test_it_is_said_from_the_invitation_until_the_grant(client, world):
    first = world.finish()
    post(client, first)
    assert decide(client, first, "invited").count(SENTENCE) == 2
    assert SENTENCE in mail("outcome")
    assert f"Ihm schreiben wir dazu: {SENTENCE}" in mail("outcome", to="Doris")
    assert said(client, world, first) == [1, 1, 1]

    second = world.finish()
    assert said(client, world, second) == [1, 1, 1]
    post(client, second)
    assert said(client, world, second) == [1, 1, 1]

    Message.objects.all().delete()
    assert SENTENCE not in decide(client, second, "granted")
    assert said(client, world, second) == [0, 0, 0]
    assert said(client, world, first) == [0, 0, 0]
    assert SENTENCE not in mail("outcome")


def test_bamf_staff_are_not_asked_to_begin_nothing(client, world):
    submission = world.finish()
    post(client, submission)
    page = words(log_in(client, make_bamf()).get(submission.get_absolute_url()).text)
    assert (submission.receipt_number in page, SENTENCE in page) == (True, False)


@pytest.mark.parametrize(("stage", "kind"), [(1, "declined"), (2, "not granted")])
def test_who_was_turned_down_waits_for_no_grant(client, world, stage, kind):
    Application.objects.update(stage=stage)
    submission = world.finish()
    post(client, submission)
    Message.objects.all().delete()
    assert SENTENCE not in decide(client, submission, kind)
    assert said(client, world, submission) == [0, 0, 0]
    assert "Das ist schade, und es sagt nichts gegen Ihre Arbeit." in mail("outcome")


def test_the_sentence_stands_in_one_place():
    files = [path for app in ("applications", "schmiede", "templates") for path in (Path(settings.BASE_DIR) / app).rglob("*.*")]  # fmt: skip
    texts = {path.name: path.read_text(encoding="utf-8") for path in files if path.suffix in {".py", ".html", ".txt"}}
    assert [name for name, text in texts.items() if re.search("nichts beginnen, nichts bestellen", text)] == [
        "_begin_nothing.html"
    ]
