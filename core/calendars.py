"""Dates for calendars: what each holds, and the answer with all of them as an `.ics` file (written by `core/ics.py`)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.http import HttpResponse

from core.values import dataclass


@dataclass(frozen=True)
class CalendarEntry:
    """A date in somebody's calendar: a title, a time and a path of the portal, and nothing else.

    `uid` never changes, and `sequence` grows with every change and never falls: a record counts its own, and of what is
    worked out from many the source counts what it tells (`applications.progress.told_days`). `begins` and `ends` are
    moments; a day alone is a deadline, which takes the whole day. `changed_at` is None where nobody knows when it last
    changed.
    """

    uid: str
    title: str
    path: str
    begins: date
    ends: datetime | None = None
    changed_at: datetime | None = None
    sequence: int = 0
    is_cancelled: bool = False


def ics_response(entries: Iterable[CalendarEntry], now: datetime, name: str) -> HttpResponse:
    """Return the calendar as an answer that a calendar takes and nobody else keeps."""
    from core.ics import as_ics  # noqa: PLC0415  `icalendar` takes a tenth of the start of every process

    response = HttpResponse(as_ics(entries, now), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
