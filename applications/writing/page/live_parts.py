"""The parts of a page around a section's form that change with a save, for the page's script to replace."""

from __future__ import annotations

from datetime import datetime
from html import unescape
from typing import Any

from django.template.loader import render_to_string
from django.utils.html import strip_tags

from applications.writing.page.desk import Desk


def parts_after_save(desk: Desk, version: int, at: datetime | None) -> dict[str, Any]:
    """Return them after this person has saved the section as `version`. Two queries.

    The draft at hand carries the new values from then on, as after `write_if`.
    """
    desk.draft.version, desk.draft.by, desk.draft.at = version, desk.request.user, at
    return parts_around(desk)


def parts_around(desk: Desk) -> dict[str, Any]:
    """Return the state of the section and sentences about it, by the names of their places on the page."""
    section = desk.facts.get(desk.key)
    if section is None:
        return {}
    context = {"desk": desk, "application": desk.application, "draft": desk.draft, "section": section}
    return {
        "section": {"symbol": section.state.symbol, "words": in_words("state_words", context)},
        "words": {name: in_words(name, context) for name in ("accepted", "written")},
    }


def in_words(name: str, context: dict[str, Any]) -> str:
    """Return the template's text without markup."""
    page = render_to_string(f"applications/writing/_{name}.html", context)
    return " ".join(unescape(strip_tags(page)).split())
