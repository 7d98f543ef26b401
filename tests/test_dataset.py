"""The dataset for measuring from outside: it can be made, its pages answer, and `grow.sql` knows the tables."""

from __future__ import annotations

import os
import re
import tomllib
from collections import Counter
from pathlib import Path
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test import Client, override_settings

from accounts.models import Message, User
from applications.checks import run
from applications.papers import Pdf
from applications.papers.finishing import blocking, read_state
from applications.papers.models import Submission
from applications.reviews.models import Review
from applications.writing.models import Application, Revision
from benchmarks import papers
from benchmarks.dataset_cohorts import SMALL_COHORTS, make_plans
from benchmarks.dataset_fill import COMMENTS, comments_of, fill
from benchmarks.dataset_pages import target
from benchmarks.evening_browser import Answer, Notes
from benchmarks.evening_clock import Clock
from benchmarks.evening_people import PRESENCE, Guest
from benchmarks.evening_plan import PAGES, PASSWORD, Evening, Team, make_plan
from benchmarks.evening_steps import SECTION, token_of
from benchmarks.evening_teams import prepare_teams
from benchmarks.evening_writing import Writer
from benchmarks.visitor import Answer as Read
from benchmarks.visitor import WrongAnswer
from cohorts.models import Cohort
from tests.builders import SECTIONS as SECTION_KEYS
from tests.builders import log_in
from tests.page_forms import form_with
from tests.plans import expect_many_rows

GROW = (Path(__file__).parent.parent / "benchmarks" / "grow.sql").read_text()
INSERTS = re.findall(r"insert into (\w+)\s*\(([^)]+)\)", GROW)
MEASURED = 21


@pytest.fixture(scope="module")
def scene(django_db_setup, django_db_blocker):
    """A small dataset, made once for this module and rolled back afterwards."""
    quick = {"PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"]}
    with django_db_blocker.unblock(), override_settings(**quick), transaction.atomic():
        expect_many_rows()
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
    assert len(written["pages"]) == MEASURED


@pytest.mark.parametrize("place", range(MEASURED))
def test_page_of_the_dataset_answers_as_its_toml_says(db, written, settings, place):
    settings.TASKS = {"default": {"BACKEND": "django.tasks.backends.dummy.DummyBackend"}}  # workers count pages
    page = written["pages"][place]

    response = answer(page, written["login"])

    assert response.status_code == page.get("expect", 200), page["name"]
    assert page.get("contains", "") in response.text, page["name"]


@pytest.fixture(scope="module")
def teams(scene, django_db_blocker):
    """The teams of a deadline evening."""
    quick = {"PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"]}
    with django_db_blocker.unblock(), override_settings(**quick):
        return [Team(**team) for team in prepare_teams(6)]


def test_teams_of_the_evening_have_one_of_each_role_who_can_log_in(db, teams):
    people = make_plan(teams, 6, Evening(60, 30))

    assert Counter(person.role for person in people) == {"owner": 2, "writer": 2, "reader": 2}
    assert all(User.objects.get(email=person.email).check_password(PASSWORD) for person in people)


def test_more_people_than_the_dataset_has_teams_for_are_refused(db, teams):
    with pytest.raises(ValueError, match="1000 people need 334 teams"):
        prepare_teams(1000)


def test_applications_of_the_evening_can_be_finished(db, teams):
    application = Application.objects.with_team().get(pk=teams[1].application)

    assert blocking(run(read_state(application).dossier)) == []


def test_pages_of_the_evening_hold_what_its_people_look_for(db, teams, settings):
    settings.TASKS = {"default": {"BACKEND": "django.tasks.backends.dummy.DummyBackend"}}
    [person] = [person for person in make_plan(teams, 6, Evening(60, 30)) if person.finishes]
    guest = Guest(person, 0, Clock(Evening(60, 30)), Notes())
    client = log_in(Client(), User.objects.get(email=person.email))
    pages = {kind: client.get(guest.path_of(kind)) for kind in PAGES}
    workspace = guest.path_of("workspace")

    assert {page.status_code for page in pages.values()} == {200}
    assert PRESENCE.search(pages["section"].text)[1] == f"{guest.path_of('section')}da/"
    assert Writer(guest.browser, guest.clock, person, pages["section"].text).seen.version == "3"
    assert SECTION.search(client.get(f"{workspace}abgeben/").text)[1] in SECTION_KEYS
    assert token_of(Answer(200, body=client.get(f"{workspace}fertigstellen/").content)) != []


class Inside:
    """A visitor of benchmarks/visitor.py who asks without a server."""

    def __init__(self, base, cookies):
        self.base, self.client = base, Client(HTTP_ACCEPT="text/html")
        self.client.cookies.load(cookies)

    def ask(self, method, path, headers, body=""):
        answer = self.client.generic(method, path, body, content_type="application/x-www-form-urlencoded")
        return Read(answer.status_code, answer.headers, answer.content)


@pytest.fixture
def finishing(db, scene, settings, monkeypatch, tmp_path):
    """Measure finishing three times in this process, with papers that are made at once."""
    settings.TASKS = {"default": {"BACKEND": "django.tasks.backends.dummy.DummyBackend"}}
    settings.TASKS_BY_WORKERS = True
    made = {kind: Pdf(b"%PDF", 3) for kind in ("cover", "sketch", "financing_plan", "checklist")}
    monkeypatch.setattr(papers, "Visitor", Inside)
    monkeypatch.setattr("applications.papers.finishing.make_sketch", lambda frozen: made["sketch"])
    monkeypatch.setattr("applications.papers.finishing.make_papers", lambda *arguments: made)
    pidfile = tmp_path / "own.pid"
    pidfile.write_text(f"{os.getpid()}")
    monkeypatch.setenv("POSTMASTER_PIDFILE", str(pidfile))
    return lambda: papers.figures("http://testserver", pidfile, 2, pidfile)


def test_finishing_is_pressed_carried_out_and_taken_back_each_time(finishing):
    measured = finishing()
    application, owner = papers.finishable()

    assert [*measured] == [papers.PAPERS, papers.FIRST, papers.PRESS]
    assert all(value > 0 for value in measured.values())
    assert [each.finished_by for each in Submission.objects.filter(application=application)] == [owner] * 3
    assert application.is_drafting


def test_papers_that_are_made_in_the_request_are_not_measured_as_the_workers(finishing, settings):
    settings.TASKS_BY_WORKERS = False

    with pytest.raises(WrongAnswer, match="Nothing was left to the worker"):
        finishing()


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


@pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL only")
def test_grow_adds_as_much_as_it_is_told(db, scene):
    numbers = {"cohorts": "3", "applications": "40", "versions": "15"}
    counted = (Cohort.objects.count(), Application.objects.count(), Revision.objects.count())
    statements = re.sub(r"^\\.*$|^vacuum analyze;$", "", GROW, flags=re.MULTILINE)  # psql's own, and no transaction's
    with connection.cursor() as cursor:
        cursor.execute(re.sub(r":([a-z]+)", lambda name: numbers[name[1]], statements))

    assert (Cohort.objects.count(), Application.objects.count()) == (counted[0] + 3, counted[1] + 40)
    assert Revision.objects.count() == counted[2] + 33 * 6 * 2 + 15
    assert scene.measured.drafts.get(key="s3").version == 1015
