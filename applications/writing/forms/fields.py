"""Form fields for what a `Spec` can be. None is required: a draft may be unfinished. German numbers in and out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import flatatt
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from applications.content import InvalidContent, normalised
from applications.content.base import MOST_COMPOSED
from core.figures import number_typed
from core.spelling import is_visible
from core.words import grouped

# Far more than any plan needs, and little enough that no sum of 500 rows outgrows its column.
MOST_CENTS = 10**10
MOST_QUANTITY = 100_000

type Choice = tuple[str, str | Promise]


class Words(forms.CharField):
    """Text as it was typed, composed and with line ends as \\n; what cannot be stored is refused with a sentence.

    Where a text is asked for, it is empty if nobody sees anything of it.
    """

    def __init__(self, *, most: int, required: bool = False, **options: Any) -> None:
        self.most = most
        super().__init__(required=required, **options)

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        try:
            if len(text) <= MOST_COMPOSED * self.most:  # what is longer stays too long
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
        """`most` is the largest it may be, `too_much` the sentence that says why; `fewer_places` those it may have.

        What is `stored` may stay whatever the bounds are today: nobody is kept from saving by what they did not touch.
        """
        self.stored = Decimal(stored) if stored else None
        self.most = self.most if most is None else most
        self.too_much = too_much or _("Diese Zahl ist zu groß.")
        self.fewer_places = self.places if fewer_places is None else fewer_places
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(required=False, widget=widget, **options)

    def number(self, value: Any) -> Decimal | None:
        text = super().to_python(value) or ""
        found = number_typed(text, places=self.places, example=self.example, is_money=self.is_money)
        if found is None:
            return None
        if found == self.stored:
            return found
        if found < 0:
            raise ValidationError(_("Bitte geben Sie die Zahl ohne Minus ein."))
        if found > self.most:
            raise ValidationError(str(self.too_much), code="large")
        if found != round(found, self.fewer_places):
            raise ValidationError(
                _("Bitte höchstens %(places)d Stellen nach dem Komma.") % {"places": self.fewer_places}, code="places"
            )
        return found

    def to_python(self, value: Any) -> Any:
        found = self.number(value)
        return "" if found is None else f"{found.normalize():f}"

    def prepare_value(self, value: Any) -> Any:
        return grouped(value) if isinstance(value, Decimal) else value


class Money(Number):
    """An amount in euros; the value is whole cents or None."""

    places = 2
    most = MOST_CENTS // 100
    example = "1.234,56"
    is_money = True

    def to_python(self, value: Any) -> Any:
        found = self.number(value)
        return None if found is None else int(found * 100)

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
    """A select whose options are written at once: a plan of many lines offers many activities in each of them."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        widget = self.get_context(name, value, attrs)["widget"]
        options = format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            (
                (option["value"], mark_safe(" selected") if option["selected"] else "", option["label"])
                for _group, options, _index in widget["optgroups"]
                for option in options
            ),
        )
        return format_html('<select name="{}"{}>{}</select>', name, flatatt(widget["attrs"]), options)


class OneOf(forms.ChoiceField):
    """One of several; what is stored or sent and no longer on offer stays and says so, it is never an error.

    `notes` holds what is said beneath a choice, by its value.
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
    """The choices, and what is chosen but no longer among them; `as_words` where people wrote it, so that it can be read."""
    known = {str(key) for key, _label in choices}
    missing = dict.fromkeys(key for key in chosen if key and key not in known)
    gone = [(key, key if as_words else _("nicht mehr vorhanden")) for key in missing]
    return [*choices, *gone]


def day_of(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
