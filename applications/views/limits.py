"""The sums of a financing plan, and whether it keeps the limits of the call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from applications.checks import limits
from applications.checks.money import alike, bridge_sentence
from applications.content import Budget
from calls.models import Certainty
from calls.terms import LimitTerm
from schmiede.figures import written
from schmiede.templatetags.moments import euro


@dataclass(frozen=True)
class Figures:
    """The sums of one year, or of all, in cents."""

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
    own = limits.own(value, year)
    third = value.own_and_third(year) - own
    return Figures(str(year or _("Alle Jahre")), value.spending(year), own, third, value.grant(year))


def fits(
    limit: Callable[[str], LimitTerm], value: Budget, year: int | None, years: Sequence[int], term: Sequence[int]
) -> list[Fit]:
    """The call's limits beside the numbers of a year, or of all `years`; what is not set says so.

    Shares are those of the whole plan, as the checks see them. `term` holds the years of the term, as far as it is known.
    """
    together, alone = limit("min_own_share"), limit("min_own_funds")
    return [
        highest_grant(limit("max_grant_per_year"), value, [year] if year else [*years, *limits.planned_years(value)]),
        share(together, limits.own_share(together, value), _("Eigenmittel mit Drittmitteln")),
        share(alone, limits.own_funds(alone, value), _("Eigenmittel")),
        *investments(limit("investment_years"), value, year, term),
        flat_rate(limit("admin_flat_rate")),
    ]


def not_set(term: LimitTerm) -> Fit:
    return Fit(
        "open", str(term.label), _("Hier noch nicht eingetragen. Es steht im Aufruf; im Zweifel fragen Sie das BAMF.")
    )


def source_of(term: LimitTerm) -> str:
    """Where the limit comes from, and how sure that is."""
    sure = "" if term.is_verified else f" ({Certainty(term.certainty).label})"
    return _("Quelle: %(source)s") % {"source": term.source} + sure if term.source else sure.strip(" ()")


def highest_grant(term: LimitTerm, value: Budget, years: Sequence[int]) -> Fit:
    if term.value is None:
        return not_set(term)
    text = _("Höchstens %(amount)s Zuwendung im Jahr") % {"amount": whole_euros(limits.in_cents(term.value))}
    grants = limits.grants(term, value, years)
    if not grants:
        return Fit("open", text, _("Noch keine Ausgaben."), source_of(term))
    highest = max(grants, key=lambda grant: grant.grant)
    if not highest.over:
        note = _("Bis zur Grenze sind es noch %(amount)s.") % {"amount": euro(highest.left)}
        return Fit("done", text, note, source_of(term))
    note = _("Im Jahr %(year)d sind es %(amount)s zu viel.") % {"year": highest.year, "amount": euro(highest.over)}
    return Fit("error", text, note, source_of(term))


def share(term: LimitTerm, reached: limits.Share | None, what: str) -> Fit:
    if term.value is None:
        return not_set(term)
    text = _("Mindestens %(share)s %% %(what)s") % {"share": written(term.value.normalize()), "what": what}
    if reached is None:
        return Fit("open", text, _("Noch keine Ausgaben."), source_of(term))
    note = _("Im ganzen Plan sind es %(share)s %%.") % {"share": written(reached.percent, 1)}
    return Fit("done" if reached.is_kept else "error", text, note, source_of(term))


def investments(term: LimitTerm, value: Budget, year: int | None, years: Sequence[int]) -> list[Fit]:
    """In which years of the term investments are possible; nothing while the term is not known."""
    allowed = limits.investment_years(term, years)
    if not allowed:
        return []
    text = _("Investitionen nur %(years)s") % {"years": ", ".join(map(str, allowed))}
    if not value.spending(year):
        return [Fit("open", text, _("Noch keine Ausgaben."), source_of(term))]
    late = [row for row in limits.late_investments(term, value, years) if year in {None, row.year}]
    names = ", ".join(title for title, _rows in alike(late))
    note = _("Das betrifft %(names)s.") % {"names": names} if late else ""
    return [Fit("error" if late else "done", text, note, source_of(term))]


def flat_rate(term: LimitTerm) -> Fit:
    if term.value is None:
        return not_set(term)
    text = _("Pauschale für Verwaltung: höchstens %(share)s %%") % {"share": written(term.value.normalize())}
    return Fit("hint", text, "", source_of(term))


def prefinance(term: LimitTerm, value: Budget, year: int | None) -> str:
    """What the association pays itself at the beginning of a year, until money comes."""
    bridge = limits.bridge(term, value, year) if year else None
    return bridge_sentence(bridge) if bridge else ""
