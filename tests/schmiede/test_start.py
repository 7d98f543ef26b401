"""A process of the portal starts without what few of them ever need, so that a restart keeps nobody waiting."""

from __future__ import annotations

import subprocess
import sys

from django.conf import settings

from tests.schmiede.production import environment

SLOW = ("docx", "fontTools", "icalendar", "weasyprint", "pypdf")
START = f"""
import sys
import schmiede.wsgi
from django.urls import resolve
print(resolve("/konto/login/").url_name, *(name for name in {SLOW!r} if name in sys.modules))
"""


def test_a_process_starts_without_the_libraries_of_papers_calendars_and_word_files():
    command = [sys.executable, "-c", START]
    options = {"cwd": settings.BASE_DIR, "capture_output": True, "text": True}
    done = subprocess.run(command, check=False, env=environment(DJANGO_SETTINGS_MODULE="schmiede.settings"), **options)
    assert done.stdout == "account_login\n", done.stderr
