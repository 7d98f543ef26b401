"""The financing plan on the page: one calendar year at a time, lines by kind, the grant as the gap, limits beside it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from applications.content import Budget, Row
from applications.content.budget import PERSONNEL
from applications.forms.fields import written
from applications.forms.section import RowForm, SectionForm
from calls.models import Certainty
from calls.terms import LimitTerm
from schmiede.templatetags.moments import euro

from .layout import Layout

if TYPE_CHECKING:
    from .desk import Desk

ALL = "alle"
INVESTMENT, FLAT_RATE = "INV", "VERW"


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


@dataclass(frozen=True)
class Figures:
    """The sums of one year, or of all, in cents. `people` counts, `public` is asked for."""

    label: str
    spending: int
    own: int
    third: int
    grant: int


@dataclass(frozen=True)
class Fit:
    """A limit beside the numbers: does the plan keep it?"""

    stage: str
    text: str
    note: str
    source: str = ""


class BudgetLayout(Layout):
    template = "applications/_budget.html"
    is_wide = True

    def __init__(self, desk: Desk, params: QueryDict) -> None:
        super().__init__(desk, params)
        value = desk.draft.value
        assert isinstance(value, Budget)
        planned = {row.year for row in [*value.expenses, *value.personnel, *value.income] if row.year}  # type: ignore[attr-defined]
        self.years = sorted({*desk.around.years, *planned})
        chosen = params.get("jahr", "")
        self.all = chosen == ALL
        self.year = int(chosen) if chosen.isdecimal() and int(chosen) in self.years else self.years[0]

    def shows(self, table: str, row: Row) -> bool:
        """The lines of the year; those without a year stand in the first one."""
        year = getattr(row, "year", None) or self.years[0]
        return not self.all and year == self.year

    def preset(self) -> dict[str, Any]:
        return {"year": self.year}

    def keep(self) -> dict[str, str]:
        return {"jahr": str(self.year)}

    def group(self, row: Row) -> Any:
        return getattr(row, "year", None), getattr(row, "kind", "")

    def context(self, form: SectionForm) -> dict[str, Any]:
        value = form.value
        assert isinstance(value, Budget)
        year = None if self.all else self.year
        return {
            "tabs": self.tabs(value),
            "year": year,
            "lines": self.lines(form),
            "income": form.tables["income"],
            "figures": figures(value, year),
            "years": [figures(value, one) for one in self.years] if self.all else [],
            "fits": fits(self.desk.application.terms.limit, value, year, self.years),
            "prefinance": prefinance(self.desk.application.terms.limit("prefinance_months"), value, year),
            "activities": {row.id: row.title for row in self.desk.around.activities},
        }

    def tabs(self, value: Budget) -> list[Tab]:
        tabs = [
            Tab(str(year), f"?jahr={year}", not self.all and year == self.year, whole_euros(value.grant(year)))
            for year in self.years
        ]
        return [*tabs, Tab(_("Alle Jahre"), f"?jahr={ALL}", self.all, whole_euros(value.grant()))]

    def lines(self, form: SectionForm) -> list[Lines]:
        """The call's kinds in their order; those without a line only where somebody may add one."""
        found = []
        kinds = [(kind.code, kind.label, kind.guidance) for kind in self.desk.application.terms.kinds]
        known = {code for code, _label, _guidance in kinds}
        expenses: list[Any] = form.tables["expenses"]
        for code, label, guidance in kinds:
            table = "personnel" if code == PERSONNEL else "expenses"
            rows = form.tables["personnel"] if code == PERSONNEL else [r for r in expenses if kind_of(r) == code]
            if rows:
                found.append(Lines(code, label, guidance, table, rows, amount(rows)))
        others = [row for row in expenses if kind_of(row) not in known]
        if others:
            found.append(Lines("", _("Ohne Ausgabenart"), "", "expenses", others, amount(others)))
        return found


def kind_of(row: RowForm) -> str:
    return str(row.row.kind)  # type: ignore[attr-defined]


def amount(rows: list[RowForm]) -> int:
    amounts: list[int] = [row.row.amount or 0 for row in rows]  # type: ignore[attr-defined]
    return sum(amounts)


