"""Checks of what the money is spent on: the rows of the plan (C23, B05–B12, B16, B17)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from itertools import dropwhile
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.checks import limits
from applications.checks.base import Dossier, Found, Severity, check
from applications.checks.budget_rows import alike, at
from applications.checks.limits import in_cents
from applications.content.budget import ALL_ACTIVITIES, BudgetRow, Expense, Personnel, decimal
from calls.terms import BUDGET, LimitTerm
from core.words import money_in_text, number

ABROAD = re.compile(r"\b(ausland\w*|auslandsreise\w*|flug|flüge|flugticket\w*)\b", re.IGNORECASE)
NOT_ELIGIBLE = re.compile(
    r"\b(unvorhergesehen\w*|sonstiges|rücklage\w*|reserve\w*|puffer|umbau\w*|neubau\w*|renovierung\w*)\b", re.IGNORECASE
)
FLAT_RATE = re.compile(r"(?<!keine )(?<!nicht )pauschal", re.IGNORECASE)
# The highest rate of VAT in Germany (§ 12 UStG), as a factor on the net price.
HIGHEST_VAT = Decimal("1.19")
# What stands in the title of a fee before whom it is for, and what ends the name of a post.
BEFORE_A_POST = frozenset(
    {
        "honorar",
        "honorare",
        "vergüt",
        "bezahl",
        "entlohn",
        "zusätzliche",
        "zusätzliches",
        "für",
        "die",
        "den",
        "der",
        "das",
        "dem",
        "des",
        "als",
        "ein",
        "eine",
        "einen",
        "einer",
    }
)
AFTER_A_POST = re.compile(r"[,(/;:–]")
ENDING = re.compile(r"(?<=\w{4})(?:ung|erinnen|erin|ern|er)$")


@check("C23", Severity.WARNING)
def explained(dossier: Dossier) -> Iterator[Found]:
    """Every line is explained and belongs to an activity (F1 5.3, Z3)."""
    known = {activity.id for activity in dossier.work_plan.rows} | {"", ALL_ACTIVITIES}
    silent = [line for line in dossier.budget.costs if not line.justification.strip()]
    reasoned = [line for line in dossier.budget.costs if line.justification.strip()]
    for title, group in alike(silent):
        yield at(group, _("Zu %(title)s fehlt die Begründung.") % {"title": title}, "justification")
    for title, group in alike(line for line in reasoned if line.activity not in known):
        sentence = _("%(title)s gehört zu einer Maßnahme, die nicht mehr vorhanden ist.")
        yield at(group, sentence % {"title": title}, "activity")
    for title, group in alike(line for line in reasoned if not line.activity):
        yield at(group, _("%(title)s: Bitte ordnen Sie die Ausgabe einer Maßnahme zu.") % {"title": title}, "activity")


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
    """Travel abroad is not eligible (F1 5.3); we go by keywords."""
    for title, group in alike(
        line for line in dossier.budget.expenses if ABROAD.search(f"{line.title} {line.justification}")
    ):
        sentence = _("%(title)s klingt nach einer Reise ins Ausland. Solche Reisen werden nicht gefördert.")
        yield at(group, sentence % {"title": title})


@check("B07", Severity.WARNING, guess=True)
def nothing_vague(dossier: Dossier) -> Iterator[Found]:
    """No building works, reserves or "Sonstiges" (F1 4.8, Z3); we go by keywords."""
    for title, group in alike(line for line in dossier.budget.expenses if NOT_ELIGIBLE.search(line.title)):
        sentence = _(
            "%(title)s: Bauarbeiten werden nicht gefördert, Rücklagen und Unbestimmtes meist nicht. Bitte beschreiben Sie genauer."
        )
        yield at(group, sentence % {"title": title})


@check("B08", Severity.WARNING)
def not_better_paid(dossier: Dossier) -> Iterator[Found]:
    """Staff are not paid better than federal staff (Z1 1.3). There is no table to compare with, so we say whom to ask."""
    if dossier.budget.personnel and dossier.terms.limit("tvoed_table").value is None:
        yield Found(
            _(
                "Wird Ihre Organisation überwiegend aus öffentlichem Geld bezahlt? Dann vergleichen Sie bitte die Gehälter mit der Entgelttabelle des TVöD (Bund). Hier ist keine Tabelle hinterlegt."
            ),
            BUDGET,
            severity=Severity.INFO,
        )


@check("B09", Severity.WARNING, guess=True)
def no_fee_for_staff(dossier: Dossier) -> Iterator[Found]:
    """Freelance fees are not for project staff (F1 5.3); we compare what a fee begins with to the names of the posts."""
    posts = [post for line in dossier.budget.personnel if (post := stems(AFTER_A_POST.split(line.role)[0]))]
    fees = [line for line in dossier.budget.expenses if line.kind == "HON"]
    for title, group in alike(line for line in fees if is_for_one_of(posts, line.title)):
        sentence = _("%(title)s: Wer im Vorhaben angestellt ist, kann kein Honorar bekommen.")
        yield at(group, sentence % {"title": title})


def is_for_one_of(posts: list[list[str]], title: str) -> bool:
    """Does a fee begin with the name of a post? „Honorar für die Projektleitung“ does, „Supervision der Projektleitung“ does not."""
    words = list(dropwhile(BEFORE_A_POST.__contains__, stems(title)))
    return any(words[: len(post)] == post for post in posts)


def stems(text: str) -> list[str]:
    """The words without the endings that tell a post from its people: „Leitung“, „Leiterin“ and „Leiter“ are one."""
    return [ENDING.sub("", word) for word in re.findall(r"\w+", text.casefold())]


@check("B10", Severity.WARNING)
def inventory(dossier: Dossier) -> Iterator[Found]:
    """Above the inventory limit (net) an item is an investment, below it is not (Z1 4.2, Z3).

    Prices are gross unless input tax is deducted. What costs more than the limit with the highest rate of VAT on top of
    it costs more without VAT as well; in between the rate decides.
    """
    limit = dossier.terms.limit("inventory_limit")
    if limit.value is None:
        return
    most = in_cents(limit.value)
    surely_more = most if deducts_input_tax(dossier) else int(most * HIGHEST_VAT)
    things = [line for line in dossier.budget.expenses if line.kind == "GWG" and cost(line) > most]
    investments = [line for line in dossier.budget.expenses if line.kind == limits.INVESTMENT]
    yield from sorted_wrongly(
        (line for line in things if cost(line) > surely_more),
        _("%(title)s kostet ohne Umsatzsteuer mehr als %(limit)s und gehört zu den Investitionen."),
        limit,
    )
    yield from sorted_wrongly(
        (line for line in things if cost(line) <= surely_more),
        _(
            "%(title)s kostet mit Umsatzsteuer mehr als %(limit)s. Kostet ein Stück auch ohne Umsatzsteuer mehr als %(limit)s, gehört es zu den Investitionen."
        ),
        limit,
    )
    yield from sorted_wrongly(
        (line for line in investments if 0 < cost(line) <= most),
        _(
            "%(title)s kostet höchstens %(limit)s und gehört zu den Anschaffungen bis %(limit)s, nicht zu den Investitionen."
        ),
        limit,
    )
    yield from sorted_wrongly(
        (line for line in investments if most < cost(line) <= surely_more),
        _(
            "%(title)s: Kostet ein Stück ohne Umsatzsteuer höchstens %(limit)s, gehört es zu den Anschaffungen bis %(limit)s, nicht zu den Investitionen."
        ),
        limit,
        severity=Severity.INFO,
    )


def cost(line: Expense) -> int:
    return line.unit_price or 0


def sorted_wrongly(rows: Iterable[BudgetRow], sentence: str, limit: LimitTerm, **more: Any) -> Iterator[Found]:
    """Say about these rows that their kind is wrong."""
    for title, group in alike(rows):
        values = {"title": title, "limit": money_in_text(in_cents(limit.value or Decimal(0)))}
        yield at(group, sentence % values, "kind", limit=limit, **more)


def deducts_input_tax(dossier: Dossier) -> bool:
    """Does the organisation deduct input tax? Its prices are net then (Z1 6.2.2, B19)."""
    asked = [question.key for question in dossier.terms.questions if question.check_code == "B19"]
    return any(dossier.declarations.answer(key) == "yes" for key in asked)


@check("B11", Severity.ERROR)
def inside_the_term(dossier: Dossier) -> Iterator[Found]:
    """Lines only in calendar years of the term, and no more months of a post than the term has there (Z3)."""
    years = dossier.years
    every: tuple[BudgetRow, ...] = (*dossier.budget.costs, *dossier.budget.income)
    for title, group in alike(line for line in every if line.year is None):
        yield at(group, _("%(title)s gehört noch zu keinem Jahr.") % {"title": title}, "year")
    for title, group in alike(line for line in every if years and line.year and line.year not in years):
        yield at(group, _("%(title)s steht in einem Jahr, in dem Ihr Vorhaben nicht läuft.") % {"title": title}, "year")
    for line in dossier.budget.personnel:
        if line.year in years and decimal(line.months) > (most := months_in(dossier, line.year)):
            yield from too_many_months(line, most)


def months_in(dossier: Dossier, year: int) -> int:
    """How many months of a year the term touches."""
    start, months = date.fromisoformat(dossier.cover.start_on), dossier.cover.months or 0
    first = start.year * 12 + start.month - 1
    end = first + months + (start.day > 1)
    return max(0, min(end, (year + 1) * 12) - max(first, year * 12))


def too_many_months(line: Personnel, most: int) -> Iterator[Found]:
    sentence = ngettext(
        "%(title)s: Hier stehen %(months)s Monate. Ihr Vorhaben läuft in diesem Jahr nur einen Monat.",
        "%(title)s: Hier stehen %(months)s Monate. Ihr Vorhaben läuft in diesem Jahr nur %(most)d Monate.",
        most,
    )
    for title, group in alike([line]):
        values = {"title": title, "months": number(decimal(line.months)), "most": most}
        yield at(group, sentence % values, "months", severity=Severity.WARNING)


@check("B12", Severity.WARNING, guess=True)
def flat_rate(dossier: Dossier) -> Iterator[Found]:
    """A flat rate for administration only where the call defines one; we go by keywords."""
    if dossier.terms.limit("admin_flat_rate").value is not None:
        return
    rates = [line for line in dossier.budget.expenses if line.kind == "VERW" and is_flat_rate(line)]
    for title, group in alike(rates):
        yield at(group, _("%(title)s: Ob es eine Pauschale gibt, steht im Leitfaden des BAMF.") % {"title": title})


def is_flat_rate(line: Expense) -> bool:
    """Is it one sum that is called a flat rate? Not if it is reckoned item by item."""
    words = f"{line.title} {line.unit} {line.justification}"
    return decimal(line.quantity) == 1 and FLAT_RATE.search(words) is not None


@check("B16", Severity.INFO)
def three_offers(dossier: Dossier) -> Iterator[Found]:
    """Above the direct-award limit (net) three offers are needed (Z4)."""
    limit = dossier.terms.limit("direct_award_limit")
    orders = [line for line in dossier.budget.expenses if line.kind == "AUFTR"]
    if limit.value is None:
        if orders:
            yield Found(
                _(
                    "Ab welchem Betrag drei Angebote nötig sind, ist hier nicht eingetragen. Bitte fragen Sie das BAMF, bevor Sie einen großen Auftrag planen."
                ),
                BUDGET,
            )
        return
    for title, group in alike(line for line in orders if line.amount > in_cents(limit.value)):
        sentence = _(
            "%(title)s: Kostet ein Auftrag ohne Umsatzsteuer mehr als %(limit)s, holen Sie bitte drei Angebote ein."
        )
        yield at(group, sentence % {"title": title, "limit": money_in_text(in_cents(limit.value))})


@check("B17", Severity.INFO)
def procurement(dossier: Dossier) -> Iterator[Found]:
    """A grant above the threshold in one notice brings the UVgO with it (Z1 3.1)."""
    limit = dossier.terms.limit("uvgo_threshold")
    if limit.value is not None and dossier.budget.grant() > in_cents(limit.value):
        yield Found(
            _(
                "Werden mehr als %(limit)s in einem einzigen Bescheid bewilligt, gelten für Aufträge strengere Regeln (Unterschwellenvergabeordnung, UVgO). Das klären Sie später mit dem BAMF."
            )
            % {"limit": money_in_text(in_cents(limit.value))},
            BUDGET,
        )
