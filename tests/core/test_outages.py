"""While the database or the cache is away: a kind page within seconds, and nothing waits for ever."""

from __future__ import annotations

import sqlite3
import subprocess
import sys

import psycopg
import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.models import Session
from django.core.cache.backends.locmem import LocMemCache
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Invitation, Organisation
from cohorts.models import Cohort
from core.outages import is_outage
from schmiede import views
from tests.builders import make_bamf, make_cohort, make_organisation, make_organiser, make_user
from tests.schmiede.production import environment, setting

pytestmark = pytest.mark.django_db

REDIS_AWAY = type("TimeoutError", (Exception,), {"__module__": "redis.exceptions"})
AWAY = "Gerade geht es leider nicht"
READ = """
from django.conf import settings
import schmiede.wsgi
print(settings.DATABASES["default"]["OPTIONS"]["options"])
"""


@pytest.fixture
def visitor():
    return Client(raise_request_exception=False)


class Database:
    """The database of the test, which can be taken away; counts how often it was asked in vain."""

    def __init__(self, monkeypatch):
        self.monkeypatch = monkeypatch
        self.asked = 0

    def take_away(self, error=OperationalError):
        def refuse():
            self.asked += 1
            raise error("connection refused")

        self.monkeypatch.setattr(connection, "cursor", refuse)


@pytest.fixture
def database(monkeypatch):
    return Database(monkeypatch)


def is_kind(page):
    return (page.status_code, page.get("Retry-After"), AWAY in page.text) == (503, "30", True)


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
@pytest.mark.parametrize("name", ["home", "impressum", "cohorts:list"])
def test_a_visitor_gets_a_kind_page_while_the_database_is_away(visitor, database, name, error):
    database.take_away(error)

    assert is_kind(visitor.get(reverse(name)))
    assert database.asked == 1


@pytest.mark.parametrize("name", ["dashboard", "accounts:profile", "account_login", "home", "admin:index"])
def test_somebody_logged_in_waits_for_one_attempt_only(visitor, database, name):
    """Each attempt may take seconds; what answers after the first has failed must not make another."""
    visitor.force_login(make_bamf())
    database.take_away()

    assert is_kind(visitor.get(reverse(name)))
    assert database.asked == 1


def test_what_is_sent_gets_it_too(visitor, database):
    visitor.force_login(make_user())
    database.take_away()

    assert is_kind(visitor.post(reverse("accounts:profile"), {"first_name": "Amina"}))
    assert database.asked == 1


def test_the_login_page_asks_the_database_nothing(visitor, database):
    visitor.get(reverse("account_login"))  # the first page of a process reads the name of the site
    database.take_away()

    page = visitor.get(reverse("account_login"))

    assert (page.status_code, database.asked) == (200, 0)


def test_logging_in_gets_a_kind_page_while_the_cache_is_away(visitor, monkeypatch):
    def refuse(*_arguments, **_options):
        raise REDIS_AWAY

    monkeypatch.setattr(LocMemCache, "add", refuse)

    assert is_kind(visitor.post(reverse("account_login"), {"login": "amina@example.org", "password": "x"}))


def saving_a_session(visitor, monkeypatch, error):
    """The answer to somebody who has a session that cannot be saved a second time."""
    _invitation, token = Invitation.make("nora@example.org", make_organisation(), by=None)
    address = reverse("invitation", args=[token])
    assert visitor.get(address).status_code == 200

    def refuse(*_arguments, **_options):
        raise error

    monkeypatch.setattr(Session, "save", refuse)
    return visitor.get(address)


def test_a_session_that_cannot_be_saved_is_not_the_visitors_fault(visitor, monkeypatch):
    assert is_kind(saving_a_session(visitor, monkeypatch, OperationalError()))


def test_a_session_that_has_ended_meanwhile_is_no_outage(visitor, monkeypatch):
    page = saving_a_session(visitor, monkeypatch, DatabaseError("Forced update did not affect any rows."))

    assert page.status_code == 400


def test_any_other_error_is_our_fault(visitor, monkeypatch):
    def broken(_request):
        raise RuntimeError

    monkeypatch.setattr(AnonymousUser, "is_authenticated", property(broken))
    page = visitor.get(reverse("home"))

    assert page.status_code == 500
    assert "Das hat leider nicht geklappt" in page.text


def caused(error, cause):
    error.__cause__ = cause
    return error


def by_code(name):
    """As Django raises what PostgreSQL answers with this code."""
    return caused(OperationalError(), psycopg.errors.lookup(name)())


def redis_error(name, *bases):
    return type(name, bases or (Exception,), {"__module__": "redis.exceptions"})


PASSING = {
    "nobody there": caused(OperationalError(), psycopg.OperationalError()),
    "connection broken": caused(InterfaceError(), psycopg.InterfaceError()),
    "closed already": InterfaceError("connection already closed"),
    "connection failure": by_code("08006"),
    "shutting down": by_code("57P01"),
    "starting": by_code("57P03"),
    "too many connections": by_code("53300"),
    "row held": by_code("55P03"),
    "file locked": caused(OperationalError("database is locked"), sqlite3.OperationalError()),
    "redis away": REDIS_AWAY(),
    "redis starting": redis_error("BusyLoadingError", redis_error("ConnectionError"))(),
}
LASTING = {
    "no error": None,
    "ours": RuntimeError(),
    "ours, too slow": TimeoutError(),
    "cancelled": by_code("57014"),
    "disk full": by_code("53100"),
    "no table": caused(OperationalError("no such table: x"), sqlite3.OperationalError()),
    "redis full": redis_error("OutOfMemoryError")(),
    "redis refuses": redis_error("AuthenticationError", redis_error("ConnectionError"))(),
}


