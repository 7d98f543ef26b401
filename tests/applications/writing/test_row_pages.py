from __future__ import annotations

import re
from dataclasses import replace

import pytest

from applications.content import (
    Activity,
    Answer,
    Attachments,
    Cover,
    Declarations,
    Goal,
    Goals,
    Item,
    Partner,
    Partners,
    WorkPlan,
)
from calls.terms import AttachmentTerm
from tests.applications.pages import address, send, value_of
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


# Every kind of section, as a browser would


def test_the_cover(client, application):
    fields = {
        "title": "Tischgespräche",
        "short_name": "Tisch",
        "theme": "begegnung",
        "places": "Halle",
        "start_on": "2027-01-01",
        "months": "36",
        "organisation": "Nachbarschaft e. V.",
        "address": "Weg 1\r\n06108 Halle",
        "signatories": "Amina Haddad, Vorsitz",
    }

    response = send(client, application, "s0", fields)

    assert response.status_code == 302
    assert value_of(application, "s0") == Cover(
        title="Tischgespräche",
        short_name="Tisch",
        theme="begegnung",
        places="Halle",
        start_on="2027-01-01",
        months=36,
        organisation="Nachbarschaft e. V.",
        address="Weg 1\n06108 Halle",
        signatories="Amina Haddad, Vorsitz",
    )
    application.refresh_from_db()
    assert str(application) == "Tischgespräche"
    send(client, application, "s0")
    assert application.drafts.get(key="s0").version == 1


def test_a_cover_with_mistakes_leaves_everything_standing(client, application):
    response = send(client, application, "s0", {"title": "x" * 121, "months": "viele", "places": "Halle"})

    assert response.status_code == 422
    assert "Das ist zu lang: 121 Zeichen" in response.text
    assert form_of(response)["places"] == ["Halle"]
    assert form_of(response)["title"] == ["x" * 121]


def test_goals_refer_to_activities(client, application):
    plan = WorkPlan((Activity(id=row_id("a"), title="Kochen"), Activity(id=row_id("b"), title="Reden")))
    write(application, "s7", plan)
    page = client.get(address(application, "s5"))
    (new,) = form_of(page)["rows"]

    fields = {f"rows-{new}-goal": "Nachbarn kennen sich", f"rows-{new}-level": "4", f"rows-{new}-due_on": "2028-12-31"}
    client.post(address(application, "s5"), {**form_of(page), **fields, f"rows-{new}-activities": [row_id("b")]})

    assert value_of(application, "s5") == Goals(
        (Goal(id=new, level="4", goal="Nachbarn kennen sich", due_on="2028-12-31", activities=(row_id("b"),)),)
    )


def test_a_reference_to_a_deleted_activity_stays_and_says_so(client, application):
    write(application, "s5", Goals((Goal(id=row_id("g"), goal="Ziel", activities=(row_id("weg"),)),)))

    page = client.get(address(application, "s5"))
    send(client, application, "s5", {f"rows-{row_id('g')}-goal": "Anderes Ziel"})

    assert "nicht mehr vorhanden" in page.text
    assert value_of(application, "s5").rows[0] == Goal(id=row_id("g"), goal="Anderes Ziel", activities=(row_id("weg"),))


def test_the_work_plan_offers_the_quarters_of_the_term(client, application):
    write(application, "s0", Cover(start_on="2027-01-01", months=6))
    page = client.get(address(application, "s7"))
    (new,) = form_of(page)["rows"]

    assert ("2. Quartal 2027" in page.text, "3. Quartal 2027" in page.text) == (True, False)
    fields = {f"rows-{new}-title": "Kochen", f"rows-{new}-begins": "2027-Q1", f"rows-{new}-ends": "2027-Q2"}
    client.post(address(application, "s7"), {**form_of(page), **fields})
    assert value_of(application, "s7") == WorkPlan(
        (Activity(id=new, title="Kochen", begins="2027-Q1", ends="2027-Q2"),)
    )


def test_partners_have_an_introduction_and_rows(client, application):
    page = client.get(address(application, "s8"))
    (new,) = form_of(page)["rows"]

    fields = {
        "introduction": "Wir arbeiten zusammen.",
        f"rows-{new}-name": "Stadt Halle",
        f"rows-{new}-kind": "municipality",
    }
    client.post(address(application, "s8"), {**form_of(page), **fields})

    assert value_of(application, "s8") == Partners(
        "Wir arbeiten zusammen.", (Partner(id=new, name="Stadt Halle", kind="municipality"),)
    )


def test_an_explanation_is_folded_until_it_says_something(client, application):
    folds = re.compile(r'<details class="fold"\s*(open)?\s*>\s*<summary>Erläuterung')
    assert set(folds.findall(client.get(address(application, "s16")).text)) == {""}

    send(client, application, "s16", {"answers-input_tax-note": "unklar"})

    assert folds.findall(client.get(address(application, "s16")).text).count("open") == 1


def test_declarations_are_answered_one_by_one(client, application):
    send(client, application, "s16", {"answers-begun-answer": "no", "answers-input_tax-note": "unklar"})

    assert value_of(application, "s16") == Declarations(
        (Answer(id="begun", answer="no"), Answer(id="input_tax", note="unklar"))
    )
    send(client, application, "s16")
    assert application.drafts.get(key="s16").version == 1


