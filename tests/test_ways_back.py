"""Every step has a way back, or says before that it has none (tests/ways_back_table.py): complete over the steps of all models."""

from __future__ import annotations

import re
from copy import copy
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.mail_kinds import WORDS
from accounts.models import Message
from tests.access_world import AccessWorld
from tests.steps_table import STEPS
from tests.ways_back_table import AGAIN, KEEPS, WAYS, Never, Way

PEOPLE = ("amina", "jonas", "carla", "doris", "emil")


def test_every_step_has_a_way_back_or_says_that_it_has_none():
    assert set(WAYS) == {name for name, _asks, _act in STEPS}


def test_every_way_back_is_a_step():
    ways = [way for way in WAYS.values() if isinstance(way, Way)]
    assert {step for way in ways for step in way.by} <= set(WAYS) | {AGAIN, KEEPS}
    assert all(way.by and way.until and way.state for way in ways)
    assert {kind for way in WAYS.values() for kind in way.tells} <= set(WORDS)


@pytest.mark.parametrize("step", [name for name, way in WAYS.items() if isinstance(way, Never)])
def test_what_cannot_be_taken_back_says_so_on_its_page(step):
    page = " ".join((Path(settings.BASE_DIR) / WAYS[step].page).read_text().split())
    assert WAYS[step].said in re.sub(r"[\"']\s*[\"']", "", page)  # Python joins strings that stand beside each other


@pytest.mark.django_db
def test_each_step_mails_what_the_table_says():
    """Each is done by the first who may, where it is the moment for it in a world in which most things are."""
    world = AccessWorld()
    wrong, done = {}, set()
    for name, _asks, act in STEPS:
        told = told_by(act, world)
        if told is not None:
            done.add(name)
            if not told <= WAYS[name].tells:
                wrong[name] = sorted(told)
    assert wrong == {}, repr(wrong)
    assert len(done) >= MOMENTS


MOMENTS = 60


def told_by(act, world):
    """The kinds of mails that a step posts, done by the first who may; None where it is not the moment. All of it is undone."""
    for who in PEOPLE:
        again = copy(world)
        again.__dict__ = {name: copy(thing) for name, thing in vars(world).items()}
        with transaction.atomic():
            before = set(Message.objects.values_list("pk", flat=True))
            try:
                act(again, getattr(again, who))
            except PermissionDenied:
                continue
            except Exception:  # noqa: BLE001  not the moment, or not the values
                return None
            else:
                return set(Message.objects.exclude(pk__in=before).values_list("kind", flat=True))
            finally:
                transaction.set_rollback(True)
    return None
