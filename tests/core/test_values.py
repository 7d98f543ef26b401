"""The portal's `dataclass` does what the one of the standard library does, but for guarding its fields while it runs."""

from __future__ import annotations

import dataclasses

import pytest

from core import values


def made(decorator):
    """Return a class of the decorator with what the portal uses: a default, a list, a field that is left out, a property."""

    @decorator(frozen=True)
    class Step:
        name: str
        days: int = 2
        seen: list[str] = dataclasses.field(default_factory=list, compare=False, repr=False)

        @property
        def is_long(self):
            return self.days > 5

    @decorator(frozen=True, kw_only=True)
    class Dated(Step):
        day: str

    return Step, Dated


@pytest.fixture(params=[dataclasses.dataclass, values.dataclass], ids=["standard", "own"])
def classes(request):
    return made(request.param)


def test_values_with_the_same_fields_are_equal_and_have_one_hash(classes):
    step, dated = classes
    assert step("a", 3, ["x"]) == step("a", 3, ["y"])
    assert step("a") != step("b")
    assert step("a") != dated("a", day="1")
    assert step("a") != ("a", 2)
    assert len({step("a"), step("a"), dated("a", day="1"), dated("a", day="1"), dated("a", day="2")}) == 3


def test_a_value_shows_its_fields(classes):
    step, dated = classes
    assert repr(step("a")).endswith("Step(name='a', days=2)")
    assert repr(dated("a", day="1")).endswith("Dated(name='a', days=2, day='1')")


def test_functions_of_dataclasses_know_it(classes):
    step, dated = classes
    assert dataclasses.replace(step("a", 9), name="b") == step("b", 9)
    assert dataclasses.asdict(dated("a", day="1")) == {"name": "a", "days": 2, "seen": [], "day": "1"}
    assert dataclasses.replace(step("a", 9)).is_long
    assert step.__match_args__ == ("name", "days", "seen")


@pytest.mark.parametrize("decorator", [dataclasses.dataclass, values.dataclass], ids=["standard", "own"])
def test_one_that_may_be_written_to_is_compared_and_has_no_hash(decorator):
    @decorator
    class Count:
        number: int = 0

    count = Count()
    count.number = 4
    assert count == Count(4)
    with pytest.raises(TypeError, match="unhashable"):
        hash(count)


@pytest.mark.parametrize("decorator", [dataclasses.dataclass, values.dataclass], ids=["standard", "own"])
def test_methods_of_the_class_itself_stay(decorator):
    @decorator(frozen=True)
    class Place:
        name: str = ""

        def __eq__(self, other):
            return self.name.casefold() == other.name.casefold()

        def __hash__(self):
            return 7

        def __repr__(self):
            return "here"

    assert Place("A") == Place("a")
    assert (hash(Place("A")), repr(Place("A"))) == (7, "here")


@pytest.mark.parametrize("decorator", [dataclasses.dataclass, values.dataclass], ids=["standard", "own"])
def test_a_value_without_fields_equals_its_like_and_one_that_holds_itself_is_shown(decorator):
    @decorator(frozen=True)
    class Nothing:
        pass

    @decorator
    class Ring:
        next: object = None

    ring = Ring()
    ring.next = ring
    assert {Nothing(), Nothing()} == {Nothing()}
    assert repr(ring).endswith("Ring(next=...)")
