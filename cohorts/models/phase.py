"""The words and symbols of a Projektschmiede's phases („geplant“, „Anmeldung offen“ …); `phase_on` in cohort.py works out which."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Phase(models.TextChoices):
    """Where a cohort is in its course; computed from its dates, never stored."""

    PLANNED = "planned", _("geplant")
    REGISTRATION = "registration", _("Anmeldung offen")
    SELECTION = "selection", _("Auswahl")
    RUNNING = "running", _("läuft")
    ENDED = "ended", _("beendet")
    CANCELLED = "cancelled", _("abgesagt")

    @property
    def symbol(self) -> str:
        """Return the symbol beside the word, the end of its CSS class `state--…`."""
        return {
            "planned": "open",
            "registration": "done",
            "selection": "handed-in",
            "running": "writing",
            "ended": "finished",
            "cancelled": "withdrawn",
        }[self.value]

    @classmethod
    def for_public(cls) -> list[Phase]:
        return [cls.REGISTRATION, cls.PLANNED, cls.SELECTION, cls.RUNNING, cls.ENDED, cls.CANCELLED]
