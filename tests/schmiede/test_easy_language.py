"""The page in Leichte Sprache: short sentences, one statement each, no hard words, and what nobody may overlook."""

import re

import pytest
from django.utils.html import strip_tags

from schmiede.site_pages import FOLDER

PAGE = (FOLDER / "leichte-sprache.html").read_text(encoding="utf-8")
SUBORDINATE = r"\b(dass|weil|wenn|damit|obwohl|nachdem|bevor|während|welche[rsnm]?|ob)\b"
HARD = r"\b(Abkürzung|Antrag|Förderung|Interessenbekundung|Projektskizze|Träger|Coaching-Person|automatisch|ggf|bzw)\b"


def lines():
    """The lines as they are read: tags out, one sentence or less a line."""
    return [" ".join(line.split()) for line in strip_tags(PAGE).splitlines() if line.strip()]


def test_every_line_is_short():
    assert len(lines()) > 80
    assert [line for line in lines() if len(line.split()) > 12] == []


def test_every_line_holds_one_sentence():
    assert [line for line in lines() if re.search(r"[.?!] [A-ZÄÖÜ]", line)] == []


def test_no_line_ends_within_a_sentence():
    assert [line for line in lines() if not re.search(r"[.?!:]$", line)] == []


@pytest.mark.parametrize("pattern", [r"\bman\b", SUBORDINATE, HARD], ids=["man", "subordinate clauses", "hard words"])
def test_rules_of_the_language(pattern):
    assert [line for line in lines() if re.search(pattern, line, re.IGNORECASE)] == []


@pytest.mark.parametrize(
    "word",
    ["Portal", "Projekt", "Workshops", "Coach", "BAMF", "Migration", "Zusage", "Link", "Klicken", "Konto", "Code"],
)
def test_every_hard_word_that_stays_is_explained(word):
    explaining = rf"{word} (ist|sind|heißt)\b|(heißt|heißen|ist): {word}"
    assert re.search(explaining, " ".join(lines())), word


@pytest.mark.parametrize(
    "sentence",
    [
        "Die Teilnahme ist keine Zusage für Geld.",
        "Das Projekt darf noch nicht angefangen haben.",
        "Den Text hat noch keine Prüf·gruppe gelesen.",
    ],
)
def test_what_nobody_may_overlook(sentence):
    assert sentence in lines()
