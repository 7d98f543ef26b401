"""Nothing that was typed leaves the page of a paper, however long its words are."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest

from applications.content import (
    Activity,
    Budget,
    Cover,
    Expense,
    Goal,
    Goals,
    Income,
    Partner,
    Partners,
    Text,
    WorkPlan,
)
from applications.content.base import FREE_TEXT, specs
from applications.papers.pdf import (
    checklist_context,
    cover_context,
    letter_context,
    plan_context,
    sketch_context,
)
from calls.terms import AttachmentTerm
from tests.applications.papers.layout import laid_out
from tests.applications.papers.test_papers import TERMS, frozen

# What people really type: an address, a word, a word of wide letters, one in Arabic.
WORDS = {
    "address": "https://www.example.org/verein/nachbarschaft/projekte/2027/tischgespraeche-am-wasserturm?ansicht=alles&seite=",
    "word": "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
    "wide": "WMÄÖÜ",
    "Arabic": "التعاون",
}


def full(row, word, **fields):
    """A row with this word alone in every free field, as often as there is room."""
    texts = {
        name: (word * what.max_length)[: min(what.max_length, 400)]
        for name, what in specs(row).items()
        if what.widget in FREE_TEXT
    }
    return row(**texts | fields)


def contexts(word):
    text = (word * 400)[:400]
    value = replace(
        frozen(
            s0=full(Cover, word, start_on="2027-01-01", months=24),
            s1=Text(f"{text}\n- {text}"),
            s5=Goals((full(Goal, word, level="4", due_on="2027-12-31"),)),
            s7=WorkPlan((full(Activity, word, begins="2027-Q1", ends="2028-Q4"),)),
            s8=Partners(text, (full(Partner, word, kind="mbe"),)),
            s17=Budget(
                expenses=tuple(full(Expense, word, year=year, kind="MASS", quantity="1", unit_price=123_456_789) for year in (2027, 2028)),
                income=(full(Income, word, year=2027, kind="EIGEN", amount=999_999_999),),
            ),
        ),
        organisation=text[:200],
        addressee=text[:200],
        forms=((text[:200], text[:200]),),
    )  # fmt: skip
    value = replace(value, terms=replace(TERMS, attachments=[AttachmentTerm("a1", text[:200])]))
    return {
        "sketch": sketch_context(value),
        "financing_plan": plan_context(value),
        "cover": cover_context(value),
        "letter": letter_context(value, 1, date(2026, 11, 29)),
        "checklist": checklist_context(value),
    }


def beyond(document):
    """Texts that reach beyond the width of their page less a centimetre, which a printer may not reach."""
    edge = 38  # pixels: a centimetre
    for page in document.pages:
        for box in page._page_box.descendants():
            text = getattr(box, "text", "").strip()
            if text and not edge <= box.position_x <= box.position_x + box.width <= page.width - edge:
                yield text


def over_each_other(document):
    """Running heads that lie over another."""
    for page in document.pages:
        heads = [box for box in page._page_box.children if getattr(box, "at_keyword", "").startswith("@top")]
        heads.sort(key=lambda box: box.position_x)
        for left, right in pairwise(heads):
            if left.position_x + left.width > right.position_x + 1:
                yield left.at_keyword


@pytest.mark.parametrize("paper", ["sketch", "financing_plan", "cover", "letter", "checklist"])
@pytest.mark.parametrize("word", WORDS)
def test_long_words_stay_on_the_page(paper, word):
    document = laid_out(paper, contexts(WORDS[word])[paper])

    assert list(beyond(document)) == []
    assert list(over_each_other(document)) == []


@pytest.mark.parametrize("paper", ["sketch", "financing_plan", "cover", "letter", "checklist"])
def test_running_heads_take_one_line(paper):
    document = laid_out(paper, contexts("Nachbarschaftsverein am Wasserturm ")[paper])

    for page in document.pages:
        heads = [box for box in page._page_box.children if getattr(box, "at_keyword", "").startswith("@top")]
        texts = [[box.text for box in head.descendants() if getattr(box, "text", "").strip()] for head in heads]
        assert [len(lines) for lines in texts if lines] == [1, 1]


def test_paragraphs_are_set_like_lists():
    """With the same space after them, hyphenated, and no line left alone at the end of a page."""
    document = laid_out("sketch", sketch_context(frozen(s1=Text("Ein Absatz.\n\n- Ein Punkt\n- Noch einer"))))
    styles = {}
    for page in document.pages:
        for box in page._page_box.descendants():
            if box.element_tag in {"p", "ul"} and box.element.get("class") is None and hasattr(box, "margin_bottom"):
                style = (round(box.margin_bottom, 1), box.style["hyphens"], box.style["orphans"])
                styles.setdefault(box.element_tag, style)

    assert styles["p"] == styles["ul"] == (6.7, "auto", 2)
