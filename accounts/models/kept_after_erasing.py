"""Texts that keep a name after its person was erased: which fields of a record, why, and until when."""

from __future__ import annotations

from collections import defaultdict

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.values import dataclass


@dataclass(frozen=True)
class Stays:
    """Texts that keep a name after its person was erased: where, why, and until when.

    A model names them by field in `STAYS`. `COHORTS` is its path to the cohort, where only those the person had to do
    with are searched.
    """

    where: str | Promise
    why: str | Promise
    until: str | Promise


@dataclass(frozen=True)
class Staying:
    """How often such texts name a person: in so many records (None: not searched); files are counted, not searched."""

    texts: Stays
    records: int | None
    files: int

    def __add__(self, other: Staying) -> Staying:
        """Return the same for two people together; files are counted once."""
        records = None if self.records is None or other.records is None else self.records + other.records
        return Staying(self.texts, records, max(self.files, other.files))


PAGES = Stays(
    _("Öffentliche Seiten des Portals"),
    _("Das BAMF schreibt sie selbst, zum Beispiel das Impressum."),
    _("Bis das BAMF die Seite ändert."),
)
BACKUPS = Stays(
    _("Sicherungskopien der Datenbank und der Dateien"),
    _("Aus ihnen wird das Portal nach einem Ausfall wiederhergestellt; einzeln ändern lassen sie sich nicht."),
    _("Bis der Betrieb sie überschreibt. Wird eine eingespielt, muss die Person noch einmal gelöscht werden."),
)
OTHERWISE_NAMED = Stays(
    _("Ansprechpersonen und Unterschriftsberechtigte, die anders geschrieben sind"),
    _(
        "Gefunden werden der ganze Name („Vorname Nachname“ oder „Nachname, Vorname“) und die Adressen. Steht irgendwo nur der "
        "Vorname, nur der Nachname oder eine Abkürzung, kann das auch jemand anders sein."
    ),
    _("Bis der Verein oder der Träger es ändert. Bitte sehen Sie bei ihnen nach."),
)
# Records that Django brings and that hold texts.
DJANGOS: dict[str, dict[str, Stays]] = {"flatpages.FlatPage": {"title": PAGES, "content": PAGES}}


def texts_that_stay(model: type[models.Model]) -> dict[str, Stays]:
    """Return why a field may keep a name, by field."""
    texts: dict[str, Stays] = DJANGOS.get(model._meta.label) or getattr(model, "STAYS", {})
    return texts


def fields_by_texts(model: type[models.Model]) -> dict[Stays, list[str]]:
    """Return the fields that keep a name, by why they do."""
    fields: dict[Stays, list[str]] = defaultdict(list)
    for name, texts in texts_that_stay(model).items():
        fields[texts].append(name)
    return fields
