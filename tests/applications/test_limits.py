"""The limits of a call: the checks and the numbers beside the plan say the same (B02–B05, B15)."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from applications.checks import Dossier, Severity, limits, run
from applications.content import Budget, Cover, Expense, Income
from applications.content.budget import INCOME_KINDS
from applications.views.limits import fits, prefinance
from calls.terms import LimitTerm, SectionTerm, Terms

LIMITS = {"max_grant_per_year": 1000, "min_own_share": 10, "min_own_funds": 5, "investment_years": 1, "prefinance_months": 2}  # fmt: skip
CODES = {"Höchstens": "B02", "Eigenmittel mit": "B03", "% Eigenmittel": "B04", "Investitionen": "B05"}
THREE_YEARS = Cover(start_on="2027-01-01", months=36)


def expense(year, euros, kind="MIETE"):
    return Expense(year=year, kind=kind, title="Saal", quantity="1", unit_price=int(euros * 100), justification="x")


def own(year, euros, kind="EIGEN"):
    return Income(year=year, kind=kind, source="Verein", amount=int(euros * 100))


def terms_of(**changes):
    known = {**LIMITS, **changes}
    return Terms(
        sections=[SectionTerm("s17", "Finanzierungsplan", "budget")],
        limits=[LimitTerm(key, key, value=Decimal(value)) for key, value in known.items() if value is not None],
    )


def said_by_checks(budget, terms, cover):
    dossier = Dossier(
        values={"s0": cover, "s17": budget}, terms=terms, year=2027, today=date(2026, 6, 1), deadline=date(2026, 6, 30)
    )
    return [finding for finding in run(dossier) if finding.code in {*CODES.values(), "B15"}]


def wrong_beside_the_plan(budget, terms, cover, year=None):
    term = [2027, 2028, 2029] if cover == THREE_YEARS else []
    gauges = fits(terms.limit, budget, year, [2027, 2028, 2029], term)
    return [next(code for words, code in CODES.items() if words in fit.text) for fit in gauges if fit.stage == "error"]


@pytest.mark.parametrize(
    ("expenses", "income", "changes", "cover", "expected"),
    [
        pytest.param([expense(2027, 1000)], [own(2027, 100)], {}, THREE_YEARS, [], id="kept"),
        pytest.param([expense(2027, 2000)], [own(2027, 200)], {}, THREE_YEARS, ["B02"], id="grant too high"),
        pytest.param([expense(2031, 2000)], [own(2031, 200)], {}, THREE_YEARS, ["B02"], id="outside the term"),
        pytest.param([expense(2027, 500), expense(2028, 500)], [own(2027, 100)], {}, THREE_YEARS, [], id="one poor year"),
        pytest.param([expense(2027, 1000)], [own(2027, 99.96)], {}, THREE_YEARS, ["B03"], id="just missed"),
        pytest.param([expense(2027, 1000)], [own(2027, 40), own(2027, 60, "DRITT_PRIV")], {}, THREE_YEARS, ["B04"], id="own"),
        pytest.param([expense(2028, 1000, "INV")], [own(2028, 100)], {}, THREE_YEARS, ["B05"], id="late investment"),
        pytest.param([expense(2028, 1000, "INV")], [own(2028, 100)], {}, Cover(), [], id="no term"),
        pytest.param(
            [expense(2028, 1000, "INV")], [own(2028, 100)], {"investment_years": None}, THREE_YEARS, ["B05"], id="not set"
        ),
        pytest.param(
            [expense(2028, 1000, "INV")], [own(2028, 100)], {"investment_years": 2}, THREE_YEARS, [], id="two years"
        ),
    ],
)  # fmt: skip
def test_the_page_is_wrong_where_the_checks_are(expenses, income, changes, cover, expected):
    budget, terms = Budget(expenses=tuple(expenses), income=tuple(income)), terms_of(**changes)

    checks = [f.code for f in said_by_checks(budget, terms, cover) if f.severity < Severity.INFO]
    page = wrong_beside_the_plan(budget, terms, cover)

    assert (checks, page) == (expected, expected)


def test_a_share_belongs_to_the_whole_plan_on_the_page_of_a_year_too():
    budget = Budget(expenses=(expense(2027, 500), expense(2028, 500)), income=(own(2027, 100),))
    terms = terms_of()

    assert wrong_beside_the_plan(budget, terms, THREE_YEARS, 2028) == []
    notes = [fit.note for fit in fits(terms.limit, budget, 2028, [2027, 2028], [2027, 2028])][1:3]
    assert notes == ["Im ganzen Plan sind es 10,0 %."] * 2


def test_what_misses_the_share_never_reads_as_if_it_reached_it():
    budget, terms = Budget(expenses=(expense(2027, 1000),), income=(own(2027, 99.96),)), terms_of()

    [sentence] = [f.sentence for f in said_by_checks(budget, terms, THREE_YEARS) if f.code == "B03"]
    note = fits(terms.limit, budget, None, [2027], [2027])[1].note

    assert "mit Drittmitteln 9,9 %" in sentence
    assert note == "Im ganzen Plan sind es 9,9 %."


@pytest.mark.parametrize(("months", "amount"), [(2, "166"), (None, "166"), (3, "249")])
def test_what_the_first_months_cost_is_one_sentence(months, amount):
    budget, terms = Budget(expenses=(expense(2027, 999.99),), income=()), terms_of(prefinance_months=months)

    [sentence] = [f.sentence for f in said_by_checks(budget, terms, THREE_YEARS) if f.code == "B15"]

    assert sentence == prefinance(terms.limit("prefinance_months"), budget, 2027)
    assert f" Monate kosten 2027 etwa {amount} €." in sentence


def test_the_kinds_that_limits_look_at_are_kinds_of_a_budget():
    assert limits.OWN_FUNDS in dict(INCOME_KINDS)
    literals = re.compile(f'"({limits.OWN_FUNDS}|{limits.INVESTMENT})"')
    checks = Path(limits.__file__).parent
    written = {path.name: len(literals.findall(path.read_text(encoding="utf-8"))) for path in checks.glob("*.py")}
    assert {name: count for name, count in written.items() if count} == {"limits.py": 2}


def test_one_month_is_said_in_the_singular():
    budget = Budget(expenses=(expense(2027, 999.99),), income=())
    sentence = prefinance(terms_of(prefinance_months=1).limit("prefinance_months"), budget, 2027)
    assert " Ein Monat kostet 2027 etwa 83 €." in sentence


def test_half_a_month_is_no_single_one():
    budget = Budget(expenses=(expense(2027, 999.99),), income=())
    limit = terms_of(prefinance_months=Decimal("1.5")).limit("prefinance_months")
    assert " 1,5 Monate kosten 2027 etwa 124 €." in prefinance(limit, budget, 2027)


def test_what_earlier_calls_asked_for_is_said_as_they_said_it():
    budget, terms = Budget(expenses=(expense(2027, 1000),), income=(own(2027, 50),)), terms_of()
    [sentence] = [f.sentence for f in said_by_checks(budget, terms, THREE_YEARS) if f.code == "B03"]
    assert "Frühere Aufrufe verlangten mindestens 10 % Eigenmittel." in sentence


def test_more_than_one_year_of_investments_is_said_in_the_plural():
    budget, terms = Budget(expenses=(expense(2029, 10, "INV"),)), terms_of(investment_years=2)

    [sentence] = [f.sentence for f in said_by_checks(budget, terms, THREE_YEARS) if f.code == "B05"]

    assert sentence == (
        "„Saal“ (2029): Investitionen sind nur in den ersten Förderjahren möglich, bei Ihnen 2027, 2028."
    )
