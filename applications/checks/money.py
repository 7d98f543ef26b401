"""Checks of the financing plan: C23 and B01–B17."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.content.budget import ALL_ACTIVITIES, Expense, Income, Personnel, decimal
from calls.terms import BUDGET

from . import limits
from .base import Dossier, Found, Severity, check, euro, number
from .limits import in_cents

ABROAD = re.compile(r"\b(ausland\w*|auslandsreise\w*|flug|flüge|flugticket\w*)\b", re.IGNORECASE)
NOT_ELIGIBLE = re.compile(
    r"\b(unvorhergesehen\w*|sonstiges|rücklage\w*|reserve\w*|puffer|umbau\w*|neubau\w*|renovierung\w*)\b", re.IGNORECASE
)
FLAT_RATE = re.compile(r"pauschal", re.IGNORECASE)
IN_KIND = re.compile(r"\b(ehrenamtlich\w*|eigenleistung\w*|arbeitsstunden|unbar\w*|sachleistung\w*)\b", re.IGNORECASE)


def lines(dossier: Dossier) -> tuple[Expense | Personnel, ...]:
    return (*dossier.budget.personnel, *dossier.budget.expenses)


type Line = Expense | Personnel | Income


def alike(rows: Iterable[Line]) -> Iterator[tuple[str, list[Line]]]:
    """The lines of each name with that name, so that what stands there every year is said once: „Miete“ (2027, 2028)."""
    groups: dict[str, list[Line]] = {}
    for line in rows:
        title = line.source if isinstance(line, Income) else line.title
        groups.setdefault(title or _("ohne Bezeichnung"), []).append(line)
    for title, group in groups.items():
        years = ", ".join(str(year) for year in sorted({line.year for line in group if line.year}))
        yield f"„{title}“ ({years})" if years else f"„{title}“", group


def at(group: list[Line], sentence: str, field: str = "", **more: Any) -> Found:
    """What is found at these lines: it leads to each of them."""
    first, *others = [line.id for line in group]
    return Found(sentence, BUDGET, first, field, tuple(others), **more)


@check("C23", Severity.WARNING)
def explained(dossier: Dossier) -> Iterator[Found]:
    """Every line is explained and belongs to an activity (F1 5.3, Z3)."""
    known = {activity.id for activity in dossier.work_plan.rows} | {"", ALL_ACTIVITIES}
    silent = [line for line in lines(dossier) if not line.justification.strip()]
    reasoned = [line for line in lines(dossier) if line.justification.strip()]
    for title, group in alike(silent):
        yield at(group, _("Zu %(title)s fehlt die Begründung.") % {"title": title}, "justification")
    for title, group in alike(line for line in reasoned if line.activity not in known):
        sentence = _("%(title)s gehört zu einer Maßnahme, die nicht mehr vorhanden ist.")
        yield at(group, sentence % {"title": title}, "activity")
    for title, group in alike(line for line in reasoned if not line.activity):
        yield at(group, _("%(title)s gehört noch zu keiner Maßnahme.") % {"title": title}, "activity")


@check("B01", Severity.ERROR)
def gap(dossier: Dossier) -> Iterator[Found]:
    """Income and grant together are the expenses, each year: so income is never more than expenses (F1 4.2)."""
    budget = dossier.budget
    if not lines(dossier):
        yield Found(_("Der Finanzierungsplan ist noch leer."), BUDGET)
        return
    years = sorted({line.year for line in (*lines(dossier), *budget.income) if line.year})
    for year in years:
        if budget.grant(year) < 0:
            yield Found(
                _("Im Jahr %(year)d ist mehr Geld da, als Sie ausgeben: %(amount)s. Dann bleibt nichts, was die Förderung bezahlen kann.") % {"year": year, "amount": euro(-budget.grant(year))},
                BUDGET,
            )  # fmt: skip


@check("B02", Severity.ERROR)
def highest_grant(dossier: Dossier) -> Iterator[Found]:
    """At most the grant per calendar year of the call (F11, F12)."""
    limit = dossier.terms.limit("max_grant_per_year")
    if limit.value is None:
        yield Found(
            _(
                "Wie hoch die Zuwendung im Jahr sein darf, ist hier noch nicht eingetragen. Es steht im Aufruf; im Zweifel fragen Sie das BAMF."
            ),
            BUDGET,
            severity=Severity.INFO,
        )
        return
    for granted in limits.grants(limit, dossier.budget, limits.planned_years(dossier.budget)):
        if granted.over:
            yield Found(
                _("Im Jahr %(year)d beträgt die Zuwendung %(grant)s. Möglich sind höchstens %(limit)s im Jahr. Das sind %(over)s zu viel.") % {"year": granted.year, "grant": euro(granted.grant), "limit": euro(granted.most), "over": euro(granted.over)},
                BUDGET, limit=limit,
            )  # fmt: skip


@check("B03", Severity.ERROR)
def own_share(dossier: Dossier) -> Iterator[Found]:
    """Own and third-party funds together; what the share is taken of, and what counts, is unclear (F18, F14, F11)."""
    limit = dossier.terms.limit("min_own_share")
    share = limits.own_share(limit, dossier.budget)
    if limit.value is None:
        yield Found(
            _(
                "Welcher Anteil Eigenmittel sein muss, ist hier noch nicht eingetragen. Es steht im Aufruf; im Zweifel fragen Sie das BAMF."
            ),
            BUDGET,
            severity=Severity.INFO,
        )
    elif share and not share.is_kept:
        alone = limits.percent(limits.own(dossier.budget), share.spending)
        yield Found(
            _("Ihre Eigenmittel sind %(own)s %% der Ausgaben, mit Drittmitteln %(share)s %%. Erwartet werden mindestens %(limit)s %%. Frühere Aufrufe verlangten mindestens 10 %% Eigenmittel. Prüfen Sie im Aufruf, ob Drittmittel mitzählen.") % {"own": number(alone), "share": number(share.percent), "limit": number(limit.value)},
            BUDGET, limit=limit,
        )  # fmt: skip


@check("B04", Severity.WARNING)
def own_funds(dossier: Dossier) -> Iterator[Found]:
    """Eigenmittel alone, if the call sets a minimum (F24)."""
    limit = dossier.terms.limit("min_own_funds")
    share = limits.own_funds(limit, dossier.budget)
    if limit.value is None:
        yield Found(
            _("Wie viel davon Eigenmittel sein müssen, ist hier nicht eingetragen. Bitte sehen Sie im Aufruf nach."),
            BUDGET,
            severity=Severity.INFO,
        )
    elif share and not share.is_kept:
        yield Found(
            _("Die Eigenmittel allein sollen mindestens %(limit)s %% der Ausgaben sein.")
            % {"limit": number(limit.value)},
            BUDGET,
            limit=limit,
        )


@check("B05", Severity.ERROR)
def investments_first(dossier: Dossier) -> Iterator[Found]:
    """Investments only in the first funding year (F1 5.3)."""
    limit = dossier.terms.limit("investment_years")
    allowed = limits.investment_years(limit, dossier.years)
    used = limit if limit.value is not None else None
    for title, group in alike(limits.late_investments(limit, dossier.budget, dossier.years)):
        sentence = ngettext(
            "%(title)s: Investitionen sind nur im ersten Förderjahr möglich, bei Ihnen %(years)s.",
            "%(title)s: Investitionen sind nur in den ersten Förderjahren möglich, bei Ihnen %(years)s.",
            len(allowed),
        )
        yield at(group, sentence % {"title": title, "years": ", ".join(map(str, allowed))}, "year", limit=used)


@check("B06", Severity.WARNING, guess=True)
def no_travel_abroad(dossier: Dossier) -> Iterator[Found]:
    """Travel abroad is not eligible (F1 5.3); we go by words."""
    for title, group in alike(
        line for line in dossier.budget.expenses if ABROAD.search(f"{line.title} {line.justification}")
    ):
        sentence = _("%(title)s klingt nach einer Reise ins Ausland. Solche Reisen werden nicht gefördert.")
        yield at(group, sentence % {"title": title})


@check("B07", Severity.WARNING, guess=True)
def nothing_vague(dossier: Dossier) -> Iterator[Found]:
    """No building works, reserves or "Sonstiges" (F1 4.8, Z3); we go by words."""
    for title, group in alike(line for line in dossier.budget.expenses if NOT_ELIGIBLE.search(line.title)):
        sentence = _(
            "%(title)s: Bauarbeiten, Rücklagen und Unbestimmtes werden meist nicht gefördert. Bitte beschreiben Sie genauer."
        )
        yield at(group, sentence % {"title": title})


@check("B08", Severity.WARNING)
def not_better_paid(dossier: Dossier) -> Iterator[Found]:
    """Staff are not paid better than federal staff (Z1 1.3). There is no table to compare with, so we say whom to ask."""
    if dossier.budget.personnel and dossier.terms.limit("tvoed_table").value is None:
        yield Found(
            _(
                "Ob die Gehälter nicht über dem TVöD liegen, können wir nicht prüfen: Die Tabelle ist nicht hinterlegt. Bitte vergleichen Sie selbst."
            ),
            BUDGET,
            severity=Severity.INFO,
        )


@check("B09", Severity.WARNING, guess=True)
def no_fee_for_staff(dossier: Dossier) -> Iterator[Found]:
    """Freelance fees are not for project staff (F1 5.3); we compare the words."""
    staff = {line.role.strip().lower() for line in dossier.budget.personnel if line.role.strip()}
    fees = [line for line in dossier.budget.expenses if line.kind == "HON"]
    for title, group in alike(line for line in fees if any(role in line.title.lower() for role in staff)):
        sentence = _("%(title)s: Wer im Vorhaben angestellt ist, kann kein Honorar bekommen.")
        yield at(group, sentence % {"title": title})


@check("B10", Severity.WARNING)
def inventory(dossier: Dossier) -> Iterator[Found]:
    """Above the inventory limit (net) an item is an investment, below it is not (Z1 4.2, Z3). Prices here are gross."""
    limit = dossier.terms.limit("inventory_limit")
    if limit.value is None:
        return
    expenses, most = dossier.budget.expenses, in_cents(limit.value)
    said = {"limit": euro(most)}
    for title, group in alike(line for line in expenses if line.kind == "GWG" and (line.unit_price or 0) > most):
        sentence = _(
            "%(title)s kostet mehr als %(limit)s. Liegt auch der Preis ohne Umsatzsteuer darüber, gehört es zu den Investitionen."
        )
        yield at(group, sentence % {"title": title, **said}, "kind", limit=limit)
    for title, group in alike(
        line for line in expenses if line.kind == limits.INVESTMENT and 0 < (line.unit_price or 0) <= most
    ):
        sentence = _("%(title)s kostet höchstens %(limit)s und gehört zu den Gegenständen, nicht zu den Investitionen.")
        yield at(group, sentence % {"title": title, **said}, "kind", limit=limit)


@check("B11", Severity.ERROR)
def inside_the_term(dossier: Dossier) -> Iterator[Found]:
    """Lines only in calendar years of the term (Z3)."""
    years = dossier.years
    every: tuple[Line, ...] = (*lines(dossier), *dossier.budget.income)
    for title, group in alike(line for line in every if line.year is None):
        yield at(group, _("%(title)s gehört noch zu keinem Jahr.") % {"title": title}, "year")
    for title, group in alike(line for line in every if years and line.year and line.year not in years):
        yield at(group, _("%(title)s steht in einem Jahr, in dem Ihr Vorhaben nicht läuft.") % {"title": title}, "year")


@check("B12", Severity.WARNING, guess=True)
def flat_rate(dossier: Dossier) -> Iterator[Found]:
    """A flat rate for administration only where the call defines one; we go by words."""
    if dossier.terms.limit("admin_flat_rate").value is not None:
        return
    rates = [line for line in dossier.budget.expenses if line.kind == "VERW" and is_flat_rate(line)]
    for title, group in alike(rates):
        yield at(group, _("%(title)s: Ob es eine Pauschale gibt, steht im Leitfaden des BAMF.") % {"title": title})


def is_flat_rate(line: Expense) -> bool:
    """One sum that is called a flat rate; what is reckoned item by item is none."""
    said = f"{line.title} {line.unit} {line.justification}"
    return decimal(line.quantity) == 1 and FLAT_RATE.search(said) is not None


@check("B13", Severity.WARNING)
def evidence(dossier: Dossier) -> Iterator[Found]:
    """Third-party funds come with evidence (Z3)."""
    third = [line for line in dossier.budget.income if line.kind in {"DRITT_OEFF", "DRITT_PRIV"}]
    for source, group in alike(line for line in third if not line.evidence.strip()):
        amount = euro(sum(line.amount or 0 for line in group))
        sentence = _("Für %(amount)s von %(source)s fehlt der Nachweis.") % {"amount": amount, "source": source}
        yield at(group, sentence, "evidence")


@check("B14", Severity.WARNING, guess=True)
def no_work_as_cash(dossier: Dossier) -> Iterator[Found]:
    """Work is not cash: it counts as own funds only where the call allows it."""
    own = [line for line in dossier.budget.income if line.kind == limits.OWN_FUNDS]
    for source, group in alike(line for line in own if IN_KIND.search(f"{line.source} {line.evidence}")):
        sentence = _(
            "%(source)s klingt nach Arbeit statt Geld. Arbeitszeit ist kein Geld. Tragen Sie hier nur ein, was auf dem Konto ist oder sein wird."
        )
        yield at(group, sentence % {"source": source})


@check("B15", Severity.INFO)
def bridge(dossier: Dossier) -> Iterator[Found]:
    """What the first months of a year cost from the team's own till (F18, our own formula)."""
    limit = dossier.terms.limit("prefinance_months")
    bridges = [limits.bridge(limit, dossier.budget, year) for year in dossier.years]
    first = next((bridge for bridge in bridges if bridge), None)
    if first:
        yield Found(bridge_sentence(first), BUDGET)


