"""The financing plan as it is read: tables per year, what changed, limits; on the review page and for readers."""

from __future__ import annotations

import re

import pytest

from applications.content import Activity, Budget, Cover, Expense, Income, Personnel, WorkPlan
from applications.content.budget import ALL_ACTIVITIES
from applications.content.sheets import Names
from applications.writing.page.budget_tables import plan_of, plan_years
from calls.terms import KindTerm, LimitTerm, Terms
from tests.applications.coaching import make_world, taken, url, verdicts, words_of
from tests.applications.pages import address
from tests.builders import log_in, write

EURO = "\N{NO-BREAK SPACE}€"
NAMES = Names(
    terms=Terms(
        kinds=[KindTerm("PERS", "Personal"), KindTerm("MIETE", "Mieten"), KindTerm("INV", "Investitionen")],
        limits=[LimitTerm("max_grant_per_year", "Höchste Zuwendung", value=70_000)],
    ),
    activities={"a1": "Tischgespräche"},
)
ROOM = Expense(
    id="e1", year=2027, kind="MIETE", title="Raum <groß>", quantity="1.5", unit="Monate", unit_price=120_000,
    justification="Für 40 Gäste.", activity="a1",
)  # fmt: skip
LEAD = Personnel(
    id="p1", year=2027, role="Leitung", months="12", gross_per_month=600_000, weekly_hours="20", activity=ALL_ACTIVITIES
)
OWN = Income(id="i1", year=2027, kind="EIGEN", source="Verein", amount=100_000, state="promised", evidence="Beschluss")
BUDGET = Budget(expenses=(ROOM,), personnel=(LEAD,), income=(OWN,))


def texts(line):
    return [line.title, line.reckoning, line.activity, line.reason, line.shown]


def test_a_year_has_its_lines_by_kind_with_their_reasons_and_sums():
    [year] = plan_years(BUDGET, NAMES)
    assert [(group.label, group.total) for group in year.groups] == [("Personal", 7_200_000), ("Mieten", 180_000)]
    assert texts(year.groups[0].lines[0]) == [
        "Leitung",
        f"12 Monate × 6.000,00{EURO} Arbeitgeberbrutto im Monat, 20 Stunden je Woche",
        "für alle Maßnahmen",
        "",
        f"72.000,00{EURO}",
    ]
    assert texts(year.groups[1].lines[0]) == [
        "Raum &lt;groß&gt;",
        f"1,5 Monate × 1.200,00{EURO}",
        "Tischgespräche",
        "Für 40 Gäste.",
        f"1.800,00{EURO}",
    ]
    assert texts(year.income[0].lines[0]) == ["Verein", "zugesagt", "", "Beschluss", f"1.000,00{EURO}"]
    assert (year.spending, year.funds, year.grant) == (7_380_000, 100_000, 7_280_000)


def test_what_changed_is_marked_and_what_was_removed_adds_nothing():
    gone = Expense(id="e0", year=2027, kind="MIETE", title="Zelt", quantity="1", unit_price=50_000)
    new = Expense(id="e2", year=2028, kind="INV", title="Ofen", quantity="1", unit_price=90_000)
    changed = Expense(
        id="e1", year=2028, kind="INV", title="Saal <groß>", quantity="2", unit="Monate", unit_price=120_000,
        justification="Für 60 Gäste.",
    )  # fmt: skip
    before, after = Budget(expenses=(gone, ROOM)), Budget(expenses=(changed, new))
    first, second = plan_years(after, NAMES, before=before)
    [removed] = first.groups[0].lines
    assert (removed.title, removed.state_label, removed.shown) == ("Zelt", "Zeile entfernt", f"500,00{EURO}")
    assert (first.year, first.spending) == (2027, 0)
    line, added = second.groups[0].lines
    assert (line.state_label, added.state_label, second.spending) == ("Zeile geändert", "neue Zeile", 330_000)
    assert texts(line) == [
        "<del>Raum</del><ins>Saal</ins> &lt;groß&gt;",
        f"<del>1,5 Monate × 1.200,00{EURO}</del> → <ins>2 Monate × 1.200,00{EURO}</ins>",
        "<del>Tischgespräche</del> → <ins>noch keiner Maßnahme zugeordnet</ins>",
        "Für <del>40</del><ins>60</ins> Gäste.",
        f"<del>1.800,00{EURO}</del> → <ins>2.400,00{EURO}</ins>",
    ]
    assert [(cell.label, str(cell.html)) for cell in line.moved] == [
        ("Jahr", "<del>2027</del> → <ins>2028</ins>"),
        ("Ausgabenart", "<del>Mieten</del> → <ins>Investitionen</ins>"),
    ]


