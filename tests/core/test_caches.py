"""What protects the login is never pushed out by other entries, and counts right however many ask at once."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import settings as django_settings
from django.core.cache import DEFAULT_CACHE_ALIAS, cache, caches
from django.core.checks import WARNING
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from core import rates as limits
from core.caches import ProtectedCache, require_protection
from schmiede.management.commands import run_due
from schmiede.system_checks import login_is_protected
from tests.accounts.test_second_factor import enrol, totp
from tests.builders import PASSWORD, make_bamf, make_user
from tests.schmiede.production import environment, setting

pytestmark = pytest.mark.django_db

OTHERS = 600  # entries of other people; Django's own database cache holds 300


@pytest.fixture(autouse=True)
def _as_in_production(settings):
    """The caches of production, in tables of the test's database."""
    settings.CACHES = production = setting("CACHES")
    call_command("createcachetable", verbosity=0)
    cache.clear()
    yield
    settings.CACHES = production


def login(password, address="10.0.0.1"):
    data = {"login": "amina@example.org", "password": password}
    return Client().post("/konto/login/", data, REMOTE_ADDR=address)


def flood():
    """A busy day: people who want a new password, and hundreds of other entries, whatever their names begin with."""
    for number in range(60):
        address = f"10.1.{number}.1"
        Client().post("/konto/password/reset/", {"email": f"person{number}@example.org"}, REMOTE_ADDR=address)
    for number in range(OTHERS):
        limits.over(f"registration:{number}", 6, timezone.now())
        cache.set(f"z{number}", number, 3600)


def test_a_flood_does_not_push_out_wrong_passwords():
    make_user()
    for _guess in range(5):
        login("falsch")

    flood()

    assert "Zu viele Versuche" in login("falsch").text
    assert "_auth_user_id" not in login(PASSWORD).wsgi_request.session


def asked_for_code():
    client = Client()
    client.post("/konto/login/", {"login": "emil@example.org", "password": PASSWORD})
    return client


def with_code(client, code):
    client.post("/konto/2fa/authenticate/", {"code": code})
    return "_auth_user_id" in client.session


def test_a_flood_does_not_push_out_wrong_codes():
    enrol(make_bamf())
    client = asked_for_code()
    for _guess in range(5):
        with_code(client, "000000")

    flood()

    assert with_code(client, totp()) is False


def test_a_flood_does_not_push_out_a_code_that_was_used():
    enrol(make_bamf())
    code = totp()
    assert with_code(asked_for_code(), code) is True

    flood()

    assert with_code(asked_for_code(), code) is False


@pytest.mark.parametrize("later", [1, 29, 31, 59])
def test_a_code_works_once_for_as_long_as_it_is_valid(later):
    """A telephone that is half a minute fast shows a code that the portal takes for a minute and a half."""
    enrol(make_bamf())
    begin = 1_900_000_000 // 30 * 30
    with time_machine.travel(begin, tick=False) as clock:
        code = totp(at=begin + 30)
        assert with_code(asked_for_code(), code) is True
        clock.shift(later)

        assert with_code(asked_for_code(), code) is False
        assert with_code(asked_for_code(), totp(at=begin + later + 30)) is (later > 29)


def test_the_code_of_the_demo_works_as_often_as_one_likes(settings):
    settings.DEBUG, settings.MFA_TOTP_INSECURE_BYPASS_CODE = True, "123456"
    enrol(make_bamf())

    assert [with_code(asked_for_code(), "123456") for _login in range(2)] == [True, True]


# Many at once


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_guesses_at_once_are_all_counted(at_once, monkeypatch):
    amina = make_user()
    tried = []
    monkeypatch.setattr(type(amina), "check_password", lambda _user, password: tried.append(password))

    answers = at_once(*[lambda: login("falsch")] * 12)

    assert [answer.status_code for answer in answers] == [200] * 12
    assert len(tried) == 5


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_a_room_that_logs_in_at_once_is_let_in(at_once):
    people = [make_user(f"Person{number}") for number in range(12)]

    def enter(person):
        client = Client()
        client.post("/konto/login/", {"login": person.email, "password": PASSWORD})
        return client.session.get("_auth_user_id")

    ids = at_once(*[lambda person=person: enter(person) for person in people])

    assert ids == [str(person.pk) for person in people]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("before", ["nothing", "something expired"])
