"""Which checks there are, and the ones that only tell: C24, C25, B16, B17 at their edges."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from applications.checks import CODES, Severity, run
from applications.content import Text
from calls.terms import LimitTerm
from tests.applications.checks.test_checks import GOOD, TERMS, dossier, with_expense

RUSSIAN = "Мы готовим вместе с соседями каждую неделю."


def test_every_code_of_the_domain_is_registered_and_no_other():
    """B18 comes after the approval and B20 is no check of a draft; P01 to P05 are the portal's own (docs/domain.md)."""
    money = [f"B{number:02}" for number in range(1, 20) if number != 18]
    assert sorted(CODES) == [*money, *[f"C{number:02}" for number in range(1, 29)], "P01", "P02", "P03", "P04", "P05"]


def told(code, **changes):
    return [(one.severity, one.key, one.sentence) for one in run(dossier(**changes)) if one.code == code]


def terms_with(**limits):
    kept = [one for one in TERMS.limits if one.key not in limits]
    return replace(
        TERMS, limits=[*kept, *(LimitTerm(key, key, value, certainty="verified") for key, value in limits.items())]
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Wir hängen Plakate auf.", [(Severity.INFO, "s11", "Nennen Sie bei der Öffentlichkeitsarbeit das Förderlogo des BMI. Geförderte Projekte müssen es zeigen.")]),
        ("Auf allem steht das FÖRDERLOGO.", []),
        ("", []),
    ],
)  # fmt: skip
def test_c24_asks_for_the_logo(text, expected):
    assert told("C24", s11=Text(text)) == expected


@pytest.mark.parametrize(("text", "expected"), [(RUSSIAN * 9, 1), (RUSSIAN[:10] + "Wir kochen gemeinsam. " * 9, 0), ("ÄÖÜßéñ" * 99, 0)])  # fmt: skip
def test_c25_notices_another_script(text, expected):
    found = told("C25", s3=Text(text))
    assert [severity for severity, _key, _sentence in found] == [Severity.INFO] * expected


@pytest.mark.parametrize(
    ("limit", "price", "sentences"),
    [
        (None, 100, ["Ab welchem Betrag drei Angebote nötig sind, ist hier nicht eingetragen. Bitte fragen Sie das BAMF, bevor Sie einen großen Auftrag planen."]),
        (Decimal(1000), 100_000, []),
        (Decimal(1000), 100_001, ["„Druck“ (2027): Kostet ein Auftrag ohne Umsatzsteuer mehr als 1.000 €, holen Sie bitte drei Angebote ein."]),
    ],
)  # fmt: skip
def test_b16_asks_for_three_offers_above_the_limit(limit, price, sentences):
    order = with_expense(title="Druck", kind="AUFTR", quantity="1", unit_price=price)
    found = run(replace(dossier(s17=order), terms=terms_with(direct_award_limit=limit)))
    assert [(one.severity, one.sentence) for one in found if one.code == "B16"] == [(Severity.INFO, one) for one in sentences]  # fmt: skip


def test_b16_is_silent_without_an_order():
    assert told("B16") == []


@pytest.mark.parametrize(("grant", "expected"), [(10_000_000, []), (10_000_001, [Severity.INFO])])
def test_b17_tells_of_procurement_above_the_threshold(grant, expected):
    plan = replace(with_expense(quantity="1", unit_price=grant), income=())
    found = run(replace(dossier(s17=plan), terms=terms_with(uvgo_threshold=Decimal(100_000))))
    assert [one.severity for one in found if one.code == "B17"] == expected


def test_b17_is_silent_while_no_threshold_is_set():
    assert "B17" not in [one.code for one in run(replace(dossier(), terms=terms_with(uvgo_threshold=None)))]
    assert GOOD["s17"].grant() > 0