def test_limits_stand_beside_every_year_and_all():
    plan = plan_of(BUDGET, NAMES, [2027, 2028])
    assert [(year.table.year, year.fit.symbol, year.fit.note) for year in plan.years] == [
        (2027, "error", f"Im Jahr 2027 sind es 2.800,00{EURO} zu viel."),
        (2028, "open", "Noch keine Ausgaben."),
    ]
    assert plan.fits[0] == plan.years[0].fit
    assert (plan.figures.spending, plan.figures.own, plan.figures.grant) == (7_380_000, 100_000, 7_280_000)


def test_lines_without_year_or_kind_are_shown_too():
    lost = Budget(expenses=(Expense(id="e", unit_price=500),), income=(Income(id="i", kind="ALT", amount=100),))
    plan = plan_of(lost, NAMES)
    [year] = plan.years
    assert (year.table.year, year.fit, plan.fits) == (None, None, [])
    assert [group.label for group in (*year.table.groups, *year.table.income)] == ["ohne Ausgabenart", "ALT"]
    assert year.table.groups[0].lines[0].title == "ohne Bezeichnung"
    assert plan_of(Budget(), NAMES, [2027]).is_empty


@pytest.fixture
def world(db):
    return make_world()


def page(client, user, address):
    log_in(client, user)
    return client.get(address).text


def test_a_coach_reads_the_plan_by_year_beside_the_limits(world, client):
    write(world.application, "s0", Cover(start_on="2027-01-01", months=24), by=world.amina)
    write(world.application, "s7", WorkPlan(rows=(Activity(id="a1", title="Tischgespräche"),)), by=world.amina)
    write(world.application, "s17", BUDGET, by=world.amina)
    first = taken(world, "s17")
    first.give_back(by=world.carla, verdicts=verdicts(first))
    changed = Budget(expenses=(ROOM,), personnel=(LEAD,), income=(Income(id="i1", year=2027, kind="EIGEN", source="Verein", amount=200_000),))  # fmt: skip
    write(world.application, "s17", changed, by=world.amina)
    review = taken(world, "s17")
    write(world.application, "s0", Cover(start_on="2030-01-01", months=12), by=world.amina)
    review.items.get().comment(by=world.carla, kind="question", text="Warum so groß?", row_id="e1")
    html = page(client, world.carla, url("read", review, abschnitt="s17"))
    said = words_of(html)
    assert re.findall(r'id="(jahr-\d+|zeile-\w+)"', html) == [
        "jahr-2027",
        "zeile-p1",
        "zeile-e1",
        "zeile-i1",
        "jahr-2028",
    ]
    assert f"<del>1.000,00{EURO}</del> → <ins>2.000,00{EURO}</ins>" in html
    assert re.search(r'id="zeile-e1">.*?href="#anmerkung-\d+".*?Monate', html, re.DOTALL)
    assert "Passt das zu den Grenzen?" in said
    assert "Für 40 Gäste." in said


@pytest.mark.parametrize("number", [1, 50])
def test_a_plan_costs_the_same_with_one_line_and_fifty(world, client, django_assert_num_queries, number):
    rows = tuple(Expense(id=f"e{one}", year=2027, title=f"Posten {one}", unit_price=100) for one in range(number))
    write(world.application, "s17", Budget(expenses=rows), by=world.amina)
    review = taken(world, "s17")
    log_in(client, world.carla)
    with django_assert_num_queries(13):
        client.get(url("read", review, abschnitt="s17"))


def test_who_only_reads_the_section_sees_the_same_tables(world, client):
    write(world.application, "s0", Cover(start_on="2027-01-01", months=24))
    write(world.application, "s17", BUDGET)
    for person in (world.rana, world.carla, world.doris):
        html = page(client, person, address(world.application, "s17") + "?jahr=2027")
        said = words_of(html)
        assert "Für 40 Gäste." in said
        assert (
            "Leitung 12 Monate × 6.000,00 € Arbeitgeberbrutto im Monat, 20 Stunden je Woche 72.000,00 € für alle Maßnahmen"
            in said
        )
        assert "Bezeichnung, Begründung und mehr" not in said
        assert 'id="zeile-e1"' in html
    assert "Bezeichnung, Begründung und mehr" in page(client, world.amina, address(world.application, "s17"))
