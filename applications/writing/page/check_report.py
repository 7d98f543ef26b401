"""What the checks say of an application, by section: what is open now, what comes later, and one sentence on all of it.

The pages „Vorprüfung“ and „Fertigstellen“ and the walk from place to place count by this alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import cached_property
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.checks import Dossier, Finding, Weight, run
from applications.checks.sources import SourceMark
from applications.dossier import read_dossier
from applications.states import ItemFacts
from applications.writing.models import Application
from applications.writing.page.findings import Place, Places, Told, mendable
from calls.terms import ATTACHMENTS, COVER, DECLARATIONS, SectionTerm
from core.values import dataclass
from core.words import all_of, small_number
from workshops.models import Workshop
from workshops.opening import Opening

EMPTY = "P01"
# A section shows so many sentences at once, the rest on demand.
AT_ONCE = 4


@dataclass(frozen=True)
class SectionResult:
    """One section with its places; `key` is empty for what concerns the whole application."""

    key: str
    title: str
    url: str
    is_begun: bool
    places: tuple[Place, ...] = ()
    first_url: str = ""
    """The address of the first place."""

    @property
    def weight(self) -> Weight | None:
        return min((place.weight for place in self.places), default=None)

    @property
    def missing(self) -> int:
        """The number of its places where something is missing that keeps the application from being finished."""
        return sum(place.weight == Weight.MISSING for place in self.places)

    @property
    def is_fine(self) -> bool:
        """Nothing has to be mended or looked at."""
        return self.weight in {None, Weight.NOTE}

    @property
    def is_only_empty(self) -> bool:
        """All there is to say is that nothing is written yet."""
        return {finding.code for place in self.places for finding in place.findings} == {EMPTY}

    @cached_property
    def told(self) -> list[Told]:
        """Everything there is to say, what weighs most first."""
        return sorted((told for place in self.places for told in place.told), key=lambda told: told.weight)

    @property
    def first(self) -> list[Told]:
        """What is said at once: nothing that is only good to know beside what has to be mended."""
        told = [one for one in self.told if self.is_fine or one.weight <= Weight.LOOK]
        return told if len(told) <= AT_ONCE else told[: AT_ONCE - 1]

    @property
    def rest(self) -> list[Told]:
        return self.told[len(self.first) :]

    @property
    def source(self) -> SourceMark:
        return SourceMark.of(finding for place in self.places for finding in place.findings)

    @property
    def action(self) -> str:
        """What somebody who writes does about it; empty where nothing has to be done."""
        if self.is_fine or self.is_only_empty or not self.key:
            return ""
        named = {COVER: _("Angaben ergänzen"), DECLARATIONS: _("Fragen beantworten"), ATTACHMENTS: _("Zu den Anlagen")}
        return named.get(self.key) or (_("Stelle ansehen") if len(self.told) == 1 else _("Stellen ansehen"))


@dataclass(frozen=True)
class Later:
    """Sections that a workshop opens later; `opens_at` is None while its day is not known."""

    title: str
    opens_at: datetime | None
    sections: tuple[SectionResult, ...]


@dataclass(frozen=True)
class Reading:
    """Sections handed in that wait for a coach's answer; `coach` is empty while nobody has taken them or their name is gone."""

    titles: str
    coach: str
    is_taken: bool
    until: date | None


