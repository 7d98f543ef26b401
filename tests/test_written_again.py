"""A world that is written again is the world that was made: the same rows, files and objects, and none that another test changed."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from django.apps import apps
from django.core.files.storage import InMemoryStorage, storages
from django.db import transaction
from django.utils import timezone

from cohorts.models import Cohort
from tests.access_world import AccessWorld
from tests.accounts import admin_world
from tests.accounts.erasing_world import make_world
from tests.applications import coaching
from tests.applications.papers import test_finishing, test_stage_two
from tests.builders import make_cohort, make_organiser, make_user
from tests.cohorts import test_both_sides
from tests.schmiede import test_dashboard
from tests.written_again import FRESH, written_again

pytestmark = pytest.mark.django_db
WORLDS = [
    AccessWorld, make_world, coaching.make_world, admin_world.World, test_both_sides.World, test_dashboard.World,
    test_finishing.World, partial(test_stage_two.World, 2),
]  # fmt: skip
# Numbered by the database, which does not count back when a test is taken back; nothing refers to them.
NUMBERED = {"accounts.User_groups": {"id"}, "flatpages.FlatPage_sites": {"id"}}


@pytest.fixture(autouse=True)
def _nothing_known(monkeypatch):
    """Nothing that was made in another test is known here, and nothing of here elsewhere."""
    monkeypatch.setattr("tests.written_again.RECORDINGS", {})


@pytest.fixture
def made():
    """Make a world, look at it, and take it back, as between two tests."""

    def make_and_look(make):
        storages["default"].__dict__.update(InMemoryStorage().__dict__)
        with transaction.atomic():
            make()
            seen = rows(), files()
            transaction.set_rollback(True)
        return seen

    return make_and_look


def rows():
    """All rows of all tables, by model."""
    return {
        model._meta.label: sorted(
            str([value for name, value in row.items() if name not in NUMBERED.get(model._meta.label, ())])
            for row in model._base_manager.values()
        )
        for model in apps.get_models(include_auto_created=True)
    }


def files(folder=""):
    storage = storages["default"]
    folders, names = storage.listdir(folder)
    found = {f"{folder}/{name}": storage.open(f"{folder}/{name}").read() for name in names}
    return found | {key: value for name in folders for key, value in files(f"{folder}/{name}".lstrip("/")).items()}


@pytest.mark.parametrize("make", WORLDS)
def test_rows_and_files_are_those_of_the_first_time(made, make):
    written, stored = made(make)
    assert sum(map(len, written.values())) > 60
    again, stored_again = made(make)
    assert {label: many for label, many in again.items() if many != written[label]} == {}
    assert stored_again == stored


def test_files_of_a_world_are_there_again(made):
    assert len(made(AccessWorld)[1]) >= 2


def test_what_a_test_changes_does_not_reach_the_next():
    @written_again
    def make():
        return make_cohort(make_organiser(make_user()), title="Wie gemacht")

    with transaction.atomic():
        make()
        transaction.set_rollback(True)
    with transaction.atomic():
        changed = make()
        changed.title = "Geändert"
        changed.save()
        transaction.set_rollback(True)
    assert make().title == "Wie gemacht"
    assert Cohort.objects.get().title == "Wie gemacht"


def test_after_a_minute_it_is_made_anew(time_machine):
    made = []

    @written_again
    def make(name):
        made.append((name, timezone.now()))

    begun = timezone.now()
    for later in (0 * FRESH, FRESH / 2, FRESH * 2, FRESH * 2.5, -FRESH * 3):
        time_machine.move_to(begun + later, tick=False)
        make("Amina")
    make("Bilal")
    assert made == [("Amina", begun), ("Amina", begun + 2 * FRESH), ("Amina", begun - 3 * FRESH), ("Bilal", begun - 3 * FRESH)]  # fmt: skip


def test_dates_are_those_of_today(time_machine):
    evening = datetime(2026, 12, 1, 23, 59, 50, tzinfo=ZoneInfo("Europe/Berlin"))
    time_machine.move_to(evening, tick=False)
    with transaction.atomic():
        AccessWorld()
        transaction.set_rollback(True)
    time_machine.move_to(evening + timedelta(seconds=20), tick=False)
    assert AccessWorld().cohort.registration_until == date(2026, 12, 7)


def test_a_world_is_as_old_as_the_oldest_within(time_machine):
    begun = timezone.now()
    time_machine.move_to(begun, tick=False)
    made = []

    @written_again
    def inner():
        made.append("inner")

    @written_again
    def outer():
        inner()
        made.append("outer")

    inner()
    for later in (FRESH * 0.9, FRESH * 1.1):
        time_machine.move_to(begun + later, tick=False)
        outer()
    assert made == ["inner", "outer", "inner", "outer"]


def test_a_world_within_a_world_leaves_it_its_numbers():
    @written_again
    def inner():
        make_user("Jonas")

    @written_again
    def outer():
        inner()
        return make_user()

    assert min(outer().emailaddress_set.values_list("pk", flat=True)) >= 1_000_000


def test_what_is_taken_back_is_refused():
    @written_again
    def make():
        with suppress(ZeroDivisionError), transaction.atomic():
            make_user()
            raise ZeroDivisionError

    with pytest.raises(AssertionError, match="takes back"):
        make()
