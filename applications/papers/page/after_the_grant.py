"""What must not be forgotten once a project is granted, each with its source, and the days of the proof of use.

Only what was read in the source named (docs/domain.md). The notice of the BAMF says what holds for a project.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from applications.papers import Frozen
from core.values import dataclass

type Words = str | Promise
# ANBest-P 6.1: four months after the year, six after the term.
INTERIM_UNTIL = (4, 30)
MONTHS_FOR_THE_LAST_PROOF = 6
# ANBest-P 3.1: beyond this sum in one notice, contracts are awarded by the UVgO.
UVGO_ABOVE_CENTS = 100_000_00
GUIDELINE, TERMS_OF_GRANT = _("Förderrichtlinie 2023 bis 2025"), _("ANBest-P, September 2025")


@dataclass(frozen=True)
class Duty:
    """One thing not to forget, and where it stands."""

    sentence: Words
    source: Words
    number: str


ALWAYS = (
    Duty(_("Das Geld rufen Sie erst ab, wenn Ihre eigenen Mittel und die von anderen ausgegeben sind."), TERMS_OF_GRANT, "1.4.2"),
    Duty(_("Was Sie abgerufen haben, geben Sie innerhalb von sechs Wochen aus."), TERMS_OF_GRANT, "8.5"),
    Duty(_("Die Gesamtsumme des Finanzierungsplans ist verbindlich. Eine einzelne Zeile darf um bis zu 20 Prozent höher werden, wenn Sie es an anderer Stelle einsparen."), TERMS_OF_GRANT, "1.2"),
    Duty(_("Kommt weiteres Geld für das Vorhaben dazu, melden Sie es. Wird das Vorhaben um mehr als 500 Euro günstiger oder kommt mehr als das herein, sinkt die Zuwendung."), TERMS_OF_GRANT, "2 und 5.1"),
    Duty(_("Führen Sie von Anfang an eine Liste der Belege: Tag, an wen, wofür, wie viel."), TERMS_OF_GRANT, "6.2"),
    Duty(_("Gegenstände, die mehr als 800 Euro netto kosten, schreiben Sie in ein Verzeichnis."), TERMS_OF_GRANT, "4.2"),
    Duty(_("Heben Sie alle Belege fünf Jahre auf."), TERMS_OF_GRANT, "6.5"),
    Duty(_("Das Logo der Förderung durch das Bundesministerium des Innern gehört auf alles, was Sie veröffentlichen."), GUIDELINE, "7.4"),
    Duty(_("Ihre Indikatoren werden gebraucht: Das BAMF begleitet die Vorhaben und kann vor Ort kommen."), GUIDELINE, "7.3"),
)  # fmt: skip
ABOVE_UVGO = Duty(
    _("Über 100.000 Euro in einem Bescheid: Aufträge vergeben Sie nach der Unterschwellenvergabeordnung (UVgO)."),
    TERMS_OF_GRANT,
    "3.1",
)


def duties(amount_cents: int | None) -> list[Duty]:
    """Return what not to forget with a grant of this amount."""
    return [*ALWAYS, *([ABOVE_UVGO] if amount_cents and amount_cents > UVGO_ABOVE_CENTS else [])]


@dataclass(frozen=True)
class Proof:
    """A proof of use („Verwendungsnachweis“): the last day for it, and the year it is about; None for the last one."""

    until: date
    year: int | None


def proofs(frozen: Frozen) -> list[Proof]:
    """Return the proofs of use by the term on the papers; none where the term is not known."""
    ends_on = frozen.cover.ends_on
    try:
        start_on = date.fromisoformat(frozen.cover.start_on)
    except ValueError:
        return []
    if ends_on is None:
        return []
    interim = [Proof(date(year + 1, *INTERIM_UNTIL), year) for year in range(start_on.year, ends_on.year)]
    return [*interim, Proof(months_later(ends_on, MONTHS_FOR_THE_LAST_PROOF), None)]


def months_later(day: date, months: int) -> date:
    """Return the same day so many months later, or the last day of a shorter month."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
