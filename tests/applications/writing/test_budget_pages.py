from __future__ import annotations

import dataclasses
import re
from dataclasses import replace

import pytest

from applications.content import Budget, Cover, Expense, Income, Personnel
from applications.content.base import specs
from applications.writing.forms.fields import Number
from applications.writing.models import Revision
from tests.applications.pages import address, send, spaceless, value_of
from tests.builders import (
    make_application,
    make_cohort,
    make_organiser,
    make_team,
    make_user,
    row_id,
    write,
)
from tests.forms import form_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def amina(client):
    user = make_user("Amina", "Haddad")
    client.force_login(user)
    return user


@pytest.fixture
def jonas():
    return make_user("Jonas", "Petersen")


@pytest.fixture
def cohort():
    return make_cohort(make_organiser(make_user("Doris", "Lang")))


@pytest.fixture
def application(cohort, amina, jonas):
    return make_application(make_team(cohort, amina, jonas))


# The financing plan


def budget():
    return Budget(
        expenses=(
            Expense(
                id=row_id("e1"), year=2027, kind="HON", title="Moderation", quantity="4", unit="Tage", unit_price=48_000
            ),
            Expense(id=row_id("e2"), year=2028, kind="MIETE", title="Küche", quantity="1.5", unit_price=6_000),
        ),
        personnel=(Personnel(id=row_id("p1"), year=2027, role="Leitung", months="12", gross_per_month=319_000),),
        income=(Income(id=row_id("i1"), year=2027, kind="EIGEN", source="Verein", amount=375_000),),
    )


@pytest.fixture
def planned(application):
    write(application, "s0", Cover(start_on="2027-01-01", months=36))
    write(application, "s17", budget())
    return application


def test_the_plan_shows_one_year_with_sums_and_limits(client, planned):
    response = client.get(address(planned, "s17") + "?jahr=2027")

    page = response.text
    for words in ("Moderation", "Leitung", "38.280,00\xa0€", "40.200,00\xa0€", "3.750,00\xa0€", "36.450,00\xa0€"):
        assert words in page, words
    assert form_of(response)["expenses"] == [row_id("e1")]
    assert "Höchstens 70.000 € Zuwendung im Jahr" in page
    assert "Hier nicht eingetragen. Es steht im Leitfaden des BAMF für Ihr Förderjahr." in page
    assert "Im ganzen Plan sind es 9,3 %." in page


def test_a_line_may_belong_to_all_activities(client, planned):
    one = f"expenses-{row_id('e1')}"
    assert "noch keiner Maßnahme zugeordnet" in client.get(address(planned, "s17") + "?jahr=2027").text

    send(client, planned, "s17", **{f"{one}-activity": "all"})

    page = client.get(address(planned, "s17") + "?jahr=2027").text
    assert value_of(planned, "s17").expenses[0].activity == "all"
    assert re.search(r'<span\s+class="meta"\s*>\s*für alle Maßnahmen\s*</span\s*>', page)


def test_all_years_stand_side_by_side(client, planned):
    page = client.get(address(planned, "s17") + "?jahr=alle").text

    for words in ("36.450,00\xa0€", "90,00\xa0€", "36.540,00\xa0€"):
        assert words in page, words


def test_german_numbers_are_understood(client, planned):
    one = f"expenses-{row_id('e1')}"

    response = send(
        client, planned, "s17", {f"{one}-quantity": "2,5", f"{one}-unit_price": "1.234,56 €"}, query="?jahr=2027"
    )

    assert response.url == address(planned, "s17") + "?jahr=2027"
    row = value_of(planned, "s17").expenses[0]
    assert (row.quantity, row.unit_price, row.amount) == ("2.5", 123_456, 308_640)
    assert len(value_of(planned, "s17").expenses) == 2
    planned.refresh_from_db()
    assert planned.grant_cents == value_of(planned, "s17").grant()


