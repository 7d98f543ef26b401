"""The settings as production has them, read in a process of its own: here the tests' own are in force."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

from django.conf import settings

REQUIRED = {
    "SECRET_KEY": "only-for-this-test",
    "ALLOWED_HOSTS": "portal.example.org",
    "PORTAL_URL": "https://portal.example.org",
    "DATABASE_URL": "postgres://schmiede@db.example.org/schmiede",
    "DEFAULT_FROM_EMAIL": "portal@example.org",
    "BARRIER_EMAIL": "barrierefrei@example.org",
    "OPERATOR_NAME": "Portalwerk Beispielstadt e. V.",
    "SECURITY_EMAIL": "sicherheit@example.org",
}
READ = "import json, sys; from schmiede import settings; print(json.dumps(getattr(settings, sys.argv[1])))"


def environment(**more: str) -> dict[str, str]:
    """What is required, and these variables."""
    return {"PATH": os.environ["PATH"], **REQUIRED, **more}


def setting(name: str, **more: str) -> Any:
    """The value of a setting, with these variables beside what is required."""
    read = [sys.executable, "-c", READ, name]
    done = subprocess.run(
        read, env=environment(**more), cwd=settings.BASE_DIR, check=True, capture_output=True, text=True
    )
    return json.loads(done.stdout)
