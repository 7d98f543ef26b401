"""What every test finds: fast passwords, an empty cache, a database file that really locks, and no test skipped in silence."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from threading import Barrier, Thread
from typing import Any

import pytest
import pytest_django
from django.conf import settings as django_settings
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.sites.models import Site
from django.core.cache import cache
from django.core.management.commands import flush
from django.db import connection, connections
from django.db.backends.signals import connection_created
from hypothesis import settings as examples

from accounts.models import BamfOffice
from tests.once import runs_once
from tests.shadows import forbid_shadows

# Where every test is expected to run (CI), a skip is a failure unless its reason is one of these.
FINE_REASONS = ("PostgreSQL only", "SQLite only", "LibreOffice only")
# What takes many seconds, beside the tests that look for examples.
LONGEST = (
    "tests/test_access.py",
    "tests/test_pages.py",
    "tests/test_tables.py",
    "tests/applications/papers/test_hostile_papers.py",
    "tests/browser/test_whole_way.py",
    "tests/browser/test_without_javascript.py",
)


# No example fails for being slow on a busy machine; `make test-long` tries thousands.
examples.register_profile("portal", deadline=None)
examples.register_profile("long", deadline=None, max_examples=5000)
examples.load_profile("portal")

# How many evenings a story over the database makes up, each of so many steps at most; in `make test-long` the second number.
STORIES = {"writing": (15, 2000, 30), "coaching": (10, 400, 14)}


def pytest_collection_finish(session: pytest.Session) -> None:
    """What is loaded by now stays: the collector need not walk over it again, and seldom finds anything in a test."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)


@pytest.hookimpl(tryfirst=True)  # before pytest itself reads the markers
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put what takes longest first, so that no worker is left alone with it at the end, and mark the stories.

    On PostgreSQL leave out what has run on SQLite and would do the same again (tests/once.py).
    """
    items.sort(key=lambda item: not (item.get_closest_marker("hypothesis") or item.nodeid.startswith(LONGEST)))
    for item in items:
        if item.get_closest_marker("hypothesis") and touches_database(item):
            item.add_marker("story")
    if connection.vendor != "sqlite":
        wanted = [item for item in items if touches_database(item) and not runs_once(item)]
        config.hook.pytest_deselected(items=list(set(items) - set(wanted)))
        items[:] = wanted


@pytest.fixture
def story() -> Callable[[str], examples]:
    """Return the settings of a story of `STORIES`, by its name."""

    def settings_of(name: str) -> examples:
        few, many, steps = STORIES[name]
        if (
            name == "coaching" and connection.vendor != "sqlite"
        ):  # SQLite sees to what may be seen; here, that it can be asked
            few //= 3
        evenings = many if examples.get_current_profile_name() == "long" else few
        return examples(max_examples=evenings, stateful_step_count=steps, deadline=None, database=None)

    return settings_of


def touches_database(item: pytest.Item) -> bool:
    fixtures = {"db", "transactional_db", "django_db_setup"} & set(getattr(item, "fixturenames", ()))
    return bool(fixtures) or item.get_closest_marker("django_db") is not None


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """SQLite lives in a file: a database in memory knows no locks, so threads and the live server would prove nothing.

    A thread of the live server keeps its connection for all pages that a browser asks it for, as it would on PostgreSQL.
    """
    database = django_settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        database["CONN_MAX_AGE"] = None
        database.setdefault("TEST", {})["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: pytest_django.DjangoDbBlocker) -> None:
    """The tables hold the group of the BAMF from the beginning, so that no world makes it (tests/written_again.py)."""
    with django_db_blocker.unblock():
        BamfOffice.get_or_make()


@pytest.fixture(scope="session", autouse=True)
def _keep_what_no_test_writes() -> Iterator[None]:
    """After a test in transactions of its own its rows go; types, permissions and groups stay, and are not made anew."""

    def sql_flush(style: object, connection: Any, **options: Any) -> list[str]:
        kept = {model._meta.db_table for model in (ContentType, Permission, Group, Group.permissions.through, Site)}
        tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
        going = [table for table in tables if table not in kept]
        if connection.vendor == "postgresql":
            # A few rows go sooner than a hundred tables with their indexes are made anew; references are checked at the end.
            return [f"DELETE FROM {connection.ops.quote_name(table)}" for table in going]  # noqa: S608  of our own models
        return connection.ops.sql_flush(style, going, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flush, "sql_flush", sql_flush)
        patch.setattr(flush, "emit_post_migrate_signal", lambda *args, **kwargs: None)
        yield


@pytest.fixture(scope="session", autouse=True)
def _all_statements_stay_prepared() -> Iterator[None]:
    """PostgreSQL keeps the plan of every statement that comes again: the tests ask more than the hundred of production."""

    def keep_more(connection: Any, **kwargs: Any) -> None:
        if connection.vendor == "postgresql":
            connection.connection.prepared_max = 3000

    connection_created.connect(keep_more)
    yield
    connection_created.disconnect(keep_more)


@pytest.fixture(autouse=True)
def _fast_and_clean(settings) -> Iterator[None]:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    }
    cache.clear()
    yield
    cache.clear()


@pytest.fixture(autouse=True)
def _no_shadowed_names(request: pytest.FixtureRequest) -> None:
    """On another database it would be the same page."""
    if connection.vendor == "sqlite":
        forbid_shadows(request.getfixturevalue("monkeypatch"))


@pytest.fixture
def at_once() -> Callable[..., list[object]]:
    """Call functions at the same moment, each in its own thread with its own connection.

    Returns for each what it returned or the exception it raised, in the order given. Ask for it in tests marked
    `race` and `django_db(transaction=True)`.
    """

    def run(*calls: Callable[[], object]) -> list[object]:
        barrier = Barrier(len(calls))
        results: list[object] = [None] * len(calls)

        def one(place: int, call: Callable[[], object]) -> None:
            try:
                connection.ensure_connection()
                barrier.wait(timeout=30)
                results[place] = call()
            except Exception as error:  # noqa: BLE001  the test looks at what each thread raised
                results[place] = error
            finally:
                connections.close_all()

        threads = [Thread(target=one, args=pair) for pair in enumerate(calls)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        assert not any(thread.is_alive() for thread in threads), "a thread hangs"
        return results

    return run


@pytest.hookimpl(wrapper=True)
def pytest_sessionfinish(session: pytest.Session) -> Iterator[None]:
    """With CI=true a test that did not run where it should is a failure."""
    yield
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") != "true" or reporter is None:
        return
    reasons = [report.longrepr[2] for report in reporter.stats.get("skipped", []) if isinstance(report.longrepr, tuple)]
    unexpected = [reason for reason in reasons if not reason.removeprefix("Skipped: ").startswith(FINE_REASONS)]
    for reason in unexpected:
        reporter.write_line(f"Skipped where it should run: {reason}", red=True)
    if unexpected and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
