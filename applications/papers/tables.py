"""The financing plan as tables, ready to be printed: per calendar year and in all, amounts in cents."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from applications.content import INCOME_KINDS, INCOME_STATES, Activity, Budget, Expense, Income, Personnel, WorkPlan
from applications.content.budget import ALL_ACTIVITIES
from applications.papers.german import amount, decimal_text
from calls.terms import Terms


@dataclass(frozen=True)
class Line:
    """One printed row: what, how it is counted, why, and how much."""

    title: str
    reckoning: str
    reason: str
    activity: str
    amount: int


@dataclass(frozen=True)
class Group:
    """The lines of one kind in one year."""

    label: str
    lines: tuple[Line, ...]

    @property
    def total(self) -> int:
        return sum(line.amount for line in self.lines)


@dataclass(frozen=True)
class Year:
    """One calendar year; `year` is None for lines that belong to none yet."""

    year: int | None
    groups: tuple[Group, ...]
    income: tuple[Group, ...]

    @property
    def spending(self) -> int:
        return sum(group.total for group in self.groups)

    @property
    def funds(self) -> int:
        return sum(group.total for group in self.income)

    @property
    def grant(self) -> int:
        return self.spending - self.funds


@dataclass(frozen=True)
class Overview:
    """All years side by side: for every kind its amount per year and in all."""

    years: tuple[int | None, ...]
    spending: tuple[tuple[str, tuple[int, ...], int], ...]
    income: tuple[tuple[str, tuple[int, ...], int], ...]
    spending_total: tuple[tuple[int, ...], int]
    grant: tuple[tuple[int, ...], int]


def years_of(budget: Budget, terms: Terms, plan: WorkPlan) -> list[Year]:
    """The plan year by year, kinds in the order of the call, lines as the team ordered them."""
    names = {row.id: row.title for row in plan.rows if isinstance(row, Activity)} | {
        ALL_ACTIVITIES: _("alle Maßnahmen")
    }
    lines: tuple[Expense | Personnel | Income, ...] = (*budget.expenses, *budget.personnel, *budget.income)
    found = {line.year for line in lines}
    return [
        Year(year, tuple(_spending(budget, terms, names, year)), tuple(_income(budget, year)))
        for year in sorted(found, key=lambda year: year or 0)
    ]


def overview_of(years: Iterable[Year]) -> Overview:
    years = list(years)
    return Overview(
        years=tuple(year.year for year in years),
        spending=tuple(_across(years, [year.groups for year in years])),
        income=tuple(_across(years, [year.income for year in years])),
        spending_total=_row(year.spending for year in years),
        grant=_row(year.grant for year in years),
    )


def _row(values: Iterable[int]) -> tuple[tuple[int, ...], int]:
    found = tuple(values)
    return found, sum(found)


def _across(years: list[Year], groups: list[tuple[Group, ...]]) -> Iterable[tuple[str, tuple[int, ...], int]]:
    labels = list(dict.fromkeys(group.label for one in groups for group in one))
    for label in labels:
        row = tuple(sum(group.total for group in one if group.label == label) for one in groups)
        yield label, row, sum(row)


def _spending(budget: Budget, terms: Terms, names: dict[str, str], year: int | None) -> Iterable[Group]:
    lines: list[Expense | Personnel] = [*budget.personnel, *budget.expenses]
    mine = [line for line in lines if line.year == year]
    codes = [kind.code for kind in terms.kinds]
    unknown = [code for code in dict.fromkeys(line.kind for line in mine) if code not in codes]
    for code in [*codes, *unknown]:
        rows = tuple(_line(line, names) for line in mine if line.kind == code)
        if rows:
            kind = terms.kind(code)
            yield Group(kind.label if kind else code or _("ohne Ausgabenart"), rows)


def _line(line: Expense | Personnel, names: dict[str, str]) -> Line:
    activity = names.get(line.activity, _("nicht mehr vorhanden") if line.activity else "")
    return Line(line.title, reckoning(line), line.justification, activity, line.amount)


def reckoning(line: Expense | Personnel) -> str:
    """How the amount comes about: „44 Abende × 145,00 €“."""
    if isinstance(line, Expense):
        quantity = " ".join(part for part in (decimal_text(line.quantity), line.unit) if part)
        return f"{quantity} × {amount(line.unit_price or 0)}" if quantity else amount(line.unit_price or 0)
    parts = [
        _("%(months)s Monate × %(gross)s")
        % {"months": decimal_text(line.months) or "0", "gross": amount(line.gross_per_month or 0)}
    ]
    if line.bonus:
        parts.append(_("Jahressonderzahlung %(bonus)s") % {"bonus": amount(line.bonus)})
    if line.weekly_hours:
        parts.append(_("%(hours)s Stunden je Woche") % {"hours": decimal_text(line.weekly_hours)})
    if line.tariff:
        parts.append(line.tariff)
    return ", ".join(parts)


def _income(budget: Budget, year: int | None) -> Iterable[Group]:
    states = dict(INCOME_STATES)
    for code, label in (*INCOME_KINDS, ("", _("ohne Art"))):
        rows = tuple(_income_line(line, states) for line in budget.income if line.year == year and line.kind == code)
        if rows:
            yield Group(str(label), rows)


def _income_line(line: Income, states: dict) -> Line:
    return Line(line.source, str(states.get(line.state, "")), line.evidence, "", line.amount or 0)