def test_of_many_who_add_one_succeeds(at_once, before):
    for number in range(10):
        if before == "something expired":
            cache.set(f"lock-{number}", "old", 0.01)
            time.sleep(0.02)

        added = at_once(*[lambda number=number: cache.add(f"lock-{number}", "new", 60)] * 6)

        assert sorted(added) == [False] * 5 + [True]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_counting_at_once_loses_nothing(at_once):
    now = timezone.now()
    for number in range(5):
        passed = at_once(*[lambda number=number: limits.over(f"name-{number}", 4, now)] * 8)

        assert sorted(passed) == [False] * 4 + [True] * 4


# What a cache does, as Django describes it


def test_entries_expire_and_only_the_expired_are_dropped():
    with time_machine.travel(timezone.now(), tick=False) as clock:
        cache.set("short", 1, 10)
        cache.set("long", 2, 100)
        cache.set("for-ever", 3, None)
        clock.shift(11)

        assert cache.get_many(["short", "long", "for-ever"]) == {"long": 2, "for-ever": 3}
        cache.set("short", 4, 10)
        clock.shift(11)
        assert cache.drop_expired() == 1
        assert cache.drop_expired() == 0
        assert cache.get_many(["short", "long", "for-ever"]) == {"long": 2, "for-ever": 3}


def test_counting_does_not_prolong():
    with time_machine.travel(timezone.now(), tick=False) as clock:
        cache.set("count", 1, 1000)
        assert (cache.incr("count"), cache.incr("count", 5), cache.decr("count")) == (2, 7, 6)
        clock.shift(999)
        assert cache.get("count") == 6
        clock.shift(2)
        with pytest.raises(ValueError, match="count"):
            cache.incr("count")


def test_entries_are_changed_and_deleted():
    with time_machine.travel(timezone.now(), tick=False) as clock:
        assert cache.add("name", {"list": [1.5, "ä"]}, 10) is True
        assert cache.add("name", 2, 10) is False
        assert cache.touch("name", 100) is True
        clock.shift(50)
        assert cache.get("name") == {"list": [1.5, "ä"]}
        assert "name" in cache
        assert (cache.delete("name"), cache.delete("name")) == (True, False)
        assert cache.touch("name", 10) is False
        cache.set_many({"a": 1, "b": 2})
        cache.delete_many(["a", "b", "c"])
        assert cache.get_many(["a", "b"]) == {}


def test_what_was_written_again_is_not_deleted_as_expired(monkeypatch):
    """Somebody reads an expired entry and is about to delete it; at this moment another writes a new one."""
    with time_machine.travel(timezone.now() - timedelta(minutes=1)):
        cache.set("name", "old", 1)
    delete = ProtectedCache._base_delete_many

    def late(self, keys):
        self.set("name", "new", 60)
        delete(self, keys)

    monkeypatch.setattr(ProtectedCache, "_base_delete_many", late)

    assert cache.get("name") is None
    assert cache.get("name") == "new"


def test_the_timer_drops_what_has_expired():
    with time_machine.travel(timezone.now() - timedelta(minutes=1)):
        cache.set("old", 1, 30)
    cache.set("new", 1, 60)

    assert run_due.forget_expired() == "1 gelöscht"
    assert cache.get("new") == 1


def test_what_may_be_dropped_has_a_table_of_its_own():
    droppable = caches["droppable"]
    cache.set("name", "protected", 60)
    droppable.set("name", "droppable", 60)

    droppable.clear()

    assert (cache.get("name"), droppable.get("name")) == ("protected", None)


# A cache that evicts is noticed


class Redis:
    """A client that answers, or not, as it is told."""

    def __init__(self, answer):
        self.answer = answer

    def get_client(self):
        return self

    def info(self, _section):
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def redis(settings):
    """The default cache is a Redis that answers this."""

    def use(answer):
        settings.CACHES = setting("CACHES", REDIS_URL="redis://cache.example.org/0")
        caches[DEFAULT_CACHE_ALIAS]._cache = Redis(answer)

    return use


def redis_error(name):
    """A class as the package `redis` has it, which need not be installed here."""
    return type(name, (Exception,), {"__module__": "redis.exceptions"})


def findings():
    return [(message.id, message.msg.rpartition(": ")[2]) for message in login_is_protected(None)]


def test_the_cache_in_the_database_protects():
    require_protection()

    assert findings() == []


def test_a_redis_that_evicts_nothing_protects(redis):
    redis({"maxmemory_policy": "noeviction"})
    require_protection()

    assert findings() == []


