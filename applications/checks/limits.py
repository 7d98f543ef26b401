"""What a call's limits mean for a financing plan: the checks and the page beside the numbers read the same (B02–B05, B15)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

from applications.content import Budget
from applications.content.budget import Expense, Personnel
from calls.terms import LimitTerm

INVESTMENT = "INV"
OWN_FUNDS = "EIGEN"
# What holds where the call says nothing of its own: the directive (F1 5.3), and an estimate of ours (F18).
USUAL_INVESTMENT_YEARS = 1
USUAL_BRIDGE_MONTHS = Decimal(2)


@dataclass(frozen=True)
class YearsGrant:
    """The grant of one calendar year beside the highest one, in cents."""

    year: int
    grant: int
    most: int

    @property
    def over(self) -> int:
        return max(0, self.grant - self.most)

    @property
    def left(self) -> int:
        return self.most - self.grant


def grants(limit: LimitTerm, budget: Budget, years: Iterable[int]) -> list[YearsGrant]:
    """The grant of each of these years that has expenses; none where the call sets no limit."""
    if limit.value is None:
        return []
    most = in_cents(limit.value)
    return [YearsGrant(year, budget.grant(year), most) for year in sorted({*years}) if budget.spending(year)]


def planned_years(budget: Budget) -> set[int]:
    """The years that lines of expenses belong to, in the term or not."""
    lines: tuple[Expense | Personnel, ...] = (*budget.personnel, *budget.expenses)
    return {line.year for line in lines if line.year}


@dataclass(frozen=True)
class Share:
    """Money beside the share of all expenses that it should reach, over the whole plan."""

    have: int
    spending: int
    least: Decimal

    @property
    def is_kept(self) -> bool:
        return Decimal(self.have) * 100 >= self.least * self.spending

    @property
    def percent(self) -> Decimal:
        return percent(self.have, self.spending)


def own_share(limit: LimitTerm, budget: Budget) -> Share | None:
    """The share of own and third-party funds together; None while there are no expenses or no limit."""
    return share_of(limit, budget.own_and_third(), budget)


def own_funds(limit: LimitTerm, budget: Budget) -> Share | None:
    """The share of own funds alone."""
    return share_of(limit, own(budget), budget)


def share_of(limit: LimitTerm, have: int, budget: Budget) -> Share | None:
    spending = budget.spending()
    return Share(have, spending, limit.value) if limit.value is not None and spending else None


def own(budget: Budget, year: int | None = None) -> int:
    """Own funds in cents, of one year or of all."""
    return sum(line.amount or 0 for line in budget.income if line.kind == OWN_FUNDS and year in {None, line.year})


def percent(part: int, whole: int) -> Decimal:
    """With one place, rounded down: what misses 10 % never reads 10,0 %."""
    return (Decimal(part) * 100 / whole).quantize(Decimal("0.1"), ROUND_FLOOR)


def investment_years(limit: LimitTerm, term: Sequence[int]) -> list[int]:
    """The years of the term in which investments are possible; none while the term is not known."""
    return list(term[: USUAL_INVESTMENT_YEARS if limit.value is None else int(limit.value)])


def late_investments(limit: LimitTerm, budget: Budget, term: Sequence[int]) -> list[Expense]:
    """Investments in other years; none while the term is not known."""
    allowed = investment_years(limit, term)
    investments = [line for line in budget.expenses if line.kind == INVESTMENT and line.year]
    return [line for line in investments if line.year not in allowed] if term else []


@dataclass(frozen=True)
class Bridge:
    """What the first months of a year cost before money comes; whole euros, in cents."""

    year: int
    months: Decimal
    cents: int


def bridge(limit: LimitTerm, budget: Budget, year: int) -> Bridge | None:
    """The year's expenses spread over its months; None without expenses."""
    months = USUAL_BRIDGE_MONTHS if limit.value is None else limit.value
    spending = budget.spending(year)
    return Bridge(year, months, int(spending * months / 12 / 100) * 100) if spending else None


def in_cents(euros: Decimal) -> int:
    return int(euros * 100)
