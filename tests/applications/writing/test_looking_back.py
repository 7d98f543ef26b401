"""The history after thinning, any two versions, the whole course, and how everything stood on a day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from applications.content import Activity, Text, WorkPlan
from applications.writing.models import Revision
from tests.applications.pages import address
from tests.builders import make_application, make_cohort, make_organiser, make_team, make_user, row_id, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def jonas():
    return make_user("Jonas", "Petersen")


@pytest.fixture
def application(client, jonas):
    application = make_application(make_team(make_cohort(make_organiser(make_user("Doris"))), make_user(), jonas))
    client.force_login(application.team.owner().user)
    return application


def at(application, key, version, moment):
    Revision.objects.filter(draft__application=application, draft__key=key, version=version).update(at=moment)


def said(response):
    return " ".join(response.text.split())


def whole(application, name, **query):
    return reverse(f"applications:{name}", args=[application.pk], query=query)


def test_the_history_names_both_whose_texts_were_joined(client, application, jonas):
    amina = application.team.owner().user
    write(application, "s1", "Eins. Zwei.", by=amina)
    draft = write(application, "s1", "Eins. Zwei von Jonas.", by=jonas)
    draft.save_content(by=amina, seen=1, content=Text("Eins von Amina. Zwei."))

    page = said(client.get(address(application, name="history")))

    assert "zusammengeführt mit dem Text von Jonas Petersen" in page


def test_the_history_compares_with_what_is_left_after_thinning(client, application):
    for text in ("Eins.", "Eins. Zwei.", "Eins. Zwei. Drei."):
        write(application, "s1", text)
    Revision.objects.filter(version=2).delete()

    entries = client.get(address(application, name="history")).context["entries"]

    assert [[str(change.marked) for change in entry.changes] for entry in entries] == [
        ["Eins.<ins> Zwei. Drei.</ins>"],
        ["<ins>Eins.</ins>"],
    ]


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", "Wir backen <del>gern</del><ins>jeden Tag</ins>."),
        ("?von=1&bis=3", "Wir <del>kochen</del><ins>backen jeden Tag</ins>."),
        ("?von=3&bis=1", "Wir <del>backen jeden Tag</del><ins>kochen</ins>."),
        ("?von=2&bis=2", "Wir backen gern."),
    ],
)
def test_any_two_versions_are_compared(client, application, query, shown):
    for text in ("Wir kochen.", "Wir backen gern.", "Wir backen jeden Tag."):
        write(application, "s1", text)
    assert client.get(address(application, name="compare") + query).context["text"] == shown


def test_two_versions_stand_side_by_side(client, application):
    write(application, "s1", "Wir kochen.")
    write(application, "s1", "Wir backen.")
    pair = client.get(address(application, name="compare") + "?ansicht=nebeneinander").context["pair"]
    assert (pair.left, pair.right) == ("Wir <del>kochen</del>.", "Wir <ins>backen</ins>.")


def test_rows_are_added_removed_or_changed_from_to(client, application):
    stays, goes, comes = (
        Activity(id=row_id(name), title=name, begins="2027-Q1") for name in ("Bleibt", "Geht", "Kommt")
    )
    write(application, "s7", WorkPlan((stays, goes)))
    write(application, "s7", WorkPlan((Activity(id=stays.id, title="Bleibt", begins="2027-Q2"), comes)))

    page = client.get(address(application, "s7", "compare"))

    assert [(change.label, str(change.marked)) for change in page.context["changes"]] == [
        ("Bleibt – von", "<del>1. Quartal 2027</del> <ins>2. Quartal 2027</ins>"),
        ("Gelöschte Zeile", "<del>Geht</del>"),
        ("Neue Zeile", "<ins>Kommt</ins>"),
    ]


@pytest.mark.parametrize("query", ["?von=x", "?von=99999999999", "?bis=" + "9" * 5000])
def test_a_version_that_is_none_is_not_found(client, application, query):
    write(application, "s1", "Eins.")
    assert client.get(address(application, name="compare") + query).status_code == 404


def test_a_section_that_nobody_began_has_nothing_to_compare(client, application):
    assert client.get(address(application, name="compare")).status_code == 404


def test_the_course_tells_who_when_why_and_how_much(client, application, jonas):
    write(application, "s1", "Wir kochen.", by=jonas)
    write(application, "s1", "Wir.", by=jonas)
    page = said(client.get(whole(application, "timeline")))
    assert page.index("4 Zeichen (-7)") < page.index("11 Zeichen (+11)")
    assert "Jonas Petersen · gespeichert" in page


def test_what_it_looked_like_on_a_day_has_an_answer(client, application):
    then = datetime(2026, 5, 3, 21, 59, tzinfo=UTC)
    write(application, "s1", "Am dritten Mai.")
    write(application, "s1", "Am vierten Mai.")
    write(application, "s2", "Viel später.")
    at(application, "s1", 1, then)
    at(application, "s1", 2, then + timedelta(minutes=2))

    third, fourth = (said(client.get(whole(application, "as_of", tag=f"2026-05-0{day}"))) for day in (3, 4))
    today = said(client.get(whole(application, "as_of", tag="Unsinn")))

    assert ("Am dritten Mai." in third, "Am vierten Mai." in third, "Viel später." in third) == (True, False, False)
    assert ("Am dritten Mai." in fourth, "Am vierten Mai." in fourth) == (False, True)
    assert "Viel später." in today
    assert "Hier stand noch nichts." in third


# One more where the version before the oldest on the page stands on the next one.
@pytest.mark.parametrize(("count", "history"), [(5, 8), (15, 9), (5_000, 9)])
def test_looking_back_costs_the_same_with_5_and_with_5000(
    client, application, django_assert_num_queries, count, history
):
    draft = write(application, "s1", "Anfang.")
    content = draft.revisions.get().content
    Revision.objects.bulk_create(
        Revision(draft=draft, version=number, based_on=number - 1, content=content, length=7)
        for number in range(2, count + 1)
    )
    for url, queries in [
        (address(application, name="history"), history),
        (address(application, name="compare") + "?von=1&bis=4", 8),
        (whole(application, "timeline"), 5),
        (whole(application, "as_of"), 5),
    ]:
        with django_assert_num_queries(queries):
            assert client.get(url).status_code == 200
