"""Checks of where the money comes from: grant, own and third-party funds (B01–B04, B13–B15)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.checks import limits
from applications.checks.base import Dossier, Found, Severity, check
from applications.checks.budget_rows import alike, at
from calls.terms import BUDGET, LimitTerm
from core.words import money_in_text, number

# The least share of own funds in per cent that the calls of 2022 and 2025 asked for (F18, F11).
EARLIER_CALLS = 10
IN_KIND = re.compile(r"\b(ehrenamtlich\w*|eigenleistung\w*|arbeitsstunden|unbar\w*|sachleistung\w*)\b", re.IGNORECASE)


@check("B01", Severity.ERROR)
def gap(dossier: Dossier) -> Iterator[Found]:
    """Income and grant together are the expenses, each year: so income is never more than expenses (F1 4.2)."""
    budget = dossier.budget
    if not dossier.budget.costs:
        yield Found(_("Der Finanzierungsplan ist noch leer."), BUDGET)
        return
    years = sorted({line.year for line in (*dossier.budget.costs, *budget.income) if line.year})
    for year in years:
        if budget.grant(year) < 0:
            yield Found(
                _("Im Jahr %(year)d ist mehr Geld da, als Sie ausgeben: %(amount)s. Dann bleibt nichts, was die Förderung bezahlen kann.") % {"year": year, "amount": money_in_text(-budget.grant(year))},
                BUDGET,
            )  # fmt: skip


@check("B02", Severity.ERROR)
def highest_grant(dossier: Dossier) -> Iterator[Found]:
    """At most the grant per calendar year of the call (F11, F12), and at most that of the whole term (B1)."""
    limit = dossier.terms.limit("max_grant_per_year")
    if limit.value is None:
        yield Found(
            _(
                "Wie hoch die Zuwendung im Jahr sein darf, ist hier noch nicht eingetragen. Es steht im Aufruf; im Zweifel fragen Sie das BAMF."
            ),
            BUDGET,
            severity=Severity.INFO,
        )
    for granted in limits.grants(limit, dossier.budget, limits.planned_years(dossier.budget)):
        if granted.over:
            yield Found(
                _("Im Jahr %(year)d beträgt die Zuwendung %(grant)s. Möglich sind höchstens %(limit)s im Jahr. Das sind %(over)s zu viel.") % {"year": granted.year, "grant": money_in_text(granted.grant), "limit": money_in_text(granted.most), "over": money_in_text(granted.over)},
                BUDGET, limit=limit,
            )  # fmt: skip
    whole = dossier.terms.limit("max_grant")
    total = limits.whole_grant(whole, dossier.budget)
    if total and total.over:
        yield Found(
            _("Zusammen beträgt die Zuwendung %(grant)s. Möglich sind höchstens %(limit)s in der ganzen Laufzeit. Das sind %(over)s zu viel.") % {"grant": money_in_text(total.grant), "limit": money_in_text(total.most), "over": money_in_text(total.over)},
            BUDGET, limit=whole,
        )  # fmt: skip


@check("B03", Severity.ERROR)
def own_share(dossier: Dossier) -> Iterator[Found]:
    """The least share of the call (F11, F18). It is an error only where the call says what counts into it."""
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
        sentences = (reached_sentence(share), wanted_sentence(limit), missing_sentence(share), doubt_sentence(limit))
        severity = None if limit.basis else Severity.WARNING
        yield Found(" ".join(filter(None, sentences)), BUDGET, severity=severity, limit=limit)


def reached_sentence(share: limits.Share) -> str:
    """A sentence on what the plan reaches; where nobody knows what counts, both ways."""
    shares = {"own": number(share.percent(share.own)), "both": number(share.percent(share.together))}
    if share.basis == limits.OWN_AND_THIRD:
        return _("Ihre Eigenmittel und Drittmittel sind zusammen %(both)s %% der Ausgaben.") % shares
    if share.basis or not share.third:
        return _("Ihre Eigenmittel sind %(own)s %% der Ausgaben.") % shares
    return _("Ihre Eigenmittel sind %(own)s %% der Ausgaben, mit Drittmitteln %(both)s %%.") % shares


def wanted_sentence(limit: LimitTerm) -> str:
    """A sentence on what is asked for, no surer than we are: two earlier calls asked for a tenth (F11, F18)."""
    least = number(limit.value or Decimal(0))
    if limit.is_verified:
        return _("Verlangt sind mindestens %(least)s %%.") % {"least": least}
    if limit.value == EARLIER_CALLS:
        return _("Frühere Aufrufe verlangten mindestens 10 %% Eigenmittel.") % {}
    return _("Hier sind mindestens %(least)s %% eingetragen, aber noch nicht geprüft.") % {"least": least}


def missing_sentence(share: limits.Share) -> str:
    """A sentence on how much is missing, to the cent; empty where nothing is."""
    amounts = {"missing": money_in_text(share.missing), "surely": money_in_text(share.surely_missing)}
    if share.is_kept:
        return ""
    if share.missing == share.surely_missing:
        return _("Es fehlen %(missing)s.") % amounts
    if not share.surely_missing:
        return _("Zählen nur die Eigenmittel, fehlen %(missing)s.") % amounts
    return _("Zählen nur die Eigenmittel, fehlen %(missing)s; zählen Drittmittel mit, fehlen %(surely)s.") % amounts


def doubt_sentence(limit: LimitTerm) -> str:
    """A sentence on what to look up in the call; empty where nothing is in doubt."""
    if not limit.basis:
        return _("Prüfen Sie im Aufruf, ob Drittmittel mitzählen.")
    return "" if limit.is_verified else _("Prüfen Sie im Aufruf, ob das so gilt.")


@check("B04", Severity.WARNING)
def umbrella_share(dossier: Dossier) -> Iterator[Found]:
    """What an umbrella body asks of those who apply through it (F24); nobody else has to keep it."""
    if not dossier.umbrella_body:
        return
    limit = dossier.terms.limit("min_own_funds")
    share = limits.umbrella_share(limit, dossier.budget)
    if limit.value is None:
        yield Found(
            _(
                "Wie viel davon Eigenmittel sein müssen, ist hier nicht eingetragen. Bitte fragen Sie Ihre Zentralstelle."
            ),
            BUDGET,
            severity=Severity.INFO,
        )
    elif share and not share.is_kept:
        wanted = _("Wer über eine Zentralstelle beantragt, braucht mindestens %(least)s %% Eigenmittel.")
        doubt = "" if limit.is_verified else _("Bitte fragen Sie Ihre Zentralstelle, ob das so gilt.")
        sentences = (wanted % {"least": number(limit.value)}, reached_sentence(share), missing_sentence(share), doubt)
        yield Found(" ".join(filter(None, sentences)), BUDGET, limit=limit)


@check("B13", Severity.WARNING)
def evidence(dossier: Dossier) -> Iterator[Found]:
    """Third-party funds come with evidence (Z3)."""
    third = [line for line in dossier.budget.income if line.kind in limits.THIRD_PARTY]
    for source, group in alike(line for line in third if not line.evidence.strip()):
        amount = money_in_text(sum(line.amount or 0 for line in group))
        sentence = _("%(source)s: Tragen Sie ein, womit Sie die %(amount)s belegen (Zusage, Antrag).")
        yield at(group, sentence % {"amount": amount, "source": source}, "evidence")


@check("B14", Severity.WARNING, guess=True)
def no_work_as_cash(dossier: Dossier) -> Iterator[Found]:
    """Work is not cash: it counts as own funds only where the call allows it."""
    own = [line for line in dossier.budget.income if line.kind == limits.OWN_FUNDS]
    for source, group in alike(line for line in own if IN_KIND.search(f"{line.source} {line.evidence}")):
        sentence = _(
            "%(source)s klingt nach Arbeit statt Geld. Ob Arbeitszeit als Eigenmittel zählt, ist hier nicht eingetragen; bitte fragen Sie das BAMF."
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
    return sentence % {"months": number(bridge.months), "year": bridge.year, "amount": money_in_text(bridge.cents)}
