"""Numbers in running text: what counts as one, in figures or in words (C12, C17)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from applications.checks.numerals import has_number
from applications.content import Goals, Text
from tests.applications.checks.test_checks import GOOD, dossier, found


@pytest.mark.parametrize(
    "text",
    [
        "40 von 60", "½ der Gäste", "zwei Drittel der Gäste", "Zwei Drittel", "die Hälfte", "mindestens die Hälfte der Eltern",
        "jede vierte Person", "Jeder Zweite", "jedes zehnte Kind", "jeder dritten Familie", "zwölf", "Zwölf Paten",
        "ein Viertel der Menschen", "drei Viertel", "dreiviertel", "ein Fünftel", "halb so viele", "fünfundzwanzig",
        "zweihundertvierzig", "dreißig", "ein Dutzend", "doppelt so viele", "dreimal im Jahr", "einundzwanzig", "null Vorfälle",
    ],
)  # fmt: skip
def test_this_is_a_number(text):
    assert has_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "viele", "ein Fest", "eine Umfrage", "mehr als heute", "ganz einfach", "noch einmal", "im Viertel", "unser Viertel",
        "deshalb", "der vierte Termin", "jede Person", "wir achten darauf", "m² und CO₂", "Hundertwasser",
    ],
)  # fmt: skip
def test_this_is_none(text):
    assert not has_number(text)


@pytest.mark.parametrize(
    ("target", "expected"), [("zwei Drittel der Gäste", 0), ("jede vierte Person", 0), ("viele", 1)]
)
def test_a_target_in_words_is_a_number(target, expected):
    goals = Goals((replace(GOOD["s5"].rows[0], target=target),))
    assert len(found(dossier(s5=goals), "C12")) == expected


@pytest.mark.parametrize(("text", "expected"), [("Jeder dritte Haushalt ist neu.", 0), ("Es ist schwer.", 1)])
def test_a_figure_of_the_place_may_be_a_word(text, expected):
    assert len(found(dossier(s3=Text(text)), "C17")) == expected
