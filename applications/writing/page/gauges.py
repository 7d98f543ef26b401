"""The gauges beside a financing plan: its sums, and whether it keeps the limits of the call (checks/limits.py measures)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.checks import limits
from applications.checks.budget_rows import alike
from applications.checks.funding import bridge_sentence, doubt_sentence, missing_sentence
from applications.content import Budget
from calls.models import Certainty
from calls.terms import LimitTerm
from core.values import dataclass
from core.words import grouped, money, money_in_text, number


@dataclass(frozen=True)
class Figures:
    """The sums of one year, or of all, in cents."""

    label: str
    spending: int
    own: int
    third: int
    revenue: int
    grant: int

    @property
    def funds(self) -> int:
        return self.own + self.third + self.revenue


@dataclass(frozen=True)
class Fit:
    """One gauge: a limit, and whether the plan keeps it."""

    symbol: str
    text: str
    note: str
    source: str = ""


def figures(value: Budget, year: int | None) -> Figures:
    own, third = limits.own(value, year), limits.third(value, year)
    revenue = value.funds(year) - own - third
    return Figures(str(year or _("Alle Jahre")), value.spending(year), own, third, revenue, value.grant(year))


def fits(
    limit: Callable[[str], LimitTerm],
    value: Budget,
    year: int | None,
    years: Sequence[int],
    term: Sequence[int],
    *,
    via_umbrella: bool = False,
) -> list[Fit]:
    """The call's limits beside the numbers of a year, or of all `years`; what is not set says so.

    Shares are those of the whole plan, as the checks see them. `term` holds the years of the term, as far as it is known.
    What an umbrella body asks for concerns only those who apply `via_umbrella`.
    """
    call, umbrella = limit("min_own_share"), limit("min_own_funds")
    return [
        highest_grant(limit("max_grant_per_year"), value, [year] if year else [*years, *limits.planned_years(value)]),
        *whole_grant(limit("max_grant"), value),
        share(call, limits.own_share(call, value)),
        *([share(umbrella, limits.umbrella_share(umbrella, value))] if via_umbrella else []),
        *investments(limit("investment_years"), value, year, term),
        flat_rate(limit("admin_flat_rate")),
    ]


# Where a limit stands that nobody has entered here; the others stand in the call.
STANDS_ELSEWHERE = {
    "admin_flat_rate": gettext_lazy("Hier nicht eingetragen. Es steht im Leitfaden des BAMF für Ihr Förderjahr."),
    "min_own_funds": gettext_lazy("Hier nicht eingetragen. Bitte fragen Sie Ihre Zentralstelle."),
}


def not_set(term: LimitTerm) -> Fit:
    in_the_call = _("Hier nicht eingetragen. Es steht im Aufruf; im Zweifel fragen Sie das BAMF.")
    return Fit("open", str(term.label), str(STANDS_ELSEWHERE.get(term.key, in_the_call)))


def source_of(term: LimitTerm) -> str:
    """Where the limit comes from, and how sure that is."""
    sure = "" if term.is_verified else f" ({Certainty(term.certainty).label})"
    return _("Quelle: %(source)s") % {"source": term.source} + sure if term.source else sure.strip(" ()")


def highest_grant(term: LimitTerm, value: Budget, years: Sequence[int]) -> Fit:
    if term.value is None:
        return not_set(term)
    text = _("Höchstens %(amount)s Zuwendung im Jahr") % {"amount": money_in_text(limits.in_cents(term.value))}
    grants = limits.grants(term, value, years)
    if not grants:
        return Fit("open", text, _("Noch keine Ausgaben."), source_of(term))
    highest = max(grants, key=lambda grant: grant.grant)
    if not highest.over:
        note = _("Bis zur Grenze sind es noch %(amount)s.") % {"amount": money(highest.left)}
        return Fit("done", text, note, source_of(term))
    note = _("Im Jahr %(year)d sind es %(amount)s zu viel.") % {"year": highest.year, "amount": money(highest.over)}
    return Fit("error", text, note, source_of(term))


def whole_grant(term: LimitTerm, value: Budget) -> list[Fit]:
    """A gauge of the whole term; none while nothing is planned, or where nobody has entered such a limit."""
    total = limits.whole_grant(term, value)
    if total is None:
        return []
    text = _("Höchstens %(amount)s Zuwendung in der ganzen Laufzeit") % {"amount": money_in_text(total.most)}
    if total.over:
        note = _("Zusammen sind es %(amount)s zu viel.") % {"amount": money(total.over)}
        return [Fit("error", text, note, source_of(term))]
    note = _("Bis zur Grenze sind es noch %(amount)s.") % {"amount": money(total.most - total.grant)}
    return [Fit("done", text, note, source_of(term))]


def share(term: LimitTerm, reached: limits.Share | None) -> Fit:
    """A gauge of a least share, with the words and figures of the checks."""
    if term.value is None:
        return not_set(term)
    together = term.basis == limits.OWN_AND_THIRD
    text = (
        _("Mindestens %(share)s %% Eigenmittel und Drittmittel")
        if together
        else _("Mindestens %(share)s %% Eigenmittel")
    )
    text %= {"share": grouped(term.value.normalize())}
    if not term.is_verified:
        text = _("%(share)s (für diesen Aufruf nicht geprüft)") % {"share": text}
    if reached is None:
        return Fit("open", text, _("Noch keine Ausgaben."), source_of(term))
    symbol = {True: "done", False: "error" if reached.basis else "question", None: "question"}[reached.is_kept]
    doubt = "" if reached.is_kept else doubt_sentence(term)
    notes = (in_the_plan(reached), missing_sentence(reached), doubt)
    return Fit(symbol, text, " ".join(filter(None, notes)), source_of(term))


def in_the_plan(reached: limits.Share) -> str:
    """How large the share is; where nobody knows what counts, both ways."""
    if reached.basis or not reached.third:
        return _("Im ganzen Plan sind es %(share)s %%.") % {"share": number(reached.percent(reached.have))}
    shares = {"own": number(reached.percent(reached.own)), "both": number(reached.percent(reached.together))}
    return _("Im ganzen Plan sind es %(own)s %%, mit Drittmitteln %(both)s %%.") % shares


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
    text = _("Pauschale für Verwaltung: höchstens %(share)s %%") % {"share": grouped(term.value.normalize())}
    return Fit("hint", text, "", source_of(term))


def prefinance(term: LimitTerm, value: Budget, year: int | None) -> str:
    """What the association pays itself at the beginning of a year, until money comes."""
    bridge = limits.bridge(term, value, year) if year else None
    return bridge_sentence(bridge) if bridge else ""
