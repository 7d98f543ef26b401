"""Rows and fields as they are read."""

from __future__ import annotations

import pytest

from applications.content import (
    Activity,
    Answer,
    Attachments,
    Budget,
    Cover,
    Declarations,
    Expense,
    Goal,
    Goals,
    Income,
    Item,
    Partner,
    Partners,
    Text,
    WorkPlan,
)
from applications.content.budget import ALL_ACTIVITIES
from applications.content.difference import State
from applications.content.sheets import Names, cells, count_of_changes, sheets, titles, words_of_row
from calls.terms import AttachmentTerm, KindTerm, QuestionTerm, Terms, ThemeTerm

NAMES = Names(
    terms=Terms(
        themes=[ThemeTerm("begegnung", "Begegnungen")],
        kinds=[KindTerm("MIETE", "Mieten")],
        questions=[QuestionTerm("begun", "exclusion", "Hat das Vorhaben schon begonnen?")],
        attachments=[
            AttachmentTerm("sketch", "Projektskizze"),
            AttachmentTerm("register_extract", "Registerauszug"),
        ],
    ),
    activities={"a1": "Tischgespräche"},
)


def test_an_activity_is_named_also_when_it_is_all_or_gone():
    assert [NAMES.activity(one) for one in ("a1", ALL_ACTIVITIES, "weg")] == [
        "Tischgespräche",
        "für alle Maßnahmen",
        "nicht mehr vorhanden",
    ]


def said(line):
    return [(cell.label, str(cell.html)) for cell in line.cells]


def test_a_row_says_its_values_in_german_words():
    expense = Expense(
        id="e", year=2027, kind="MIETE", title="Raum <groß>", quantity="1.5", unit="Monat", unit_price=120_000, activity="a1"
    )  # fmt: skip
    [expenses, personnel, income] = sheets(Budget(expenses=(expense,)), NAMES)
    assert (expenses.table, personnel.lines, income.lines) == ("expenses", [], [])
    assert (expenses.lines[0].title, expenses.lines[0].state) == ("Raum <groß>", State.SAME)
    assert said(expenses.lines[0]) == [
        ("Jahr", "2027"),
        ("Ausgabenart", "Mieten"),
        ("Menge", "1,5"),
        ("Einheit", "Monat"),
        ("Einzelpreis", "1.200,00\N{NO-BREAK SPACE}€"),
        ("Maßnahme", "Tischgespräche"),
    ]


def test_a_reference_to_a_missing_row_says_so():
    goal = Goal(id="g", goal="Sie kennen sich", level="4", due_on="2027-12-31", activities=("a1", "a9"))
    assert said(sheets(Goals(rows=(goal,)), NAMES)[0].lines[0]) == [
        ("Stufe der Wirkungstreppe", "Stufe 4: Wissen, Fähigkeiten oder Einstellungen ändern sich (Outcome)"),
        ("Bis wann?", "31. Dezember 2027"),
        ("Welche Maßnahmen führen dahin?", "Tischgespräche, nicht mehr vorhanden"),
    ]


def test_answers_are_named_by_their_question():
    line = sheets(Declarations(answers=(Answer(id="begun", answer="no"),)), NAMES)[0].lines[0]
    assert (line.title, said(line)) == ("Hat das Vorhaben schon begonnen?", [("Antwort", "Nein")])


@pytest.mark.parametrize("state", ["", "follows", "not_needed", "enclosed"])
def test_a_paper_of_the_portal_is_enclosed_whatever_a_list_from_before_says(state):
    listed = Attachments((Item(id="sketch", state=state), Item(id="register_extract", state="follows")))
    read = [("Projektskizze", [("Stand", "liegt bei")]), ("Registerauszug", [("Stand", "folgt")])]
    assert [(line.title, said(line)) for line in sheets(listed, NAMES)[0].lines] == read
    assert words_of_row(listed, NAMES, "sketch", "state") == "Projektskizze: liegt bei"
    later = Attachments((Item(id="sketch", state="enclosed"), Item(id="register_extract", state="follows")))
    assert [(line.title, said(line)) for line in sheets(later, NAMES, listed)[0].lines] == read
    assert count_of_changes(listed, later) == ""


def test_changes_are_shown_from_to_and_word_by_word():
    before = WorkPlan(rows=(Activity(id="a", title="Kochen", description="mit allen", begins="2027-Q1"), Activity(id="b", title="Weg")))  # fmt: skip
    after = WorkPlan(rows=(Activity(id="a", title="Kochen", description="mit & für alle", begins="2027-Q2"), Activity(id="c", title="Neu")))  # fmt: skip
    lines = sheets(after, NAMES, before)[0].lines
    assert [(line.title, line.state_label) for line in lines] == [
        ("Kochen", "Zeile geändert"),
        ("Weg", "Zeile entfernt"),
        ("Neu", "neue Zeile"),
    ]
    assert said(lines[0]) == [
        ("Was geschieht dabei?", "mit <del>allen</del><ins>&amp; für alle</ins>"),
        ("von", "<del>1. Quartal 2027</del> → <ins>2. Quartal 2027</ins>"),
    ]


def test_a_field_filled_in_for_the_first_time_is_only_new():
    before, after = Budget(income=(Income(id="i"),)), Budget(income=(Income(id="i", amount=5_000),))
    [line] = sheets(after, NAMES, before)[2].lines
    assert said(line) == [("Betrag", "<ins>50,00\N{NO-BREAK SPACE}€</ins>")]


def test_the_cover_lists_what_is_filled_in():
    cover = Cover(title="Tischgespräche", theme="begegnung", months=24, address="Weg 1\n06108 Halle")
    assert [(cell.label, str(cell.html)) for cell in cells(cover, NAMES)] == [
        ("Titel des Vorhabens", "Tischgespräche"),
        ("Themenschwerpunkt", "Begegnungen"),
        ("Laufzeit in Monaten", "24"),
        ("Anschrift", "Weg 1<br>06108 Halle"),
    ]


def test_rows_have_titles_by_their_ids():
    value = Partners(rows=(Partner(id="p", name="Stadt"), Partner(id="q"), Partner(id="r", name="lang " * 30)))
    assert titles(value, NAMES) == {"p": "Stadt", "q": "Zeile ohne Namen", "r": ("lang " * 30)[:89].rstrip() + "…"}


def test_changes_are_counted_in_words():
    assert count_of_changes(Text(text="gleich"), Text(text="gleich")) == ""
    assert count_of_changes(Text(text="viele Leute"), Text(text="34 von 52 Leute")) == "3 Wörter neu, 1 Wort entfernt"
    assert count_of_changes(Text(text="a b"), Text(text="a  b")) == "Angaben geändert"
    before, after = Goals(rows=(Goal(id="g"),)), Goals(rows=(Goal(id="g", goal="x"), Goal(id="h")))
    assert count_of_changes(before, after) == "2 Zeilen geändert"
    assert count_of_changes(Cover(months=12), Cover(months=24)) == "Angaben geändert"
