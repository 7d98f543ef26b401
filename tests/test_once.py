"""What is asked of SQLite alone: files that exist, and nothing of people who press at once."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest

from tests.once import PAGES_ALONE, ROOT, SENDING_MORE, runs_once


def item_of(path, *marks, name="test_any"):
    """A test of this file with these markers."""
    markers = {mark.mark.name: mark.mark for mark in marks}
    return SimpleNamespace(path=ROOT / path, get_closest_marker=markers.get, originalname=name, name=name)


def test_every_file_that_is_left_out_is_there():
    assert [path for path in PAGES_ALONE if not (ROOT / path).is_file()] == []
    assert len(set(PAGES_ALONE)) == len(PAGES_ALONE)
    assert set(PAGES_ALONE).isdisjoint(SENDING_MORE)


@pytest.mark.parametrize("path", [*PAGES_ALONE, *SENDING_MORE])
def test_what_runs_on_postgresql_alone_runs_there(path):
    text = (ROOT / path).read_text(encoding="utf-8")
    assert set(re.findall(r'"PostgreSQL only"\)\ndef (\w+)', text)) <= set(SENDING_MORE.get(path, ()))


@pytest.mark.parametrize("path", SENDING_MORE)
def test_every_test_that_sends_more_is_there_and_runs_on_both(path):
    text = (ROOT / path).read_text(encoding="utf-8")
    assert [name for name in SENDING_MORE[path] if f"\ndef {name}(" not in text] == []
    assert not any(runs_once(item_of(path, name=name)) for name in SENDING_MORE[path])
    assert runs_once(item_of(path))


@pytest.mark.parametrize(
    ("path", "marks", "once"),
    [
        ("tests/test_pages.py", [], True),
        ("tests/test_pages.py", [pytest.mark.django_db], True),
        ("tests/test_pages.py", [pytest.mark.django_db(transaction=True)], False),
        ("tests/test_pages.py", [pytest.mark.race], False),
        ("tests/test_access.py", [pytest.mark.django_db], False),
        ("tests/applications/test_pages.py", [], False),
    ],
)
def test_what_is_about_the_database_or_of_another_file_runs_on_both(path, marks, once):
    assert runs_once(item_of(path, *marks)) is once
