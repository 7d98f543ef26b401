"""The sums of a financing plan, and whether it keeps the limits of the call."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from applications.content import Budget
from applications.forms.fields import written
from calls.models import Certainty
from calls.terms import LimitTerm
from schmiede.templatetags.moments import euro

INVESTMENT = "INV"


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
    if not any(value.spending(one) for one in years):
        return Fit("open", text, _("Noch keine Ausgaben."), source_of(term))
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
    note = _("Im Plan sind es %(share)s %%.") % {"share": written(share, 1)}
    return Fit("done" if share >= term.value else "error", text, note, source_of(term))


def investments(term: LimitTerm, value: Budget, year: int | None, years: list[int]) -> Fit:
    if term.value is None:
        return not_set(term)
    allowed = years[: int(term.value)]
    text = _("Investitionen nur %(years)s") % {"years": ", ".join(map(str, allowed))}
    if not value.spending(year):
        return Fit("open", text, _("Noch keine Ausgaben."), source_of(term))
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
