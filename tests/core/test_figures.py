"""Numbers and amounts as people type them: read, asked about or refused, and never guessed."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from applications.writing.forms.fields import Money, Number
from core.figures import LARGEST, NumberField, WholeNumberField, read_number
from core.words import grouped, money, money_in_text

REFUSED = "Bitte geben Sie eine Zahl ein, zum Beispiel 1.234,56."
AMOUNTS = {
    # as it is taught
    "": None,
    "0": 0,
    "5": 500,
    "12,5": 1_250,
    "1234,56": 123_456,
    "1.234,56": 123_456,
    "1.234.567": 123_456_700,
    "1.500": 150_000,
    "007": 700,
    # with the currency, before or behind
    "50 €": 5_000,
    "50€": 5_000,
    "€ 50": 5_000,
    "50,00 EUR": 5_000,
    "EUR 1.200": 120_000,
    "50 Euro": 5_000,
    "50 eur": 5_000,
    # without cents
    "50,-": 5_000,
    "50,– €": 5_000,
    "50,--": 5_000,
    "50,—": 5_000,
    "50.-": 5_000,
    "500 €,-": 50_000,
    "500€,–": 50_000,
    "1.200 Euro,--": 120_000,
    "1.200,- Euro": 120_000,
    "5,": 500,
    "5.": 500,
    ",50": 50,
    # blanks that divide groups of three
    "1 234,56": 123_456,
    "1\N{NO-BREAK SPACE}234,56": 123_456,
    "1\N{NARROW NO-BREAK SPACE}234,56\N{NO-BREAK SPACE}€": 123_456,
    "1\N{FIGURE SPACE}234": 123_400,
    "1\N{THIN SPACE}234\N{THIN SPACE}567": 123_456_700,
    # signs that nobody sees
    "\N{LEFT-TO-RIGHT MARK}1.234,56\N{POP DIRECTIONAL FORMATTING}": 123_456,
    "\N{LEFT-TO-RIGHT ISOLATE}50\N{POP DIRECTIONAL ISOLATE} €": 5_000,
    "\N{ZERO WIDTH NO-BREAK SPACE}50": 5_000,
    "5\N{SOFT HYPHEN}0": 5_000,
    # as in Switzerland, on other keyboards, and in other programs
    "1'234.50": 123_450,
    "1’234,50": 123_450,
    "12.50": 1_250,
    "1,234.56": 123_456,
    "1,234,567": 123_456_700,
    "１２３４，５６": 123_456,
    "١٢٣٤٫٥": 123_450,
    "+50": 5_000,
    "\t50,00 €\r\n": 5_000,
    "0,500": 50,
    "1234,500": 123_450,
    # twice the same
    "1.000\t1.000": 100_000,
    "1.200 €\n1200,00": 120_000,
    "1200 1.200": 120_000,
    "0\t0,00": 0,
}
ASKED = {
    "0.500": "Meinen Sie 0,50 € oder 500,00 €?",
    ".500": "Meinen Sie 0,50 € oder 500,00 €?",
    "1234.567": "Meinen Sie 1.234,57 € oder 1.234.567,00 €?",
    "012.500": "Meinen Sie 12,50 € oder 12.500,00 €?",
    "1.5000": "Meinen Sie 1,50 € oder 15.000,00 €?",
    "1,234": "Meinen Sie 1.234,00 € oder 1,23 €?",
    "12,500 €": "Meinen Sie 12.500,00 € oder 12,50 €?",
    "45 90": "Meinen Sie 45,90 € oder 4.590,00 €?",
    "1.234 50": "Meinen Sie 1.234,50 € oder 123.450,00 €?",
    "1'5": "Meinen Sie 1,50 € oder 15,00 €?",
    "5.000-": "Meinen Sie 5.000,00 € oder -5.000,00 €?",
    "50 €-": "Meinen Sie 50,00 € oder -50,00 €?",
    "-1200 1200": "Meinen Sie -1.200,00 € oder 1.200,00 €?",
    "1200\t300": "Meinen Sie 1.200,00 € oder 300,00 €?",
    "1.200 €\t300 €": "Meinen Sie 1.200,00 € oder 300,00 €?",
    "1200\n300": "Meinen Sie 1.200,00 € oder 300,00 €?",
    "1\t200": "Meinen Sie 1,00 € oder 200,00 €?",
    "1200 300": "Meinen Sie 1.200,00 € oder 300,00 €?",
    "1200\N{ZERO WIDTH SPACE}300": "Meinen Sie 1.200,00 € oder 300,00 €?",
}
SAID = {
    **dict.fromkeys(
        ["viel", "1.23.456", "1.2.3", "1..5", "1,2,3", "12 34 56", "1\t2\t3", "100-200", "-50-", "1e3"], REFUSED
    ),
    **dict.fromkeys(["1_000", "½", "5²", "50 Cent", "ca. 500", "1.000 x", "€", "-", ",", ".", "NaN"], REFUSED),
    **dict.fromkeys(["10 10-", "1,234-", "1.2345 -", "1'5-", "1200\t300-"], REFUSED),  # two questions at once
    "1,0012\t1,0013": REFUSED,  # a question would name one amount twice
    "1,2345": "Bitte höchstens 2 Stellen nach dem Komma.",
    "-50": "Bitte geben Sie die Zahl ohne Minus ein.",
    "−50,- €": "Bitte geben Sie die Zahl ohne Minus ein.",
    "-€ 50": "Bitte geben Sie die Zahl ohne Minus ein.",
    "€ –50": "Bitte geben Sie die Zahl ohne Minus ein.",
    "9" * 12: "Diese Zahl ist zu groß.",
    "9" * 60: "Diese Zahl ist zu groß.",
    "1 " + "9" * 50: REFUSED,
    "0" * 59 + "12": REFUSED,  # longer than any number
    "1" + " " * 20_000 + "1": REFUSED,
}
CENTS = st.integers(-(10**12), 10**12)


@pytest.mark.parametrize(("typed", "cents"), AMOUNTS.items())
def test_an_amount_is_read(typed, cents):
    assert Money(label="Betrag").clean(typed) == cents


@pytest.mark.parametrize(("typed", "sentence"), [*ASKED.items(), *SAID.items()])
def test_an_amount_is_asked_about_or_refused(typed, sentence):
    with pytest.raises(ValidationError) as refused:
        Money(label="Betrag").clean(typed)

    assert refused.value.messages == [sentence]


@pytest.mark.parametrize(
    ("typed", "stored"), [("1,234", "1.234"), ("1.500", "1500"), ("2,5", "2.5"), ("19,50", "19.5"), ("", "")]
)
def test_a_quantity_has_up_to_three_places(typed, stored):
    assert Number(label="Menge").clean(typed) == stored


def test_a_question_about_a_quantity_names_no_currency():
    with pytest.raises(ValidationError, match=r"Meinen Sie 0,5 oder 500\?"):
        Number(label="Menge").clean("0.500")


@pytest.mark.parametrize("show", [money, money_in_text, lambda cents: grouped(Decimal(cents) / 100)])
@given(cents=CENTS)
def test_an_amount_that_we_print_is_read_as_the_same_cents(show, cents):
    assert read_number(show(cents), 2) * 100 == cents


@given(thousandths=st.integers(0, 10**8))
def test_a_quantity_that_we_print_is_read_as_the_same(thousandths):
    value = Decimal(thousandths) / 1000

    assert Decimal(Number(label="Menge").clean(Number(label="Menge").prepare_value(value))) == value


def answer_to(typed):
    try:
        return str(Money(label="Betrag").clean(typed) or "")
    except ValidationError as refused:
        return refused.messages[0]


@given(typed=st.text(alphabet="0123456789.,' -+€\t\n\N{NO-BREAK SPACE}\N{FIGURE SPACE}", max_size=14))
def test_anything_is_read_or_answered_with_a_sentence(typed):
    assert re.fullmatch(r"\d*|.*[.?]", answer_to(typed))


@given(first=st.integers(1, 10**6), second=st.integers(1, 10**6), between=st.sampled_from("\t\n\r\v\u2028"))
def test_two_amounts_are_never_joined(first, second, between):
    answer = answer_to(f"{first}{between}{second}")

    assert answer == str(first * 100) if first == second else answer.startswith("Meinen Sie ")


@given(typed=st.text(alphabet="0123456789.,' -€\t", max_size=14))
def test_a_question_names_two_numbers(typed):
    answer = answer_to(typed)

    if answer.startswith("Meinen Sie "):
        assert len(set(re.findall(r"[-\d.,]+(?= €)", answer))) == 2


@pytest.mark.parametrize(
    ("typed", "value"), [("24.000", 24_000), ("3.000", 3_000), ("24", 24), ("24,0", 24), (7, 7), ("", None)]
)
def test_a_whole_number_is_read_in_german(typed, value):
    assert WholeNumberField(required=False).clean(typed) == value


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("2,5", "Bitte geben Sie eine ganze Zahl ein, zum Beispiel 12."),
        ("zwei", "Bitte geben Sie eine Zahl ein, zum Beispiel 12."),
        ("0.500", "Bitte geben Sie eine ganze Zahl ein, zum Beispiel 12."),
        ("12,345", "Bitte geben Sie eine ganze Zahl ein, zum Beispiel 12."),
        ("12\t24", "Meinen Sie 12 oder 24?"),
        (str(LARGEST * 10), "Diese Zahl ist zu groß."),
    ],
)
def test_a_whole_number_is_asked_about_or_refused(typed, sentence):
    with pytest.raises(ValidationError) as refused:
        WholeNumberField().clean(typed)

    assert refused.value.messages == [sentence]


def test_a_whole_number_is_shown_in_german():
    field = WholeNumberField()

    assert [field.prepare_value(value) for value in (70_000, -12_000, 2027, "70000x", None)] == [
        "70.000",
        "-12.000",
        2027,
        "70000x",
        None,
    ]
    assert field.clean(field.prepare_value(70_000)) == 70_000
    assert not field.has_changed(70_000, "70.000")


def test_the_staff_s_numbers_are_read_in_german():
    field = NumberField(max_digits=12, decimal_places=2)

    assert [field.clean(typed) for typed in ("400.000", "2,5", "2.5", Decimal("2.50"))] == [
        Decimal(400_000),
        Decimal("2.5"),
        Decimal("2.5"),
        Decimal("2.5"),
    ]
    assert [field.prepare_value(value) for value in (Decimal("400000.00"), Decimal("2.50"), "2,", None)] == [
        "400.000",
        "2,5",
        "2,",
        None,
    ]