@dataclass(frozen=True)
class Report:
    """The findings of an application: `rows` by section, of those that are open now, and what comes later."""

    findings: tuple[Finding, ...]
    rows: tuple[SectionResult, ...]
    later: tuple[Later, ...]
    notes: tuple[Place, ...]
    """What is good to know about the whole application: how it is posted, the number of pages."""
    where: Places
    is_drafting: bool
    """Can anything be mended?"""
    reading: tuple[Reading, ...] = ()

    @classmethod
    def of(cls, application: Application, dossier: Dossier, plan: Sequence[Opening]) -> Report:
        """Run the checks over a dossier whose sections know when they open. No query.

        Of an application that is not being written nothing opens later: a finished one is shown whole, one that
        was given up as far as it was open or begun.
        """
        findings = tuple(run(dossier))
        where = Places(dossier.terms, dossier.values, application.pk)
        shown = mendable(findings, dossier.reviews) if application.is_being_written else findings
        notes = [finding for finding in shown if _is_note(finding)]
        by_key: dict[str, list[Place]] = {}
        for place in where.of(finding for finding in shown if not _is_note(finding)):
            by_key.setdefault(place.key, []).append(place)
        results = {term.key: _result(term, by_key.get(term.key, []), dossier, where) for term in dossier.terms.sections}
        now = [key for key in results if application.is_finished or dossier.reviews[key].is_open]
        if application.is_given_up:
            now = [key for key in results if key in now or results[key].is_begun]
        whole = by_key.get("", [])
        last = [SectionResult("", _("Das ganze Vorhaben"), "", True, tuple(whole))] if whole else []
        closed = {key: result for key, result in results.items() if key not in now}
        return cls(
            findings,
            (*(results[key] for key in now), *last),
            tuple(_by_workshop(closed, dossier, plan)) if application.is_being_written else (),
            tuple(where.of(notes)),
            where,
            application.is_being_written,
            tuple(_being_read(dossier)) if application.is_being_written else (),
        )

    @property
    def sections(self) -> list[SectionResult]:
        """The sections that are open now."""
        return [row for row in self.rows if row.key]

    @property
    def is_begun(self) -> bool:
        return any(row.is_begun for row in self.sections)

    @cached_property
    def stops(self) -> list[Place]:
        """The places to go to one after the other: everything in a section that is open and not in order."""
        return [place for row in self.sections for place in row.places if place.weight <= Weight.LOOK]

    @cached_property
    def missing(self) -> int:
        """The number of places where something is missing that keeps the application from being finished."""
        return self._count(Weight.MISSING)

    @cached_property
    def to_look_at(self) -> int:
        return self._count(Weight.LOOK)

    def _count(self, weight: Weight) -> int:
        return sum(place.weight == weight for row in self.rows for place in row.places)

    @property
    def missing_rows(self) -> list[SectionResult]:
        return [row for row in self.rows if row.weight == Weight.MISSING]

    @property
    def rows_to_look_at(self) -> list[SectionResult]:
        return [row for row in self.rows if row.weight == Weight.LOOK]

    @property
    def lead(self) -> str:
        """One or two sentences on how it stands: the same wherever it is said."""
        if self.sections and not self.is_begun and self.is_drafting:
            return _("Noch ist nichts geschrieben. Was fehlt, sehen Sie hier nach und nach.")
        fine = _fine(sum(row.is_fine for row in self.sections), len(self.sections), is_all=not self.later)
        return f"{fine} {self._open()}".strip() if self.is_drafting else fine

    @cached_property
    def empty(self) -> int:
        """The number of open sections that are empty and may stay so."""
        return sum(row.is_only_empty and row.weight == Weight.LOOK for row in self.sections)

    @property
    def _lacks_nothing(self) -> bool:
        """Is nothing of what is said of it about something that is not there?"""
        looked_at = [place for row in self.rows for place in row.places if place.weight <= Weight.LOOK]
        return not self.missing and not any(
            finding.missing or finding.code == EMPTY for place in looked_at for finding in place.findings
        )

    def _open(self) -> str:
        """Return what is still to do, in a sentence or more; empty where nothing is."""
        said = []
        if self.missing:
            said.append(
                ngettext("An einer Stelle fehlt noch etwas.", "An %(count)s Stellen fehlt noch etwas.", self.missing)
                % {"count": small_number(self.missing)}
            )
        if self.empty:
            said.append(
                ngettext("Ein Abschnitt ist noch leer.", "%(count)s Abschnitte sind noch leer.", self.empty)
                % {"count": small_number(self.empty).capitalize()}
            )
        look = self.to_look_at - self.empty
        if look and self._lacks_nothing:
            said.append(_("Es fehlt nichts."))
        if look and self.missing and not self.empty:
            more = ngettext("Eine weitere sollten Sie ansehen.", "%(count)s weitere sollten Sie ansehen.", look)
            said.append(more % {"count": small_number(look).capitalize()})
        elif look:
            more = ngettext(
                "Eine Stelle sollten Sie noch ansehen.", "%(count)s Stellen sollten Sie noch ansehen.", look
            )
            said.append(more % {"count": small_number(look).capitalize()})
        return " ".join(said)


def read_report(application: Application) -> Report:
    """Read all that the checks look at, and when sections open: five queries, two more for an umbrella body and papers."""
    plan = Workshop.objects.openings_in(application.cohort_uuid)
    return Report.of(application, read_dossier(application, plan=plan), plan)


def _is_note(finding: Finding) -> bool:
    return not finding.key and finding.weight_at() == Weight.NOTE


def _result(term: SectionTerm, places: list[Place], dossier: Dossier, where: Places) -> SectionResult:
    first = where.address(term.key, places[0].row) if places else ""
    is_begun = dossier.reviews[term.key].version > 0
    return SectionResult(term.key, term.title, where.address(term.key), is_begun, tuple(places), first)


def _being_read(dossier: Dossier) -> Iterable[Reading]:
    """Yield what waits for a coach, by review, what was handed in first before the rest."""
    waiting: dict[UUID, tuple[ItemFacts, list[str]]] = {}
    for section in dossier.reviews.values():
        if section.last and section.last.is_open:
            waiting.setdefault(section.last.review, (section.last, []))[1].append(section.title)
    for item, titles in sorted(waiting.values(), key=lambda one: one[0].asked_at):
        named = all_of(f"„{title}“" for title in titles)
        yield Reading(named, item.coach if item.taken_at else "", item.taken_at is not None, item.promised_until)


def _by_workshop(closed: dict[str, SectionResult], dossier: Dossier, plan: Sequence[Opening]) -> Iterable[Later]:
    """Yield the closed sections by the workshop that opens them, each once."""
    left = dict(closed)
    for opening in plan:
        opened = [left.pop(key) for key in opening.keys if key in left]
        if opened:
            yield Later(opening.title, dossier.reviews[opened[0].key].opens_at, tuple(opened))


def _fine(fine: int, count: int, *, is_all: bool) -> str:
    """Return how many sections are in order; `is_all` if no other opens later."""
    values = {"fine": small_number(fine).capitalize(), "count": small_number(count)}
    if fine == count and is_all:
        text = _("Alle %(count)s Abschnitte sind in Ordnung.")
    elif fine == count:
        text = ngettext(
            "Der Abschnitt, der offen ist, ist in Ordnung.",
            "Alle %(count)s Abschnitte, die offen sind, sind in Ordnung.",
            count,
        )
    elif fine:
        text = ngettext(
            "Einer von %(count)s Abschnitten ist in Ordnung.",
            "%(fine)s von %(count)s Abschnitten sind in Ordnung.",
            fine,
        )
    else:
        text = _("Noch ist kein Abschnitt ganz in Ordnung.")
    return text % values
