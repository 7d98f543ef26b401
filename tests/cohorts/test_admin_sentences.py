"""Sentences above a step of the admin: how many queries they cost, and what they say of several records at once."""

from __future__ import annotations

import pytest

from cohorts.admin.coach_absence import consequences_of_absence, of_the_same_person
from cohorts.admin.coach_repairs import ending_sentences
from cohorts.admin.leaving_team import leaving_sentences
from cohorts.models import CoachAbsence, CoachAssignment, Team
from tests.builders import day, log_in, make_coach, make_cohort, make_organisation, make_organiser, make_team, make_user
from tests.cohorts.test_admin import act, words_of
from tests.forms import form_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def doris():
    return make_user("Doris")


@pytest.fixture
def cohort(doris):
    return make_cohort(make_organiser(doris), title="Schmiede Harz", places=40)


def named(cohort, title, **coaches):
    return make_team(cohort, make_user(title), organisation=make_organisation(title), **coaches)


@pytest.mark.parametrize("count", [1, 20])
def test_sentences_of_leaving_cost_the_same_for_many_teams(cohort, count, django_assert_num_queries):
    for number in range(count):
        named(cohort, f"Team {number}", first_coach=make_coach(cohort, make_user(f"Coach {number}")))
    teams = list(Team.objects.for_lists().select_related("cohort"))

    with django_assert_num_queries(2):
        sentences = leaving_sentences(teams)

    assert len(sentences) == count + 2


@pytest.mark.parametrize("count", [1, 20])
def test_sentences_of_ending_cost_the_same_for_many_coaches(cohort, count, django_assert_num_queries):
    for number in range(count):
        named(cohort, f"Team {number}", first_coach=make_coach(cohort, make_user(f"Coach {number}")))
    coaches = list(CoachAssignment.objects.select_related("cohort"))

    with django_assert_num_queries(1):
        sentences = list(ending_sentences(coaches))

    assert len(sentences) == 3 * count + 2


@pytest.mark.parametrize("count", [1, 20])
def test_sentences_of_an_absence_cost_the_same_for_many_cohorts(cohort, doris, count, django_assert_num_queries):
    carla, henrik = make_user("Carla"), make_user("Henrik")
    for number in range(count):
        one = make_cohort(cohort.organiser, cohort.call, title=f"Schmiede {number}")
        named(one, f"Team {number}", first_coach=make_coach(one, carla))
        make_coach(one, henrik)
    own = of_the_same_person(CoachAssignment.objects.filter(coach=carla)[0], doris)

    with django_assert_num_queries(3):
        before = consequences_of_absence(own.all())
    with django_assert_num_queries(4):
        after = consequences_of_absence(own.all(), (day(1), day(9)))

    assert [text.count("begleitet ein Team.") for text in (before, after)] == [count, count]


def test_places_after_several_teams_have_left_count_all_of_them(cohort):
    carla = make_coach(cohort, make_user("Carla"))
    for title in ("A", "B", "C"):
        named(cohort, title, first_coach=carla)
    going = list(Team.objects.for_lists().select_related("cohort")[:2])

    sentences = leaving_sentences(going)

    assert "In „Schmiede Harz“ sind danach 39 Plätze von 40 frei." in sentences
    assert "Carla Haddad begleitet danach noch ein Team." in sentences
    assert sentences.count("Carla Haddad begleitet danach noch ein Team.") == 1


def test_two_coaches_of_a_team_who_end_together_leave_it_alone(cohort):
    carla, henrik = (make_coach(cohort, make_user(name)) for name in ("Carla", "Henrik"))
    named(cohort, "A", first_coach=carla, second_coach=henrik)

    both = list(ending_sentences([carla, henrik]))
    one = list(ending_sentences([carla]))

    assert both.count("Ohne eigene Coaching-Person sind dann: „A“.") == 2
    assert "Ohne eigene Coaching-Person sind dann: „A“." not in one


# Absence


def test_absence_of_the_only_coach_says_that_nobody_is_there_and_what_helps(client, cohort, doris):
    carla = make_coach(cohort, make_user("Carla"))
    named(cohort, "Verein A", first_coach=carla)
    log_in(client, doris)

    page = act(client, CoachAssignment, "enter_absence", carla, on_form=True)

    said = "Niemand ist dann für diese Teams da: „Verein A“."
    helps = (
        "Fügen Sie vorher eine weitere Coaching-Person hinzu, oder sagen Sie den Teams, wer ihnen in dieser Zeit hilft."
    )
    assert said in page.text
    assert helps in page.text
    assert "alle, die da sind" not in page.text
    asked = client.post(page.context["back"], form_of(page, None) | {"until_on": str(day(3))}, follow=True)
    assert asked.template_name == "admin/consequences.html"
    assert said in asked.text
    assert helps in asked.text


def test_absence_names_the_days_on_which_nobody_is_there(client, cohort, doris):
    carla, henrik = (make_coach(cohort, make_user(name)) for name in ("Carla", "Henrik"))
    named(cohort, "Verein A", first_coach=carla)
    CoachAbsence.objects.create(assignment=henrik, from_on=day(2), until_on=day(9))
    log_in(client, doris)

    page = act(client, CoachAssignment, "enter_absence", carla, on_form=True)
    assert "Ihre Abgaben und Fragen lesen alle, die da sind." in page.text
    asked = client.post(page.context["back"], form_of(page, None) | {"until_on": str(day(3))}, follow=True)

    assert "An 2 Tagen, zuerst am" in asked.text
    assert "ist niemand für diese Teams da: „Verein A“." in asked.text


def test_only_cohorts_that_are_not_over_are_ticked(client, cohort, doris):
    carla = make_user("Carla")
    here = make_coach(cohort, carla)
    over = make_cohort(cohort.organiser, cohort.call, title="Schmiede Alt", begins_on=day(-90), ends_on=day(-9))
    there = make_coach(over, carla)
    log_in(client, doris)

    page = act(client, CoachAssignment, "enter_absence", here, on_form=True)

    ticked = form_of(page, None)["cohorts"]
    assert ticked == [str(here.pk)]
    assert str(there.pk) in page.text


@pytest.mark.parametrize("field", ["from_on", "until_on"])
def test_an_absence_stays_within_a_year(client, cohort, doris, field):
    carla = make_coach(cohort, make_user("Carla"))
    log_in(client, doris)
    days = {"from_on": str(day(1)), "until_on": str(day(3))} | {field: "2099-01-01"}

    page = act(client, CoachAssignment, "enter_absence", carla, on_form=True, form=days)

    assert page.status_code == 422
    assert "Bitte geben Sie einen Tag bis zum" in page.text
    page = client.post("/verwaltung/cohorts/coachabsence/add/", {"assignment": str(carla.pk)} | days)
    assert "Bitte geben Sie einen Tag bis zum" in page.text
    assert not CoachAbsence.objects.exists()
    assert not words_of(page)
