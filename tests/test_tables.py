"""The migrations make the tables that the models describe, to the last constraint: most tests run on those of the models."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest_django
from django.apps import apps
from django.conf import settings
from django.db import connections
from django.db.backends.sqlite3.base import DatabaseWrapper

OF_NO_MODEL = {"django_migrations", "sqlite_sequence"}


def migrate(path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "DEBUG": "1", "DATABASE_URL": f"sqlite:///{path}"}
    run = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(run, env=environment, cwd=settings.BASE_DIR, check=True)


def make_from_models(path: Path) -> None:
    connections["models"] = database = DatabaseWrapper({**settings.DATABASES["default"], "NAME": path}, "models")
    try:
        with database.constraint_checks_disabled(), database.schema_editor() as editor:
            for model in apps.get_models():
                if model._meta.managed and not model._meta.proxy:
                    editor.create_model(model)
    finally:
        database.close()
        del connections["models"]


def parts_of(sql: str) -> list[str]:
    """The columns and constraints of a table: what commas divide that stand in no brackets and no quotes."""
    parts, depth, quote = [""], 0, ""
    for sign in sql.partition("(")[2].rpartition(")")[0]:
        if quote or sign in "'\"":
            quote = (quote if sign != quote else "") if quote else sign
        else:
            depth += {"(": 1, ")": -1}.get(sign, 0)
        if sign == "," and not depth and not quote:
            parts.append("")
        else:
            parts[-1] += sign
    return sorted(part.strip() for part in parts)


def tables_of(path: Path) -> dict[str, list[str]]:
    """Every table with its columns and constraints, and every index."""
    database = sqlite3.connect(path)
    rows = database.execute("SELECT name, type, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    database.close()
    return {name: parts_of(sql) if kind == "table" else [sql] for name, kind, sql in rows if name not in OF_NO_MODEL}


def test_migrations_make_the_tables_of_the_models(tmp_path, django_db_blocker: pytest_django.DjangoDbBlocker):
    migrate(tmp_path / "migrated.sqlite3")
    with django_db_blocker.unblock():
        make_from_models(tmp_path / "models.sqlite3")
    migrated, described = tables_of(tmp_path / "migrated.sqlite3"), tables_of(tmp_path / "models.sqlite3")
    assert len(described) > 100
    assert migrated == described