@pytest.mark.parametrize(
    ("answer", "policy"), [({"maxmemory_policy": "allkeys-lru"}, "allkeys-lru"), ({}, "unbekannt")]
)
def test_a_redis_that_evicts_stops_start_and_deployment(redis, answer, policy):
    redis(answer)

    assert findings() == [("schmiede.E003", f"Redis hat maxmemory-policy {policy} statt noeviction.")]
    with pytest.raises(ImproperlyConfigured, match="noeviction"):
        require_protection()


@pytest.mark.parametrize("name", ["ConnectionError", "TimeoutError"])
def test_a_redis_that_is_away_stops_no_start(redis, caplog, name):
    redis(redis_error(name)("nobody there"))
    require_protection()

    assert [record.getMessage() for record in caplog.records] == [f"cannot ask the cache whether it evicts: {name}"]
    (found,) = login_is_protected(None)
    assert (found.id, found.level) == ("schmiede.W001", WARNING)


@pytest.mark.parametrize(
    "error", [ModuleNotFoundError("redis"), redis_error("ResponseError")("NOPERM"), ConnectionError("not of Redis")]
)
def test_whatever_else_goes_wrong_stops_start_and_deployment(redis, error):
    """Every login would fail."""
    redis(error)

    for ask in (require_protection, lambda: login_is_protected(None)):
        with pytest.raises(type(error)):
            ask()


@pytest.mark.parametrize("backend", ["locmem.LocMemCache", "dummy.DummyCache", "db.DatabaseCache"])
def test_no_other_cache_protects(settings, backend):
    settings.CACHES = {"default": {"BACKEND": f"django.core.cache.backends.{backend}", "LOCATION": "x"}}

    assert [number for number, _sentence in findings()] == ["schmiede.E003"]
    with pytest.raises(ImproperlyConfigured, match="wirft Einträge weg"):
        require_protection()


SERVE = "import schmiede.wsgi; print(type(schmiede.wsgi.application).__name__)"


def served(folder, **more):
    """What a process that serves pages says at its start; `folder` holds a package `redis`, or none."""
    process = {**environment(REDIS_URL="redis://127.0.0.1:1/0"), "PYTHONPATH": str(folder), **more}
    run = [sys.executable, "-c", SERVE]
    return subprocess.run(run, env=process, cwd=django_settings.BASE_DIR, check=False, capture_output=True, text=True)


AWAY = """
from redis import exceptions

class Redis:
    def __init__(self, **options):
        pass

    def info(self, section):
        raise exceptions.ConnectionError

class ConnectionPool:
    @classmethod
    def from_url(cls, url, **options):
        return cls()

class _Parsers:
    DefaultParser = None

connection = _Parsers
"""


@pytest.fixture
def away(tmp_path):
    """A package `redis` whose clients reach nobody."""
    package = tmp_path / "redis"
    package.mkdir()
    (package / "exceptions.py").write_text("class ConnectionError(Exception):\n    pass\n")
    (package / "__init__.py").write_text(AWAY)
    return tmp_path


def test_the_process_that_serves_pages_asks_at_its_start(away):
    done = served(away)

    assert "cannot ask the cache whether it evicts: ConnectionError" in done.stderr
    assert (done.returncode, done.stdout.strip()) == (0, "Discarding"), "and throws away what nobody has read"


def test_without_the_package_for_redis_no_process_starts(tmp_path):
    (tmp_path / "redis.py").write_text("raise ModuleNotFoundError('No module named redis')")
    done = served(tmp_path)

    assert done.returncode != 0
    assert "ModuleNotFoundError" in done.stderr


def test_nothing_that_may_be_dropped_stands_beside_what_protects():
    """Who counts and notes what protects takes `cache`; everything else belongs into `caches["droppable"]`."""
    root = Path(django_settings.BASE_DIR)
    packages = ("accounts", "applications", "calls", "cohorts", "core", "schmiede", "workshops")
    files = [file for package in packages for file in (root / package).rglob("*.py")]

    def users(pattern):
        return {str(file.relative_to(root)) for file in files if re.search(pattern, file.read_text())}

    protecting = {"accounts/forms.py", "core/rates.py", "schmiede/management/commands/run_due.py"}
    assert users(r"django\.core\.cache import .*\bcache\b") == protecting
    # Where the first one comes, decision 0014 is no longer right that nothing may be dropped.
    assert users("droppable") == {"schmiede/settings.py"}
