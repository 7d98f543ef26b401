"""The papers as they come out of the printer: what stands on which sheet, read from the PDF itself."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import date

import pytest
from django.template.loader import render_to_string
from django.utils.html import strip_tags
from pypdf import PdfReader

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
    Text,
    WorkPlan,
)
from applications.content.budget_tables import overview_of, printed_years
from applications.papers import Frozen
from applications.papers.pdf import (
    checklist_context,
    cover_context,
    letter_context,
    make_letter,
    make_papers,
    plan_context,
    render,
    sketch_context,
    source_of,
)
from calls.terms import AttachmentTerm, KindTerm, QuestionTerm, SectionTerm, Terms

KINDS = {"s0": "cover", "s5": "goals", "s7": "work_plan", "s15": "attachments", "s17": "budget"}
TERMS = Terms(
    sections=[SectionTerm(f"s{n}", f"Kapitel {n}", KINDS.get(f"s{n}", "text")) for n in (0, 1, 2, 3, 5, 7, 15, 17)],
    kinds=[KindTerm("PERS", "Personal"), KindTerm("HON", "Honorare"), KindTerm("MASS", "Maßnahmen")],
)
SIGNATORIES = ("Amina Haddad, Vorsitz", "Jonas Petersen, Kasse", "Selma Kaya, Schriftführung")
COVER = Cover(title="Tischgespräche", start_on="2027-01-01", months=24, signatories="\n".join(SIGNATORIES))
PLAN = WorkPlan((Activity(id="m1", title="Kochabende"),))


def frozen(**contents) -> Frozen:
    return Frozen(
        contents={"s0": COVER, **contents}, terms=TERMS, year=2027, call="Aufruf", addressee="Beispielamt",
        deadline=None, deadline_counts="", organisation="Verein", cohort="Schmiede", stage=1,
    )  # fmt: skip


def expense(number: int = 1, **fields) -> Expense:
    fields = {"year": 2027, "kind": "MASS", "title": f"Posten {number}", "quantity": "1", "unit_price": 10000} | fields
    return Expense(id=f"e{number}", **fields)


def pages(paper) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(paper.content)).pages]


def check_signatures(texts: list[str], above: str) -> None:
    """All who sign stand on one sheet, and what they sign for stands above them."""
    (sheet,) = [text for text in texts if "Unterschriften" in text]
    assert sheet == texts[-1]
    before, _heading, after = sheet.partition("Unterschriften")
    assert [name for name in SIGNATORIES if f"Unterschrift: {name}" not in after] == []
    assert above in before


@pytest.mark.parametrize("count", [0, 8, 9, 30, 31, 32, 33, 34, 35, 60])
def test_signatures_of_the_sketch_stand_together_under_its_last_words(count):
    text = Text("\n\n".join(f"Absatz {number}." for number in range(count)) + "\n\nDer letzte Absatz.")
    check_signatures(pages(render("sketch", sketch_context(frozen(s1=text)))), "Der letzte Absatz.")


def all_papers(**changes) -> dict[str, list[str]]:
    """Every paper of a finished application with many lines, page by page."""
    budget = Budget(expenses=tuple(expense(number) for number in range(60)))
    one = frozen(s1=Text("Wir kochen.\n\n" * 60), s17=budget)
    attachments = [AttachmentTerm(f"a{number}", f"Anlage {number}") for number in range(60)]
    one = replace(one, terms=replace(TERMS, attachments=attachments), number=2, made_on=date(2026, 11, 29))
    one = replace(one, **changes)
    made = make_papers(one, "PS-2027-ACDEFG") | {"letter": make_letter(one, "PS-2027-ACDEFG", 2, date(2026, 12, 3))}
    return {kind: pages(pdf) for kind, pdf in made.items()}


def test_sketch_alone_bears_signatures():
    signed = {kind for kind, texts in all_papers().items() if any("Unterschrift:" in text for text in texts)}
    assert signed == {"sketch"}


@pytest.mark.parametrize(
    ("stage", "sentence"),
    [
        (1, "Arbeitshilfe – ersetzt nicht das Formular des BAMF"),
        (2, "Arbeitshilfe – ersetzt nicht den Antrag in easy-Online"),
    ],
)
def test_every_page_of_a_working_aid_says_what_it_does_not_replace(stage, sentence):
    papers = all_papers(stage=stage)
    assert len(papers["financing_plan"]) > 1
    said = {kind: [sentence in text for text in texts] for kind, texts in papers.items()}
    assert {kind for kind, pages_say in said.items() if all(pages_say)} == {"cover", "financing_plan"}
    assert {kind for kind, pages_say in said.items() if any(pages_say)} == {"cover", "financing_plan"}


def test_no_heading_of_the_declarations_is_divided():
    """Short answers and long questions left so little room that the heading read „Ant-wort“."""
    question = "Geht es in dem Vorhaben vor allem darum, Menschen in Arbeit oder Ausbildung zu bringen?"
    terms = replace(TERMS, questions=[QuestionTerm("labour_market", "exclusion", question)])
    context = cover_context(replace(frozen(s16=Declarations((Answer(id="labour_market", answer="no"),))), terms=terms))
    made = render("cover", context)
    said = " ".join(pages(made))

    assert ("bringen?" in said, "Antwort" in said) == (True, True)


def test_the_marks_of_lists_are_letters_that_the_fonts_have():
    """A list within the checklist's steps had rings, which no font of the papers has."""
    forms = (("Titelblatt", ""), ("Gesamtfinanzierungsplan", ""))
    made = render("checklist", checklist_context(replace(frozen(s1=Text("Wir kochen.")), forms=forms)))
    said = " ".join(pages(made))

    assert ("Titelblatt" in said, "•" in said) == (True, True)
    assert [sign for sign in "\u25e6\u25aa\u25ab" if sign in said] == []


