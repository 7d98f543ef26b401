"""Today and other days in Germany, wherever the server is."""

from __future__ import annotations

from datetime import date, datetime, time

from django.utils import timezone


def beginning_of(day: date) -> datetime:
    """Return the first moment of a day in Germany."""
    return timezone.make_aware(datetime.combine(day, time()))
