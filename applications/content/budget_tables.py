"""The financing plan as tables, to be printed and to be read: per calendar year and in all, amounts in cents."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.content import INCOME_KINDS, INCOME_STATES, Activity, Budget, Expense, Income, Personnel, WorkPlan
from applications.content.budget import ALL_ACTIVITIES, BudgetRow, decimal
from calls.terms import Terms
from core.values import dataclass
from core.words import money, stored_number


class Counted(Protocol):
    @property
    def amount(self) -> int:
        """What the line adds to the sums."""


@dataclass(frozen=True)
class PrintedLine:
    """One printed row: what, how it is counted, why, and how much."""

    title: str
    reckoning: str
    reason: str
    activity: str
    amount: int


@dataclass(frozen=True)
class Group[L: Counted]:
    """The lines of one kind in one year."""

    code: str
    label: str
    lines: tuple[L, ...]

    @property
    def total(self) -> int:
        return sum(line.amount for line in self.lines)


@dataclass(frozen=True)
class Year[L: Counted]:
    """One calendar year; `year` is None for lines that belong to none yet."""

    year: int | None
    groups: tuple[Group[L], ...]
    income: tuple[Group[L], ...]

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
    income_total: tuple[tuple[int, ...], int]
    grant: tuple[tuple[int, ...], int]

    @property
    def columns(self) -> int:
        """How wide its table is: the kind, each year, the sum."""
        return len(self.years) + 2


def printed_years(budget: Budget, terms: Terms, plan: WorkPlan) -> list[Year[PrintedLine]]:
    """The plan year by year as the papers print it."""
    names = {row.id: row.title for row in plan.rows if isinstance(row, Activity)} | {
        ALL_ACTIVITIES: _("alle Maßnahmen")
    }
    return years_of(budget, terms, lambda row: line_of(row, names))


def years_of[L: Counted](
    budget: Budget, terms: Terms, line: Callable[[BudgetRow], L], also: Iterable[int] = ()
) -> list[Year[L]]:
    """The plan year by year, kinds in the order of the call, lines as the team ordered them.

    Years without a line are left out, except those of `also`.
    """
    spending = budget.costs
    kinds = {kind.code: kind.label for kind in terms.kinds}
    years = {row.year for row in (*spending, *budget.income)} | {*also}
    return [
        Year(
            year,
            tuple(_groups(spending, year, kinds, _("ohne Ausgabenart"), line)),
            tuple(_groups(budget.income, year, dict(INCOME_KINDS), _("ohne Art"), line)),
        )
        for year in sorted(years, key=lambda year: year or 0)
    ]


def overview_of(years: Iterable[Year[PrintedLine]], terms: Terms) -> Overview:
    """The years side by side; kinds in the order of the call, even where a year leaves one out."""
    years = list(years)
    return Overview(
        years=tuple(year.year for year in years),
        spending=tuple(_across([year.groups for year in years], [kind.code for kind in terms.kinds])),
        income=tuple(_across([year.income for year in years], [code for code, _label in INCOME_KINDS])),
        spending_total=_row(year.spending for year in years),
        income_total=_row(year.funds for year in years),
        grant=_row(year.grant for year in years),
    )


def _row(values: Iterable[int]) -> tuple[tuple[int, ...], int]:
    amounts = tuple(values)
    return amounts, sum(amounts)


def _across(
    groups: list[tuple[Group[PrintedLine], ...]], order: list[str]
) -> Iterable[tuple[str, tuple[int, ...], int]]:
    labels = {group.code: group.label for year in groups for group in year}
    for code in sorted(labels, key=lambda code: order.index(code) if code in order else len(order)):
        row = tuple(sum(group.total for group in year if group.code == code) for year in groups)
        yield labels[code], row, sum(row)


def _groups[L: Counted](
    rows: Iterable[BudgetRow],
    year: int | None,
    labels: Mapping[str, str | Promise],
    without: str,
    line: Callable[[BudgetRow], L],
) -> Iterator[Group[L]]:
    """The year's rows by their kind; those of unknown kinds at the end."""
    of_the_year = [row for row in rows if row.year == year]
    for code in dict.fromkeys([*labels, *(row.kind for row in of_the_year)]):
        lines = tuple(line(row) for row in of_the_year if row.kind == code)
        if lines:
            yield Group(code, str(labels.get(code, code or without)), lines)


def line_of(row: BudgetRow, activities: Mapping[str, str]) -> PrintedLine:
    """A row in words; `activities` are the titles it may refer to."""
    if isinstance(row, Income):
        return PrintedLine(row.source, str(dict(INCOME_STATES).get(row.state, "")), row.evidence, "", row.amount or 0)
    activity = activities.get(row.activity, _("nicht mehr vorhanden") if row.activity else "")
    return PrintedLine(row.title, reckoning(row), row.justification, activity, row.amount)


def reckoning(line: Expense | Personnel) -> str:
    """How the amount comes about: „44 Abende × 145,00 €“."""
    if isinstance(line, Expense):
        quantity = " ".join(part for part in (stored_number(line.quantity), line.unit) if part)
        return f"{quantity} × {money(line.unit_price or 0)}" if quantity else money(line.unit_price or 0)
    parts = [
        ngettext(
            "%(months)s Monat × %(gross)s Arbeitgeberbrutto im Monat",
            "%(months)s Monate × %(gross)s Arbeitgeberbrutto im Monat",
            1 if decimal(line.months) == 1 else 2,
        )
        % {"months": stored_number(line.months) or "0", "gross": money(line.gross_per_month or 0)}
    ]
    if line.bonus:
        parts.append(_("Jahressonderzahlung %(bonus)s") % {"bonus": money(line.bonus)})
    if line.weekly_hours:
        parts.append(_("%(hours)s Stunden je Woche") % {"hours": stored_number(line.weekly_hours)})
    if line.tariff:
        parts.append(line.tariff)
    return ", ".join(parts)
