"""A process of the portal starts without what few of them ever need, so that a restart keeps nobody waiting."""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module

from allauth.mfa import app_settings
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.http import HttpResponse
from whitenoise.middleware import WhiteNoiseMiddleware

from core.late_imports import postpone
from core.static_files import StaticFiles
from tests.schmiede.production import environment

SLOW = (
    "docx",
    "fido2",
    "filetype",
    "fontTools",
    "icalendar",
    "lxml",
    "pypdf",
    "regex",
    "statistics",
    "tinycss2",
    "tomllib",
    "weasyprint",
)
START = f"""
import gc, sys
before = gc.get_stats()[2]["collections"]
import schmiede.wsgi
assert gc.isenabled() and gc.get_freeze_count() > 100_000
assert gc.get_stats()[2]["collections"] == before
from django.urls import resolve
print(resolve("/konto/login/").url_name, *(name for name in {SLOW!r} if name in sys.modules))
assert "sqlparse.engine" not in sys.modules
"""


def test_a_process_starts_without_the_libraries_of_papers_calendars_and_word_files():
    command = [sys.executable, "-c", START]
    options = {"cwd": settings.BASE_DIR, "capture_output": True, "text": True}
    done = subprocess.run(command, check=False, env=environment(DJANGO_SETTINGS_MODULE="schmiede.settings"), **options)
    assert done.stdout == "account_login\n", done.stderr


def test_a_process_looks_at_few_files():
    """WhiteNoise looks at each file in each process, so only those are offered that a page may ask for."""
    found = [name for finder in get_finders() for name, _ in finder.list([])]
    assert len([name for name in found if not name.startswith("admin/")]) < 120, sorted(found)
    assert settings.WHITENOISE_KEEP_ONLY_HASHED_FILES


def test_files_are_looked_at_once_when_the_first_is_asked_for(tmp_path, settings, rf, monkeypatch):
    (tmp_path / "a.css").write_text("a{}")
    settings.STATIC_ROOT = tmp_path
    looked_at = []

    def look(self, root, prefix=None):
        looked_at.append(root)
        time.sleep(0.05)  # the other threads come meanwhile
        add_files(self, root, prefix)

    add_files = WhiteNoiseMiddleware.add_files
    monkeypatch.setattr(WhiteNoiseMiddleware, "add_files", look)
    served = StaticFiles(lambda _request: HttpResponse("page"))
    assert served(rf.get("/konto/login/")).content == b"page"
    assert served.files == {}
    file = f"/{settings.STATIC_URL.strip('/')}/a.css"

    def ask(_time):
        response = served(rf.get(file))
        response.close()
        return response.status_code, response.headers["Content-Type"]

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(ask, range(8)))
    assert answers == [(200, 'text/css; charset="utf-8"')] * 8
    assert (list(served.files), looked_at) == ([file], [tmp_path])
    assert served(rf.get("/static/b.css")).content == b"page"


def test_a_module_is_loaded_when_something_of_it_is_read(tmp_path, monkeypatch):
    (tmp_path / "invented").mkdir()
    (tmp_path / "invented/__init__.py").touch()
    (tmp_path / "invented/slow.py").write_text("import invented.heavy\nspeed = 3\n")
    (tmp_path / "invented/heavy.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    postpone("invented.slow")
    slow = import_module("invented").slow
    assert "invented.heavy" not in sys.modules
    assert slow.speed == 3
    assert "invented.heavy" in sys.modules
    postpone("invented.slow")
    assert sys.modules["invented.slow"] is slow
    for name in ("invented", "invented.slow", "invented.heavy"):
        del sys.modules[name]


def test_nobody_is_offered_a_security_key():
    """Their library is put off for as long as the portal does not use it."""
    assert "webauthn" not in app_settings.SUPPORTED_TYPES