@pytest.mark.parametrize("why", PASSING)
def test_what_passes_is_an_outage(why):
    assert is_outage(PASSING[why]) is True


@pytest.mark.parametrize("why", LASTING)
def test_what_lasts_is_none(why):
    assert is_outage(LASTING[why]) is False


def test_a_table_that_is_missing_is_none():
    with pytest.raises(DatabaseError) as caught, connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM nowhere")

    assert is_outage(caught.value) is False


def test_a_visitor_is_not_told_to_wait_for_what_lasts(visitor, database):
    database.take_away(lambda _text: by_code("53100"))

    assert visitor.get(reverse("home")).status_code == 500


def test_without_an_error_the_page_is_that_of_our_fault(rf):
    assert views.server_error(rf.get("/")).status_code == 500


# How long anything waits


def test_a_database_is_waited_for_a_few_seconds():
    options = setting("DATABASES")["default"]["OPTIONS"]

    assert options == {
        "connect_timeout": 3,
        "tcp_user_timeout": 6000,
        "keepalives_idle": 3,
        "keepalives_interval": 3,
        "keepalives_count": 2,
        "server_side_binding": True,
        "prepare_threshold": 3,
        "options": "-c jit=off -c lock_timeout=6s -c statement_timeout=0s",
    }


def test_the_address_of_the_database_has_the_last_word():
    url = "postgres://schmiede@db.example.org/schmiede?connect_timeout=9&options=-c%20lock_timeout%3D1s&sslmode=require"
    options = setting("DATABASES", DATABASE_URL=url)["default"]["OPTIONS"]

    assert (options["connect_timeout"], options["options"], options["sslmode"]) == (9, "-c lock_timeout=1s", "require")
    assert options["tcp_user_timeout"] == 6000


@pytest.mark.parametrize(("more", "seconds"), [({}, 15), ({"STATEMENT_SECONDS": "40"}, 40)])
def test_a_page_waits_for_no_statement_for_ever(more, seconds):
    read = [sys.executable, "-c", READ]
    done = subprocess.run(
        read, env=environment(**more), cwd=django_settings.BASE_DIR, check=True, capture_output=True, text=True
    )

    assert done.stdout.strip() == f"-c jit=off -c lock_timeout=6s -c statement_timeout={seconds}s"


@pytest.mark.parametrize(("more", "options"), [({}, (True, 3)), ({"PREPARED_STATEMENTS": "0"}, (False, None))])
def test_statements_are_prepared_but_behind_a_pooler_that_cannot_keep_them(more, options):
    read = setting("DATABASES", DATABASE_URL="postgres://db.example.org/schmiede", **more)["default"]["OPTIONS"]

    assert (read["server_side_binding"], read["prepare_threshold"]) == options


def test_a_statement_that_comes_again_is_prepared():
    if connection.vendor != "postgresql":
        pytest.skip("PostgreSQL only")
    with connection.cursor() as cursor:
        for number in range(5):
            cursor.execute("SELECT %s + 1 AS a_number_of_our_own", [number])
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%%a_number_of_our_own%%'")

        assert cursor.fetchone() == (1,)


def test_the_database_knows_it():
    if connection.vendor != "postgresql":
        pytest.skip("PostgreSQL only")
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")

        assert cursor.fetchone() == ("6s",)


def test_a_file_that_is_locked_is_waited_for_a_few_seconds():
    assert setting("DATABASES", DATABASE_URL="sqlite:////tmp/none.sqlite3")["default"]["OPTIONS"]["timeout"] == 6


def test_a_redis_is_waited_for_a_few_seconds():
    options = setting("CACHES", REDIS_URL="redis://cache.example.org")["default"]["OPTIONS"]

    assert options == {"socket_connect_timeout": 3, "socket_timeout": 3}


def execute(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.django_db(transaction=True)
def test_a_statement_of_before_a_migration_costs_one_page_and_not_the_next(client, at_once):
    """A column that was widened meanwhile: what was prepared is refused, until the connection is a new one."""
    if connection.vendor != "postgresql":
        pytest.skip("PostgreSQL only")
    client.raise_request_exception = False
    cohort = make_cohort(make_organiser(make_user("Doris")))
    Cohort.objects.update(published_at=timezone.now())
    address = cohort.get_absolute_url()
    for _ in range(6):
        assert client.get(address).status_code == 200
    widened = 'ALTER TABLE "accounts_organisation" ALTER COLUMN "short_name" TYPE varchar(%d)'
    length = Organisation._meta.get_field("short_name").max_length
    try:
        [error] = at_once(lambda: execute(widened % (length + 1)))
        assert error is None

        answers = [client.get(address).status_code for _ in range(3)]
    finally:
        connection.close()
        execute(widened % length)

    assert answers == [503, 200, 200]