def test_saving_without_a_change_changes_nothing(client, planned):
    for query in ("?jahr=2027", "?jahr=2028", "?jahr=2029", "?jahr=alle", "?jahr=quark", ""):
        send(client, planned, "s17", query=query)

    assert planned.drafts.get(key="s17").version == 1


def test_a_new_line_belongs_to_the_year_on_the_page(client, planned):
    response = send(client, planned, "s17", query="?jahr=2028", add="income")
    query = response.url.split("?")[1].split("#")[0]
    page = client.get(address(planned, "s17") + "?" + query)
    (new,) = form_of(page)["income"]

    client.post(address(planned, "s17") + "?" + query, {**form_of(page), f"income-{new}-amount": "100"})

    assert value_of(planned, "s17").income[1] == Income(id=new, year=2028, amount=10_000)


def test_a_mistake_leaves_every_typed_row_standing(client, planned):
    one = f"expenses-{row_id('e1')}"
    changes = {f"{one}-unit_price": "viel", f"{one}-title": "Neuer Titel", f"personnel-{row_id('p1')}-months": "11"}

    response = send(client, planned, "s17", changes, query="?jahr=2027")

    assert response.status_code == 422
    assert "Bitte geben Sie eine Zahl ein, zum Beispiel 1.234,56." in response.text
    sent = form_of(response)
    assert {name: sent[name][0] for name in changes} == changes
    assert planned.drafts.get(key="s17").version == 1


def summary_of(response):
    found = re.search(r"data-error-summary>.*?</ul>", response.text, re.DOTALL)
    return [spaceless(words) for words in re.findall(r"<a[^>]*>([^<]*)</a>", found[0])]


def test_the_summary_says_which_row_each_mistake_is_in(client, planned):
    query = "?jahr=2027&neu=expenses"
    new = form_of(client.get(address(planned, "s17") + query))["expenses"][-1]
    page = form_of(client.get(address(planned, "s17") + query))
    changes = {
        "expenses": [row_id("e1"), new],
        f"expenses-{row_id('e1')}-title": "Bootsbauer",
        f"expenses-{row_id('e1')}-unit_price": "0.500",
        f"expenses-{new}-unit_price": "0.500",
        f"personnel-{row_id('p1')}-gross_per_month": "0.500",
    }

    response = client.post(address(planned, "s17") + query, {**page, **changes})

    assert summary_of(response) == [
        "Bootsbauer: Einzelpreis – Meinen Sie 0,50 € oder 500,00 €?",
        "Ausgabe 2: Einzelpreis – Meinen Sie 0,50 € oder 500,00 €?",
        "Leitung: Arbeitgeberbrutto im Monat – Meinen Sie 0,50 € oder 500,00 €?",
    ]


def test_rows_of_one_name_are_told_apart(client, planned):
    twice = tuple(Expense(id=row_id(name), year=2027, title="Honorar") for name in ("e1", "e2"))
    write(planned, "s17", Budget(expenses=twice))

    response = send(client, planned, "s17", {f"expenses-{row.id}-unit_price": "x" for row in twice}, query="?jahr=2027")

    assert [words.split(": ")[0] for words in summary_of(response)] == ["Honorar (Ausgabe 1)", "Honorar (Ausgabe 2)"]


