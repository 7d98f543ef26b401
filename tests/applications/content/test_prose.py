"""How a text is printed for reading, and where a quote stands after the text has changed."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applications.content.prose import Mark, prose
from applications.content.quotes import Passage, Place, Quote, place_of, quoted

TEXT = "Wir erreichen viele über Freunde.\n\nDrei Gruppen:\n- Frauen\n- Jugendliche & Alte\n\nUnd <alle>."


def badge(number):
    return f'<a class="number" id="stelle-{number}" href="#anmerkung-{number}" aria-label="Anmerkung {number}">{number}</a>'


def test_paragraphs_and_lists_are_printed_as_such_and_everything_is_escaped():
    assert prose(TEXT) == (
        "<p>Wir erreichen viele über Freunde.</p>\n"
        "<p>Drei Gruppen:</p>\n"
        "<ul><li>Frauen</li><li>Jugendliche &amp; Alte</li></ul>\n"
        "<p>Und &lt;alle&gt;.</p>"
    )


def test_lines_of_a_paragraph_stay_lines():
    assert prose("eins\nzwei\n\n\ndrei\n") == "<p>eins<br>zwei</p>\n<p>drei</p>"


def test_no_text_prints_nothing():
    assert prose("") == ""
    assert prose(" \n\n") == ""


def test_quoted_words_are_marked_with_their_number():
    start = TEXT.index("viele")
    assert prose("etwa viele Leute", [Mark(2, 5, 10)]) == f"<p>etwa <mark>viele</mark>{badge(2)} Leute</p>"
    assert badge(7) in prose(TEXT, [Mark(7, start, start + 5)])


def test_marks_that_overlap_keep_their_own_ends():
    assert prose("eins zwei drei", [Mark(1, 0, 9), Mark(2, 5, 14)]) == (
        f"<p><mark>eins zwei</mark>{badge(1)}<mark> drei</mark>{badge(2)}</p>"
    )


def test_a_mark_over_a_line_end_has_one_number():
    html = prose("eins\n- zwei", [Mark(1, 0, 11)])
    assert html == f"<p><mark>eins</mark></p>\n<ul><li><mark>zwei</mark>{badge(1)}</li></ul>"


def test_what_changed_since_is_shown_within_marks():
    assert prose("etwa 25 Leute", [Mark(1, 5, 13)], before="etwa 20 Leute") == (
        f"<p>etwa <del>20</del><mark><ins>25</ins> Leute</mark>{badge(1)}</p>"
    )


def test_a_removed_paragraph_and_a_removed_list_line_are_shown_where_they_were():
    before = "Oben\n\nWeg damit\n\n- eins\n- zwei\n"
    assert prose("Oben\n\n- zwei\n", before=before) == (
        "<p>Oben</p>\n<p><del>Weg damit</del></p>\n<ul><li><del>eins</del></li><li>zwei</li></ul>"
    )


@given(before=st.text(alphabet="ab -\n<&", max_size=40), after=st.text(alphabet="ab -\n<&", max_size=40))
def test_every_letter_that_stays_is_printed_once(before, after):
    html = prose(after, before=before)
    html = re.sub(r"<del>.*?</del>", "", html)
    plain = re.sub(r"<[^>]*>", "", html).replace("&lt;", "<").replace("&amp;", "&")
    letters = [letter for letter in after if letter in "ab<&"]
    assert [letter for letter in plain if letter in "ab<&"] == letters


def test_a_quote_keeps_its_words_and_what_stands_around_them():
    assert quoted("Wir erreichen viele über Freunde.", "viele") == Quote(
        "viele", "Wir erreichen ", " über Freunde.", 14
    )


def test_a_quote_may_have_been_picked_across_lines_and_list_items():
    quote = quoted(TEXT, "Drei  Gruppen:\nFrauen\nJugendliche")
    assert quote.text == "Drei Gruppen:\n- Frauen\n- Jugendliche"


def test_words_that_do_not_stand_there_make_no_quote():
    assert quoted(TEXT, "Nachbarn") is None
    assert quoted(TEXT, "  ") is None


def test_of_repeated_words_the_ones_after_the_given_words_are_meant():
    text = "Wir gehen mit. Alle gehen mit."
    assert quoted(text, "gehen mit").position == 4
    assert quoted(text, "gehen mit", before="mit. Alle ").position == 20


ORIGINAL = (
    "Wir wohnen gern hier im Viertel. Viele erreichen wir über Freunde und Bekannte. Sechs Frauen sprechen Arabisch."
)
QUOTE = quoted(ORIGINAL, "Viele erreichen wir über Freunde und Bekannte.")


@pytest.mark.parametrize(
    ("text", "words", "changed"),
    [
        (ORIGINAL, "Viele erreichen wir über Freunde und Bekannte.", False),
        ("Neu davor. " + ORIGINAL, "Viele erreichen wir über Freunde und Bekannte.", False),
        (ORIGINAL + " Neu danach.", "Viele erreichen wir über Freunde und Bekannte.", False),
        (
            "Sechs Frauen sprechen Arabisch. Viele erreichen wir über\nFreunde und Bekannte.",
            "Viele erreichen wir über\nFreunde und Bekannte.",
            False,
        ),
        (ORIGINAL.replace("Viele erreichen wir", "34 von 52 erreichen wir"), "34 von 52 erreichen wir über Freunde und Bekannte.", True),
        (ORIGINAL.replace(QUOTE.text, "Im November kamen 34 Gäste."), "Im November kamen 34 Gäste.", True),
    ],
)  # fmt: skip
def test_a_quote_is_found_again_or_what_stands_in_its_place(text, words, changed):
    place = place_of(QUOTE, Passage(text))
    assert (text[place.start : place.end], place.changed) == (words, changed)


@pytest.mark.parametrize("text", ["", "Ganz anders.", ORIGINAL.replace(" " + QUOTE.text, "")])
def test_a_quote_that_is_gone_has_no_place(text):
    assert place_of(QUOTE, Passage(text)) is None


def test_of_repeated_words_the_ones_in_the_same_surroundings_are_found():
    text = "Alle gehen mit. Nur Amina kann gehen mit Tee."
    quote = quoted(text, "gehen mit", before="kann ")
    moved = "Wir gehen mit allen. " + text
    assert place_of(quote, Passage(moved)) == Place(moved.rindex("gehen mit"), moved.rindex("gehen mit") + 9)
