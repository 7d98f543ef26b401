"""Finishing at once: twice, and against a save. Threads with connections of their own, many rounds."""

from __future__ import annotations

from functools import partial

import pytest

from applications.content import Text
from applications.papers import Frozen
from applications.papers.finishing import read_state
from applications.papers.models import Submission
from applications.papers.models.submission import Taken
from applications.writing.models import Application, NotDrafting, Save
from core.writes import Stale
from tests.applications.papers.test_finishing import PAPER, World

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
ROUNDS = 12


def finish(world: World, frozen: Frozen, receipt: str) -> Submission:
    application = Application.objects.get(pk=world.application.pk)
    return Submission.objects.finish(application, frozen, PAPER, receipt, by=world.amina)


def save(world: World, seen: int, text: str) -> Save:
    draft = world.application.drafts.get(key="s1")
    return draft.save_content(by=world.jonas, seen=seen, content=Text(text))


def test_finishing_twice_at_once_makes_one(at_once):
    world = World()
    frozen = read_state(world.application).frozen
    for number in range(ROUNDS):
        results = at_once(*(partial(finish, world, frozen, f"PS-{number}-{name}") for name in "AB"))
        made = [result for result in results if isinstance(result, Submission)]
        assert [type(result) for result in results if not isinstance(result, Submission)] == [Stale]
        assert list(Submission.objects.current()) == made
        made[0].take_back(by=world.amina)
    assert Submission.objects.count() == ROUNDS


def test_what_is_frozen_is_what_is_in_the_drafts(at_once):
    world = World()
    outcomes = set()
    for number in range(ROUNDS):
        frozen = read_state(world.application).frozen
        seen = frozen.versions["s1"]
        finished, saved = at_once(
            partial(finish, world, frozen, f"PS-{number}"), partial(save, world, seen, f"Satz {number}: 38 Prozent.")
        )
        outcomes.add((type(finished), type(saved)))
        current = dict(world.application.drafts.values_list("key", "version"))
        if isinstance(finished, Submission):
            assert finished.frozen["versions"] == current
            finished.take_back(by=world.amina)
        else:
            assert current["s1"] == seen + 1
    assert outcomes <= {(Submission, NotDrafting), (Taken, Save)}