@pytest.mark.parametrize(
    ("typed", "question"),
    [
        ("0.500", "Meinen Sie 0,50 € oder 500,00 €?"),
        ("45 90", "Meinen Sie 45,90 € oder 4.590,00 €?"),
        ("1200\t300", "Meinen Sie 1.200,00 € oder 300,00 €?"),
        ("1,234", "Meinen Sie 1.234,00 € oder 1,23 €?"),
    ],
)
def test_an_amount_that_may_be_two_is_asked_about_beside_its_field(client, planned, typed, question):
    price = f"expenses-{row_id('e1')}-unit_price"

    response = send(client, planned, "s17", {price: typed}, query="?jahr=2027")

    assert response.status_code == 422
    assert form_of(response)[price] == [typed]
    beside = response.text.split(f'id="id_{price}_error"')[1].split("</div>")[0]
    assert question in spaceless(beside)
    assert planned.drafts.get(key="s17").version == 1


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("weekly_hours", "38.500", "Eine Woche hat 168 Stunden."),
        ("weekly_hours", "200", "Eine Woche hat 168 Stunden."),
        ("weekly_hours", "168,01", "Eine Woche hat 168 Stunden."),
        ("weekly_hours", "19,125", "Bitte höchstens 2 Stellen nach dem Komma."),
        ("months", "13", "Ein Jahr hat 12 Monate."),
        ("months", "12,345", "Ein Jahr hat 12 Monate."),
        ("months", "11,345", "Bitte höchstens 2 Stellen nach dem Komma."),
    ],
)
def test_hours_and_months_are_no_more_than_there_are(client, planned, field, typed, sentence):
    name = f"personnel-{row_id('p1')}-{field}"

    response = send(client, planned, "s17", {name: typed}, query="?jahr=2027")

    assert response.status_code == 422
    beside = spaceless(response.text.split(f'id="id_{name}_error"')[1].split("</div>")[0])
    assert sentence in beside
    assert "ist zu lang" not in response.text
    assert form_of(response)[name] == [typed]


@pytest.mark.parametrize(
    ("field", "typed", "stored"),
    [("weekly_hours", "38,5", "38.5"), ("weekly_hours", "38,500", "38.5"), ("weekly_hours", "168", "168"),
     ("months", "12,0", "12"), ("months", "11,75", "11.75")],
)  # fmt: skip
def test_hours_and_months_that_there_are_are_stored(client, planned, field, typed, stored):
    send(client, planned, "s17", {f"personnel-{row_id('p1')}-{field}": typed}, query="?jahr=2027")

    assert getattr(value_of(planned, "s17").personnel[0], field) == stored


@pytest.mark.parametrize(("field", "stored"), [("months", "36"), ("months", "1.333"), ("weekly_hours", "170")])
def test_a_stored_number_beyond_the_bounds_keeps_nobody_from_saving(client, planned, amina, field, stored):
    """It was typed before the field had bounds; somebody else writes in another row of the page."""
    draft = planned.drafts.get(key="s17")
    budget = value_of(planned, "s17")
    post = replace(budget.personnel[0], **{field: stored})
    draft.write(replace(budget, personnel=(post, *budget.personnel[1:])), by=amina, seen=draft.version)

    response = send(client, planned, "s17", {f"expenses-{row_id('e1')}-title": "Neuer Titel"}, query="?jahr=2027")

    assert response.status_code == 302
    saved = value_of(planned, "s17")
    assert (getattr(saved.personnel[0], field), saved.expenses[0].title) == (stored, "Neuer Titel")


@pytest.mark.parametrize("row_type", [Expense, Personnel])
def test_no_number_a_field_takes_is_too_long_to_store(row_type):
    for name, what in specs(row_type).items():
        if what.widget == "decimal":
            longest = Number(most=what.most, fewer_places=what.places)
            typed = f"{longest.most - 1},{'9' * longest.fewer_places}"
            assert len(longest.clean(typed)) <= what.max_length, name


def test_a_term_in_months_is_a_german_number(client, planned):
    assert send(client, planned, "s0", {"months": "24,0"}).status_code == 302
    assert value_of(planned, "s0").months == 24

    assert send(client, planned, "s0", {"months": "3.000"}).status_code == 422
    assert value_of(planned, "s0").months == 24


def test_an_unfinished_new_row_survives_a_mistake(client, planned):
    page = client.get(address(planned, "s17") + "?jahr=2027&neu=expenses")
    new = form_of(page)["expenses"][-1]
    changes = {f"expenses-{new}-title": "Plakate", f"expenses-{new}-unit_price": "x"}

    response = client.post(address(planned, "s17") + "?jahr=2027", {**form_of(page), **changes})

    assert response.status_code == 422
    assert {name: form_of(response)[name][0] for name in changes} == changes


