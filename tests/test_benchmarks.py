"""What the benchmarks measure can still be made and opened; nobody runs them with every change."""

from __future__ import annotations

import pytest
from django.test import Client

from benchmarks.coaching import Coaching
from benchmarks.world import World
from benchmarks.writing import Writing
from tests.builders import log_in


def test_pages_of_the_world_answer(db):
    for name, person, address in World().pages():
        client = log_in(Client(), person) if person else Client()
        assert client.get(address).status_code == 200, name


@pytest.mark.parametrize(("measured", "size"), [(Coaching, (2, 3)), (Writing, (10,))])
def test_acts_that_are_measured_answer(db, measured, size):
    benchmark = measured()
    benchmark.grow_to(*size)
    for name, prepare in benchmark.acts().items():
        assert prepare()().status_code == 200, name
