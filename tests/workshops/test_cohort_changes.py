"""A cohort that others depend on: what no longer changes, what asks first, what moves along."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Event, Message
from cohorts.models import Cohort
from tests.builders import (
    day,
    log_in,
    make_call,
    make_cohort,
    make_organiser,
    make_team,
    make_user,
    make_workshop,
)
from tests.cohorts.test_registration_steps import PERSONS, make_registration
from tests.forms import agree, form_of
from workshops.models import Assignment, Session


@pytest.fixture
def cohort(db):
    days = {"begins_on": day(30), "ends_on": day(200), "registration_from": day(-9), "registration_until": day(9)}
    return make_cohort(make_organiser(make_user("Doris")), make_call(parts=True), title="Mitte", **days)


@pytest.fixture
def doris(client, cohort):
    return log_in(client, cohort.organiser.memberships.get().user)


def address(cohort):
    return reverse("admin:cohorts_cohort_change", args=[cohort.pk])


def send(client, cohort, **changes):
    sent = form_of(client.get(address(cohort)), "cohort_form") | changes | {"_save": "1"}
    return client.post(address(cohort), sent, follow=True)


def german(value):
    return value.strftime("%d.%m.%Y")


@pytest.mark.parametrize("who", ["team", "registration"])
def test_the_call_of_people_who_are_in_no_longer_changes(doris, cohort, who):
    other = make_call(year=2031)
    assert "call" in form_of(doris.get(address(cohort)), "cohort_form")
    if who == "team":
        make_team(cohort, make_user("Amina"))
    else:
        make_registration(cohort)

    page = doris.get(address(cohort))
    assert "call" not in form_of(page, "cohort_form")
    assert "Der Förderaufruf bleibt, denn hier sind schon Anmeldungen oder Teams" in page.text
    old_page = send(doris, cohort, call=other.pk, region="Harz")

    cohort.refresh_from_db()
    assert (cohort.call_id == other.pk, cohort.region) == (False, "Harz")
    assert "Der Förderaufruf bleibt" in old_page.text


def test_another_call_is_shown_before_while_nobody_is_in(doris, cohort):
    other = make_call(year=2031)

    page = send(doris, cohort, call=other.pk)
    assert page.template_name == "admin/consequences.html"
    assert str(other) in page.text
    agree(doris, page)

    assert Cohort.objects.get().call == other


def test_a_new_first_day_moves_all_that_is_ahead_after_it_was_shown(doris, cohort):
    make_team(cohort, make_user("Amina", "Haddad"))
    make_registration(cohort, persons=PERSONS[1:])
    past = make_workshop(cohort, 1, ["s2"], begins_at=timezone.now() - timedelta(days=3))
    ahead = make_workshop(cohort, 2, ["s3"], begins_at=timezone.now() + timedelta(days=40))
    due = Assignment.objects.create(workshop=ahead, title="Lesen", due_on=day(50))
    was = {session.workshop_id: timezone.localtime(session.begins_at) for session in Session.objects.all()}

    page = send(doris, cohort, begins_on=german(day(44)))
    assert "Workshop 2 · " in page.text
    assert "Workshops, die schon begonnen haben, bleiben, wie sie sind." in page.text
    assert page.context["mail_count"] == 1 + 1
    assert Cohort.objects.get().begins_on == day(30)
    agree(doris, page)

    cohort.refresh_from_db()
    due.refresh_from_db()
    assert (cohort.begins_on, cohort.ends_on, due.due_on) == (day(44), day(214), day(64))
    assert timezone.localtime(ahead.sessions.get().begins_at) == was[ahead.pk] + timedelta(days=14)
    assert timezone.localtime(past.sessions.get().begins_at) == was[past.pk]
    told = Message.objects.get(email="amina@example.org")
    assert (told.kind, told.subject) == ("cohort_moved", "Neuer Beginn: Mitte")
    assert told.text.count("bisher:") == told.text.count("jetzt:") == 1


def test_a_workshop_keeps_its_hour_when_the_clocks_change_in_between(doris, cohort):
    winter = timezone.make_aware(timezone.datetime(2031, 3, 20, 17))
    ahead = make_workshop(cohort, 1, ["s2"], begins_at=winter)

    agree(doris, send(doris, cohort, begins_on=german(day(30) + timedelta(days=14))))

    moved = timezone.localtime(ahead.sessions.get().begins_at)
    assert (moved.date(), moved.hour) == (date(2031, 4, 3), 17)


def test_a_cohort_that_has_begun_keeps_its_first_day(doris, cohort):
    Cohort.objects.update(begins_on=day(-1))
    page = doris.get(address(cohort))

    assert "begins_on" not in form_of(page, "cohort_form")
    assert "Verschieben Sie jetzt die einzelnen Workshops" in page.text


def test_there_are_never_fewer_places_than_teams(doris, cohort):
    for name in ("Amina", "Bilal"):
        make_team(cohort, make_user(name))

    page = send(doris, cohort, places="1")

    assert "2 Teams sind schon dabei, also braucht es mindestens so viele Plätze." in page.text
    assert Cohort.objects.get().places == 10


def test_more_places_say_that_the_waiting_list_stays(doris, cohort):
    make_registration(cohort, status="waiting")

    page = send(doris, cohort, places="11")

    assert "Er bekommt nicht von selbst einen Platz" in page.text
    agree(doris, page)
    assert Cohort.objects.get().places == 11


def test_closing_the_registration_is_shown_before(doris, cohort):
    page = send(doris, cohort, registration_until=german(day(-1)))

    assert "Die Anmeldung ist damit geschlossen" in page.text
    assert Cohort.objects.get().registration_until == day(9)


def test_each_change_is_in_the_trail(doris, cohort):
    send(doris, cohort, region="Harz", contact_phone="0345 1")

    event = Event.objects.get(what="record.changed")
    assert (event.record_id, event.cohort_id, event.codes) == (
        str(cohort.pk),
        cohort.pk,
        {"fields": "contact_phone,region"},
    )
    send(doris, cohort)
    assert Event.objects.filter(what="record.changed").count() == 1
