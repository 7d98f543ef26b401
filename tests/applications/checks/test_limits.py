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
from applications.writing.page.budget import with_errors
from applications.writing.page.gauges import fits, prefinance
from calls.terms import LimitTerm, RuleTerm, SectionTerm, Terms

LIMITS = {"max_grant_per_year": 1000, "min_own_share": 10, "min_own_funds": 5, "investment_years": 1, "prefinance_months": 2}  # fmt: skip
CODES = {"Höchstens": "B02", "10 % Eigenmittel": "B03", "5 % Eigenmittel": "B04", "Investitionen": "B05"}
THREE_YEARS = Cover(start_on="2027-01-01", months=36)


def expense(year, euros, kind="MIETE"):
    return Expense(year=year, kind=kind, title="Saal", quantity="1", unit_price=int(euros * 100), justification="x")


def own(year, euros, kind="EIGEN"):
    return Income(year=year, kind=kind, source="Verein", amount=int(euros * 100))


def terms_of(*, basis="own_and_third", certainty="assumed", **changes):
    known = {key: Decimal(value) for key, value in {**LIMITS, **changes}.items() if value is not None}
    return Terms(
        sections=[SectionTerm("s17", "Finanzierungsplan", "budget")],
        limits=[
            LimitTerm(key, key, value=value, certainty=certainty, basis=basis if key == "min_own_share" else "")
            for key, value in known.items()
        ],
    )


def said_by_checks(budget, terms, cover):
    dossier = Dossier(
        values={"s0": cover, "s17": budget},
        terms=terms,
        year=2027,
        today=date(2026, 6, 1),
        deadline=date(2026, 6, 30),
        rules={"B03": RuleTerm("B03", certainty="verified")},
        umbrella_body="Beispielverband",
    )
    return [finding for finding in run(dossier) if finding.code in {*CODES.values(), "B15"}]


def wrong_beside_the_plan(budget, terms, cover, year=None):
    term = [2027, 2028, 2029] if cover == THREE_YEARS else []
    gauges = fits(terms.limit, budget, year, [2027, 2028, 2029], term, via_umbrella=True)
    return [next(code for words, code in CODES.items() if words in fit.text) for fit in gauges if fit.symbol == "error"]


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
    notes = [fit.note for fit in fits(terms.limit, budget, 2028, [2027, 2028], [2027, 2028], via_umbrella=True)][1:3]
    assert notes == ["Im ganzen Plan sind es 10 %."] * 2


def test_what_misses_the_share_never_reads_as_if_it_reached_it():
    budget, terms = Budget(expenses=(expense(2027, 1000),), income=(own(2027, 99.96),)), terms_of()

    [sentence] = [f.sentence for f in said_by_checks(budget, terms, THREE_YEARS) if f.code == "B03"]
    note = fits(terms.limit, budget, None, [2027], [2027])[1].note

    assert "zusammen 9,9 % der Ausgaben" in sentence
    assert "Es fehlen 0,04 €." in sentence
    assert note == "Im ganzen Plan sind es 9,9 %. Es fehlen 0,04 €. Prüfen Sie im Aufruf, ob das so gilt."


def with_funds(own_euros, third_euros=0, fees=0):
    income = (own(2027, own_euros), own(2027, third_euros, "DRITT_OEFF"), own(2027, fees, "TEILN"))
    return Budget(expenses=(expense(2027, 1000),), income=income)


@pytest.mark.parametrize(
    ("basis", "budget", "stage", "missing"),
    [
        ("own", with_funds(100), "done", ""),
        ("own", with_funds(31, 76), "error", "Es fehlen 69 €."),
        ("own", with_funds(99.99, 500), "error", "Es fehlen 0,01 €."),
        ("own_and_third", with_funds(31, 69), "done", ""),
        ("own_and_third", with_funds(31, 68.53), "error", "Es fehlen 0,47 €."),
        ("own_and_third", with_funds(31, 60, fees=500), "error", "Es fehlen 9 €."),
        ("", with_funds(100), "done", ""),
        ("", with_funds(31), "question", "Es fehlen 69 €."),
        ("", with_funds(31, 76), "question", "Zählen nur die Eigenmittel, fehlen 69 €."),
        (
            "",
            with_funds(31, 68.53),
            "question",
            "Zählen nur die Eigenmittel, fehlen 69 €; zählen Drittmittel mit, fehlen 0,47 €.",
        ),
    ],
)
def test_a_share_is_taken_of_what_the_call_counts(basis, budget, stage, missing):
    terms = terms_of(basis=basis)

    sentences = [f.sentence for f in said_by_checks(budget, terms, THREE_YEARS) if f.code == "B03"]
    fit = fits(terms.limit, budget, None, [2027], [2027])[1]

    assert (fit.symbol, bool(sentences)) == (stage, stage != "done")
    assert all(missing in said for said in (*sentences, fit.note))


@pytest.mark.parametrize(
    ("basis", "certainty", "blocks"),
    [
        ("own", "verified", True),
        ("own", "assumed", False),
        ("", "verified", False),
        ("own_and_third", "verified", True),
    ],
)
def test_a_share_blocks_only_where_value_and_basis_are_known(basis, certainty, blocks):
    terms = terms_of(basis=basis, certainty=certainty)

    [finding] = [f for f in said_by_checks(with_funds(31, 60), terms, THREE_YEARS) if f.code == "B03"]

    assert finding.blocks is blocks


