"""Finishing as somebody asked: worker, pages and a second press at the same moment make one. Threads, many rounds."""

from __future__ import annotations

from functools import partial

import pytest
from django.db import connection

from applications.content import Text
from applications.papers import Pdf
from applications.papers.finish_requests import ask, carry_out
from applications.papers.models import FinishRequest, Submission
from applications.papers.tasks import carry_out_request
from applications.writing.models import Application, NotDrafting, Save
from tests.applications.papers.test_finishing import PAPER, World

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
ROUNDS = 12


@pytest.fixture
def printed(monkeypatch):
    """How often papers were made."""
    made = []

    def make_papers(frozen, receipt, sketch, tell):
        tell(4)
        made.append(receipt)
        return PAPER

    monkeypatch.setattr("applications.papers.finishing.make_sketch", lambda frozen: Pdf(b"%PDF", 3))
    monkeypatch.setattr("applications.papers.finishing.make_papers", make_papers)
    return made


def request_of(world: World) -> FinishRequest:
    return ask(Application.objects.get(pk=world.application.pk), confirmed=True, by=world.amina)


def save(world: World, text: str) -> Save:
    draft = world.application.drafts.get(key="s1")
    return draft.save_content(by=world.jonas, seen=draft.version, content=Text(text))


def test_worker_and_two_pages_at_once_make_one(at_once, printed):
    world = World()
    for number in range(1, ROUNDS + 1):
        pk = request_of(world).pk
        pages = [FinishRequest.objects.get(pk=pk) for _page in range(2)]
        at_once(partial(carry_out_request.call, str(pk)), *(partial(carry_out, page) for page in pages))
        made = Submission.objects.current().get()
        assert (len(printed), FinishRequest.objects.get().ending) == (number, "done")
        made.take_back(by=world.amina)
    assert Submission.objects.count() == ROUNDS


def test_pressing_twice_at_once_makes_one_request(at_once, printed):
    world = World()
    requests = at_once(partial(request_of, world), partial(request_of, world))
    assert [type(request) for request in requests] == [FinishRequest, FinishRequest]
    assert FinishRequest.objects.count() == 1
    at_once(*(partial(carry_out, request) for request in requests))
    assert (len(printed), Submission.objects.count()) == (1, 1)


def test_what_is_finished_is_what_was_there_when_somebody_pressed(at_once, printed):
    world = World()
    outcomes = set()
    for number in range(ROUNDS):
        asked = request_of(world)
        before = dict(world.application.drafts.values_list("key", "version"))
        _done, saved = at_once(partial(carry_out, asked), partial(save, world, f"Satz {number}: 38 Prozent."))
        ending = FinishRequest.objects.get().ending
        outcomes.add((ending, type(saved)))
        if ending == "done":
            submission = Submission.objects.current().get()
            assert submission.frozen["versions"] == before
            submission.take_back(by=world.amina)
    assert outcomes <= {("done", NotDrafting), ("changed", Save)}, connection.vendor
