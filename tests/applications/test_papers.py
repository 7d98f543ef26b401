"""The papers as they come out of the printer: what stands on which sheet, read from the PDF itself."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date

import pytest
from django.template.loader import render_to_string
from django.utils.html import strip_tags
from pypdf import PdfReader

from applications.content import Activity, Budget, Cover, Expense, Goal, Goals, Income, Text, WorkPlan
from applications.papers import Frozen
from applications.papers.pdf import cover_context, hand_over_context, plan_context, render, sketch_context
from applications.papers.tables import overview_of, printed_years
from calls.terms import AttachmentTerm, KindTerm, SectionTerm, Terms

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


@pytest.mark.parametrize("count", [3, 6, 7, 20])
def test_signatures_of_the_plan_stand_together_under_its_sums(count):
    budget = Budget(expenses=tuple(expense(number) for number in range(count)))
    check_signatures(pages(render("financing_plan", plan_context(frozen(s17=budget)))), "Zuwendung (Fehlbedarf)")


@pytest.mark.parametrize("count", [8, 9, 10, 12, 41])
def test_signatures_of_the_letter_stand_together_under_the_last_enclosures(count):
    one = frozen()
    one = replace(one, terms=replace(TERMS, attachments=[AttachmentTerm(f"a{n}", f"Anlage {n}") for n in range(count)]))
    check_signatures(pages(render("hand_over", hand_over_context(one, "PS-1"))), f"Anlage {count - 1} noch offen")


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
    html = render_to_string("applications/papers/sketch.html", sketch_context(frozen(s5=Goals((goal,)))))
    text = " ".join(strip_tags(html.replace("</dt>", "</dt> ")).split())
    assert text.endswith(f"Nachbarn kennen einander. {printed}")


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
    html = render_to_string("applications/papers/cover.html", cover_context(frozen(s0=replace(COVER, months=months))))
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


def test_plan_says_the_sum_of_the_income_for_every_year_and_for_all():
    income = (
        Income(id="i1", year=2027, kind="EIGEN", amount=1000),
        Income(id="i2", year=2027, kind="TEILN", amount=500),
    )
    html = render_to_string(
        "applications/papers/financing_plan.html",
        plan_context(frozen(s17=Budget(expenses=(expense(),), income=income))),
    )
    text = " ".join(strip_tags(html).split())
    assert text.count("Einnahmen Eigenmittel") == 2
    assert text.count("Summe der Einnahmen 15,00 €") == 2
    assert text.count("Zuwendung (Fehlbedarf) 85,00 €") == 2
