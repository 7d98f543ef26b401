"""The command `load_reference`: reads calls, rules and the Lehrplan from their data files into the database."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from calls.models import Edition
from calls.reference import load_calls
from cohorts.reference import load_curriculum
from schmiede.site_pages import ensure_pages


class Command(BaseCommand):
    help = "Lädt Förderaufrufe, Lehrplan und öffentliche Seiten aus den Dateien im Repository; ein zweites Mal ändert nichts."

    def handle(self, *_args: Any, **_options: Any) -> None:
        for loaded in load_calls():
            self.stdout.write(f"{loaded.call}: {describe(loaded.edition)}")
        curriculum = load_curriculum()
        self.stdout.write(f"Lehrplan: {curriculum or 'unverändert'}")
        self.stdout.write(f"Öffentliche Seiten: {', '.join(ensure_pages()) or 'unverändert'}")


def describe(edition: Edition | None) -> str:
    if edition is None:
        return "unverändert"
    return f"Fassung {edition.number} {'veröffentlicht' if edition.is_published else 'als Entwurf angelegt'}"
