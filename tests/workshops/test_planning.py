"""Workshops, days and assignments from a curriculum."""

from __future__ import annotations

from datetime import date, time
from zoneinfo import ZoneInfo

import pytest

from cohorts.models import Curriculum
from tests.builders import make_call, make_cohort, make_organiser, make_user
from workshops.planning import due_on, last_day, make_workshops


@pytest.fixture
def cohort(db):
    curriculum = Curriculum.objects.create(title="Kurz")
    for position, (days, begins, hours) in enumerate([(0, time(17), 3), (14, time(10), 7.5)], 1):
        step = curriculum.steps.create(
            position=position, title=f"Baustein {position}", days_after_start=days, begins=begins, hours=hours,
            section_keys=[f"s{position}"],
        )  # fmt: skip
        step.assignments.create(position=1, title=f"Auftrag {position}", due_days_before_next=3, section_keys=["s1"])
    return make_cohort(
        make_organiser(make_user("Doris")),
        make_call(deadline=date(2027, 3, 30)),
        curriculum=curriculum,
        begins_on=date(2027, 3, 20),
        ends_on=date(2027, 9, 1),
    )


def test_days_and_times_are_those_of_berlin_across_the_change_to_summer_time(cohort):
    make_workshops(cohort)

    berlin = ZoneInfo("Europe/Berlin")
    sessions = [workshop.sessions.get() for workshop in cohort.workshops.all()]
    assert [
        (session.begins_at.astimezone(berlin).isoformat(), session.ends_at.astimezone(berlin).isoformat())
        for session in sessions
    ] == [
        ("2027-03-20T17:00:00+01:00", "2027-03-20T20:00:00+01:00"),
        ("2027-04-03T10:00:00+02:00", "2027-04-03T17:30:00+02:00"),
    ]


def test_assignments_are_due_before_the_next_workshop_and_after_the_last(cohort):
    make_workshops(cohort)

    due = [workshop.assignments.get().due_on for workshop in cohort.workshops.all()]
    assert due == [date(2027, 3, 31), date(2027, 4, 6)]


def test_workshops_carry_title_and_sections(cohort):
    made = make_workshops(cohort)

    assert [(workshop.position, workshop.title, workshop.section_keys) for workshop in made] == [
        (1, "Baustein 1", ["s1"]),
        (2, "Baustein 2", ["s2"]),
    ]


@pytest.mark.parametrize(
    ("next_on", "days", "expected"),
    [(date(2027, 1, 15), 3, date(2027, 1, 12)), (date(2027, 1, 2), 3, date(2027, 1, 1)), (None, 3, date(2027, 1, 4))],
)
def test_due_day_is_never_before_its_workshop(next_on, days, expected):
    assert due_on(date(2027, 1, 1), next_on, days) == expected


def test_cohort_ends_with_its_last_workshop_or_the_deadline(cohort):
    assert last_day(cohort) == date(2027, 4, 3)
    cohort.call.deadline = date(2027, 6, 30)
    assert last_day(cohort) == date(2027, 6, 30)


def test_cohort_without_curriculum_gets_no_workshops(cohort):
    cohort.curriculum = None

    assert make_workshops(cohort) == []
