"""An old tab of the administration overwrites nothing that was saved since, and loses nothing that was typed there."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.merging import SEEN, mark, marks_in
from tests.accounts.admin_world import change
from tests.builders import day, log_in, make_call, make_cohort, make_organiser, make_team, make_user, make_workshop
from tests.forms import agree, form_of, send
from workshops.models import Assignment, Session

pytestmark = pytest.mark.django_db


@pytest.fixture
def workshop():
    cohort = make_cohort(make_organiser(make_user("Doris")), make_call(parts=True), title="Projektschmiede Nord")
    cohort.organiser.memberships.create(user=make_user("Malin"))
    return make_workshop(cohort, 2, begins_at=timezone.now() + timedelta(days=40), title="Bedarf")


@pytest.fixture
def doris(workshop):
    return log_in(Client(), workshop.cohort.organiser.memberships.get(user__first_name="Doris").user)


@pytest.fixture
def malin(workshop):
    return log_in(Client(), workshop.cohort.organiser.memberships.get(user__first_name="Malin").user)


def opened(client, workshop):
    """The form of a workshop as a browser holds it."""
    return form_of(client.get(change(workshop)), "workshop_form") | {"_save": ["Speichern"]}


def save(client, workshop, sent, **changes):
    return send(client, change(workshop), {**sent, **changes})


def test_what_nobody_touched_in_an_old_tab_keeps_what_was_saved_since(workshop, doris, malin):
    old = opened(doris, workshop)
    save(
        malin,
        workshop,
        opened(malin, workshop),
        goal="Bedarf belegen",
        **{"sessions-0-online_url": "https://video.example.org/neu"},
    )

    page = save(doris, workshop, old, title="Bedarf und Zielgruppe")

    workshop.refresh_from_db()
    assert (workshop.title, workshop.goal) == ("Bedarf und Zielgruppe", "Bedarf belegen")
    assert Session.objects.get().online_url == "https://video.example.org/neu"
    assert (
        "Inzwischen hat jemand anderes etwas geändert, und das bleibt so: Ziel (2 · Bedarf und Zielgruppe)."
        in page.text
    )


def test_what_two_have_changed_comes_again_with_both_and_then_counts(workshop, doris, malin):
    old = opened(doris, workshop)
    save(malin, workshop, opened(malin, workshop), title="Bedarf & Ziele")

    page = save(doris, workshop, old, title="Bedarf und Zielgruppe")

    workshop.refresh_from_db()
    assert workshop.title == "Bedarf & Ziele"
    assert "Gespeichert ist jetzt: „Bedarf &amp; Ziele“." in page.text
    again = form_of(page, "workshop_form") | {"_save": ["Speichern"]}
    assert again["title"] == ["Bedarf und Zielgruppe"]

    save(doris, workshop, again)
    workshop.refresh_from_db()
    assert workshop.title == "Bedarf und Zielgruppe"


def test_what_comes_again_still_keeps_the_fields_nobody_touched(workshop, doris, malin):
    old = opened(doris, workshop)
    save(malin, workshop, opened(malin, workshop), title="Bedarf & Ziele", goal="Bedarf belegen")
    page = save(doris, workshop, old, title="Bedarf und Zielgruppe")

    save(doris, workshop, form_of(page, "workshop_form") | {"_save": ["Speichern"]})

    workshop.refresh_from_db()
    assert (workshop.title, workshop.goal) == ("Bedarf und Zielgruppe", "Bedarf belegen")


def test_the_same_change_twice_is_no_conflict(workshop, doris, malin):
    old = opened(doris, workshop)
    save(malin, workshop, opened(malin, workshop), title="Bedarf und Ziele")

    page = save(doris, workshop, old, title="Bedarf und Ziele", goal="Bedarf belegen")

    workshop.refresh_from_db()
    assert "Gespeichert ist jetzt" not in page.text
    assert (workshop.title, workshop.goal) == ("Bedarf und Ziele", "Bedarf belegen")


def test_the_page_of_consequences_overwrites_nothing_either(workshop, doris, malin):
    make_team(workshop.cohort, make_user("Amina"))
    Assignment.objects.create(workshop=workshop, position=1, title="Zahlen sammeln", due_on=day(30))
    moment = (timezone.localtime() + timedelta(days=50)).strftime("%d.%m.%Y")
    moved = {"sessions-0-begins_at_0": moment, "sessions-0-ends_at_0": moment}
    asked = doris.post(change(workshop), opened(doris, workshop) | moved, follow=True)
    save(malin, workshop, opened(malin, workshop), goal="Bedarf belegen", **{"assignments-0-title": "Zahlen der Stadt"})

    again = agree(doris, asked)
    assert "Zahlen der Stadt" in again.text
    agree(doris, again)

    workshop.refresh_from_db()
    assert (workshop.goal, Assignment.objects.get().title) == ("Bedarf belegen", "Zahlen der Stadt")
    assert timezone.localdate(Session.objects.get().begins_at) == day(50)


def test_rows_that_came_since_stay_and_those_sent_stand_beside_their_own_form(workshop, doris, malin):
    Assignment.objects.create(workshop=workshop, position=5, title="Zahlen sammeln")
    old = opened(doris, workshop)
    Assignment.objects.create(workshop=workshop, position=1, title="Vorher lesen")

    page = save(doris, workshop, old, title="", **{"assignments-0-title": "Zahlen der Stadt"})  # a title is required

    rows = page.context["inline_admin_formsets"][1]
    assert [(row.original.position, row.form["title"].value()) for row in rows if row.original] == [
        (5, "Zahlen der Stadt")
    ]
    save(doris, workshop, form_of(page, "workshop_form") | {"title": "Bedarf", "_save": ["Speichern"]})
    assert [*Assignment.objects.order_by("position").values_list("title", flat=True)] == [
        "Vorher lesen",
        "Zahlen der Stadt",
    ]


def test_a_row_that_is_gone_stays_gone_unless_something_was_typed_there(workshop, doris, malin):
    rows = [Assignment.objects.create(workshop=workshop, position=at, title=f"Aufgabe {at}") for at in (1, 2, 3)]
    old = opened(doris, workshop)
    rows[0].delete()
    rows[1].delete()

    page = save(doris, workshop, old, **{"assignments-1-text": "Drei Zahlen, je mit Quelle."})

    assert [*Assignment.objects.values_list("title", flat=True)] == ["Aufgabe 3"]
    assert "Eine Zeile, die Sie geändert haben, hat inzwischen jemand gelöscht." in page.text
    save(doris, workshop, form_of(page, "workshop_form") | {"_save": ["Speichern"]})
    stored = Assignment.objects.order_by("position").values_list("title", "text")
    assert [*stored] == [("Aufgabe 2", "Drei Zahlen, je mit Quelle."), ("Aufgabe 3", rows[2].text)]


def test_rows_that_are_gone_and_were_not_touched_are_said_to_be_gone(workshop, doris, malin):
    row = Assignment.objects.create(workshop=workshop, position=1, title="Aufgabe")
    old = opened(doris, workshop)
    row.delete()

    page = save(doris, workshop, old, title="Bedarf und Ziele")

    workshop.refresh_from_db()
    assert (workshop.title, Assignment.objects.count()) == ("Bedarf und Ziele", 0)
    assert "Inzwischen hat jemand anderes eine Zeile gelöscht, die Sie noch sahen." in page.text


def test_a_row_that_was_changed_since_is_deleted_only_after_that_was_said(workshop, doris, malin):
    row = Assignment.objects.create(workshop=workshop, position=1, title="Aufgabe")
    old = opened(doris, workshop) | {"assignments-0-DELETE": ["on"]}
    Assignment.objects.update(text="Drei Zahlen, je mit Quelle.")

    page = save(doris, workshop, old)

    assert Assignment.objects.get() == row
    assert "wollten Sie löschen. Inzwischen hat jemand anderes dort etwas geändert: Beschreibung." in page.text
    save(doris, workshop, form_of(page, "workshop_form") | {"_save": ["Speichern"]})
    assert not Assignment.objects.exists()


def test_the_page_of_an_association_overwrites_nothing_either(client):
    amina, jonas = make_user("Amina"), make_user("Jonas")
    team = make_team(make_cohort(make_organiser(make_user("Doris"))), amina)
    verein = team.organisation
    for person in (amina, jonas):
        verein.memberships.update_or_create(user=person, defaults={"role": "responsible"})
    url = reverse("accounts:edit_organisation", args=[verein.pk])
    old = form_of(log_in(client, amina).get(url), None)
    other = log_in(Client(), jonas)
    other.post(url, form_of(other.get(url), None) | {"street": "Hafenweg 3", "about": "Von Jonas."})

    page = client.post(url, old | {"about": "Von Amina.", "city": "Halle"})

    verein.refresh_from_db()
    assert (verein.street, verein.about, page.status_code) == ("Hafenweg 3", "Von Jonas.", 422)
    assert "Gespeichert ist jetzt: „Von Jonas.“" in page.text
    client.post(url, form_of(page, None))
    verein.refresh_from_db()
    assert (verein.street, verein.about, verein.city) == ("Hafenweg 3", "Von Amina.", "Halle")


@pytest.mark.parametrize("marks", ["", "x", "[1]", '{"": 5}', '{"": {"goal": []}}', "[" * 5000, "{" * 300_000])
def test_marks_that_cannot_be_read_do_no_harm(workshop, doris, marks):
    save(doris, workshop, opened(doris, workshop) | {SEEN: [marks]}, title="Bedarf und Ziele")

    workshop.refresh_from_db()
    assert workshop.title == "Bedarf und Ziele"


def test_every_form_of_a_record_says_what_it_was_shown_with(workshop, doris):
    seen = marks_in({SEEN: opened(doris, workshop)[SEEN][0]})

    assert seen[""]["title"] == mark("Bedarf")
    assert set(seen) == {"", f"sessions:{Session.objects.get().pk}"}
    assert json.dumps(seen).count("online_url") == 1
