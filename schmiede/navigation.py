"""What stands around every page: navigation by role, the account menu, the theme.

Everything is computed when a template asks for it, and costs one query at most.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

THEMES = ("light", "dark")


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context processor."""
    theme = request.COOKIES.get("theme", "")
    return {
        "theme": theme if theme in THEMES else "",
        "federal_header": settings.FEDERAL_HEADER,
        "barrier_email": settings.BARRIER_EMAIL,
    }
