"""The plan of the last two weeks: its days, what it knows itself, and what people tick off."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from applications.progress.countdown import SATURDAY, Tick, countdown, goal_of
from applications.progress.team_facts import TeamFacts
from applications.writing.models import PlanTick
from core.writes import Stale
from tests.applications.progress.test_turn import given_back, section, step
from tests.builders import (
    day,
    log_in,
    make_application,
    make_cohort,
    make_member,
    make_organiser,
    make_team,
    make_user,
    make_workshop,
)

FIRST = date(2027, 6, 16)  # a Wednesday
RUND = given_back("accepted")


def facts(*sections, deadline=date(2027, 6, 30), **more) -> TeamFacts:
    told = {"application": uuid4(), "status": "drafting", "steps": (step(*sections),), "deadline": deadline}
    return TeamFacts(uuid4(), "Verein", **told | more)


@pytest.mark.parametrize(
    ("today", "deadline", "expected"),
    [
        (date(2027, 6, 16), date(2027, 6, 30), date(2027, 6, 25)),
        (date(2027, 6, 23), date(2027, 6, 30), date(2027, 6, 28)),
        (date(2027, 6, 28), date(2027, 6, 30), date(2027, 6, 29)),
        (date(2027, 6, 29), date(2027, 6, 30), date(2027, 6, 30)),
        (date(2027, 6, 30), date(2027, 6, 30), date(2027, 6, 30)),
        (date(2027, 6, 25), date(2027, 6, 28), date(2027, 6, 28)),  # Saturday and Sunday before a Monday
    ],
)
def test_the_goal_leaves_air_and_is_a_weekday(today, deadline, expected):
    assert goal_of(today, deadline) == expected


@pytest.mark.parametrize("left", range(15))
@pytest.mark.parametrize("sections", [0, 1, 5, 18])
def test_every_line_has_a_day_between_today_and_the_goal_in_order(left, sections):
    for weekday in range(7):
        today = FIRST + timedelta(days=weekday)
        parts = [section(f"s{number}") for number in range(sections)]
        plan = countdown(facts(*parts, deadline=today + timedelta(days=left)), today, {})
        days = [line.day for line in plan.lines]
        assert days == sorted(days)
        assert {today <= one <= plan.goal <= plan.deadline for one in days} == {True}
        assert {one.weekday() < SATURDAY or one in {today, plan.goal} for one in days} == {True}
        assert len(plan.strip) == left + 1


@pytest.mark.parametrize(
    "more",
    [
        {"deadline": None},
        {"deadline": FIRST + timedelta(days=15)},
        {"deadline": FIRST - timedelta(days=1)},
        {"application": None},
        {"status": "withdrawn"},
    ],
)
def test_there_is_no_plan_outside_the_last_days(more):
    assert countdown(facts(section(), **more), FIRST, {}) is None


def test_what_the_portal_knows_is_done_and_what_people_tick_names_them():
    tick = Tick("Jonas Petersen", FIRST)
    plan = countdown(facts(section("s1", version=1, items=(RUND,)), section("s2")), FIRST, {"sign": tick})
    told = {line.code: (line.is_done, line.tick) for line in plan.lines}
    assert told == {
        "section s2": (False, None), "hand in": (False, None), "feedback": (False, None), "finish": (False, None),
        "transfer": (False, None), "sign": (False, tick), "post": (False, None),
    }  # fmt: skip


def test_many_sections_are_counted():
    plan = countdown(facts(*(section(f"s{number}") for number in range(18))), FIRST, {})
    assert [line.code for line in plan.contents] == [*(f"section s{n}" for n in range(4)), "sections", "hand in"]
    assert plan.contents[4].what == "Noch 14 Abschnitte fertig schreiben"


@pytest.fixture
def application(db):
    cohort = make_cohort(make_organiser(make_user("Doris", "Lang")))
    make_workshop(cohort, 1, ["s0", "s1"])
    application = make_application(make_team(cohort, make_user()))
    cohort.call.deadline = day(10)
    cohort.call.save()
    return application


def send(client, user, application, **lines) -> int:
    return log_in(client, user).post(reverse("applications:tick_plan", args=[application.pk]), lines).status_code


def test_ticks_are_the_teams_and_only_what_changed_is_saved(application, client):
    amina = application.team.members.get().user
    jonas = make_user("Jonas", "Petersen")
    make_member(application.team, jonas)
    assert send(client, amina, application, shown=["sign", "post"], done=["sign"]) == 302
    # Jonas' page is older: it shows no tick at all, and he ticks another line.
    assert send(client, jonas, application, shown=["sign", "post"], done=["post"]) == 302
    assert dict(PlanTick.objects.values_list("code", "by__first_name")) == {"sign": "Amina", "post": "Jonas"}
    send(client, jonas, application, shown=["sign", "post"], before=["sign", "post"], done=["post"])
    assert list(PlanTick.objects.values_list("code", flat=True)) == ["post"]
    send(client, jonas, application, shown=["nonsense"], done=["nonsense", "x" * 500])
    assert PlanTick.objects.count() == 1
    page = log_in(client, amina).get(reverse("dashboard")).text
    assert "Jonas Petersen" in page.partition('id="plan"')[2]


def test_readers_only_look(application, client):
    rana = make_user("Rana", "Öz")
    make_member(application.team, rana, "reader")
    assert send(client, rana, application, shown=["sign"], done=["sign"]) == 403
    page = log_in(client, rana).get(reverse("dashboard")).text.partition('id="plan"')[2].partition("</section>")[0]
    assert "checkbox" not in page
    with pytest.raises(PermissionDenied):
        PlanTick.objects.tick(application, on=["sign"], off=[], by=rana)


def test_a_withdrawn_application_takes_no_ticks(application):
    amina = application.team.members.get().user
    type(application).objects.update(status="withdrawn", withdrawn_at=timezone.now())
    with pytest.raises(Stale):
        PlanTick.objects.tick(application, on=["sign"], off=[], by=amina)
    assert PlanTick.objects.count() == 0
