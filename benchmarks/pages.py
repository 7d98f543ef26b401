"""Measure the main pages with 1 and with 50 rows: queries, and the medians of their milliseconds.

"cpu" is what this process computed, "wall" what a person waits, which means something on an otherwise idle machine only.

Makes its own database and takes it away again: SQLite in memory, or DATABASE_URL. Settings are those of production, but
for the addresses. Run it from the root: `.venv/bin/python benchmarks/pages.py [ROUNDS]`.
"""

from __future__ import annotations

import logging
import os
import statistics
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter, thread_time

import django

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = {
    "ALLOWED_HOSTS": "testserver",
    "BARRIER_EMAIL": "barrierefrei@example.org",
    "OPERATOR_NAME": "Portalwerk Beispielstadt e. V.",
    "DATABASE_URL": "sqlite://:memory:",
    "DEFAULT_FROM_EMAIL": "portal@example.org",
    "DJANGO_SETTINGS_MODULE": "schmiede.settings",
    "PORTAL_URL": "http://testserver",
    "SECRET_KEY": "only-for-measuring",
    "SSL_REDIRECT": "0",
}
MANY = 50


@contextmanager
def own_database() -> Iterator[None]:
    """Settings as in production, an empty database with the reference tables made, nothing left behind."""
    from django.test.utils import (  # noqa: PLC0415  only after setup
        override_settings,
        setup_databases,
        setup_test_environment,
        teardown_databases,
        teardown_test_environment,
    )

    setup_test_environment(debug=False)
    changed = override_settings(
        CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
        LOGGING_CONFIG=None,
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        SESSION_COOKIE_SECURE=False,
        STORAGES={
            "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
            "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
        },
        TASKS={"default": {"BACKEND": "django.tasks.backends.dummy.DummyBackend"}},  # a thread would work beside
    )
    changed.enable()
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        yield
    finally:
        teardown_databases(databases, verbosity=0)
        changed.disable()
        teardown_test_environment()


def measure(rounds: int) -> None:
    """Print one line per page and number of rows."""
    from django.db import connection  # noqa: PLC0415  only after setup
    from django.test import Client  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    from benchmarks.world import World  # noqa: PLC0415
    from tests.builders import log_in  # noqa: PLC0415

    world = World()
    print(f"{connection.vendor}, median of {rounds} rounds\n")
    print(f"| {'page':<29} | rows | queries |    cpu |   wall |\n|{'-' * 31}|-----:|--------:|-------:|-------:|")
    for rows in (1, MANY):
        world.grow_to(rows)
        for name, person, address in world.pages():
            client = log_in(Client(), person) if person else Client()
            with CaptureQueriesContext(connection) as queries:
                status = client.get(address).status_code
            if status != 200:
                sys.exit(f"{address} answers {status}")
            count, times = len(queries), []
            for _round in range(rounds):
                wall, cpu = perf_counter(), thread_time()
                client.get(address)
                times.append((thread_time() - cpu, perf_counter() - wall))
            cpu, wall = (statistics.median(column) * 1000 for column in zip(*times, strict=True))
            print(f"| {name:<29} | {rows:>4} | {count:>7} | {cpu:>6.1f} | {wall:>6.1f} |")


def set_up() -> None:
    """Django with the settings of production, but for the addresses."""
    sys.path.insert(0, str(ROOT))
    warnings.filterwarnings("ignore", message="No directory at")  # nothing is collected for measuring
    for name, value in ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    django.setup()
    logging.disable(logging.INFO)  # a line per request would stand between those of the table


if __name__ == "__main__":
    set_up()
    with own_database():
        measure(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
