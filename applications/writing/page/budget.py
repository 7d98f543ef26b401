"""The form of the financing plan: one calendar year at a time, lines by kind of expense, with sums and limits."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.checks import Finding, Severity
from applications.content import Budget, Row, of_kind
from applications.content.budget import PERSONNEL
from applications.content.sheets import Names
from applications.deadline import umbrella_body
from applications.writing.forms.section import RowForm, SectionForm
from applications.writing.page.budget_tables import PlanYear, plan_of
from applications.writing.page.gauges import figures, fits, highest_grant, prefinance
from applications.writing.page.layout import Layout
from core.values import dataclass
from core.words import money_in_text

if TYPE_CHECKING:
    from applications.writing.page.desk import Desk

ALL = "alle"


@dataclass(frozen=True)
class Tab:
    label: str
    url: str
    current: bool
    note: str


@dataclass(frozen=True)
class Lines:
    """The lines of one kind of expense in one year, with their sum in cents."""

    code: str
    label: str
    guidance: str
    table: str
    rows: list[RowForm]
    sum: int


class BudgetLayout(Layout):
    template = "applications/writing/_budget.html"
    is_wide = True

    def __init__(self, desk: Desk, params: QueryDict) -> None:
        super().__init__(desk, params)
        value = of_kind(Budget, desk.draft.value)
        planned = {row.year for row in [*value.expenses, *value.personnel, *value.income] if row.year}  # type: ignore[attr-defined]
        self.years = sorted({*desk.project.years, *planned})
        chosen = params.get("jahr", "")
        self.all = chosen == ALL
        self.year = next((year for year in self.years if str(year) == chosen), self.years[0])

    def shows(self, table: str, row: Row) -> bool:
        """Does the line belong to the year shown? Lines without a year belong to the first."""
        year = getattr(row, "year", None) or self.years[0]
        return not self.all and year == self.year

    def preset(self) -> dict[str, Any]:
        return {"year": self.year}

    def keep(self) -> dict[str, str]:
        return {"jahr": str(self.year)}

    def group(self, row: Row) -> Any:
        return getattr(row, "year", None), getattr(row, "kind", "")

    def prepare(self, form: SectionForm) -> None:
        wrong = {place.row: place for place in self.desk.places if place.row in self.errors}
        for rows in form.tables.values():
            for row in rows:
                row.place = wrong.get(row.id)
        super().prepare(form)

    def context(self, form: SectionForm) -> dict[str, Any]:
        value = of_kind(Budget, form.value)
        year = None if self.all else self.year
        return {
            "tabs": self.tabs(value),
            "year": year,
            "lines": self.lines(form),
            "kinds": self.desk.application.terms.kinds,
            "lacks_kind": any(not kind_of(row) for row in form.tables["expenses"]),
            "income": form.tables["income"],
            "figures": figures(value, year),
            "years": [figures(value, each) for each in self.years] if self.all else [],
            "fits": fits(
                self.desk.application.terms.limit,
                value,
                year,
                self.years,
                self.desk.project.term,
                via_umbrella=bool(
                    umbrella_body(self.desk.project.cover.umbrella_body, self.desk.application.team.organisation)
                ),
            ),
            "prefinance": prefinance(self.desk.application.terms.limit("prefinance_months"), value, year),
            "activities": self.activities,
            "tables": [] if self.all or self.desk.is_editable else self.tables(value),
        }

    @property
    def activities(self) -> dict[str, str]:
        return {row.id: row.title for row in self.desk.project.activities}

    def tables(self, value: Budget) -> list[PlanYear]:
        """Return the year for people who only read; lines without a year stand before the first year."""
        plan = plan_of(value, Names(self.desk.application.terms, self.activities), self.years)
        years = {self.year} | ({None} if self.year == self.years[0] else set())
        return [year for year in plan.years if year.table.year in years]

    @cached_property
    def errors(self) -> dict[str, list[Finding]]:
        """The errors that the checks find in the plan as it is saved, by the id of their row."""
        errors: dict[str, list[Finding]] = {}
        for finding in self.desk.findings:
            if finding.row and finding.severity == Severity.ERROR:
                errors.setdefault(finding.row, []).append(finding)
        return errors

    def tabs(self, value: Budget) -> list[Tab]:
        """Return a tab for each year and one for all years, with the grant and the number of errors there."""
        rows: list[Any] = [*value.expenses, *value.personnel, *value.income]
        counts = Counter({year: self.is_too_high(value, year) for year in self.years})
        for row in rows:
            counts[row.year or self.years[0]] += len(self.errors.get(row.id, []))
        tabs = [
            Tab(
                str(year),
                f"?jahr={year}",
                not self.all and year == self.year,
                with_errors(value.grant(year), counts[year]),
            )
            for year in self.years
        ]
        return [*tabs, Tab(_("Alle Jahre"), f"?jahr={ALL}", self.all, with_errors(value.grant(), counts.total()))]

    def is_too_high(self, value: Budget, year: int) -> bool:
        limit = self.desk.application.terms.limit("max_grant_per_year")
        return highest_grant(limit, value, [year]).symbol == "error"

    def lines(self, form: SectionForm) -> list[Lines]:
        """Return the lines by the call's kinds of expense, in their order; kinds without a line are left out."""
        groups = []
        kinds = [(kind.code, kind.label, kind.guidance) for kind in self.desk.application.terms.kinds]
        known = {code for code, _label, _guidance in kinds}
        expenses: list[Any] = form.tables["expenses"]
        for code, label, guidance in kinds:
            table = "personnel" if code == PERSONNEL else "expenses"
            rows = form.tables["personnel"] if code == PERSONNEL else [r for r in expenses if kind_of(r) == code]
            if rows:
                groups.append(Lines(code, label, guidance, table, rows, amount(rows)))
        others = [row for row in expenses if kind_of(row) not in known]
        if others:
            groups.append(Lines("", _("Ohne Ausgabenart"), "", "expenses", others, amount(others)))
        return groups


def kind_of(row: RowForm) -> str:
    return str(row.row.kind)  # type: ignore[attr-defined]


def amount(rows: list[RowForm]) -> int:
    amounts: list[int] = [row.row.amount or 0 for row in rows]  # type: ignore[attr-defined]
    return sum(amounts)


def with_errors(cents: int, errors: int) -> str:
    """`64.150 €, 1 Fehler`"""
    if not errors:
        return money_in_text(cents)
    words = ngettext("%(amount)s, %(count)d Fehler", "%(amount)s, %(count)d Fehler", errors)
    return words % {"amount": money_in_text(cents), "count": errors}
