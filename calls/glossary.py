"""The glossary („Glossar“): hard words in plain German (`calls/data/glossary.toml`), and where they are marked in texts of ours.

Only texts of calls are looked at, never words that people wrote; of a finding, its code says which words belong to it.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from itertools import groupby
from typing import Any

from django.urls import reverse
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from calls.reference import DATA, Sources, read
from core.values import dataclass

# Whose sources the words cite: the call they were read in.
SOURCES = DATA / "bgz-2026" / "sources.toml"
MOST_TEXTS = 1024
WITHOUT_DOTS = str.maketrans("äöü", "aou")


@dataclass(frozen=True)
class Word:
    """A word with its explanation; `source` is in words, empty where the explanation is our own; `lang` is the word's own language."""

    slug: str
    word: str
    text: str
    forms: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    source: str = ""
    lang: str = "de"
    in_place: bool = True

    @property
    def initial(self) -> str:
        return in_order(self.word)[0].upper()


@cache
def words() -> tuple[Word, ...]:
    """Return all words in the order of a German dictionary."""
    return tuple(sorted((_word(row) for row in _rows()), key=lambda word: in_order(word.word)))


def _rows() -> list[dict[str, Any]]:
    return read(DATA / "glossary.toml")["word"]


def _word(row: dict[str, Any]) -> Word:
    source = Sources(read(SOURCES)).names(row.pop("sources", []))
    forms, checks = tuple(row.pop("forms", ())), tuple(row.pop("checks", ()))
    return Word(**row, forms=forms, checks=checks, source=source)


def cited() -> list[dict[str, str]]:
    """Return the sources that words cite, in the order of their keys in the file: short name, issuer, title, date, address."""
    keys = {citation.partition(" ")[0] for row in _rows() for citation in row.get("sources", [])}
    return [row for key, row in read(SOURCES).items() if key in keys]


def in_order(word: str) -> str:
    """Return what a word is sorted by: a letter with dots stands beside the one without."""
    return word.casefold().translate(WITHOUT_DOTS)


def by_initial() -> list[tuple[str, list[Word]]]:
    """Return the words under their first letters."""
    return [(initial, list(group)) for initial, group in groupby(words(), key=lambda word: word.initial)]


def words_of_checks(*codes: str) -> list[Word]:
    """Return the words that help to understand what these checks say."""
    return [word for word in words() if not set(codes).isdisjoint(word.checks)]


@lru_cache(maxsize=MOST_TEXTS)
def links_of_checks(*codes: str) -> SafeString:
    """Return these words, each leading to its explanation; empty where there are none."""
    return format_html_join(", ", "{}", ((link(word),) for word in words_of_checks(*codes)))


@lru_cache(maxsize=MOST_TEXTS)
def explained(text: str) -> SafeString:
    """Return a text of ours as safe HTML; the first time a hard word stands in it, it leads to its explanation."""
    pattern, by_form = _forms()
    seen: set[str] = set()

    def marked(match: re.Match[str]) -> str:
        word = by_form[match[0]]
        if word.slug in seen:
            return match[0]
        seen.add(word.slug)
        return link(word, match[0])

    return mark_safe(pattern.sub(marked, escape(text)))  # nothing but our links is added to what is escaped


def link(word: Word, shown: str = "") -> SafeString:
    """Return a word as a link to the glossary; static/js/explained.js shows `data-text` in place instead."""
    url = f"{reverse('glossary')}#{word.slug}"
    html = '<a class="explained" href="{}" data-word="{}" data-text="{}">{}</a>'
    return format_html(html, url, word.word, word.text, shown or word.word)


@cache
def _forms() -> tuple[re.Pattern[str], dict[str, Word]]:
    """Return what finds a word that is marked in place, the longer form first, and the word of each form."""
    by_form = {form: word for word in words() if word.in_place for form in (word.word, *word.forms)}
    forms = "|".join(re.escape(form) for form in sorted(by_form, key=len, reverse=True))
    return re.compile(rf"(?<![\w-])(?:{forms})(?![\w-])"), by_form
