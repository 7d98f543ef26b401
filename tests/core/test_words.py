"""Values in words, also those that no filter shows: amounts in sentences, numbers, quarters, lists."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils.translation import override

from core import words


@pytest.mark.parametrize(("cents", "said"), [(6415000, "64.150 €"), (50, "0,50 €"), (-100, "−1 €"), (0, "0 €")])
def test_amount_in_a_sentence_has_cents_only_where_there_are_any(cents, said):
    assert words.money_in_text(cents) == said


def test_amount_in_a_table_never_breaks_before_its_sign():
    assert words.money(-6415000) == "−64.150,00\N{NO-BREAK SPACE}€"


@pytest.mark.parametrize(
    ("value", "said"), [("10.00", "10"), ("1.50", "1,5"), ("1500", "1500"), ("1E+3", "1000"), ("-0.25", "-0,25")]
)
def test_number_has_neither_needless_zeros_nor_groups(value, said):
    assert words.number(Decimal(value)) == said


@pytest.mark.parametrize(
    ("value", "places", "said"), [(3500, None, "3.500"), (999, None, "999"), (Decimal("1234.5"), 2, "1.234,50")]
)
def test_grouped_number_divides_its_thousands(value, places, said):
    assert words.grouped(value, places) == said


@pytest.mark.parametrize(("stored", "said"), [("1.50", "1,50"), ("", ""), ("12", "12")])
def test_stored_number_keeps_its_digits(stored, said):
    assert words.stored_number(stored) == said


@pytest.mark.parametrize(
    ("stored", "said"),
    [("2027-12-31", "31. Dezember 2027"), ("2027-02-31", "2027-02-31"), ("bald", "bald"), ("", "")],
)
def test_stored_day_is_said_or_stays_as_it_is(stored, said):
    assert words.stored_day(stored) == said


def test_moment_has_its_german_day_and_hour():
    late = datetime(2026, 12, 31, 23, 5, tzinfo=UTC)
    said = (words.day(late), words.short_day(late), words.day_of_this_year(late, weekday=True), words.clock(late))
    assert said == ("1. Januar 2027", "01.01.2027", "Freitag, 1. Januar", "0:05")


@pytest.mark.parametrize(
    ("stored", "said"), [("2027-Q1", "1. Quartal 2027"), ("2027-Q5", "2027-Q5"), ("2027", "2027"), ("", "")]
)
def test_quarter_is_said_or_stays_as_it_is(stored, said):
    assert words.quarter(stored) == said


@pytest.mark.parametrize(
    ("begins", "ends", "said"),
    [
        ("2027-Q1", "2027-Q3", "1. Quartal 2027 bis 3. Quartal 2027"),
        ("2027-Q1", "2027-Q1", "1. Quartal 2027"),
        ("", "2027-Q3", "3. Quartal 2027"),
        ("", "", ""),
    ],
)
def test_quarters_are_a_span_where_they_differ(begins, ends, said):
    assert words.quarters(begins, ends) == said


@pytest.mark.parametrize(
    ("names", "listed", "chosen"),
    [([], "", ""), (["a"], "a", "a"), (["a", "b"], "a und b", "a oder b"), ("abc", "a, b und c", "a oder b oder c")],
)
def test_lists_in_a_sentence(names, listed, chosen):
    assert (words.all_of(names), words.any_of(names)) == (listed, chosen)


def test_titles_stand_each_in_quotation_marks():
    assert words.quoted(["Ziele", "Plan"]) == "„Ziele“, „Plan“"


def test_a_day_is_written_in_the_language_of_the_page():
    for language, said in [("de", "3. März 2026"), ("en", "3. March 2026"), ("de", "3. März 2026")]:
        with override(language):
            assert words.day(date(2026, 3, 3)) == said
