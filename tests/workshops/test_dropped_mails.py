"""A step that drops mails which still wait says so before it, and after it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Message
from cohorts.models import Cohort
from tests.builders import day, log_in, make_call, make_cohort, make_organiser, make_team, make_user, make_workshop
from tests.cohorts.test_admin import act
from tests.forms import agree, form_of
from tests.workshops.test_waiting_mails import page_of
from workshops.models import Workshop
from workshops.moving import tell_of_moves

NOT_SENT = "2 E-Mails, die noch warten, werden nicht gesendet."
REPLACED = "2 E-Mails, die noch warten, werden dadurch ersetzt."
NOTHING = "Es geht keine E-Mail hinaus: Für alle ist es wieder so, wie sie es zuletzt erfahren haben."


@pytest.fixture
def doris(client, db):
    return make_user("Doris")


@pytest.fixture
def workshop(doris, client):
    days = {"begins_on": day(9), "ends_on": day(200), "registration_from": day(-9), "registration_until": day(5)}
    cohort = make_cohort(make_organiser(doris), make_call(parts=True), **days)
    make_team(cohort, make_user("Amina"), make_user("Jonas"))
    log_in(client, doris)
    return make_workshop(cohort, 2, ["s3"], begins_at=timezone.now() + timedelta(days=19), title="Bedarf")


def kinds():
    rows = Message.objects.filter(sent_at=None, withheld_at=None)
    return sorted(rows.values_list("kind", flat=True))


def test_closing_again_before_anybody_was_told(client, workshop, doris):
    workshop.open_early(by=doris, reason="Alle sind da.")
    assert NOT_SENT in act(client, Workshop, "close_again", workshop, on_form=True).text

    page = act(client, Workshop, "close_again", workshop, on_form=True, form={})

    assert (kinds(), NOTHING in page.text) == ([], True)


def test_closing_again_when_some_were_told(client, workshop, doris):
    workshop.open_early(by=doris, reason="Alle sind da.")
    Message.objects.filter(email="amina@example.org").update(sent_at=timezone.now())

    page = act(client, Workshop, "close_again", workshop, on_form=True)
    assert "Eine E-Mail, die noch wartet, wird nicht gesendet." in page.text
    page = act(client, Workshop, "close_again", workshop, on_form=True, form={})

    assert kinds() == ["closed_again"]
    assert "Eine E-Mail, die noch wartete, wird nicht gesendet." in page.text


def test_deleting_a_workshop_that_was_opened_early(client, workshop, doris):
    workshop.open_early(by=doris, reason="Alle sind da.")

    page = client.post(page_of(workshop, "delete"), {"post": "yes"}, follow=True)
    assert NOT_SENT in page.text
    page = agree(client, page)

    assert kinds() == ["cancelled", "cancelled"]
    assert "2 E-Mails, die noch warteten, werden nicht gesendet." in page.text


def test_calling_the_whole_cohort_off(client, workshop, doris):
    workshop.cancel(by=doris)

    assert NOT_SENT in act(client, Cohort, "cancel", workshop.cohort, on_form=True).text
    page = act(client, Cohort, "cancel", workshop.cohort, on_form=True, form={})

    assert kinds() == ["cohort_cancelled", "cohort_cancelled"]
    assert "2 E-Mails, die noch warteten, werden nicht gesendet." in page.text


def test_a_new_first_day_replaces_mails_about_dates_that_wait(client, workshop):
    before = workshop.lock_sessions()
    session = workshop.sessions.get()
    session.begins_at += timedelta(days=1)
    session.ends_at += timedelta(days=1)
    session.save()
    tell_of_moves(workshop, before)
    url = page_of(workshop.cohort)
    sent = form_of(client.get(url), "cohort_form") | {"begins_on": day(16).strftime("%d.%m.%Y"), "_save": "1"}

    page = client.post(url, sent, follow=True)
    assert REPLACED in page.text
    page = agree(client, page)

    assert kinds() == ["cohort_moved", "cohort_moved"]
    assert "Was noch nicht gesendet war, ist damit ersetzt." in page.text