def test_attachments_have_a_state_each(client, application):
    send(client, application, "s15", {"items-register_extract-state": "enclosed"})

    assert value_of(application, "s15") == Attachments((Item(id="register_extract", state="enclosed"),))


def test_a_paper_that_the_portal_makes_is_not_asked_about_and_keeps_its_note(client, application):
    edition = application.edition
    kinds = [*edition.frozen_terms.attachments, AttachmentTerm("sketch", "Projektskizze", may_be_dropped=False)]
    edition.frozen_terms = replace(edition.frozen_terms, attachments=kinds)
    edition.save()
    before = Attachments((Item(id="sketch", state="follows", note="Drei Seiten."),))
    write(application, "s15", before, by=application.team.members.first().user)

    page = client.get(address(application, "s15")).text
    assert "liegt bei: Das Portal erstellt diese Unterlage beim Fertigstellen." in " ".join(page.split())
    assert [kind for kind in ("register_extract", "sketch") if f'for="id_items-{kind}-state' in page] == [
        "register_extract"
    ]
    send(client, application, "s15", {"items-register_extract-state": "enclosed"})
    after = {item.id: (item.state, item.note) for item in value_of(application, "s15").items}
    assert after == {"sketch": ("follows", "Drei Seiten."), "register_extract": ("enclosed", "")}


# Rows without a script


ROWS = WorkPlan(tuple(Activity(id=row_id(name), title=name) for name in ("eins", "zwei", "drei")))


def titles(application):
    return [row.title for row in value_of(application, "s7").rows]


def test_a_row_is_added_by_a_button_and_stored_when_filled_in(client, application):
    write(application, "s7", ROWS)

    response = send(client, application, "s7", {f"rows-{row_id('eins')}-title": "Eins!"}, add="rows")
    page = client.get(response.url.split("#")[0])
    new = form_of(page)["rows"][-1]

    assert response.url.endswith("?neu=rows#neu")
    assert titles(application) == ["Eins!", "zwei", "drei"]
    client.post(response.url.split("#")[0], {**form_of(page), f"rows-{new}-title": "vier"})
    assert titles(application) == ["Eins!", "zwei", "drei", "vier"]


def test_a_new_row_left_empty_is_no_row(client, application):
    write(application, "s7", ROWS)

    send(client, application, "s7", query="?neu=rows")

    assert (titles(application), application.drafts.get(key="s7").version) == (["eins", "zwei", "drei"], 1)


def test_only_the_delete_mark_deletes(client, application):
    write(application, "s7", ROWS)
    empty = {f"rows-{row_id('eins')}-title": ""}

    send(client, application, "s7", {**empty, f"rows-{row_id('zwei')}-delete": "1"})

    assert titles(application) == ["", "drei"]


def test_a_row_that_the_form_did_not_show_stays(client, application, jonas):
    write(application, "s7", WorkPlan(ROWS.rows[:1]))
    page = client.get(address(application, "s7"))
    write(application, "s7", ROWS, by=jonas)

    client.post(address(application, "s7"), {**form_of(page), f"rows-{row_id('eins')}-title": "Eins!"})

    assert titles(application) == ["Eins!", "zwei", "drei"]


@pytest.mark.parametrize(
    ("row", "way", "result"),
    [
        ("zwei", "up", ["zwei", "eins", "drei"]),
        ("zwei", "down", ["eins", "drei", "zwei"]),
        ("eins", "up", ["eins", "zwei", "drei"]),
        ("drei", "down", ["eins", "zwei", "drei"]),
    ],
)
def test_rows_are_moved_by_buttons(client, application, row, way, result):
    write(application, "s7", ROWS)

    response = send(client, application, "s7", move=f"rows:{row_id(row)}:{way}")

    assert response.url.endswith(f"#zeile-{row_id(row)}")
    assert titles(application) == result


@pytest.mark.parametrize("move", ["", "rows", "rows:x:up", "rows::", "nothing:x:up", f"rows:{row_id('eins')}:sideways"])
def test_a_strange_move_is_no_server_error(client, application, move):
    write(application, "s7", ROWS)

    assert send(client, application, "s7", move=move).status_code == 302
    assert titles(application) == ["eins", "zwei", "drei"]


@pytest.mark.parametrize("row", ["../../etc", "<b>", "x" * 65, "ä ö"])
def test_a_strange_row_is_refused_with_a_sentence(client, application, row):
    data = {"version": "0", "rows": [row], f"rows-{row}-title": "Hallo"}

    response = client.post(address(application, "s7"), data)

    assert response.status_code == 422
    assert application.drafts.get(key="s7").version == 0


def test_more_than_500_rows_are_refused_with_a_sentence(client, application):
    ids = [row_id(f"{number}") for number in range(501)]
    data = {"version": "0", "rows": ids, **{f"rows-{key}-title": "x" for key in ids}}

    response = client.post(address(application, "s7"), data)

    assert response.status_code == 422
    assert "zu viele Zeilen" in response.text
