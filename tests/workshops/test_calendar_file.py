"""„In meinen Kalender“: the file of a workshop for everybody who sees it, and the years beside its dates."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags
from icalendar import Calendar

from tests.builders import log_in, make_cohort, make_organiser, make_team, make_user, make_workshop

pytestmark = pytest.mark.django_db


@pytest.fixture
def workshop():
    cohort = make_cohort(make_organiser(make_user("Doris")))
    make_team(cohort, make_user("Amina"))
    workshop = make_workshop(cohort, 3, begins_at=timezone.now() + timedelta(days=4), title="Wirkung planen")
    workshop.sessions.update(online_url="https://raum.example.org/geheim", sequence=2)
    return workshop


@pytest.fixture
def amina(client, workshop):
    return log_in(client, workshop.cohort.teams.get().members.get().user)


def file_of(workshop):
    return reverse("workshops:calendar_file", args=[workshop.pk])


def test_the_file_holds_every_session_and_no_way_into_the_room(amina, workshop):
    begins = timezone.now() + timedelta(days=5)
    workshop.sessions.create(begins_at=begins, ends_at=begins + timedelta(hours=2), place="Rathaus")

    response = amina.get(file_of(workshop))

    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="workshop-3.ics"'
    assert response["Cache-Control"] == "private, no-store"
    events = Calendar.from_ical(response.content).walk("VEVENT")
    assert [str(event["SUMMARY"]) for event in events] == ["Workshop 3: Wirkung planen"] * 2
    assert {str(event["UID"]) for event in events} == {
        f"session-{session.pk}@projektschmiede" for session in workshop.sessions.all()
    }
    assert events[0]["SEQUENCE"] == 2
    assert "geheim" not in response.text
    assert "Rathaus" not in response.text


def test_a_workshop_without_a_date_has_no_file_and_no_button(amina, workshop):
    workshop.sessions.all().delete()
    assert amina.get(file_of(workshop)).status_code == 404
    pages = amina.get(workshop.get_absolute_url()).text + amina.get(reverse("workshops:list")).text
    assert "In meinen Kalender" not in pages


def test_a_cancelled_workshop_has_no_button_and_its_file_says_so(amina, workshop):
    type(workshop).objects.update(cancelled_at=timezone.now())
    assert "In meinen Kalender" not in amina.get(workshop.get_absolute_url()).text
    [event] = Calendar.from_ical(amina.get(file_of(workshop)).content).walk("VEVENT")
    assert (event["STATUS"], event["SEQUENCE"]) == ("CANCELLED", 3)


def test_strangers_get_no_file(client, workshop):
    assert client.get(file_of(workshop)).status_code == 302
    log_in(client, make_user("Bilal"))
    assert client.get(file_of(workshop)).status_code == 404


def test_a_team_that_has_left_is_offered_no_date_and_reads_why(amina, workshop):
    cohort = workshop.cohort
    was = make_workshop(cohort, 1, begins_at=timezone.now() - timedelta(days=9), title="Ankommen")
    going_on = make_workshop(cohort, 2, begins_at=timezone.now() - timedelta(days=3), title="Mitte")
    going_on.sessions.create(begins_at=timezone.now() + timedelta(days=1), ends_at=timezone.now() + timedelta(days=2))
    says = "Ihr Team ist nicht mehr in der Projektschmiede. Es stehen dort keine Termine mehr für Sie an."
    assert says not in amina.get(reverse("workshops:list")).text
    cohort.teams.update(withdrawn_at=timezone.now())

    page = amina.get(reverse("workshops:list"))

    assert (page.context["coming"], page.context["past"]) == ([], [going_on, was])
    text = " ".join(page.text.split())
    assert f"{says} Was war, bleibt lesbar." in text
    for word in ("In meinen Kalender", "Wirkung planen", "Kalender abonnieren", "Im Moment steht kein Workshop an."):
        assert word not in text
    detail = amina.get(workshop.get_absolute_url())
    assert detail.status_code == 200
    for word in ("In meinen Kalender", "Kalender abonnieren", "raum.example.org"):
        assert word not in detail.text
    assert amina.get(file_of(workshop)).status_code == 404


def test_a_team_that_left_after_the_last_workshop_reads_why_nothing_comes(amina, workshop):
    workshop.sessions.update(begins_at=timezone.now() - timedelta(days=3), ends_at=timezone.now() - timedelta(days=2))
    workshop.cohort.teams.update(withdrawn_at=timezone.now())
    text = " ".join(amina.get(reverse("workshops:list")).text.split())
    assert "Ihr Team ist nicht mehr in der Projektschmiede." in text
    assert "Kalender abonnieren" not in text
    assert "Nächste Termine" not in amina.get(reverse("dashboard")).text


def test_who_takes_part_elsewhere_reads_that_one_team_has_left(amina, workshop):
    cohort = make_cohort(make_organiser(make_user("Malin"), "Lernwerk Nord gGmbH"), workshop.cohort.call, title="Nord")
    member = workshop.cohort.teams.get().members.get().user
    make_team(cohort, member)
    there = make_workshop(cohort, 1, begins_at=timezone.now() + timedelta(days=2), title="Beginnen")
    workshop.cohort.teams.update(withdrawn_at=timezone.now())

    page = amina.get(reverse("workshops:list"))

    assert page.context["coming"] == [there]
    assert f"{workshop.cohort.title}: Ihr Team ist nicht mehr" in " ".join(page.text.split())
    assert "Kalender abonnieren" in page.text
    again = make_team(workshop.cohort, member)  # back in the cohort with another team
    assert "nicht mehr in der Projektschmiede" not in amina.get(reverse("workshops:list")).text
    assert amina.get(workshop.get_absolute_url()).context["team"] == again


def test_page_and_list_lead_to_the_file_and_to_the_subscription(amina, workshop):
    for page in (workshop.get_absolute_url(), reverse("workshops:list")):
        text = amina.get(page).text
        assert f'href="{file_of(workshop)}"' in text
        assert f'href="{reverse("calendar")}"' in text


def test_the_file_costs_the_same_with_one_session_and_with_fifty(amina, workshop, django_assert_num_queries):
    amina.get(file_of(workshop))
    for count in (1, 50):
        with django_assert_num_queries(4):
            response = amina.get(file_of(workshop))
        assert response.content.count(b"BEGIN:VEVENT") == count
        for number in range(49):
            begins = timezone.now() + timedelta(days=number)
            workshop.sessions.create(begins_at=begins, ends_at=begins + timedelta(hours=1))


@pytest.mark.parametrize("page", ["list", "detail", "public"])
@time_machine.travel(datetime(2026, 11, 30, 12, tzinfo=UTC), tick=False)
def test_over_new_year_every_date_that_is_not_of_this_year_names_its_own(client, page):
    cohort = make_cohort(make_organiser(make_user("Doris")))
    person = make_user("Amina")
    make_team(cohort, person)
    workshop = make_workshop(cohort, 1, begins_at=datetime(2027, 1, 14, 16, tzinfo=UTC))
    make_workshop(cohort, 2, begins_at=datetime(2026, 12, 10, 16, tzinfo=UTC))
    log_in(client, person)
    address = {
        "list": reverse("workshops:list"),
        "detail": workshop.get_absolute_url(),
        "public": cohort.get_absolute_url(),
    }

    text = " ".join(strip_tags(client.get(address[page]).text).split())

    assert "Do 14. Jan. 2027" in text
    assert "Do 10. Dez. 2026" not in text
