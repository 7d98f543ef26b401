"""Two people at the same sheet, two members at the same assignment."""

from __future__ import annotations

import pytest

from accounts.models import Event
from tests.builders import make_coach, make_cohort, make_organiser, make_team, make_user, make_workshop
from workshops.models import Assignment, Attendance, Completion, Session


@pytest.fixture
def world(db):
    doris, carla, amina, jonas = (make_user(name) for name in ("Doris", "Carla", "Amina", "Jonas"))
    cohort = make_cohort(make_organiser(doris))
    make_coach(cohort, carla)
    team = make_team(cohort, amina, jonas)
    workshop = make_workshop(cohort)
    return doris, carla, amina, jonas, team, workshop


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_record_attendance_at_once_and_no_line_is_lost(world, at_once):
    doris, carla, amina, jonas, team, workshop = world
    session = workshop.sessions.get()
    first, second = team.members.get(user=amina), team.members.get(user=jonas)
    for round_ in range(12):
        Attendance.objects.all().delete()
        status = ["present", "excused", "absent"][round_ % 3]

        results = at_once(
            lambda status=status: Session.objects.get(pk=session.pk).record_attendance({first.pk: status}, by=doris),
            lambda status=status: Session.objects.get(pk=session.pk).record_attendance(
                {second.pk: status, first.pk: status}, by=carla
            ),
        )

        assert results == [1, 2]
        assert dict(Attendance.objects.values_list("member", "status")) == {first.pk: status, second.pk: status}


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_members_tick_at_once_and_it_is_ticked_once(world, at_once):
    _doris, _carla, amina, jonas, team, workshop = world
    assignment = workshop.assignments.create(title="Aufschreiben")
    for round_ in range(1, 13):
        Completion.objects.all().delete()

        results = at_once(
            lambda: Assignment.objects.get(pk=assignment.pk).tick(team, by=amina),
            lambda: Assignment.objects.get(pk=assignment.pk).tick(team, by=jonas),
        )

        assert results == [None, None]
        assert Completion.objects.count() == 1
        assert Event.objects.filter(what="assignment.ticked").count() == round_