def test_every_page_says_whose_it_is_and_which_version():
    """Whose, which version, of what day, with which mark, and which page of how many."""
    for kind, texts in all_papers().items():
        marks = set()
        for number, text in enumerate(texts, 1):
            flat = " ".join(text.split())
            assert "Fassung 2 vom 29. November 2026" in flat, kind
            assert f"Seite {number} von {len(texts)}" in flat, kind
            assert "Verein" in flat, kind
            assert "Tischgespräche" in flat, kind
            marks.add(re.search(r"Prüfzeichen ([A-Z3-9]{4}-[A-Z3-9]{4})", flat).group(1))
            assert ("Bestätigungsnummer PS-2027-ACDEFG" in flat) is (kind != "sketch"), kind
        assert len(marks) == 1, kind


def test_mark_is_one_of_the_words_and_figures_alone():
    first = frozen(s1=Text("Wir kochen."), s17=Budget(expenses=(expense(),)))

    def marks(value):
        made = make_papers(value, "PS-1")
        return {kind: made[kind].mark for kind in ("sketch", "financing_plan", "cover")}

    other_day = replace(first, number=7, made_on=date(2027, 1, 1))
    typed_again = replace(first, contents=first.contents | {"s17": Budget(expenses=(replace(expense(), id="e99"),))})
    other_text = replace(first, contents=first.contents | {"s1": Text("Wir backen.")})
    other_figure = replace(first, contents=first.contents | {"s17": Budget(expenses=(expense(unit_price=10001),))})
    marks_of_first = marks(first)
    assert marks_of_first == marks(other_day) == marks(typed_again)
    differing = [
        {kind for kind, mark in marks(changed).items() if mark != marks_of_first[kind]}
        for changed in (other_text, other_figure)
    ]
    assert differing == [{"sketch"}, {"financing_plan", "cover"}]


def words(name: str, context) -> str:
    return " ".join(strip_tags(source_of(name, context)).split())


def test_sheet_for_the_envelope_lists_what_lies_in_it_and_nothing_to_do():
    states = {"a1": "enclosed", "a2": "follows", "a3": "not_needed"}
    terms = replace(TERMS, attachments=[AttachmentTerm(key, f"Anlage {key}") for key in states])
    one = frozen(s15=Attachments(tuple(Item(id=key, state=state) for key, state in states.items())))
    one = replace(
        one,
        terms=terms,
        addressee_note="Bitte vor dem Absenden im Aufruf prüfen.",
        forms=(("Titelblatt", ""),),
        to_read=(("Leitfaden", ""),),
    )
    letter = words("letter", letter_context(one, 2, date(2026, 12, 3)))
    checklist = words("checklist", checklist_context(one))
    assert [f"Anlage {key}" in letter for key in states] == [True, True, False]
    assert "Anschreiben Nr. 2 vom 3. Dezember 2026, ersetzt Nr. 1" in letter
    assert "ersetzt" not in words("letter", letter_context(one, 1, date(2026, 12, 3)))
    assert [word in letter for word in ("Leitfaden", "zur Post geben", "Bitte vor dem Absenden")] == [False] * 3
    assert [
        word in checklist
        for word in ("bleibt bei Ihnen", "Leitfaden", "zur Post geben", "Bitte vor dem Absenden im Aufruf prüfen.")
    ] == [True] * 4
    assert checklist.index("Wer macht es?") < checklist.index("Bis wann?") < checklist.index("Was ist zu tun?")


