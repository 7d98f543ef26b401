"""The same letters as the same signs, however a device spells them."""

from __future__ import annotations

import re
import unicodedata
from itertools import groupby
from typing import Any

import regex
from django.db import models

# Letters and signs of which none joins its neighbour: nearly every German text, read without looking further.
PLAIN = re.compile("[\\n\x20-\u02ff\u2010-\u2027\u2030-\u205e\u20a0-\u20bf]*")
# More marks in a row than any language has; composing them as they are takes the square of their number.
MANY_MARKS = regex.compile(r"\p{M}{32,}")


def in_nfc(text: str) -> str:
    """The text in Unicode's form NFC, in a number of steps that grows no faster than the text."""
    if PLAIN.fullmatch(text):
        return text
    return unicodedata.normalize("NFC", MANY_MARKS.sub(_in_order, text))


def _in_order(marks: regex.Match[str]) -> str:
    """Marks in their canonical order, which is all that composing does with most of them."""
    apart = "".join(unicodedata.normalize("NFD", mark) for mark in marks[0])
    runs = groupby(apart, key=lambda mark: unicodedata.combining(mark) == 0)
    return "".join("".join(run if is_base else sorted(run, key=unicodedata.combining)) for is_base, run in runs)


class _Composed(models.Field):
    """Composes what comes in on every way: forms, steps, queries and rows written together."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return in_nfc(text) if isinstance(text, str) else text

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        """In migrations it is the field of Django, for the database knows no difference."""
        name, _path, args, kwargs = super().deconstruct()
        return name, f"django.db.models.{type(self).__mro__[2].__name__}", args, kwargs


class NameField(_Composed, models.CharField):
    """A name, composed."""


class NamesField(_Composed, models.TextField):
    """Names in several lines, composed."""
