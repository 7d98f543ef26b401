"""The financing plan for reading: a table per calendar year with what changed, and the limits of the call."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from applications.content import Budget, Income, Row
from applications.content.budget import ALL_ACTIVITIES, BudgetRow
from applications.content.budget_tables import Year, line_of, years_of
from applications.content.difference import Comparison, RowDifference, Segment, State, difference, marked
from applications.content.sheets import STATES, Cell, Names, changed, from_to
from applications.writing.page.gauges import Figures, Fit, figures, fits, highest_grant
from calls.terms import LimitTerm
from core.values import dataclass
from core.words import money


@dataclass(frozen=True)
class PlanLine:
    """A row for reading. `shown` is its amount in words; a row that was removed adds nothing to the sums."""

    id: str
    title: SafeString
    reckoning: SafeString
    activity: SafeString
    reason: SafeString
    shown: SafeString
    amount: int
    state: State = State.SAME
    moved: tuple[Cell, ...] = ()

    @property
    def state_label(self) -> str:
        return str(STATES[self.state])


@dataclass(frozen=True)
class PlanYear:
    """A calendar year with its tables; `fit` says whether its grant keeps the call's limit, if there is one."""

    table: Year[PlanLine]
    fit: Fit | None


@dataclass(frozen=True)
class Plan:
    """All years, with sums and limits."""

    years: list[PlanYear]
    figures: Figures
    fits: list[Fit]

    @property
    def is_empty(self) -> bool:
        return not any(year.table.groups or year.table.income for year in self.years)


def plan_of(
    value: Budget,
    names: Names,
    term: Sequence[int] = (),
    before: Budget | None = None,
    *,
    via_umbrella: bool = False,
) -> Plan:
    """Return the plan in the years of the term and those it plans for, with what changed since `before`."""
    limit = names.terms.limit
    tables = plan_years(value, names, term, before)
    years = [table.year for table in tables if table.year]
    return Plan(
        [PlanYear(table, fit_of(limit("max_grant_per_year"), value, table.year)) for table in tables],
        figures(value, None),
        fits(limit, value, None, years, term, via_umbrella=via_umbrella) if years else [],
    )


def fit_of(term: LimitTerm, value: Budget, year: int | None) -> Fit | None:
    return highest_grant(term, value, [year]) if year and term.value is not None else None


def plan_years(
    value: Budget, names: Names, term: Iterable[int] = (), before: Budget | None = None
) -> list[Year[PlanLine]]:
    """Return the tables of all years; rows that were removed stand where they stood."""
    rows = difference(before or value, value).rows
    changes: Mapping[Row, RowDifference] = {changed.row: changed for changed in rows}
    with_removed = Budget(**{table: tuple(row.row for row in rows if row.table == table) for table in Budget.tables})  # type: ignore[arg-type]
    activities = {**names.activities, ALL_ACTIVITIES: names.activity(ALL_ACTIVITIES)}
    words = Comparison().words
    return years_of(with_removed, names.terms, lambda row: _line(row, changes[row], names, activities, words), term)


def _line(
    row: BudgetRow,
    difference: RowDifference,
    names: Names,
    activities: Mapping[str, str],
    words: Callable[[str, str], list[Segment]],
) -> PlanLine:
    earlier = replace(row, **{change.name: change.before for change in difference.fields})
    now, old = line_of(row, activities), line_of(earlier, activities)
    unassigned = "" if isinstance(row, Income) else _("noch keiner Maßnahme zugeordnet")
    return PlanLine(
        id=row.id,
        title=marked(words(old.title, now.title)) or SafeString(_("ohne Bezeichnung")),
        reckoning=from_to(old.reckoning, now.reckoning),
        activity=from_to(old.activity or unassigned, now.activity or unassigned),
        reason=marked(words(old.reason, now.reason)),
        shown=from_to(money(old.amount), money(now.amount)),
        amount=0 if difference.state == State.REMOVED else now.amount,
        state=difference.state,
        moved=tuple(
            Cell(change.name, str(change.spec.label), changed(change, names))
            for change in difference.fields
            if change.name in {"year", "kind"}
        ),
    )