def test_empty_sections_are_no_chapters_and_leave_no_gap_in_the_numbers():
    chapters = sketch_context(frozen(s1=Text("Kurz."), s2=Text("  \n"), s3=Text("Vor Ort."), s7=PLAN))["chapters"]
    assert [(one.number, one.title) for one in chapters] == [(1, "Kapitel 1"), (2, "Kapitel 3"), (3, "Kapitel 7")]


@pytest.mark.parametrize(
    ("target", "due_on", "printed"),
    [
        ("40 von 60", "2027-12-31", "Zielwert 40 von 60 bis 31. Dezember 2027"),
        ("40 von 60", "", "Zielwert 40 von 60"),
        ("", "2027-12-31", "Bis wann 31. Dezember 2027"),
    ],
)
def test_goal_is_printed_with_its_day_even_without_a_target(target, due_on, printed):
    goal = Goal(id="z1", goal="Nachbarn kennen einander.", target=target, due_on=due_on)
    html = render_to_string("applications/papers/pdf/sketch.html", sketch_context(frozen(s5=Goals((goal,)))))
    text = " ".join(strip_tags(html.replace("</dt>", "</dt> ")).split())
    assert f"Nachbarn kennen einander. {printed} Unterschriften" in text


@pytest.mark.parametrize(
    ("start_on", "months", "end"),
    [
        ("2027-01-01", 24, date(2028, 12, 31)),
        ("2027-03-01", 12, date(2028, 2, 29)),
        ("2027-12-01", 1, date(2027, 12, 31)),
        ("2027-01-15", 12, date(2028, 1, 14)),
        ("2027-01-31", 1, date(2027, 2, 28)),
        ("2027-01-30", 1, date(2027, 2, 28)),
        ("2027-03-31", 1, date(2027, 4, 30)),
        ("2027-12-31", 2, date(2028, 2, 29)),
        ("", 12, None),
        ("2027-01-01", None, None),
        ("2027-01-15", 0, None),
        ("9999-12-01", 2, None),
        ("morgen", 12, None),
    ],
)
def test_term_ends_with_the_day_before_the_same_number(start_on, months, end):
    assert Cover(start_on=start_on, months=months).ends_on == end


@pytest.mark.parametrize(("months", "printed"), [(24, "Ende 31. Dezember 2028"), (None, "Ende –")])
def test_cover_values_say_when_it_ends(months, printed):
    html = render_to_string(
        "applications/papers/pdf/cover.html", cover_context(frozen(s0=replace(COVER, months=months)))
    )
    assert printed in " ".join(strip_tags(html).split())


def test_overview_keeps_the_order_of_the_call_and_the_sums_meet():
    budget = Budget(
        expenses=(
            expense(1, kind="MASS"),
            expense(2, kind="WEG", year=2028, unit_price=500),
            expense(3, kind="HON", year=2028, unit_price=2500),
        ),
        income=(
            Income(id="i1", year=2027, kind="TEILN", amount=1000),
            Income(id="i2", year=2028, kind="EIGEN", amount=700),
        ),
    )
    overview = overview_of(printed_years(budget, TERMS, WorkPlan()), TERMS)
    assert [label for label, _values, _sum in overview.spending] == ["Honorare", "Maßnahmen", "WEG"]
    assert [label for label, _values, _sum in overview.income] == ["Eigenmittel", "Einnahmen (Beiträge, Verkauf)"]
    assert (overview.spending_total, overview.income_total) == (((10000, 3000), 13000), ((1000, 700), 1700))
    assert overview.grant == ((9000, 2300), 11300)


def test_plan_says_the_sum_of_the_other_money_for_every_year_and_for_all():
    income = (
        Income(id="i1", year=2027, kind="EIGEN", amount=1000),
        Income(id="i2", year=2027, kind="TEILN", amount=500),
    )
    html = render_to_string(
        "applications/papers/pdf/financing_plan.html",
        plan_context(frozen(s17=Budget(expenses=(expense(),), income=income))),
    )
    text = " ".join(strip_tags(html).split())
    assert text.count("Deckungsmittel ohne die Zuwendung Eigenmittel") == 2
    assert text.count("Summe der Deckungsmittel 15,00 €") == 2
    assert text.count("Zuwendung (Fehlbedarf) 85,00 €") == 2
