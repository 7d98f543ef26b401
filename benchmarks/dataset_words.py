"""Invented words and moments for records that are only counted, never read."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from django.utils import timezone

WORDS = [
    "Nachbarschaft", "Küche", "Hof", "Verein", "Gespräch", "Abend", "Garten", "Viertel", "Straße", "Sprache", "Musik",
    "Werkstatt", "Idee", "Menschen", "Begegnung", "Fest", "Platz", "Treppe", "Brücke", "Fahrrad", "Stimme", "Bühne",
    "Tisch", "Brot", "Kaffee", "Turm", "Fluss", "Markt", "Schule", "Haus",
]  # fmt: skip
chance = random.Random(7)  # noqa: S311  every run gets the same words; nothing is secret


def words(count: int) -> str:
    return " ".join(chance.choice(WORDS) for _ in range(count))


def moment(days: float) -> datetime:
    """The moment that many days from now; before now if negative."""
    return timezone.now() + timedelta(days=days)