def bridge_sentence(bridge: limits.Bridge) -> str:
    """What the first months of a year cost, and that it is an estimate of ours."""
    sentence = ngettext(
        "Rechnen Sie damit, dass das erste Geld erst nach einigen Wochen kommt. Ein Monat kostet %(year)d etwa %(amount)s. Das ist unsere Schätzung: die Ausgaben des Jahres, gleichmäßig verteilt.",
        "Rechnen Sie damit, dass das erste Geld erst nach einigen Wochen kommt. %(months)s Monate kosten %(year)d etwa %(amount)s. Das ist unsere Schätzung: die Ausgaben des Jahres, gleichmäßig verteilt.",
        1 if bridge.months == 1 else 2,
    )
    return sentence % {"months": number(bridge.months), "year": bridge.year, "amount": euro(bridge.cents)}


@check("B16", Severity.INFO)
def three_offers(dossier: Dossier) -> Iterator[Found]:
    """Above the direct-award limit three offers are needed (Z4)."""
    limit = dossier.terms.limit("direct_award_limit")
    orders = [line for line in dossier.budget.expenses if line.kind == "AUFTR"]
    if limit.value is None:
        if orders:
            yield Found(
                _(
                    "Ab welchem Betrag drei Angebote nötig sind, ist hier noch nicht eingetragen. Es steht im Aufruf; im Zweifel fragen Sie das BAMF."
                ),
                BUDGET,
            )
        return
    for title, group in alike(line for line in orders if line.amount > in_cents(limit.value)):
        sentence = _("%(title)s: Ab %(limit)s holen Sie bitte drei Angebote ein.")
        yield at(group, sentence % {"title": title, "limit": euro(in_cents(limit.value))})


@check("B17", Severity.INFO)
def procurement(dossier: Dossier) -> Iterator[Found]:
    """A grant above the threshold in one notice brings the UVgO with it (Z1 3.1)."""
    limit = dossier.terms.limit("uvgo_threshold")
    if limit.value is not None and dossier.budget.grant() > in_cents(limit.value):
        yield Found(
            _("Werden mehr als %(limit)s in einem einzigen Bescheid bewilligt, gilt für Aufträge die UVgO.")
            % {"limit": euro(in_cents(limit.value))},
            BUDGET,
        )