def test_what_is_not_known_of_a_share_is_said():
    [finding] = [f for f in said_by_checks(with_funds(31, 76), terms_of(basis=""), THREE_YEARS) if f.code == "B03"]

    assert finding.sentence == (
        "Ihre Eigenmittel sind 3,1 % der Ausgaben, mit Drittmitteln 10,7 %. "
        "Frühere Aufrufe verlangten mindestens 10 % Eigenmittel. "
        "Zählen nur die Eigenmittel, fehlen 69 €. Prüfen Sie im Aufruf, ob Drittmittel mitzählen."
    )


@pytest.mark.parametrize(("own_euros", "read"), [(105.5, "10,55 %"), (105.49, "10,54 %")])
def test_a_share_is_as_exact_as_its_limit(own_euros, read):
    terms = terms_of(basis="own", min_own_share="10.55")

    note = fits(terms.limit, with_funds(own_euros), None, [2027], [2027])[1].note

    assert note.startswith(f"Im ganzen Plan sind es {read}.")


def test_the_grant_on_a_tab_is_never_rounded_to_the_limit():
    assert with_errors(70_000_40, 1) == "70.000,40 €, 1 Fehler"


def test_an_umbrella_bodys_share_concerns_only_those_who_apply_through_it():
    budget, terms = with_funds(31, 76), terms_of()
    everybody = Dossier(values={"s17": budget}, terms=terms, year=2027, today=date(2026, 6, 1))

    [said] = [f.sentence for f in said_by_checks(budget, terms, THREE_YEARS) if f.code == "B04"]

    assert said == (
        "Wer über eine Zentralstelle beantragt, braucht mindestens 5 % Eigenmittel. Ihre Eigenmittel sind 3,1 % der "
        "Ausgaben. Es fehlen 19 €. Bitte fragen Sie Ihre Zentralstelle, ob das so gilt."
    )
    assert not [f for f in run(everybody) if f.code == "B04"]
    assert len(fits(terms.limit, budget, None, [2027], [])) + 1 == len(
        fits(terms.limit, budget, None, [2027], [], via_umbrella=True)
    )


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
    budget, terms = with_funds(50), terms_of()
    [sentence] = [f.sentence for f in said_by_checks(budget, terms, THREE_YEARS) if f.code == "B03"]
    assert "Frühere Aufrufe verlangten mindestens 10 % Eigenmittel." in sentence


def test_more_than_one_year_of_investments_is_said_in_the_plural():
    budget, terms = Budget(expenses=(expense(2029, 10, "INV"),)), terms_of(investment_years=2)

    [sentence] = [f.sentence for f in said_by_checks(budget, terms, THREE_YEARS) if f.code == "B05"]

    assert sentence == (
        "„Saal“ (2029): Investitionen sind nur in den ersten Förderjahren möglich, bei Ihnen 2027, 2028."
    )


@pytest.mark.parametrize(
    ("years", "each", "expected"),
    [([2027, 2028, 2029], 70_000, []), ([2027, 2028, 2029, 2030], 70_000, ["B02"]), ([2027, 2028, 2029], 0, [])],
)
def test_the_grant_of_the_whole_term_has_a_limit_too(years, each, expected):
    """Four calendar years of the highest grant are more than the whole term may have (B1)."""
    budget = Budget(
        expenses=tuple(expense(year, each) for year in years), income=tuple(own(year, each / 10) for year in years)
    )
    terms = terms_of(max_grant_per_year=100_000, max_grant=210_000)

    sentences = [f.sentence for f in said_by_checks(budget, terms, THREE_YEARS) if f.code == "B02"]
    notes = [fit.note for fit in fits(terms.limit, budget, None, years, years) if "in der ganzen Laufzeit" in fit.text]

    assert [said.startswith("Zusammen beträgt die Zuwendung 252.000") for said in sentences] == [True] * len(expected)
    assert all("zu viel" in said and "42.000" in said for said in (*sentences, *(notes if expected else ())))
    assert bool(notes) == bool(each)


def test_limit_of_the_whole_term_holds_also_where_that_of_a_year_is_not_entered():
    budget = Budget(expenses=(expense(2027, 2500),))
    terms = terms_of(max_grant_per_year=None, max_grant=2000)

    sentences = [f.sentence for f in said_by_checks(budget, terms, THREE_YEARS) if f.code == "B02"]
    beside = [fit.symbol for fit in fits(terms.limit, budget, None, [2027], [2027]) if "ganzen Laufzeit" in fit.text]

    assert beside == ["error"]
    assert ["Das sind 500 € zu viel." in said for said in sentences] == [True, False]


@pytest.mark.parametrize(("cents", "missing"), [(1, 1), (2, 0)])
def test_a_share_of_a_broken_cent_is_rounded_up(cents, missing):
    """A tenth of 11 cents is more than one cent: two are asked for."""
    budget = Budget(expenses=(expense(2027, Decimal("0.11")),), income=(own(2027, Decimal(cents) / 100),))

    share = limits.own_share(terms_of(basis="own").limit("min_own_share"), budget)

    assert (share.wanted, share.missing) == (2, missing)
