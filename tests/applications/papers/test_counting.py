"""How many characters people see: the rule of docs/writing.md."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applications.content import Text, loads, normalised, visible_length
from core.spelling import BLANKS, PLAIN


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("", 0),
        (" \n\t", 0),
        ("Grüße", 5),
        ("Gru\u0308ße", 5),
        ("eins\r\nzwei\rdrei\nvier", 19),
        ("  vorn zählt, hinten nicht \u00a0\r\n", 26),
        ("e\u0323\u0301", 1),
        ("👍🏽", 1),
        ("👩‍👩‍👧‍👦 kocht", 7),
        ("🇩🇪🇹🇷", 2),
        ("❤️", 1),
        ("السَّلام", 6),
        ("نص عربي", 7),
        ("نمی\u200cدانم", 7),
        ("नमस्ते", 4),
        ("🏴󠁧󠁢󠁳󠁣󠁴󠁿 und 🏳️‍🌈", 7),
        ("한국어", 3),
        ("한", 1),
        ("„Wort“ – und …", 14),
        ("\u2028Zeile", 6),
    ],
)
def test_characters_people_see(text, seen):
    assert visible_length(text) == seen


@given(st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=200))
def test_storing_changes_no_count(text):
    stored = loads("text", Text(normalised(text)).data)
    assert stored.length == visible_length(text) == visible_length(stored.text)
    assert visible_length(text + BLANKS) == visible_length(text)


@given(st.text(st.characters(max_codepoint=0x20FF, exclude_categories=("Cs",), exclude_characters="\0\r"), max_size=60))
def test_the_short_way_counts_as_the_long_one(text):
    if PLAIN.fullmatch(text):
        assert visible_length(text) == visible_length(f"{text}👍") - 1 - (len(text) - len(text.rstrip(BLANKS)))
