"""Numbers and amounts as people type them in German: how they are read, and when the portal asks back."""

from __future__ import annotations

import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.words import grouped

BLANK = " "
# What other keyboards, programs and languages write instead of our signs.
SAME = {
    **dict.fromkeys(map(ord, "’‘ʼ´`′＇٬"), "'"),
    **dict.fromkeys(map(ord, "−–—‐‑‒﹣－"), "-"),
    **dict.fromkeys(map(ord, "，٫"), ","),
    ord("．"): ".",
    ord("\N{ZERO WIDTH SPACE}"): BLANK,
}
CURRENCY = re.compile(r"^(?:€|euro?\.?)|(?:€|euro?\.?)$", re.IGNORECASE)
# 50,- and 50,-- and 50.- and 50, and, with the end of a currency before it, 50 €,-
NO_CENTS = re.compile(r"(?<=[\d€ro]) ?[.,](?: ?-{1,3})?$", re.IGNORECASE)
LINE_OR_COLUMN = re.compile(r"[\t\n\r\v\f\x1c-\x1f\x85\u2028\u2029]+")
MOST_LETTERS = 60  # no number needs more, and nobody waits for what only looks like one
MOST_ASKED = 30  # no sentence repeats a number that is longer
FEWEST_GROUPED = 10_000  # below it a number may be a year
LARGEST = 10**15  # more than any column holds, and few enough digits to count with

