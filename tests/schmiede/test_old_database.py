"""A database made by migrations that are gone is left as it is, and people read what to do."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys

import pytest
from django.conf import settings

MIGRATIONS = "CREATE TABLE django_migrations (id integer PRIMARY KEY, app text, name text, applied text)"


@pytest.fixture
def old_database(tmp_path):
    """A file with what the portal recorded when it had a second migration of `accounts`, and of a library, too."""
    path = tmp_path / "portal.sqlite3"
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute(MIGRATIONS)
        rows = [("accounts", "0001_initial"), ("accounts", "0002_gone"), ("account", "0001_initial")]
        database.executemany("INSERT INTO django_migrations (app, name, applied) VALUES (?, ?, '2026-01-01')", rows)
    database.close()
    return path


def manage(path, *arguments):
    environment = {"PATH": os.environ["PATH"], "DEBUG": "1", "DATABASE_URL": f"sqlite:///{path}"}
    run = [sys.executable, "manage.py", *arguments]
    return subprocess.run(run, env=environment, cwd=settings.BASE_DIR, check=False, capture_output=True, text=True)


@pytest.mark.parametrize("command", ["migrate", "demo"])
def test_command_says_what_to_do_with_an_old_database_and_changes_nothing(old_database, command):
    before = old_database.read_bytes()

    done = manage(old_database, command)

    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "Sie kennt die Migration accounts.0002_gone, die es hier nicht gibt." in done.stderr
    assert f"Die Datenbank ist die Datei {old_database}." in done.stderr
    assert "DATABASE_URL=" in done.stderr
    assert old_database.read_bytes() == before


def test_migrations_of_libraries_may_come_and_go(old_database):
    with sqlite3.connect(old_database) as database:
        database.execute("UPDATE django_migrations SET app = 'account' WHERE name = '0002_gone'")
    database.close()

    done = manage(old_database, "check", "--database", "default")

    assert (done.returncode, done.stderr) == (0, "")