def whole_euros(cents: int) -> str:
    return f"{written(Decimal(cents) / 100, 0)} €"


def figures(value: Budget, year: int | None) -> Figures:
    own = sum(row.amount or 0 for row in value.income if row.kind == "EIGEN" and year in {None, row.year})
    third = value.own_and_third(year) - own
    return Figures(str(year or _("Alle Jahre")), value.spending(year), own, third, value.grant(year))


def fits(limit: Any, value: Budget, year: int | None, years: list[int]) -> list[Fit]:
    """The call's limits beside the numbers of a year (or of all years); what is not set says so."""
    found = [
        highest_grant(limit("max_grant_per_year"), value, [year] if year else years),
        own_share(limit("min_own_share"), value, year, _("eigener Anteil mit Mitteln anderer")),
        own_share(limit("min_own_funds"), value, year, _("Eigenmittel")),
        investments(limit("investment_years"), value, year, years),
        flat_rate(limit("admin_flat_rate")),
    ]
    return [fit for fit in found if fit]


def not_set(term: LimitTerm) -> Fit:
    return Fit("open", str(term.label), _("Im Aufruf nicht festgelegt."))


def source_of(term: LimitTerm) -> str:
    """Where the limit comes from, and how sure that is."""
    sure = "" if term.is_verified else f" ({Certainty(term.certainty).label})"
    return _("Quelle: %(source)s") % {"source": term.source} + sure if term.source else sure.strip(" ()")


def highest_grant(term: LimitTerm, value: Budget, years: list[int]) -> Fit:
    if term.value is None:
        return not_set(term)
    most = int(term.value * 100)
    text = _("Höchstens %(amount)s Zuwendung im Jahr") % {"amount": whole_euros(most)}
    year = max(years, key=value.grant)
    left = most - value.grant(year)
    if left >= 0:
        return Fit("done", text, _("Es bleiben %(amount)s Luft.") % {"amount": euro(left)}, source_of(term))
    note = _("%(year)d sind es %(amount)s zu viel.") % {"year": year, "amount": euro(-left)}
    return Fit("error", text, note, source_of(term))


def own_share(term: LimitTerm, value: Budget, year: int | None, what: str) -> Fit:
    if term.value is None:
        return not_set(term)
    text = _("Mindestens %(share)s %% %(what)s") % {"share": written(term.value.normalize()), "what": what}
    sums = figures(value, year)
    if not sums.spending:
        return Fit("open", text, _("Noch keine Ausgaben."), source_of(term))
    have = sums.own if term.key == "min_own_funds" else sums.own + sums.third
    share = Decimal(have * 100) / sums.spending
    note = _("Sie haben %(share)s %%.") % {"share": written(share, 1)}
    return Fit("done" if share >= term.value else "error", text, note, source_of(term))


def investments(term: LimitTerm, value: Budget, year: int | None, years: list[int]) -> Fit:
    if term.value is None:
        return not_set(term)
    allowed = years[: int(term.value)]
    text = _("Investitionen nur %(years)s") % {"years": ", ".join(map(str, allowed))}
    late = [row for row in value.expenses if row.kind == INVESTMENT and row.year not in {None, *allowed}]
    late = [row for row in late if year in {None, row.year}]
    if not late:
        return Fit("done", text, "", source_of(term))
    names = ", ".join(f"„{row.title}“" for row in late)
    return Fit("error", text, _("Das betrifft %(names)s.") % {"names": names}, source_of(term))


def flat_rate(term: LimitTerm) -> Fit:
    if term.value is None:
        return not_set(term)
    text = _("Pauschale für Verwaltung: höchstens %(share)s %%") % {"share": written(term.value.normalize())}
    return Fit("hint", text, "", source_of(term))


def prefinance(term: LimitTerm, value: Budget, year: int | None) -> str:
    """What the association pays itself at the beginning of a year, until money comes."""
    if term.value is None or year is None or not value.spending(year):
        return ""
    cents = int(value.spending(year) * term.value / 12)
    return _(
        "Gut zu wissen: In den ersten %(months)s Monaten zahlen Sie etwa %(amount)s aus eigener Kasse, bis das erste Geld da ist."
    ) % {"months": written(term.value.normalize()), "amount": whole_euros(cents)}
