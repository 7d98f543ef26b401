"""Findings by the place where they can be mended: what is said of it, its source, and where the link to it leads.

A place is a section, or a row of a section whose rows are cards or lines of their own. Several findings of one place are
one, and what is missing there is one list.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any
from uuid import UUID

from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.checks import Finding, Moment, Weight
from applications.checks.sources import SourceMark
from applications.content import Content
from applications.states import SectionFacts
from calls.terms import ATTACHMENTS, BUDGET, DECLARATIONS, GOALS, PARTNERS, WORK_PLAN, Terms
from core.links import link
from core.values import dataclass
from core.words import small_number

# Sections whose rows are places of their own. The questions and the attachments of a call are one list, and one place.
WITH_ROWS = frozenset({GOALS, WORK_PLAN, PARTNERS, BUDGET})
# A list of what is missing shows so many at once, the rest on demand.
AT_ONCE = 4
# What a coach has said stands on the section's page, in a place of its own.
ADVICE = "P02"
# A goal without an activity is mended among the activities, so it waits for their section.
NEEDS = {("C13", GOALS): WORK_PLAN}

type Order = tuple[int, int]


@dataclass(frozen=True)
class Told:
    """A sentence about a place, the list of what is missing there, and links to the rows it is true of."""

    sentence: str
    weight: Weight
    missing: tuple[str, ...] = ()
    links: tuple[tuple[str, str], ...] = ()

    @property
    def first(self) -> tuple[str, ...]:
        return self.missing if len(self.missing) <= AT_ONCE else self.missing[: AT_ONCE - 1]

    @property
    def rest(self) -> tuple[str, ...]:
        return self.missing[len(self.first) :]


@dataclass(frozen=True)
class Place:
    """A place with its findings; `key` and `row` are empty where it is no section or no row of one."""

    key: str
    row: str
    order: Order
    findings: tuple[Finding, ...]
    told: tuple[Told, ...]
    weight: Weight

    @cached_property
    def source(self) -> SourceMark:
        return SourceMark.of(self.findings)


@dataclass(frozen=True)
class Places:
    """How findings of one application become places: its terms, its contents, and the page that links lead to.

    `page` is "" for links within a section's own page; without `links` there are none.
    """

    terms: Terms
    values: Mapping[str, Content]
    application: UUID | None = None
    moment: Moment = Moment.FINISHING
    links: bool = True

    def of(self, findings: Iterable[Finding]) -> list[Place]:
        """Return the places of these findings in the order of the sections and of their rows."""
        groups: dict[tuple[str, str], list[Finding]] = {}
        for finding in findings:
            row = finding.row if finding.key in WITH_ROWS else ""
            groups.setdefault((finding.key, row), []).append(finding)
        return sorted((self._place(*where, group) for where, group in groups.items()), key=lambda place: place.order)

    def order_of(self, key: str, row: str) -> Order:
        """Return where a place stands among the others, also one that has nothing to mend any more."""
        return self._sections.get(key, len(self._sections)), self._rows(key).get(row, -1)

    def address(self, key: str, row: str = "", fragment: str = "", **params: Any) -> str:
        """Return the address of a section's page, at the row; a line of the plan is on the page of its year."""
        page = link("applications:section", self.application, key) if self.application else ""
        year = self._years.get(row) if key == BUDGET else None
        query = urlencode(({"jahr": year} if year else {}) | params)
        fragment = fragment or (f"zeile-{row}" if row else "")
        return page + (f"?{query}" if query else "") + (f"#{fragment}" if fragment else "")

    @cached_property
    def _sections(self) -> dict[str, int]:
        return {section.key: place for place, section in enumerate(self.terms.sections)}

    @cached_property
    def _years(self) -> dict[str, int | None]:
        value = self.values.get(BUDGET)
        tables = value.tables if value else {}
        return {row.id: row.year for table in tables for row in getattr(value, table)}

    def _rows(self, key: str) -> dict[str, int]:
        value = self.values.get(key) if key in WITH_ROWS else None
        ids = [row.id for table in (value.tables if value else {}) for row in getattr(value, table)]
        return {row: place for place, row in enumerate(ids)}

    def _place(self, key: str, row: str, findings: list[Finding]) -> Place:
        told = [self._tell_of_row(findings)] if row else list(self._tell(findings))
        return Place(key, row, self.order_of(key, row), tuple(findings), tuple(told), self._weight(findings))

    def _weight(self, findings: Iterable[Finding]) -> Weight:
        return min(finding.weight_at(self.moment) for finding in findings)

    def _tell_of_row(self, findings: list[Finding]) -> Told:
        """Return what is said of a row in one piece, with links to every row that any of it is true of."""
        links = dict.fromkeys(link for finding in findings for link in self._links(finding))
        sentences = dict.fromkeys(finding.sentence for finding in findings)
        return Told(" ".join(sentences), self._weight(findings), links=tuple(links))

    def _tell(self, findings: list[Finding]) -> Iterable[Told]:
        """Yield what is said of a place; everything that is missing there stands in one list, where its first part stood."""
        missing = tuple(dict.fromkeys(words for finding in findings for words in finding.missing))
        is_listed = False
        for finding in findings:
            if not finding.missing or len(missing) == 1:
                yield Told(finding.sentence, self._weight([finding]), links=self._links(finding))
            elif not is_listed:
                listed = [one for one in findings if one.missing]
                yield Told(lead(finding.key, len(missing)), self._weight(listed), missing)
                is_listed = True

    def _links(self, finding: Finding) -> tuple[tuple[str, str], ...]:
        if not self.links or finding.key not in self.terms.by_key:
            return ()
        if finding.code == ADVICE:
            return ((_("zu den Anmerkungen"), self.address(finding.key, fragment="anmerkungen")),)
        if not finding.row:
            return ()
        plan = self._years if finding.key == BUDGET else {}
        more = [(str(plan.get(row) or _("weitere Zeile")), self.address(finding.key, row)) for row in finding.more]
        return ((link_label(finding.key), self.address(finding.key, finding.row)), *more)


def mendable(findings: Iterable[Finding], sections: Mapping[str, SectionFacts]) -> list[Finding]:
    """Return the findings that can be mended now, as far as other sections decide it that open later."""
    needed = ((finding, NEEDS.get((finding.code, finding.key), "")) for finding in findings)
    return [finding for finding, key in needed if key not in sections or sections[key].is_open]


def lead(key: str, count: int) -> str:
    """Return the beginning of a list of what is missing in a section."""
    values = {"count": small_number(count)}
    if key == DECLARATIONS:
        text = ngettext(
            "Eine Frage ist noch nicht beantwortet:", "%(count)s Fragen sind noch nicht beantwortet:", count
        )
    elif key == ATTACHMENTS:
        text = ngettext(
            "Bei einer Anlage ist noch nicht gewählt, ob sie beiliegt, folgt oder entfällt:",
            "Bei %(count)s Anlagen ist noch nicht gewählt, ob sie beiliegen, folgen oder entfallen:",
            count,
        )
    else:
        text = ngettext("Eine Angabe fehlt:", "%(count)s Angaben fehlen:", count)
    sentence = text % values
    return sentence[:1].upper() + sentence[1:]


def link_label(key: str) -> str:
    return {
        GOALS: _("zum Ziel"),
        WORK_PLAN: _("zur Maßnahme"),
        PARTNERS: _("zum Partner"),
        DECLARATIONS: _("zur Frage"),
        ATTACHMENTS: _("zur Anlage"),
    }.get(key) or _("zur Zeile")
