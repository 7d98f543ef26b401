"""Every state of a submission × every step: outside the table `Stale` is raised and nothing was written."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from accounts.models import Event
from applications.papers.models import Outcome, Submission
from applications.writing.models import Application
from core.writes import Stale
from tests.applications.papers.test_finishing import World
from tests.builders import day

pytestmark = pytest.mark.django_db

STATES: dict[str, list[str]] = {
    "finished": [],
    "printed": ["printed_on"],
    "transferred": ["transferred_on"],
    "signed": ["transferred_on", "signed_on"],
    "posted": ["transferred_on", "signed_on", "posted_on"],
    "received": ["transferred_on", "signed_on", "posted_on", "received_on"],
    "decided": ["transferred_on", "signed_on", "posted_on"],
    "taken back": [],
}
STEPS: dict[str, Callable[[Submission, World], object]] = {
    "transfer": lambda submission, world: submission.enter_step("transferred_on", day(-4), by=world.amina),
    "sign": lambda submission, world: submission.enter_step("signed_on", day(-3), by=world.amina),
    "post": lambda submission, world: submission.enter_step("posted_on", day(-2), by=world.amina),
    "receive": lambda submission, world: submission.enter_step("received_on", day(-1), by=world.amina),
    "print": lambda submission, world: submission.enter_step("printed_on", day(-5), by=world.amina),
    **{
        f"undo {step}": lambda submission, world, step=step: submission.undo_step(f"{step}_on", by=world.amina)
        for step in ("printed", "transferred", "signed", "posted", "received")
    },
    "take back": lambda submission, world: submission.take_back(by=world.amina),
    "outcome": lambda submission, world: Outcome.objects.enter(submission, "declined", day(0), by=world.doris),
}
POSSIBLE = {
    "finished": {"print", "transfer", "take back"},
    "printed": {"print", "transfer", "take back", "undo printed"},
    "transferred": {"print", "transfer", "sign", "take back", "undo transferred"},
    "signed": {"print", "transfer", "sign", "post", "take back", "undo signed"},
    "posted": {"print", "transfer", "sign", "post", "receive", "outcome", "undo posted"},
    "received": {"print", "transfer", "sign", "post", "receive", "outcome", "undo received"},
    "decided": {"print", "transfer", "sign", "post", "receive", "outcome"},
    "taken back": set(),
}


def in_state(world: World, state: str) -> Submission:
    submission = world.finish()
    for place, step in enumerate(STATES[state]):
        submission.enter_step(step, day(place - 4), by=world.amina)
    if state == "decided":
        Outcome.objects.enter(submission, "declined", day(-1), by=world.doris)
    if state == "taken back":
        submission.take_back(by=world.amina)
    return Submission.objects.select_related("application").get(pk=submission.pk)


def written(submission: Submission) -> tuple:
    row = Submission.objects.filter(pk=submission.pk).values().get()
    return row, Application.objects.filter(pk=submission.application_id).values().get(), Event.objects.count()


@pytest.mark.parametrize("state", STATES)
def test_every_state_allows_its_steps_and_no_other(state):
    world = World()
    submission = in_state(world, state)
    for step, act in STEPS.items():
        if step in POSSIBLE[state]:
            continue
        before = written(submission)
        with pytest.raises(Stale):
            act(submission, world)
        assert written(submission) == before, step


@pytest.mark.parametrize(("state", "step"), [(state, step) for state in STATES for step in sorted(POSSIBLE[state])])
def test_every_possible_step_is_written(state, step):
    world = World()
    submission = in_state(world, state)
    before = Event.objects.count()
    STEPS[step](submission, world)
    assert Event.objects.count() == before + 1
