"""The page before the last button of a step says which sections open or close, and what becomes of a cohort called off."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from zeal import zeal_ignore

from accounts.models import Message
from cohorts.models import Cohort
from core.words import spoken_day
from tests.builders import (
    day,
    log_in,
    make_call,
    make_coach,
    make_cohort,
    make_organiser,
    make_team,
    make_user,
    make_workshop,
    window,
)
from tests.cohorts.test_admin import act
from tests.cohorts.test_registration_steps import make_registration
from tests.forms import form_of
from workshops.cohort_changes import what_cancelling_means
from workshops.models import Workshop

LINE = "Abschnitt „Ausgangslage vor Ort“ öffnet"


@pytest.fixture
def workshop(db):
    cohort = make_cohort(
        make_organiser(make_user("Doris")), make_call(parts=True), title="Schmiede Mitte", slug="mitte", **window()
    )
    make_team(cohort, make_user("Amina"), first_coach=make_coach(cohort, make_user("Carla")))
    begins_at = datetime(2031, 3, 11, 17, tzinfo=timezone.get_default_timezone())
    return make_workshop(cohort, 2, ["s3", "s4"], begins_at=begins_at, title="Bedarf")


@pytest.fixture
def by(workshop):
    return workshop.cohort.organiser.memberships.get().user


@pytest.fixture
def doris(client, by):
    return log_in(client, by)


def words(page):
    return " ".join(re.sub(r"<(?!/tr>)[^>]+>", "", page.text).split())


def last_page(client, workshop, action, **typed):
    """The page before the last button: the second one where a form comes first."""
    page = act(client, Workshop, action, workshop)
    if not typed:
        return page
    page = client.post(page.context["back"], form_of(page, None) | typed, follow=True)
    assert page.template_name == "admin/consequences.html"
    return page


def test_opening_early_shows_what_is_open_at_once(doris, workshop):
    text = words(last_page(doris, workshop, "open_early", reason="Alle sind schneller."))

    line = text[text.index(LINE) :].split("</tr>")[0]
    assert "Dienstag, 11. März 2031" in line
    assert "ist sofort offen" in line
    assert not Message.objects.exists()


def test_taking_the_opening_back_shows_what_closes_and_until_when(doris, workshop, by):
    workshop.open_early(by=by, reason="Versehen.")

    text = words(last_page(doris, workshop, "close_again"))

    line = text[text.index(LINE) :].split("</tr>")[0]
    assert "ist offen" in line
    assert "Dienstag, 11. März 2031" in line
    assert "Bis dahin kann dort niemand mehr schreiben." in line


def test_holding_after_all_shows_the_dates_and_what_closes(doris, workshop, by):
    workshop.cancel(by=by)

    text = words(last_page(doris, workshop, "hold"))

    assert "Termin" in text
    line = text[text.index(LINE) :].split("</tr>")[0]
    assert "ist offen" in line
    assert "Dienstag, 11. März 2031" in line


def test_sections_are_shown_also_where_nobody_counts_on_them_yet(doris, workshop):
    Cohort.objects.update(published_at=None)

    assert LINE in words(last_page(doris, workshop, "open_early", reason="Probe."))


def test_calling_a_cohort_off_says_what_becomes_of_sessions_and_texts(doris, workshop):
    make_registration(workshop.cohort)
    call = workshop.cohort.call
    call.deadline = day(60)
    call.save()

    page = act(doris, Cohort, "cancel", workshop.cohort)

    text = words(page)
    for said in (
        "Ein Termin findet nicht mehr statt, am Dienstag, 11. März 2031.",
        "In Kalendern steht noch 60 Tage lang, dass er abgesagt ist.",
        "Ein Team behält alle Texte. Wer darin schreibt, kann weiterschreiben, abgeben und fertigstellen.",
        f"Ein neues Vorhaben kann bis zum letzten Tag des Förderaufrufs beginnen: {spoken_day(day(60), weekday=True)}.",
        "Abschnitte, die noch geschlossen sind, öffnen an den Tagen ihrer Workshops.",
        "Eine Coaching-Person liest weiter, was abgegeben wird, bis Sie ihre Begleitung beenden.",
        "Neue Fragen der Teams nimmt das Portal nicht mehr an",
        "Eine Anmeldung wartet noch. Über sie können Sie nicht mehr entscheiden.",
        "Das lässt sich nicht zurücknehmen.",
    ):
        assert said in text, said


@pytest.mark.parametrize("count", [1, 20])
def test_what_calling_off_means_costs_the_same_for_many_cohorts(workshop, count, django_assert_num_queries):
    for number in range(count - 1):
        other = make_cohort(workshop.cohort.organiser, workshop.cohort.call, slug=f"s{number}", **window())
        make_workshop(other, 1, ["s3"], begins_at=timezone.now() + timedelta(days=3))
    cohorts = Cohort.objects.select_related("call")

    with django_assert_num_queries(5):
        html = what_cancelling_means(list(cohorts))

    assert html.count("<section") == count


def test_the_list_of_cohorts_asks_for_several_at_once(doris, workshop):
    make_cohort(workshop.cohort.organiser, workshop.cohort.call, title="Schmiede Ost", slug="ost", **window())

    with zeal_ignore():  # one step for each is what was asked for
        page = act(doris, Cohort, "cancel", *Cohort.objects.all())

    assert words(page).count("Neue Fragen der Teams") == 1
    assert "Hier ist kein Team." in page.text
    assert page.context["back"] == reverse("admin:cohorts_cohort_changelist")
