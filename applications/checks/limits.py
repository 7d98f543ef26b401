"""Measures the financing plan by the call's limits (B02–B05, B15), for the checks and for the gauges beside the numbers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from decimal import ROUND_FLOOR, Decimal
from math import ceil

from applications.content import Budget
from applications.content.budget import Expense
from calls.terms import LimitTerm
from core.values import dataclass

INVESTMENT = "INV"
OWN_FUNDS = "EIGEN"
THIRD_PARTY = frozenset({"DRITT_OEFF", "DRITT_PRIV"})
# What `basis` of a limit says.
OWN, OWN_AND_THIRD = "own", "own_and_third"
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


@dataclass(frozen=True)
class WholeGrant:
    """The grant of the whole term beside the highest one, in cents."""

    grant: int
    most: int

    @property
    def over(self) -> int:
        return max(0, self.grant - self.most)


def whole_grant(limit: LimitTerm, budget: Budget) -> WholeGrant | None:
    """The grant of all years; None where the call sets no limit for the term, or nothing is planned."""
    return WholeGrant(budget.grant(), in_cents(limit.value)) if limit.value is not None and budget.spending() else None


def planned_years(budget: Budget) -> set[int]:
    """The years that lines of expenses belong to, in the term or not."""
    return {row.year for row in budget.costs if row.year}


@dataclass(frozen=True)
class Share:
    """Money beside the share of all expenses that it should reach, over the whole plan, in cents.

    `basis` says what counts into it: own funds, or third-party funds too; "" where nobody knows. Fees and sales are
    neither.
    """

    own: int
    third: int
    spending: int
    least: Decimal
    basis: str = ""

    @property
    def together(self) -> int:
        return self.own + self.third

    @property
    def have(self) -> int:
        """What surely counts."""
        return self.together if self.basis == OWN_AND_THIRD else self.own

    @property
    def most(self) -> int:
        """What counts at most, if everything that may count does."""
        return self.own if self.basis == OWN else self.together

    @property
    def wanted(self) -> int:
        """The least amount that reaches the share `least`, rounded up to a whole cent."""
        return ceil(self.least * self.spending / 100)

    @property
    def missing(self) -> int:
        """What is missing if only what surely counts is counted."""
        return max(0, self.wanted - self.have)

    @property
    def surely_missing(self) -> int:
        """What is missing even if everything that may count does."""
        return max(0, self.wanted - self.most)

    @property
    def is_kept(self) -> bool | None:
        """Is it reached? None where that depends on what counts."""
        if not self.missing:
            return True
        return False if self.surely_missing else None

    def percent(self, part: int) -> Decimal:
        """The share of a part, rounded down to the places of `least`, at least one: less than 10 % never reads 10,0 %."""
        exponent = self.least.normalize().as_tuple().exponent
        places = max(1, -exponent) if isinstance(exponent, int) else 1
        return (Decimal(part) * 100 / self.spending).quantize(Decimal(1).scaleb(-places), ROUND_FLOOR)


def own_share(limit: LimitTerm, budget: Budget) -> Share | None:
    """The least share of the call, by its basis; None while there are no expenses or no limit."""
    return share_of(limit, budget, limit.basis)


def umbrella_share(limit: LimitTerm, budget: Budget) -> Share | None:
    """The least share of own funds that an umbrella body asks of its members (F24)."""
    return share_of(limit, budget, limit.basis or OWN)


def share_of(limit: LimitTerm, budget: Budget, basis: str) -> Share | None:
    spending = budget.spending()
    if limit.value is None or not spending:
        return None
    return Share(own(budget), third(budget), spending, limit.value, basis)


def own(budget: Budget, year: int | None = None) -> int:
    """Own funds in cents, of one year or of all."""
    return income_of({OWN_FUNDS}, budget, year)


def third(budget: Budget, year: int | None = None) -> int:
    """Third-party funds in cents, of one year or of all."""
    return income_of(THIRD_PARTY, budget, year)


def income_of(kinds: Collection[str], budget: Budget, year: int | None) -> int:
    return sum(line.amount or 0 for line in budget.income if line.kind in kinds and year in {None, line.year})


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
