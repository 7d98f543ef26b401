"""Texts that are too long for their place are shortened between words."""

from __future__ import annotations

import pytest

from schmiede.spelling import shortened


@pytest.mark.parametrize(
    ("text", "begin", "end"),
    [
        ("kurz", "kurz", "kurz"),
        ("zwei Wörter", "zwei …", "… Wörter"),
        ("Garten und Zaun", "Garten und …", "… und Zaun"),
        ("Gärten am\nWasserturm", "Gärten am …", "… Wasserturm"),
        ("Gartenhäuschen", "Gartenhäus …", "… enhäuschen"),
        ("Ab Gartenhäuschen", "Ab …", "… enhäuschen"),
    ],
)
def test_long_texts_are_shortened_between_words(text, begin, end):
    assert (shortened(text, 10), shortened(text, 10, from_end=True)) == (begin, end)
