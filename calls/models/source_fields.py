"""The three fields that name a source, issuer, title and date, and the sentences that ask for them; the same wherever a value has a source."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

SOURCE = {
    "source_issuer": _("Bitte tragen Sie ein, wer die Quelle herausgibt."),
    "source_title": _("Bitte tragen Sie den Titel der Quelle ein."),
    "source_date": _("Bitte tragen Sie das Datum der Quelle ein. Trägt sie keines, schreiben Sie „ohne Datum“."),
}


def sources_of(prefix: str) -> dict[str, Any]:
    """Return the fields of a source of something that is one of several in its record, with their sentences."""
    return {f"{prefix}_{name}": sentence for name, sentence in SOURCE.items()}


ISSUER, TITLE, DATE = _("Herausgeber der Quelle"), _("Titel der Quelle"), _("Datum der Quelle")


def issuer_field(label: Any = ISSUER) -> models.CharField[str, str]:
    return models.CharField(label, max_length=200, blank=True)


def title_field(label: Any = TITLE) -> models.CharField[str, str]:
    return models.CharField(label, max_length=300, blank=True)


def date_field(label: Any = DATE) -> models.CharField[str, str]:
    return models.CharField(label, max_length=100, blank=True)
