"""A world that is written again is the world that was made: the same rows, files and objects, and none that another test changed."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.core.files.storage import InMemoryStorage, storages
from django.db import transaction
from django.utils import timezone

from cohorts.models import Cohort
from tests.access_world import AccessWorld
from tests.accounts.erasing_world import make_world
from tests.builders import day, make_cohort, make_organiser, make_user
from tests.written_again import FRESH, written_again

pytestmark = pytest.mark.django_db
# Numbered by the database, which does not count back when a test is taken back; nothing refers to them.
NUMBERED = {"accounts.User_groups": {"id"}, "flatpages.FlatPage_sites": {"id"}}


@pytest.fixture
def made():
    """Make a world, look at it, and take it back, as between two tests."""

    def make_and_look(make):
        storages["default"].__dict__.update(InMemoryStorage().__dict__)
        with transaction.atomic():
            world = make()
            seen = rows(), files(), vars(world)["cohort"].pk
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


@pytest.mark.parametrize("make", [AccessWorld, make_world])
def test_rows_and_files_are_those_of_the_first_time(made, make):
    written, stored, cohort = made(make)
    assert sum(map(len, written.values())) > 200
    assert len(stored) >= 2
    again, *others = made(make)
    assert {label: many for label, many in again.items() if many != written[label]} == {}
    assert others == [stored, cohort]


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


def test_dates_are_those_of_today():
    assert AccessWorld().cohort.registration_until == day(5)
