"""Taking a step out against the next step, and against the outcome. Threads with connections of their own, many rounds."""

from __future__ import annotations

from functools import partial

import pytest

from applications.papers.models import Outcome, Submission
from applications.papers.models.paper_steps import StepMissing
from core.writes import Stale
from tests.applications.papers.test_finishing import World
from tests.builders import day

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
ROUNDS = 12


def read(submission: Submission) -> Submission:
    return Submission.objects.select_related("application__team__cohort__organiser").get(pk=submission.pk)


def undo(submission: Submission, step: str, world: World) -> str:
    read(submission).undo_step(step, by=world.amina)
    return "undone"


def enter(submission: Submission, step: str, world: World) -> str:
    read(submission).enter_step(step, day(0), by=world.amina)
    return "entered"


def decide(submission: Submission, world: World) -> str:
    Outcome.objects.enter(read(submission), "declined", day(0), by=world.doris)
    return "decided"


def test_a_step_is_never_taken_out_from_under_the_next(at_once):
    world = World()
    submission = world.finish()
    submission.enter_step("transferred_on", day(-1), by=world.amina)
    seen = set()
    for _round in range(ROUNDS):
        submission = read(submission)
        submission.enter_step("signed_on", day(0), by=world.amina)
        results = at_once(partial(undo, submission, "signed_on", world), partial(enter, submission, "posted_on", world))
        seen.add(tuple(result if isinstance(result, str) else type(result) for result in results))
        submission = read(submission)
        assert (submission.posted_on is None) is (submission.signed_on is None)
        if submission.posted_on:
            submission.undo_step("posted_on", by=world.amina)
            submission.undo_step("signed_on", by=world.amina)
    assert seen <= {("undone", StepMissing), (Stale, "entered")}


def test_a_posting_is_never_taken_out_from_under_the_outcome(at_once):
    world = World()
    submission = world.posted()
    for _round in range(ROUNDS):
        results = at_once(partial(undo, submission, "posted_on", world), partial(decide, submission, world))
        said = tuple(result if isinstance(result, str) else type(result) for result in results)
        assert said in {("undone", StepMissing), (Stale, "decided")}
        current = read(submission)
        assert (current.posted_on is None) is (not Outcome.objects.exists())
        Outcome.objects.all().delete()
        if current.posted_on is None:
            current.enter_step("posted_on", day(-1), by=world.amina)


def test_two_who_take_the_same_step_out_do_it_once(at_once):
    world = World()
    submission = world.posted()
    for _round in range(ROUNDS):
        results = at_once(*(partial(undo, submission, "posted_on", world) for _person in range(2)))
        assert sorted(str(result) for result in results if result == "undone") == ["undone"]
        assert [type(result) for result in results if result != "undone"] == [Stale]
        read(submission).enter_step("posted_on", day(-1), by=world.amina)