def test_two_people_on_the_plan_lose_no_line(client, planned, jonas):
    mine = client.get(address(planned, "s17") + "?jahr=2027&neu=expenses")
    theirs = form_of(client.get(address(planned, "s17") + "?jahr=2027&neu=expenses"))
    new = form_of(mine)["expenses"][-1]
    client.post(address(planned, "s17") + "?jahr=2027", {**form_of(mine), f"expenses-{new}-title": "Von Amina"})
    client.force_login(jonas)
    other = theirs["expenses"][-1]
    changes = {f"expenses-{other}-title": "Von Jonas", f"expenses-{row_id('e1')}-quantity": "5"}

    client.post(address(planned, "s17") + "?jahr=2027", {**theirs, **changes})

    plan = value_of(planned, "s17")
    assert sorted(row.title for row in plan.expenses) == ["Küche", "Moderation", "Von Amina", "Von Jonas"]
    assert plan.expenses[0].quantity == "5"
    assert Revision.objects.filter(draft__key="s17", why="merged", version=None).count() == 1


def test_the_same_cell_is_a_conflict_to_be_decided(client, planned, jonas):
    mine, theirs = (form_of(client.get(address(planned, "s17") + "?jahr=2027")) for _ in range(2))
    cell = f"expenses-{row_id('e1')}-unit_price"
    client.force_login(jonas)
    client.post(address(planned, "s17") + "?jahr=2027", {**theirs, cell: "500"})
    client.force_login(planned.team.members.get(role="owner").user)

    response = client.post(address(planned, "s17") + "?jahr=2027", {**mine, cell: "600"})
    page = client.get(response.url)

    assert "/zusammenfuehren/" in response.url
    assert ("600,00" in page.text, "500,00" in page.text, "480,00" in page.text) == (True, True, True)
    client.post(response.url, {**form_of(page, None), "choice-0": "mine"})
    assert value_of(planned, "s17").expenses[0].unit_price == 60_000


def test_numbers_that_are_too_large_are_refused(client, planned):
    one = f"expenses-{row_id('e1')}"

    response = send(client, planned, "s17", {f"{one}-unit_price": "999999999999", f"{one}-quantity": "1e9"})

    assert response.status_code == 422


@pytest.mark.parametrize("year", ["9" * 5000, "²", "1999", "x"])
def test_a_year_the_plan_does_not_have_shows_the_first(client, planned, year):
    page = client.get(address(planned, "s17"), {"jahr": year})

    assert page.status_code == 200
    assert form_of(page).keys() == form_of(client.get(address(planned, "s17"))).keys()


def test_the_yearly_bonus_is_told_beside_its_line(client, planned):
    line = Personnel(id=row_id("p1"), year=2027, role="Leitung", months="12", gross_per_month=152_000, bonus=90_000)
    write(planned, "s17", Budget(personnel=(line,)))

    page = client.get(address(planned, "s17") + "?jahr=2027").text

    assert "19.140,00\xa0€" in page
    assert "+ 900,00 € Jahressonderzahlung" in spaceless(page)


def test_an_error_stands_at_its_row_and_on_the_tab_of_its_year(client, planned):
    late = Expense(id=row_id("e2"), year=2028, kind="INV", title="Lastenrad", quantity="1", unit_price=290_000)
    write(planned, "s17", dataclasses.replace(budget(), expenses=(budget().expenses[0], late)))

    first, second = (client.get(address(planned, "s17") + f"?jahr={year}").text for year in (2027, 2028))

    assert [spaceless(tab) for tab in re.findall(r'<span class="meta">([^<]*€[^<]*)</span></a>', second)][:2] == [
        "36.450 €", "2.900 €, 1 Fehler",
    ]  # fmt: skip
    assert (first.count("budget__line--error"), second.count("budget__line--error")) == (0, 1)
    row = second[second.index(f'id="zeile-{late.id}"') :]
    assert (
        "„Lastenrad“ (2028): Investitionen sind nur im ersten Förderjahr möglich, bei Ihnen 2027."
        in row[: row.index("</details>")]
    )


