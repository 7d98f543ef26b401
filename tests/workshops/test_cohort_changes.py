"""A cohort that others depend on: what no longer changes, what asks first, what moves along."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Event, Message
from calls.models import CallForm
from cohorts.models import Cohort
from core.words import day as long_day
from tests.builders import (
    day,
    log_in,
    make_application,
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


@pytest.mark.parametrize("status", ["drafting", "withdrawn"])
def test_the_call_of_a_begun_application_no_longer_changes(doris, cohort, status):
    other = make_call(year=2031)
    team = make_team(cohort, make_user("Amina"))
    assert "call" in form_of(doris.get(address(cohort)), "cohort_form")
    make_application(team, status=status, withdrawn_at=timezone.now() if status == "withdrawn" else None)

    page = doris.get(address(cohort))
    assert "call" not in form_of(page, "cohort_form")
    assert "Der Förderaufruf bleibt, denn hier ist schon ein Vorhaben begonnen" in page.text
    assert "erst „Team scheidet aus“ und dann „In eine neue Projektschmiede aufnehmen“" in page.text
    assert "Nicht mit gehen Erklärungen, Anlagen, Rückmeldungen und Anmerkungen" in page.text
    old_page = send(doris, cohort, call=other.pk, region="Harz")

    cohort.refresh_from_db()
    assert (cohort.call_id == other.pk, cohort.region) == (False, "Harz")
    assert "Der Förderaufruf bleibt" in old_page.text


def test_another_call_is_shown_before_while_nobody_is_in(doris, cohort):
    other = make_call(year=2031)

    page = send(doris, cohort, call=other.pk)
    assert page.template_name == "admin/consequences.html"
    assert str(other) in page.text
    assert "Noch ist niemand angemeldet." in page.text
    agree(doris, page)

    assert Cohort.objects.get().call == other
    assert not Message.objects.exists()


def test_another_call_says_what_changes_and_tells_who_is_in(doris, cohort):
    make_team(cohort, make_user("Amina", "Haddad"))
    make_registration(cohort, organisation_name="Brückenschlag e. V.", persons=PERSONS[1:])
    make_registration(cohort, "declined", organisation_name="Abgesagt e. V.")
    make_workshop(cohort, 3, ["s3", "s13"], begins_at=timezone.now() + timedelta(days=40), title="Ziele")
    other = make_call("Anderer Aufruf", parts=True, deadline=day(300), year=2031)
    edition = other.editions.get()
    terms = edition.read_terms()
    type(edition).objects.filter(pk=edition.pk).update(
        frozen_terms=replace(terms, sections=[row for row in terms.sections if row.key != "s13"])
    )
    CallForm.objects.create(call=other, label="Titelblatt 2031")
    CallForm.objects.create(call=cohort.call, label="Titelblatt alt")

    page = send(doris, cohort, call=other.pk)

    for words in (
        "<td><strong>Anderer Aufruf",
        "Abschnitte: Nicht mehr dabei: „Verstetigung“.",
        "Formular, das entfällt: Titelblatt alt",
        "Formular, das dazukommt: Titelblatt 2031",
        "Workshop 3 · Ziele öffnet Abschnitte, die es im neuen Förderaufruf nicht gibt: S13.",
        "<li>Brückenschlag e. V.</li>",
        f"<li>{cohort.teams.get().title}</li>",
        "Sie alle erfahren es mit der E-Mail, die hier steht.",
    ):
        assert words in page.text
    assert "Abgesagt e. V." not in page.text
    assert page.context["mail_count"] == 1 + 1
    agree(doris, page)

    told = Message.objects.get(email="amina@example.org", kind="cohort_has_another_call")
    assert told.subject == "Anderer Förderaufruf: Mitte"
    assert (
        f"bisher: {cohort.call}, Einsendeschluss {long_day(day(60))}\njetzt: {other}, Einsendeschluss {long_day(day(300))}\n"
        in told.text
    )
    assert Cohort.objects.get().call == other


def test_the_same_call_again_mails_nobody(doris, cohort):
    make_team(cohort, make_user("Amina", "Haddad"))
    first, other = cohort.call, make_call(year=2031)
    agree(doris, send(doris, cohort, call=other.pk))

    page = agree(doris, send(doris, cohort, call=first.pk))

    assert not Message.objects.exists()
    assert "Für alle ist es wieder so, wie sie es zuletzt erfahren haben." in page.text


def test_before_it_is_public_nobody_is_mailed_of_another_call_and_the_page_says_so(doris, cohort):
    Cohort.objects.update(published_at=None)
    team = make_team(cohort, make_user("Amina", "Haddad"))

    page = send(doris, cohort, call=make_call(year=2031).pk)

    assert f"<li>{team.title}</li>" in page.text
    assert "Bitte sagen Sie es diesen Personen selbst." in page.text
    agree(doris, page)
    assert not Message.objects.exists()


def test_a_call_without_a_published_edition_says_so(doris, cohort):
    other = make_call(year=2031)
    other.editions.update(published_at=None)

    page = send(doris, cohort, call=other.pk)

    assert "Der neue Förderaufruf hat noch keinen veröffentlichten Stand." in page.text


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


@pytest.mark.parametrize("answered_by", ["nobody", "registration", "team that left"])
def test_taking_publishing_back_is_offered_only_where_it_is_possible(doris, cohort, answered_by):
    if answered_by == "registration":
        make_registration(cohort, "withdrawn")
    elif answered_by == "team that left":
        make_team(cohort, make_user("Amina"), withdrawn_at=timezone.now())

    shown = doris.get(address(cohort)).text
    chosen = {"action": "unpublish", "_selected_action": [cohort.pk]}
    answer = doris.post(reverse("admin:cohorts_cohort_changelist"), chosen, follow=True).text

    is_possible = answered_by == "nobody"
    assert ('value="unpublish"' in shown) is is_possible
    assert ("Ja, zurücknehmen" in answer, "Dann hilft nur absagen" in answer) == (is_possible, not is_possible)


@pytest.mark.parametrize("why", ["ahead", "over", "cohort cancelled"])
def test_a_cancelled_workshop_is_offered_to_take_place_only_while_it_can(doris, cohort, why):
    begins_at = timezone.now() + timedelta(days=-3 if why == "over" else 3)
    workshop = make_workshop(cohort, 1, begins_at=begins_at, cancelled_at=timezone.now())
    Cohort.objects.update(cancelled_at=timezone.now() if why == "cohort cancelled" else None)

    shown = doris.get(reverse("admin:workshops_workshop_change", args=[workshop.pk])).text

    assert ('value="hold"' in shown) is (why == "ahead")


@pytest.mark.parametrize("is_cancelled", [True, False])
def test_nobody_is_let_into_a_cohort_that_is_called_off(doris, cohort, is_cancelled):
    waits, declined = make_registration(cohort), make_registration(cohort, "declined")
    Cohort.objects.update(cancelled_at=timezone.now() if is_cancelled else None)
    pages = [doris.get(reverse("admin:cohorts_registration_change", args=[row.pk])).text for row in (waits, declined)]

    offered = ['value="accept"' in pages[0], 'value="reopen"' in pages[1]]
    assert offered == [not is_cancelled] * 2
