"""The command `demo`: makes the demo world and prints its logins."""

from __future__ import annotations

from time import monotonic
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DEFAULT_DB_ALIAS

from schmiede.demo import world
from schmiede.demo.data_files import read

# Who to try the portal as: the role, and the key at example.org.
LOGINS = [
    ("Teilnehmerin, Team „Nachbarschaft Wasserturm“, nach Workshop 3", "amina"),
    ("Teilnehmer im selben Team", "jonas"),
    ("Teilnehmer, Team „Förderkreis Werftviertel“, eine Woche vor dem Einsendeschluss", "bilal"),
    ("Teilnehmerin am ersten Tag", "nadia"),
    ("Alumna, bewilligtes Vorhaben „Schleudergang“", "marlies"),
    ("Teilnehmer zum zweiten Mal, „Kulturfreunde Lindenrain“, hat noch nicht begonnen", "holger"),
    ("Coaching-Person in drei Projektschmieden", "carla"),
    ("Coach in zwei Projektschmieden", "henrik"),
    ("Organisatorin, Werkstatt Zusammenhalt", "doris"),
    ("Organisatorin, Lernwerk Nord", "malin"),
    ("BAMF", "emil"),
]
WITH_SECOND_FACTOR = {"carla", "henrik", "doris", "malin", "emil"}


class Command(BaseCommand):
    help = (
        "Füllt eine leere Datenbank mit einer erfundenen Welt zum Ausprobieren (nur mit DEBUG) und nennt die Zugänge."
    )

    def get_check_kwargs(self, options: dict[str, Any]) -> dict[str | None, Any]:
        """Look at the database as well, as `migrate` does: it may belong to an earlier portal."""
        return {**super().get_check_kwargs(options), "databases": [DEFAULT_DB_ALIAS]}

    def handle(self, *_args: Any, **_options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("Die Demo-Welt gibt es nur mit DEBUG=1: Ihre Passwörter sind öffentlich.")
        if world.is_there():
            self.stdout.write("Die Demo-Welt ist schon da, es ändert sich nichts.")
        else:
            self.load()
        self.stdout.write(self.logins())

    def load(self) -> None:
        begun = monotonic()
        try:
            loaded = world.load(self.stdout.write)
        except world.NotEmpty:
            raise CommandError(
                "Die Datenbank ist nicht leer. Die Demo-Welt braucht eine eigene, zum Beispiel mit DATABASE_URL=sqlite:///demo.sqlite3."
            ) from None
        if loaded.papers_missing:
            self.stderr.write(loaded.papers_missing)
        self.stdout.write(f"Die Demo-Welt ist da, nach {monotonic() - begun:.0f} Sekunden.")

    def logins(self) -> str:
        """A table of the people to log in as."""
        password = read("world.toml")["password"]
        code = settings.MFA_TOTP_INSECURE_BYPASS_CODE
        width = max(len(key) for _role, key in LOGINS) + len("@example.org")
        lines = [
            f"  {f'{key}@example.org':<{width}}  {'+ Code' if key in WITH_SECOND_FACTOR else '      '}  {role}"
            for role, key in LOGINS
        ]
        return "\n".join(
            [
                "",
                f"Alle Passwörter: {password}",
                f"„+ Code“: Danach fragt das Portal nach einem zweiten Faktor. Hier gilt immer {code} (nur mit DEBUG).",
                *lines,
                "",
            ]
        )
