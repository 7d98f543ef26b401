"""Before an edition is published, its page says what nobody has checked and whom it concerns."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.urls import reverse

from calls.copying import copy_call, copy_edition
from calls.models import OtherWay, UmbrellaRoute
from calls.reference import DATA, load_call
from calls.unchecked import last_years, unchecked_in
from tests.builders import (
    log_in,
    make_application,
    make_bamf,
    make_call,
    make_cohort,
    make_edition,
    make_organiser,
    make_team,
    make_user,
    source_of,
)
from tests.calls.admin_pages import act

READ = {"checked_on": date(2026, 11, 1), "checked_by": "Emil"}


@pytest.fixture
def call(db):
    return load_call(DATA / "bgz-2026").call


@pytest.fixture
def emil(db, client):
    emil = make_bamf()
    log_in(client, emil)
    return emil


def page_before(client, edition):
    page = reverse("admin:calls_edition_change", args=[edition.pk])
    return act(client, page, "publish", edition, **{"CHANGE_FORM-action": "publish"})


def words(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.text).split())


def titles(edition, former=None):
    return {kind.title: [row.name for row in kind.rows] for kind in unchecked_in(edition, former)}


def test_everything_of_a_copy_is_unchecked(call):
    copy = copy_call(call, 2027, by=None)
    edition = copy.editions.get()

    found = titles(edition)

    assert list(found) == ["Fristen", "Grenzen", "Regeln", "Anschrift und Unterschrift"]
    assert len(found["Grenzen"]) == edition.limits.count()
    assert len(found["Regeln"]) == copy.rules.count()
    assert found["Anschrift und Unterschrift"] == ["Postanschrift", "Unterschrift in Stufe 2"]


def test_what_somebody_has_checked_is_left_out(call):
    edition = copy_edition(call.editions.get(), call)
    UmbrellaRoute.objects.create(call=call, umbrella_body="Verband A", addressee="Postfach 1")
    UmbrellaRoute.objects.create(
        call=call, umbrella_body="Verband B", addressee="Postfach 2", **source_of("addressee", "Rundbrief"),
        addressee_certainty="verified", addressee_checked_on=date(2026, 11, 1), addressee_checked_by="Emil",
    )  # fmt: skip
    OtherWay.objects.create(call=call, title="Stiftung A", source="Seite der Stiftung")
    OtherWay.objects.create(call=call, title="Stiftung B", source="Seite der Stiftung", checked_on=date(2026, 11, 1))

    found = titles(edition)

    assert "Höchste Zuwendung je Kalenderjahr" not in found["Grenzen"]
    assert "Eigenmittel, mindestens" in found["Grenzen"]
    assert [found["Wege über Dachverbände"], found["Andere Wege nach einer Absage"]] == [["Verband A"], ["Stiftung A"]]
    assert found["Fristen"] == ["offen ab: gilt als schon offen"]


def test_each_stands_beside_what_last_years_call_said(call):
    copy = copy_call(call, 2027, by=None)
    edition = copy.editions.get()
    edition.limits.filter(key="max_grant_per_year").update(value=75000)
    edition.limits.filter(key="max_pages").update(value=None)

    limits = next(kind.rows for kind in unchecked_in(edition, last_years(edition)) if kind.title == "Grenzen")

    by_name = {row.name: (row.now, row.then, row.how_sure) for row in limits if row.is_new}
    assert by_name == {
        "Höchste Zuwendung je Kalenderjahr": (
            "75.000 Euro", "70.000 Euro", "aus dem Vorjahr übernommen, nicht geprüft"
        ),
        "Umfang der Projektskizze": ("", "10 Seiten", "nicht eingetragen"),
    }  # fmt: skip


def test_a_rule_stands_with_its_source_beside_the_one_of_last_year(call):
    copy = copy_call(call, 2027, by=None)
    copy.rules.filter(code="C05").update(source_issuer="BAMF", source_title="Aufruf 2027", source_date="März 2026")

    edition = copy.editions.get()
    rules = next(kind.rows for kind in unchecked_in(edition, last_years(edition)) if kind.title == "Regeln")

    assert [(row.name, row.now, row.then) for row in rules if row.is_new] == [
        (
            "C05 Die Projektskizze ist nicht zu lang",
            "BAMF, Aufruf 2027 (März 2026)",
            "BGZ vor Ort, Fragen und Antworten",
        )
    ]
    assert next(row.now for row in rules if row.name.startswith("C16")).startswith("Bundesministerium des Innern und")
    assert last_years(call.editions.get()) is None


def test_the_page_names_what_is_unchecked_with_a_link_to_its_place(client, emil, call):
    edition = copy_call(call, 2027, by=None).editions.get()
    limit = list(edition.limits.all())[2]

    response = page_before(client, edition)

    place = f"{reverse('admin:calls_edition_change', args=[edition.pk])}?limits-2#limits-2"
    assert f'<a href="{place}">{limit.label}</a> – aus dem Vorjahr übernommen, nicht geprüft' in response.text
    assert 'id="limits-2"' in client.get(place).text
    assert f"Regeln ({edition.call.rules.count()})" in response.text
    assert "Es ist der erste Stand dieses Aufrufs" in response.text
    assert not type(edition).objects.get(pk=edition.pk).is_published


def test_the_page_says_how_many_applications_stay_on_an_earlier_edition(client, emil):
    call = make_call()
    cohort = make_cohort(make_organiser(make_user("Doris")), call)
    for name in ("Amina", "Bilal"):
        make_application(make_team(cohort, make_user(name)))
    draft = make_edition(call, 2, published=False)

    empty = words(page_before(client, draft))
    draft.note = "Der Höchstbetrag ist gestiegen."
    draft.save()
    said = words(page_before(client, draft))

    assert "Neue Vorhaben beginnen ab jetzt mit diesem Stand statt mit Stand 1." in said
    assert "2 Vorhaben stehen auf einem früheren Stand und bleiben dort, bis ihre Teams den neuen übernehmen." in said
    assert "Wer noch schreibt, liest im Vorhaben: „Der Höchstbetrag ist gestiegen.“" in said
    assert "„Was ist neu?“ ist noch leer" in empty


def test_nothing_is_asked_of_what_is_all_checked(client, emil):
    call = make_call(
        **source_of("addressee", "Aufruf"), **source_of("signing", "Aufruf"), addressee_certainty="verified", addressee_checked_on=date(2026, 11, 1),
        addressee_checked_by="Emil", signing="paper", signing_certainty="verified",
    )  # fmt: skip
    draft = make_edition(call, 2, published=False)

    said = words(page_before(client, draft))

    assert "Alle Grenzen, Regeln und Anschriften sind geprüft." in said
    assert "noch nicht geprüft" not in said
    assert "Kein Vorhaben steht auf einem früheren Stand." in said


def test_the_page_says_what_changes(client, emil, call):
    draft = copy_edition(call.editions.get(), call)
    same = words(page_before(client, draft))
    draft.limits.filter(key="max_grant_per_year").update(value=75000)
    draft.themes.filter(order=1).delete()

    said = words(page_before(client, draft))

    assert "Was sich gegenüber Stand 1 ändert Nichts an Grenzen, Abschnitten," in same
    assert "Höchste Zuwendung je Kalenderjahr: jetzt 75.000 Euro, damals 70.000 Euro." in said
    assert "Themenschwerpunkte Nicht mehr dabei: „" in said


def test_the_list_of_an_edition_stands_beside_last_years_call(client, emil, call):
    copy = copy_call(call, 2027, by=None)
    edition = copy.editions.get()
    edition.limits.filter(key="max_grant_per_year").update(value=75000)
    link = reverse("admin:calls_edition_unchecked", args=[edition.pk])

    page = words(client.get(link))

    assert "Einsendeschluss: gilt als ohne Ende offen – 30. Juni 2025 nicht eingetragen" in page
    assert f'href="{link}"' in client.get(edition.get_absolute_url()).text
    assert f"Verglichen mit: {call.editions.get()}" in page
    assert "Höchste Zuwendung je Kalenderjahr 75.000 Euro 70.000 Euro aus dem Vorjahr übernommen, nicht geprüft" in page
    assert "Längste Laufzeit 36 Monate dasselbe aus dem Vorjahr übernommen, nicht geprüft" in page
    assert "Höchste Zuwendung je Kalenderjahr: jetzt 75.000 Euro, damals 70.000 Euro." in page


def test_the_list_of_a_call_that_is_no_copy_compares_nothing(client, emil, call):
    page = words(client.get(reverse("admin:calls_edition_unchecked", args=[call.editions.get().pk])))

    assert "Dieser Aufruf ist keine Kopie; es gibt nichts zu vergleichen." in page
    assert "Im Vorjahr stand" not in page


@pytest.mark.parametrize("number", [1, 50])
def test_the_list_costs_the_same_for_one_limit_and_fifty(client, emil, call, number, django_assert_num_queries):
    edition = copy_call(call, 2027, by=None).editions.get()
    edition.limits.all().delete()
    for place in range(number):
        edition.limits.create(key=f"grenze-{place}", label=f"Grenze {place}", order=place, value=place)
    link = reverse("admin:calls_edition_unchecked", args=[edition.pk])

    client.get(link)
    with django_assert_num_queries(17):
        client.get(link)


@pytest.mark.parametrize("number", [1, 50])
def test_the_page_costs_the_same_for_one_limit_and_fifty(client, emil, call, number, django_assert_num_queries):
    edition = copy_call(call, 2027, by=None).editions.get()
    edition.limits.all().delete()
    for place in range(number):
        edition.limits.create(key=f"grenze-{place}", label=f"Grenze {place}", order=place, value=place)

    page_before(client, edition)
    with django_assert_num_queries(32):  # the step is done and undone, to show what it does
        page_before(client, edition)


def test_nobody_else_is_asked(client, call):
    edition = copy_call(call, 2027, by=None).editions.get()
    doris = make_user("Doris", "Lang")
    make_organiser(doris)
    log_in(client, doris)

    assert page_before(client, edition).status_code in {302, 403, 404}
    assert not type(edition).objects.get(pk=edition.pk).is_published
