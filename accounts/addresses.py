"""Addresses of people: typed, pasted or sent by a browser, they are stored and compared in one form.

That form is in small letters, without signs that nobody sees, and with the domain as people read it (müller-verein.de).
Browsers may send the same domain in the letters of the net (xn--mller-verein-dlb.de); mail servers want it so.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django import forms
from django.db import models

from core.late_patterns import late_pattern
from core.spelling import in_nfc

ASCII_LABEL = re.compile(r"xn--[a-z0-9_-]{1,59}")  # with the „_“ that some networks allow
# No address and no label of a domain is longer. Composing and decoding take the square of the length of what is hostile.
MOST_LETTERS = 320
MOST_OF_LABEL = 63
# Scripts in use, each with those that people write together with it. Letters of others may pass for letters of these.
WRITINGS = [
    ["Han", "Hiragana", "Katakana"],
    ["Han", "Hangul"],
    ["Han", "Bopomofo"],
    *([script] for script in ("Latin", "Cyrillic", "Greek", "Arabic", "Hebrew", "Armenian", "Georgian", "Ethiopic")),
    *([script] for script in ("Devanagari", "Bengali", "Gurmukhi", "Gujarati", "Oriya", "Tamil", "Telugu", "Kannada")),
    *([script] for script in ("Malayalam", "Sinhala", "Thai", "Lao", "Tibetan", "Myanmar", "Khmer", "Thaana")),
]
ONE_WRITING = "|".join(
    "[{}]+".format("".join(rf"\p{{Script={script}}}" for script in [*scripts, "Common", "Inherited"]))
    for scripts in WRITINGS
)
READABLE = late_pattern(rf"(?=[\p{{L}}\p{{M}}\p{{Nd}}-]+$)(?:{ONE_WRITING})")
UNSEEN_AROUND = late_pattern(r"^\p{Cf}+|(?<!\p{Cf})\p{Cf}+$")
DOTS = str.maketrans(dict.fromkeys("。｡", "."))
# What an erased person's address ends with; no mail goes there.
NO_ADDRESS = "@geloescht.invalid"


def one_address(text: str) -> str:
    """Return the one form of an address; other text comes back as it was typed, but for signs that nobody sees.

    What is longer than any address comes back untouched, for a field to refuse.
    """
    if len(text) > MOST_LETTERS:
        return text
    text = _visible(text).strip().lower()
    local, at, domain = text.rpartition("@")
    return f"{local}@{readable_domain(domain)}" if at else text


def readable_domain(domain: str) -> str:
    """Return a domain with its labels in letters as people read them, as far as these can be told from others."""
    return ".".join(map(_readable, domain.translate(DOTS).split(".")))


def searched(words: str) -> str:
    """Return search words as they are stored: composed, with one blank between them, and addresses in their one form."""
    return " ".join(_searched_word(word) for word in in_nfc(words).split())


def mailable(address: str) -> str:
    """Return an address as mail servers want it: the domain in ASCII. Its „ß“ stays a „ß“ as in browsers."""
    local, at, domain = address.rpartition("@")
    return f"{local}@{'.'.join(map(_in_ascii, domain.split('.')))}" if at else address


def _searched_word(word: str) -> str:
    """Return a word without what was pasted around it; within a name, signs that nobody sees may belong to it."""
    if "@" in word or "\N{FULLWIDTH COMMERCIAL AT}" in word:
        return one_address(word)
    word = UNSEEN_AROUND.sub("", word)
    return readable_domain(word.lower()) if "xn--" in word.lower() else word


def _visible(text: str) -> str:
    """Return the text in usual letters, without what has no width and without unusual blanks."""
    kept = (
        letter for letter in text if unicodedata.category(letter) != "Cf" and (letter == " " or not letter.isspace())
    )
    return unicodedata.normalize("NFKC", in_nfc("".join(kept)))


def _in_ascii(label: str) -> str:
    """Return a label in letters of the net, or as it is where that would be too long."""
    if label.isascii() or len(label) > MOST_OF_LABEL:
        return label
    in_net = f"xn--{label.encode('punycode').decode()}"
    return in_net if len(in_net) <= MOST_OF_LABEL else label


def _readable(label: str) -> str:
    """Return a label in letters, or in those of the net where its letters may pass for others."""
    letters = _decoded(label) if ASCII_LABEL.fullmatch(label) else label
    if letters.isascii() or READABLE.fullmatch(letters):
        return letters
    in_net = _in_ascii(letters)
    return in_net if ASCII_LABEL.fullmatch(in_net) else letters


def _decoded(label: str) -> str:
    """Return a label of the net in letters, or as it is where nobody could type those or they would be another label."""
    try:
        letters = label.removeprefix("xn--").encode().decode("punycode")
    except UnicodeError:
        return label
    is_same = _visible(letters).lower() == letters and _in_ascii(letters) == label and "." not in letters
    return letters if is_same and "@" not in letters else label


class AddressFormField(forms.EmailField):
    """An address in a form, in its one form before it is looked at."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return one_address(text) if isinstance(text, str) else text


class AddressField(models.EmailField):
    """An address, in its one form on every way in: forms, steps, queries and rows written together."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return one_address(text) if isinstance(text, str) else text

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        address = self.to_python(super().pre_save(model_instance, add))
        setattr(model_instance, self.attname, address)
        return address

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": AddressFormField, **kwargs})

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        """Name Django's field in migrations: the database knows no difference."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.EmailField", args, kwargs


def with_one_form(field: forms.Field) -> AddressFormField:
    """Return our field in place of the address field of another package's form."""
    return AddressFormField(
        label=field.label,
        widget=field.widget,
        required=field.required,
        help_text=field.help_text,
        initial=field.initial,
    )
