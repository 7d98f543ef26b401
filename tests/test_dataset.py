"""The dataset for measuring from outside: it can be made, its pages answer, and `grow.sql` knows the tables."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import transaction
from django.test import Client, override_settings

from accounts.models import Message
from applications.reviews.models import Review
from applications.writing.models import Application
from benchmarks.dataset_cohorts import SMALL_COHORTS, make_plans
from benchmarks.dataset_fill import COMMENTS, comments_of, fill
from benchmarks.dataset_pages import target
from cohorts.models import Cohort
from tests.page_forms import form_with

GROW = (Path(__file__).parent.parent / "benchmarks" / "grow.sql").read_text()
INSERTS = re.findall(r"insert into (\w+)\s*\(([^)]+)\)", GROW)
PAGES = 21


@pytest.fixture(scope="module")
def scene(django_db_setup, django_db_blocker):
    """A small dataset, made once for this module and rolled back afterwards."""
    quick = {"PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"]}
    with django_db_blocker.unblock(), override_settings(**quick), transaction.atomic():
        yield fill(30)
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def written(scene, django_db_blocker):
    """What the harness reads about it."""
    with django_db_blocker.unblock():
        toml = target(scene, base="http://127.0.0.1:8160", pidfile="/run/server", db_pidfiles=["/run/db"])
    return tomllib.loads(toml)


def answer(page, sessions):
    """What the server says to a page of the TOML, asked for as the harness does."""
    client = Client(HTTP_ACCEPT="text/html")
    if "login" in page:
        client.cookies.load(sessions[page["login"]]["cookies"])
    if page.get("method") != "POST":
        return client.get(page["path"])
    form = form_with(client.get(page["form_from"]).text, page["form_has"])
    typed = {name: text.format(n=1, uuid=uuid4()) for name, text in page.get("set", {}).items()}
    address = page.get("path") or form.attrs.get("action") or page["form_from"]
    return client.post(address, form.fields | typed, headers=page.get("headers", {}))


def test_dataset_has_what_its_pages_show(db, scene):
    assert Application.objects.count() == 30
    assert Cohort.objects.filter(slug__startswith="bench-").count() == 2 + SMALL_COHORTS
    assert scene.twelve.registrations.count() == scene.twelve.teams.count() + 38
    assert comments_of(scene.review.items.get().draft) == COMMENTS
    assert scene.review in Review.objects.queued_for(scene.people["carla"])
    assert not Message.objects.exists()


def test_toml_says_where_the_server_is(written):
    assert (written["base"], written["pidfile"]) == ("http://127.0.0.1:8160", "/run/server")
    assert written["db_pidfiles"] == ["/run/db"]
    assert len(written["pages"]) == PAGES


@pytest.mark.parametrize("place", range(PAGES))
def test_page_of_the_dataset_answers_as_its_toml_says(db, written, settings, place):
    settings.TASKS = {"default": {"BACKEND": "django.tasks.backends.dummy.DummyBackend"}}  # workers count pages
    page = written["pages"][place]

    response = answer(page, written["login"])

    assert response.status_code == page.get("expect", 200), page["name"]
    assert page.get("contains", "") in response.text, page["name"]


def test_teams_are_spread_over_the_cohorts():
    coaches, others = [f"coach {number}" for number in range(10)], [f"organiser {number}" for number in range(8)]

    plans = make_plans(475, "Werkstatt", others, coaches)

    assert [plan.teams for plan in plans] == [12, 40] + [11] * 23 + [10] * 17
    assert [plan.coaches for plan in plans[:2]] == [coaches[:1], coaches[1:3]]
    assert [plan.slug for plan in plans if plan.coaches == coaches[:1]] == [
        "bench-zwoelf",
        "bench-00",
        "bench-01",
        "bench-02",
    ]
    assert [plan.teams for plan in make_plans(5, "Werkstatt", others, coaches)] == [5] + [0] * 41


def tables():
    return {model._meta.db_table: model._meta for model in apps.get_models()}


@pytest.mark.parametrize(("table", "columns"), INSERTS, ids=[table for table, _columns in INSERTS])
def test_grow_fills_every_column_that_must_be_filled(table, columns):
    named = set(columns.split(", "))
    fields = [field for field in tables()[table].concrete_fields if not field.has_db_default()]

    assert named <= {field.column for field in tables()[table].concrete_fields}
    assert {field.column for field in fields if not field.null} <= named


def test_grow_names_tables_that_exist():
    named = set(re.findall(r"\b((?:accounts|applications|cohorts)_\w+)", GROW))

    assert len(named) >= 8
    assert named <= set(tables())
