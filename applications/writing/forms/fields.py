"""How each kind of field of a section becomes a field of a form: text, choice, amount, day.

None is required: a draft may be unfinished. Numbers are in German notation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from applications.content import InvalidContent, normalised
from applications.content.base import MOST_COMPOSED
from core.figures import number_typed
from core.form_renderer import attributes, escaped
from core.spelling import is_visible
from core.words import grouped

# Far more than any plan needs, and so little that no sum of 500 rows is too large for its column.
MOST_CENTS = 10**10
MOST_QUANTITY = 100_000

type Choice = tuple[str, str | Promise]


class Words(forms.CharField):
    """Text as it was typed, composed and with \\n as line ends; a sentence refuses what cannot be stored.

    A required text counts as empty if nothing of it is visible.
    """

    def __init__(self, *, most: int, required: bool = False, **options: Any) -> None:
        self.most = most
        super().__init__(required=required, **options)

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        try:
            if len(text) <= MOST_COMPOSED * self.most:  # a longer text stays too long when it is composed
                text = normalised(text)
        except InvalidContent as refused:
            raise ValidationError(str(refused), code="letters") from refused
        if self.required and not is_visible(text):
            return ""
        if isinstance(self.widget, forms.TextInput):
            text = text.replace("\n", " ")
        if len(text) > self.most:
            raise ValidationError(
                _("Das ist zu lang: %(length)s Zeichen. Möglich sind bis zu %(limit)s. Bitte kürzen Sie den Text.")
                % {"length": grouped(Decimal(len(text))), "limit": grouped(Decimal(self.most))},
                code="long",
            )
        return text


class Number(forms.CharField):
    """A number that is not negative; the value is a `Decimal` or None."""

    places = 3
    most = MOST_QUANTITY
    example = "1,5"
    is_money = False

    def __init__(
        self,
        *,
        most: int | None = None,
        too_much: str | Promise = "",
        fewer_places: int | None = None,
        stored: Any = None,
        **options: Any,
    ) -> None:
        """`most` is the largest number allowed, `too_much` the sentence about it, `fewer_places` the decimal places.

        A number that is `stored` may stay whatever the bounds are today, so that it prevents nobody from saving.
        """
        self.stored = Decimal(stored) if stored else None
        self.most = self.most if most is None else most
        self.too_much = too_much or _("Diese Zahl ist zu groß.")
        self.fewer_places = self.places if fewer_places is None else fewer_places
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(required=False, widget=widget, **options)

    def number(self, value: Any) -> Decimal | None:
        text = super().to_python(value) or ""
        number = number_typed(text, places=self.places, example=self.example, is_money=self.is_money)
        if number is None:
            return None
        if number == self.stored:
            return number
        if number < 0:
            raise ValidationError(_("Bitte geben Sie die Zahl ohne Minus ein."))
        if number > self.most:
            raise ValidationError(str(self.too_much), code="large")
        if number != round(number, self.fewer_places):
            raise ValidationError(
                _("Bitte höchstens %(places)d Stellen nach dem Komma.") % {"places": self.fewer_places}, code="places"
            )
        return number

    def to_python(self, value: Any) -> Any:
        number = self.number(value)
        return "" if number is None else f"{number.normalize():f}"

    def prepare_value(self, value: Any) -> Any:
        return grouped(value) if isinstance(value, Decimal) else value


class Money(Number):
    """An amount in euros; the value is whole cents or None."""

    places = 2
    most = MOST_CENTS // 100
    example = "1.234,56"
    is_money = True

    def to_python(self, value: Any) -> Any:
        number = self.number(value)
        return None if number is None else int(number * 100)

    def prepare_value(self, value: Any) -> Any:
        return grouped(value, 2) if isinstance(value, Decimal) else value


class Day(forms.DateField):
    """A day; the value is an ISO date or an empty text."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, input_formats=["%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y"], **options)

    def clean(self, value: Any) -> Any:
        day = super().clean(value)
        return day.isoformat() if day else ""


class PlainSelect(forms.Select):
    """A select without groups that renders quickly: in a plan of many lines each of them offers many activities."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = set(self.format_value(value))
        options = "".join(option(str(key), label, selected=str(key) in chosen) for key, label in self.choices)
        told = attributes({"name": name} | self.build_attrs(self.attrs, attrs))
        return mark_safe(f"<select{told}>{options}</select>")


def option(key: str, label: Any, *, selected: bool) -> str:
    return f"<option{attributes({'value': key, 'selected': selected})}>{escaped(label)}</option>"


class OneOf(forms.ChoiceField):
    """One of several choices. A value that is no longer offered stays and is labelled so; it is never an error.

    `notes` are the texts beneath the choices, by value.
    """

    def __init__(self, *, most: int, notes: dict[str, str] | None = None, **options: Any) -> None:
        self.most = most
        self.notes = notes or {}
        super().__init__(required=False, **options)

    def valid_value(self, value: str) -> bool:
        return len(value) <= self.most and value.isprintable()


class Year(OneOf):
    """A calendar year; the value is a whole number or None."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if text and not re.fullmatch(r"\d{4}", text):
            raise ValidationError(_("Bitte wählen Sie ein Jahr."))
        return int(text) if text else None


class Several(forms.MultipleChoiceField):
    """References to rows elsewhere; the value is a tuple of ids."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, widget=forms.CheckboxSelectMultiple, **options)

    def valid_value(self, value: str) -> bool:
        return len(value) <= 64 and value.isprintable()

    def clean(self, value: Any) -> Any:
        return tuple(super().clean(value))


def with_missing(choices: Sequence[Choice], chosen: Iterable[str], *, as_words: bool = False) -> list[Choice]:
    """Return the choices with those chosen but no longer offered; with `as_words`, such a value is its own label."""
    known = {str(key) for key, _label in choices}
    missing = dict.fromkeys(key for key in chosen if key and key not in known)
    gone = [(key, key if as_words else _("nicht mehr vorhanden")) for key in missing]
    return [*choices, *gone]


def day_of(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