def test_a_grant_beyond_the_limit_counts_as_an_error_of_its_year(client, planned):
    much = Expense(id=row_id("e2"), year=2028, kind="MIETE", title="Saal", quantity="1", unit_price=8_000_000)
    write(planned, "s17", dataclasses.replace(budget(), expenses=(much,)))

    assert "80.000 €, 1 Fehler" in spaceless(client.get(address(planned, "s17") + "?jahr=2028").text)


def test_an_empty_plan_keeps_no_limit_yet(client, planned):
    write(planned, "s17", Budget())

    for year in ("2027", "alle"):
        page = client.get(address(planned, "s17") + f"?jahr={year}").text
        limits = page[page.index('<ul class="limits">') :]
        assert "state--done" not in limits[: limits.index("</ul>")]


def test_the_question_comes_before_the_sums(client, planned):
    page = client.get(address(planned, "s17") + "?jahr=2027").text

    places = [page.index(words) for words in ('<p class="lead">', 'id="finanzierung"', 'id="ausgaben"')]
    assert places == sorted(places)
    assert page.count('<p class="lead">') == 1


def test_every_kind_of_expense_is_explained(client, planned):
    kinds = [replace(kind, guidance=f"Das gehört zu {kind.code}.") for kind in planned.terms.kinds]
    edition = planned.edition
    edition.frozen_terms = replace(planned.terms, kinds=kinds)
    type(edition).objects.filter(pk=edition.pk).update(frozen_terms=edition.frozen_terms)

    page = client.get(address(planned, "s17") + "?jahr=2027").text
    table, beneath = page.split('id="ausgabenarten"')

    assert [kind.code for kind in kinds if kind.guidance in table] == ["PERS", "HON"]
    assert all(kind.guidance in beneath for kind in kinds)
    assert re.search(r'<div class="kern-hint"[^>]*>[^<]*<a href="#ausgabenarten">', table)
    assert not re.match(r"\s*open", beneath)
    new = client.get(address(planned, "s17") + "?jahr=2027&neu=expenses").text
    assert re.match(r"\s*open", new.split('id="ausgabenarten"')[1])


def test_a_salary_is_called_what_the_employer_pays(client, planned):
    page = client.get(address(planned, "s17") + "?jahr=2027").text

    cell = page[page.index(f'id="zeile-{row_id("p1")}"') :].split("</tr>")[0]
    seen = re.findall(r'<span\s+class="budget__label"[^>]*>([^<]*)</span', cell)
    assert [spaceless(words).replace("&shy;", "") for words in seen] == ["Arbeitgeberbrutto im Monat"]
    assert "Einzelpreis" not in cell


def test_money_of_others_has_one_name(client, planned):
    line = Income(id=row_id("i2"), year=2027, kind="DRITT_OEFF", source="Stadt", amount=50_000)
    fees = Income(id=row_id("i3"), year=2027, kind="TEILN", source="Kurse", amount=20_000)
    write(planned, "s17", dataclasses.replace(budget(), income=(*budget().income, line, fees)))

    for year in ("2027", "alle"):
        page = client.get(address(planned, "s17") + f"?jahr={year}").text
        sums = page[page.index('<dl class="sum">') :].split("</dl>")[0]
        assert re.findall(r'class="num">([^<]*)<', sums)[1:4] == ["3.750,00\xa0€", "500,00\xa0€", "200,00\xa0€"]
        assert "Mittel anderer" not in page
        assert page.count("Drittmittel (Geld von anderen)") >= 1 + (year == "alle")
