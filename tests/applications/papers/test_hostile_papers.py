"""Papers take time in proportion to what was typed: hostile texts, each against one of twice its length.

The bound, measured on one core of 2024: half a second for a text of 50,000 characters as people write them, two and a
half seconds for the worst kind; a goal, an activity or a line of the plan with every field full takes a tenth of one.
"""

from __future__ import annotations

from time import process_time

import pytest

from applications.content import Activity, Budget, Expense, Goal, Goals, Text, WorkPlan
from applications.content.base import FREE_TEXT, specs
from applications.papers.drawing import LONGEST_WORD, MOST_LINES, MOST_MARKS, drawable, with_breaks
from applications.papers.pdf import plan_context, render, sketch_context
from tests.applications.hostile import ABOVE, PAIRS, repeated
from tests.applications.papers.layout import printed
from tests.applications.papers.test_papers import frozen, pages

LENGTH = 1_200
ENOUGH = 0.15  # less of the processor's time says nothing

TEXTS = {name: first for name, (first, _second) in PAIRS.items()} | {
    "sentences": repeated("Wir kochen zusammen im Garten. "),
    "address": repeated("seite/", "https://example.org/"),
    "Arabic word": repeated("ش"),
    "Arabic words": repeated("سلام عليكم "),
    "Chinese": repeated("中"),
    "Thai": repeated("กิน"),
    "Tibetan": repeated("ཀྵ"),
    "Korean letters": repeated("ᄀ"),
    "alternating scripts": repeated("aбαאش中"),
    "brackets in Hebrew": repeated("א("),
    "turned directions": repeated("\u202ea\u202c"),
    "emoji of several signs": repeated("👨‍👩‍👧‍👦"),
    "joined emoji without end": repeated("👨\u200d"),
    "flags": repeated("🇩🇪"),
    "forms of signs": repeated("a\ufe0f"),
    "nine marks on each letter": repeated("a" + ABOVE * 9),
    "no-break": repeated("a\u2060"),
    "no-break blanks": repeated("a\u00a0"),
    "soft hyphens": repeated("wo\u00adrt "),
    "soft hyphens only": repeated("a\u00ad"),
    "joiners": repeated("\u200d", "a"),
    "controls": repeated("a\x01\x7f"),
    "private signs": repeated("\U0003ffff\ue000"),
    "items": repeated("- a\n"),
    "paragraphs": repeated("a\n\n"),
    "items and lines": repeated("- a\nb\n"),
    "narrow letters": repeated("i"),
}


def seconds(name, context):
    begun = process_time()
    printed(name, context)
    return process_time() - begun


def check_proportional(measure):
    """Twice the size takes at most two and a half times as long; a busy machine may disturb a measurement or two."""
    whole = measure(2)
    if whole < ENOUGH:
        return
    half = measure(1)
    for tries in (1, 2, 3):
        if whole <= 2.5 * half:
            return
        half, whole = (min(measure(size) for _try in range(tries)) for size in (1, 2))
    assert whole <= 2.5 * half, f"{half:.2f} s, then {whole:.2f} s"


def sketch_of(name, length):
    return sketch_context(frozen(s1=Text(TEXTS[name](length))))


def full(row, text):
    """A row with every free field as long as it may be."""
    return row(
        **{
            name: text(what.max_length).replace(*("\n", " ") if what.widget == "line" else ("", ""))
            for name, what in specs(row).items()
            if what.widget in FREE_TEXT
        }
    )


@pytest.mark.parametrize("name", TEXTS)
def test_twice_the_text_takes_no_more_than_twice_the_time_to_print(name):
    check_proportional(lambda size: seconds("sketch", sketch_of(name, size * LENGTH)))


@pytest.mark.long
@pytest.mark.parametrize("name", TEXTS)
def test_the_longest_texts_are_printed_in_seconds(name):
    assert seconds("sketch", sketch_of(name, 50_000)) < 10
    check_proportional(lambda size: seconds("sketch", sketch_of(name, size * 25_000)))


@pytest.mark.parametrize("text", ["sentences", "one word", "one-letter lines", "nine marks on each letter"])
@pytest.mark.parametrize("kind", ["goals", "work plan", "budget"])
def test_twice_the_rows_take_no_more_than_twice_the_time_to_print(kind, text):
    def measure(size):
        if kind == "budget":
            rows = tuple(full(Expense, TEXTS[text]) for _row in range(2 * size))
            return seconds("financing_plan", plan_context(frozen(s17=Budget(expenses=rows))))
        key, table, row = {"goals": ("s5", Goals, Goal), "work plan": ("s7", WorkPlan, Activity)}[kind]
        rows = tuple(full(row, TEXTS[text]) for _row in range(2 * size))
        return seconds("sketch", sketch_context(frozen(**{key: table(rows)})))

    check_proportional(measure)


def test_a_long_word_is_whole_but_for_places_to_break():
    word = "Ä\u0323" * 500 + "🇩🇪" * 100 + "👨‍👩‍👧‍👦" * 50 + "ᄀ" * 500

    pieces = with_breaks(f"Das {word} hier.").removeprefix("Das ").removesuffix(" hier.").split("\u200b")

    assert "".join(pieces) == word
    assert max(len(piece) for piece in pieces) <= LONGEST_WORD
    assert {piece[0] for piece in pieces} <= {"Ä", "\U0001f1e9", "👨", "ᄀ"}  # none begins within a letter


def test_texts_as_people_write_them_stay_as_they_are():
    html = '<html><head><title>A</title></head><body><p title="b">Wir &amp; ihr: „Tischgespräche“, z.\u00a0B. 👩🏽‍🍳.</p></body>'

    assert drawable(html) == html


def test_what_people_wrote_stays_escaped():
    escaped = drawable(f"<body><p>{'&lt;b&gt;&amp;' * 500}</p></body>")

    assert escaped.replace("<span>", "").replace("</span>", "").replace("\u200b", "") == (
        f"<body><p>{'&lt;b&gt;&amp;' * 500}</p></body>"
    )
    assert escaped.count("<span>") > 1


def test_marks_beyond_many_are_not_drawn():
    assert with_breaks("a" + ABOVE * 20_000) == "a" + ABOVE * MOST_MARKS


def test_very_many_lines_are_run_on():
    few, many = ("- a\n" * number + "Ende" for number in (MOST_LINES // 3, MOST_LINES + 1))

    words = "".join(pages(render("sketch", sketch_context(frozen(s1=Text(many))))))

    assert sketch_context(frozen(s1=Text(few)))["chapters"][0].paragraphs.startswith("<ul><li>a</li>")
    assert "Ein Schrägstrich steht, wo eine Zeile endet." in words
    assert "- a / - a" in words
    assert "Ende" in words
