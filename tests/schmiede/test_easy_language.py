"""The page in Leichte Sprache keeps the rules that a machine can look at; whether it is easy, a test group says."""

from __future__ import annotations

import re

import pytest
from django.utils.html import strip_tags

from schmiede.site_pages import FOLDER

PAGE = (FOLDER / "leichte-sprache.html").read_text(encoding="utf-8")
TEXT = strip_tags(PAGE)
SENTENCES = [part.strip() for part in re.split(r"(?<=[.?!:])\s+|\n", TEXT) if part.strip()]

# Words that begin a subordinate clause, and others that the rules leave out.
LEFT_OUT = [
    "man",
    "wenn",
    "weil",
    "dass",
    "damit",
    "ob",
    "welche",
    "welcher",
    "welches",
    "obwohl",
    "während",
    "jedoch",
    "Abkürzung",
]
EXPLAINED = {
    "Portal": "Ein Portal ist",
    "Link": "Ein Link ist",
    "Klicken": "Klicken heißt",
    "Konto": "Ein Konto ist",
    "Code": "Ein Code ist",
    "Migration": "Migration heißt",
    "Passwort": "Ein Passwort ist",
    "Prüfgruppe": "Eine Prüfgruppe sagt",
    "Schlichtungsstelle": "Die Schlichtungsstelle ist",
    "Gebärdensprache": "Gebärdensprache ist",
}


def test_sentences_are_short():
    assert len(SENTENCES) > 60
    assert [sentence for sentence in SENTENCES if len(sentence.split()) > 10] == []


def test_every_line_is_one_sentence_or_a_heading():
    assert [line for line in TEXT.splitlines() if len(line.split()) > 12] == []


@pytest.mark.parametrize("word", LEFT_OUT)
def test_no_subordinate_clauses_and_no_hard_words(word):
    assert re.findall(rf".*\b{word}\b.*", TEXT) == []


def test_no_commas_that_join_clauses():
    assert [sentence for sentence in SENTENCES if "," in sentence or ";" in sentence] == []


def test_one_way_to_write_long_words():
    """No mediopoint in a few words only; hyphens only where German has them or where a sound is spelled."""
    assert "·" not in TEXT
    hyphened = set(re.findall(r"\w+(?:-\w+)+", TEXT))
    assert hyphened == {"Coaching-Person", "Kootsching-Person", "E-Mail-Adresse", "E-Mail", "Wörk-schops"}


@pytest.mark.parametrize(("word", "sentence"), EXPLAINED.items())
def test_hard_words_are_explained(word, sentence):
    assert word in TEXT
    assert sentence in TEXT


@pytest.mark.parametrize(
    "said",
    [
        "Die Teilnahme ist keine Zusage für Geld.",
        "Das Projekt darf noch nicht angefangen haben.",
        "Diesen Text hat noch keine Prüfgruppe gelesen.",
        "So finden Sie sich zurecht",
        "Erklärung zur Barrierefreiheit",
        "Es gibt noch kein Video in Gebärdensprache.",
    ],
)
def test_what_the_page_has_to_say(said):
    assert said in TEXT
