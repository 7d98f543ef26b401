"""Whom a team can ask: numbers and hours as people gave them, absence and who stands in, no coach yet, a coach who left."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.template.loader import render_to_string
from django.utils import timezone

from accounts.models import User
from cohorts.contacts import Contact, coaches_of, contacts_of, contacts_of_teams, organisers_of
from cohorts.models import CoachAssignment, Cohort, Team
from tests.builders import day, make_application, make_coach, make_cohort, make_organiser, make_team, make_user

CARLA = Contact("Carla Weber", "Coachin", "0171 39200 63", "Montag, 16 bis 19 Uhr")
HENRIK = Contact("Henrik Albers", "Coach")
DORIS = Contact("Doris Lang", "Werkstatt Zusammenhalt gGmbH", "0171 39200 70", "morgens", "doris@example.org")


@pytest.fixture
def team(db):
    doris = make_user("Doris", "Lang")
    carla = make_user("Carla", "Weber", phone=CARLA.phone, phone_hours=CARLA.hours)
    henrik = make_user("Henrik", "Albers")
    cohort = make_cohort(make_organiser(doris, short_name=""), contact_phone=DORIS.phone, contact_hours=DORIS.hours)
    first, second = make_coach(cohort, carla), make_coach(cohort, henrik, form_of_address="Coach")
    return make_team(cohort, make_user(), first_coach=first, second_coach=second)


def again(team):
    return Team.objects.get(pk=team.pk)


def away(assignment, *days):
    for begins, ends in days:
        assignment.absences.create(from_on=day(begins), until_on=day(ends))


def page(contacts, **context):
    return " ".join(render_to_string("cohorts/_for_you.html", {"contacts": contacts, **context}).split())


def test_names_numbers_and_hours_of_coaches_and_organiser(team):
    contacts = contacts_of(team)

    assert (contacts.coaches, contacts.organiser, contacts.left) == ((CARLA, HENRIK), DORIS, "")
    assert [contact.initials for contact in (*contacts.coaches, contacts.organiser)] == ["CW", "HA", "DL"]
    shown = page(contacts)
    assert '<a class="touch" href="tel:01713920063">0171 39200 63</a>' in shown
    assert "Montag, 16 bis 19 Uhr" in shown
    assert "<strong>Carla Weber</strong>, Coachin Ihres Teams" in shown
    assert "antwortet innerhalb von 7 Tagen" in shown


def test_a_coach_shows_an_address_only_where_they_said_so(team):
    assert "henrik@example.org" not in page(contacts_of(team))

    User.objects.filter(email="henrik@example.org").update(wants_answers=True)

    assert 'href="mailto:henrik@example.org"' in page(contacts_of(team))


def test_what_the_organiser_noted_of_a_coach_is_not_shown_to_teams(team):
    CoachAssignment.objects.filter(pk=team.second_coach_id).update(phone="0345 9999")

    assert contacts_of(team).coaches[1].phone == ""


@pytest.mark.parametrize(
    ("days", "until"),
    [
        ([(-3, 0)], 0),
        ([(0, 4)], 4),
        ([(0, 4), (5, 9)], 9),
        ([(-5, 2), (0, 7)], 7),
        ([(0, 4), (6, 9)], 4),
        ([(1, 4)], None),
        ([(-9, -1)], None),
    ],
)
def test_an_absence_in_force_with_its_last_day(team, days, until):
    away(team.first_coach, *days)

    contacts = contacts_of(team)

    carla = next(coach for coach in contacts.coaches if coach.name == "Carla Weber")
    assert carla.away_until == (None if until is None else day(until))
    assert carla.back_on == (None if until is None else day(until + 1))
    assert bool(contacts.stands_in) == (until is not None)


def test_the_second_coach_stands_in_and_comes_first(team):
    away(team.first_coach, (0, 4))

    contacts = contacts_of(team)

    assert [coach.name for coach in contacts.coaches] == ["Henrik Albers", "Carla Weber"]
    assert contacts.stands_in == HENRIK
    assert "So lange ist Henrik Albers für Sie da." in page(contacts)


def test_both_away_or_none_beside_leaves_it_to_all_coaches(team):
    away(team.first_coach, (0, 4))
    away(team.second_coach, (-1, 1))
    make_coach(team.cohort, make_user("Chris"))

    contacts = contacts_of(team)

    assert (contacts.stands_in, contacts.is_nobody_there) == (None, True)
    assert page(contacts).count("So lange lesen alle Coaching-Personen") == 2


NOBODY = "In dieser Zeit liest niemand, was Sie abgeben und fragen; Doris Lang hilft Ihnen weiter."


@pytest.mark.parametrize("state", ["all away", "none named", "left", "not accepted"])
def test_where_nobody_reads_nobody_is_promised(team, state):
    assignments = CoachAssignment.objects.filter(cohort=team.cohort)
    match state:
        case "all away":
            for assignment in assignments:
                away(assignment, (0, 4))
        case "none named":
            Team.objects.filter(pk=team.pk).update(first_coach=None, second_coach=None)
            assignments.update(coach=None)
        case "left":
            assignments.update(until=day(-1))
        case "not accepted":
            assignments.update(coach=None)

    shown = page(contacts_of(again(team)))

    assert NOBODY in shown
    assert "lesen alle Coaching-Personen" not in shown
    assert "antwortet innerhalb" not in shown


def test_a_coach_who_has_not_accepted_is_named_as_invited(team):
    CoachAssignment.objects.filter(pk=team.first_coach_id).update(coach=None)

    contacts = contacts_of(again(team))

    assert [coach.name for coach in contacts.coaches] == ["Henrik Albers", "Carla Weber"]
    shown = page(contacts)
    assert "Ist eingeladen und hat noch nicht zugesagt." in shown
    assert "So lange ist Henrik Albers für Sie da." in shown


@pytest.mark.parametrize("still_writes", [False, True])
def test_after_the_cohort_an_answer_is_promised_only_to_who_still_writes(team, still_writes):
    Cohort.objects.filter(pk=team.cohort_id).update(begins_on=day(-90), ends_on=day(-30))
    if still_writes:
        make_application(team)

    shown = page(contacts_of(again(team)))

    assert ("antwortet innerhalb von 7 Tagen" in shown) == still_writes
    assert ("ein Tag für die Antwort ist aber nicht mehr zugesagt" in shown) != still_writes


def test_no_coach_yet(team):
    Team.objects.filter(pk=team.pk).update(first_coach=None, second_coach=None)

    contacts = contacts_of(again(team))

    assert (contacts.coaches, contacts.left) == ((), "")
    assert "Ihr Team hat noch keine eigene Coaching-Person." in page(contacts)


def test_a_coach_who_left_is_named_until_somebody_comes(team):
    Team.objects.filter(pk=team.pk).update(second_coach=None)
    CoachAssignment.objects.filter(pk=team.first_coach_id).update(until=day(-1))

    contacts = contacts_of(again(team))

    assert (contacts.coaches, contacts.left) == ((), "Carla Weber")
    assert "Carla Weber begleitet Ihr Team nicht mehr." in page(contacts)
    Team.objects.filter(pk=team.pk).update(second_coach=CoachAssignment.objects.get(first_name="Henrik"))
    assert (contacts_of(again(team)).coaches, contacts_of(again(team)).left) == ((HENRIK,), "")


def test_an_erased_coach_is_not_named(team):
    Team.objects.filter(pk=team.pk).update(second_coach=None)
    gone = {"email": f"{team.first_coach_id}@geloescht.invalid", "first_name": "Gelöschte", "last_name": "Person"}
    CoachAssignment.objects.filter(pk=team.first_coach_id).update(until=day(-1), coach=None, **gone)

    assert contacts_of(again(team)).left == ""


@pytest.mark.parametrize("ended", ["withdrawn", "cancelled"])
def test_after_the_end_only_the_organiser_answers(team, ended):
    if ended == "withdrawn":
        Team.objects.filter(pk=team.pk).update(withdrawn_at=timezone.now())
    else:
        Cohort.objects.filter(pk=team.cohort_id).update(cancelled_at=timezone.now())

    contacts = contacts_of(again(team))

    assert (contacts.coaches, contacts.organiser, contacts.is_over) == ((), DORIS, True)
    assert "Frühere Fragen und Antworten" in page(contacts, ask_url="/fragen/")


def test_an_organisers_own_number_stands_in_for_a_missing_one(team):
    Cohort.objects.filter(pk=team.cohort_id).update(contact_phone="", contact_hours="")
    User.objects.filter(email="doris@example.org").update(phone="0345 11", phone_hours="mittags")
    assert (contacts_of(team).organiser.phone, contacts_of(team).organiser.hours) == ("0345 11", "mittags")

    Cohort.objects.filter(pk=team.cohort_id).update(contact_email="buero@example.org")

    assert (contacts_of(team).organiser.phone, contacts_of(team).organiser.hours) == ("", "")


def test_without_any_contact_the_organisers_website_is_named(team):
    Cohort.objects.filter(pk=team.cohort_id).update(contact_name="", contact_email="", contact_phone="")
    type(team.cohort.organiser).objects.update(website="https://werkstatt.example.org")

    shown = page(contacts_of(team))

    assert "Gerade ist niemand eingetragen" in shown
    assert 'href="https://werkstatt.example.org"' in shown


def test_what_somebody_wrote_is_shown_as_text(team):
    User.objects.filter(email="carla@example.org").update(phone="<script>1</script>", phone_hours="<b>immer</b>")

    shown = page(contacts_of(team))

    assert "<script>" not in shown
    assert "&lt;b&gt;immer&lt;/b&gt;" in shown


@pytest.mark.parametrize("count", [1, 50])
def test_three_queries_however_many_teams(team, count, django_assert_num_queries):
    teams = [team, *(make_team(team.cohort, first_coach=team.first_coach) for _ in range(count - 1))]
    contacts_of_teams(teams)  # the statements are built

    with django_assert_num_queries(3):
        contacts = contacts_of_teams(teams)

    assert len(contacts) == count
    assert all(contacts[some.pk].coaches[0] == CARLA for some in teams)


def test_for_those_in_no_team(team, django_assert_num_queries):
    make_coach(team.cohort, make_user("Weg"), until=timezone.localdate() - timedelta(days=1))
    other = make_cohort(team.cohort.organiser, contact_name="", contact_phone="")

    with django_assert_num_queries(4):
        organisers, coaches = organisers_of([team.cohort, other]), coaches_of([team.cohort, other])

    assert organisers[team.cohort_id] == DORIS
    assert organisers[other.pk].name == DORIS.title
    assert coaches == {team.cohort_id: [CARLA, HENRIK], other.pk: []}