GROUPS = r"[1-9]\d{0,2}(?:%(sign)s\d{3})+"
IN_GERMAN = "|".join(GROUPS % {"sign": sign} for sign in (r"\.", " ", "'"))
IN_ENGLISH = "|".join(GROUPS % {"sign": sign} for sign in (",", " ", "'"))
GERMAN = re.compile(rf"(?P<whole>{IN_GERMAN}|\d+|(?=,))(?:,(?P<parts>\d+))?")
ENGLISH = re.compile(rf"(?P<whole>{IN_ENGLISH}|\d+|(?=\.))(?:\.(?P<parts>\d+))?")
ONE_GROUP = re.compile(r"(?P<whole>[1-9]\d{0,2}),(?P<parts>\d{3})")
MANY_AFTER_POINT = re.compile(rf"(?P<whole>{GROUPS % {'sign': ' '}}|{GROUPS % {'sign': "'"}}|\d*)\.(?P<parts>\d{{3,}})")
APART = re.compile(rf"(?P<whole>{IN_GERMAN}|\d+)[ '](?P<parts>\d{{1,2}})")


class Ambiguous(ValueError):
    """What was typed can be read as two numbers: `readings`."""

    def __init__(self, *readings: Decimal) -> None:
        super().__init__()
        self.readings = readings


def read_number(text: str, places: int = 3) -> Decimal | None:
    """Return the number that was typed, None for anything else.

    Raises `Ambiguous` for what may be two numbers. A blank or point divides groups of three after one to three digits of
    which the first is not 0; a tab or a line end joins nothing; "1,234" is asked about where fewer `places` are allowed.
    One number that stands there twice is that number.
    """
    text = text.strip()
    if len(text) > MOST_LETTERS:
        return None
    columns = [column for column in LINE_OR_COLUMN.split(text) if column.strip()]
    if len(columns) != 1:
        return _which(columns, places)
    text = _without_currency(_bare(columns[0]))
    is_negative = text.startswith("-")
    try:
        value = _unsigned(_without_currency(text.removeprefix("-" if is_negative else "+").strip()), places)
    except Ambiguous as ambiguous:
        raise Ambiguous(*(-reading if is_negative else reading for reading in ambiguous.readings)) from None
    if value is None:
        _ask_about_minus(text, places)
        return _which(text.split(BLANK), places)
    return -value if value and is_negative else value


def _bare(text: str) -> str:
    """The text in our own digits and signs, without signs that nobody sees."""
    return "".join(map(_plain, text.translate(SAME))).strip()


def _without_currency(text: str) -> str:
    return CURRENCY.sub("", NO_CENTS.sub("", CURRENCY.sub("", text).strip())).strip()


def _plain(letter: str) -> str:
    digit = unicodedata.decimal(letter, None)
    category = unicodedata.category(letter)
    return str(digit) if digit is not None else BLANK if category == "Zs" else "" if category == "Cf" else letter


def _unsigned(text: str, places: int) -> Decimal | None:
    if places < 3 and (match := ONE_GROUP.fullmatch(text)):  # English groups, or three places
        raise Ambiguous(_joined(match), _divided(match))
    if match := GERMAN.fullmatch(text):
        return _divided(match)
    if match := MANY_AFTER_POINT.fullmatch(text) or APART.fullmatch(text):
        if _divided(match) != _joined(match):
            raise Ambiguous(_divided(match), _joined(match))
        return _joined(match)
    match = ENGLISH.fullmatch(text)
    return _divided(match) if match else None


def _divided(match: re.Match[str]) -> Decimal:
    return Decimal(f"{_digits(match['whole']) or '0'}.{match['parts'] or '0'}")


def _joined(match: re.Match[str]) -> Decimal:
    return Decimal(_digits(match["whole"]) + match["parts"])


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _ask_about_minus(text: str, places: int) -> None:
    """Ask about a clear number before a minus: it has no cents, or is negative as programs print it. Raises `Ambiguous`."""
    if not text.endswith("-") or text.startswith("-"):
        return
    try:
        value = read_number(text.removesuffix("-"), places)
    except Ambiguous:
        return  # no question could name both what the number and what the minus may mean
    if value:
        raise Ambiguous(value, -value)


def _which(parts: list[str], places: int) -> Decimal | None:
    """Return the number that these two parts are. Raises `Ambiguous` if they are two numbers."""
    if len(parts) != 2:
        return None
    try:
        first, second = (read_number(part, places) for part in parts)
    except Ambiguous:
        return None
    if first is None or second is None:
        return None
    if first != second:
        raise Ambiguous(first, second)
    return first


def number_typed(text: str, *, places: int, example: str, is_money: bool = False) -> Decimal | None:
    """Return the number that was typed in a field, None for an empty field.

    Raises `ValidationError` with what to do about anything else. Where only whole numbers are taken, one that may have places is not asked about: typed without signs, it is clear.
    """
    if not text.strip():
        return None
    try:
        value = read_number(text, places)
    except Ambiguous as ambiguous:
        value = None
        if not places and any(reading % 1 for reading in ambiguous.readings):
            raise ValidationError(_whole(example), code="places") from None
        if len(text) <= MOST_ASKED and (question := _question(ambiguous.readings, is_money=is_money)):
            raise ValidationError(question, code="ambiguous") from None
    if value is None:
        raise ValidationError(
            _("Bitte geben Sie eine Zahl ein, zum Beispiel %(example)s.") % {"example": example}, code="invalid"
        )
    if abs(value) > LARGEST:
        raise ValidationError(_("Diese Zahl ist zu groß."), code="large")
    if value != round(value, places):
        raise ValidationError(
            _("Bitte höchstens %(places)d Stellen nach dem Komma.") % {"places": places} if places else _whole(example),
            code="places",
        )
    return value


def _whole(example: str) -> str:
    return _("Bitte geben Sie eine ganze Zahl ein, zum Beispiel %(example)s.") % {"example": example}


def _question(readings: tuple[Decimal, ...], *, is_money: bool) -> str:
    """A question which of two numbers is meant; empty where they read alike once rounded."""
    first, second = (_readable(reading, is_money=is_money) for reading in readings)
    if first == second:
        return ""
    if is_money:
        return _("Meinen Sie %(first)s € oder %(second)s €?") % {"first": first, "second": second}
    return _("Meinen Sie %(first)s oder %(second)s?") % {"first": first, "second": second}


def _readable(value: Decimal, *, is_money: bool) -> str:
    return grouped(value.quantize(Decimal("0.01"), ROUND_HALF_UP), 2) if is_money else grouped(value.normalize())


class NumberField(forms.DecimalField):
    """A number in a form of the staff: typed and shown in German."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    example = "1,5"

    def to_python(self, value: Any) -> Any:
        if not isinstance(value, str):
            return super().to_python(value)
        places = 3 if self.decimal_places is None else self.decimal_places
        return number_typed(value, places=places, example=self.example)

    def prepare_value(self, value: Any) -> Any:
        return grouped(value.normalize()) if isinstance(value, Decimal) else value


class WholeNumberField(forms.IntegerField):
    """A whole number: typed and shown in German, and up to four digits as years are written."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})

    def to_python(self, value: Any) -> int | None:
        if not isinstance(value, str):
            return super().to_python(value)
        number = number_typed(value, places=0, example="12")
        return None if number is None else int(number)

    def prepare_value(self, value: Any) -> Any:
        return grouped(Decimal(value)) if isinstance(value, int) and abs(value) >= FEWEST_GROUPED else value
