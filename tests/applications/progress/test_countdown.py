"""The plan of the last two weeks: its days, what it knows itself, and what people tick off."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from applications.deadline import must_arrive
from applications.papers.page.way import what_counts
from applications.progress.countdown import Tick, countdown
from applications.progress.plan_days import goal_of
from applications.progress.team_facts import SubmissionFacts, TeamFacts
from applications.progress.whose_turn import turn_of
from applications.writing.models import PlanTick
from core.words import day_of_this_year
from core.writes import Stale
from tests.applications.progress.test_turn import given_back, item, section, step
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


FRIDAY, SUNDAY = date(2027, 6, 25), date(2027, 6, 27)


@pytest.mark.parametrize(
    ("today", "deadline", "must_arrive", "expected"),
    [
        (FRIDAY, SUNDAY, False, FRIDAY),  # the last day on which a post office is open
        (date(2027, 6, 26), SUNDAY, False, date(2027, 6, 26)),
        (date(2027, 6, 23), date(2027, 6, 30), True, FRIDAY),  # three weekdays before the Wednesday
        (date(2027, 6, 28), date(2027, 6, 30), True, date(2027, 6, 28)),  # too late by our days, but not a day later
        (date(2027, 6, 26), date(2027, 6, 30), True, date(2027, 6, 28)),
        (FRIDAY, SUNDAY, True, FRIDAY),
    ],
)
def test_the_goal_is_a_day_that_the_post_can_keep(today, deadline, must_arrive, expected):
    assert goal_of(today, deadline, must_arrive=must_arrive) == expected


@pytest.mark.parametrize("counts", ["postmark", "receipt", ""])
def test_plan_and_papers_agree_on_whether_the_letter_needs_days(counts):
    travels = what_counts(SimpleNamespace(deadline_counts=counts)) != "Es zählt der Poststempel."
    assert must_arrive(counts) == travels
    plan = countdown(facts(deadline=FIRST + timedelta(days=7), must_arrive=travels), FIRST, {})
    assert plan.goal == (date(2027, 6, 18) if travels else date(2027, 6, 21))


def test_a_letter_that_can_come_too_late_is_said_so():
    told = [
        countdown(facts(deadline=FIRST + timedelta(days=days), must_arrive=True), FIRST, {}).may_arrive_late
        for days in (8, 1)
    ]
    assert told == [False, True]


@pytest.mark.parametrize("left", range(15))
@pytest.mark.parametrize("sections", [0, 1, 5, 18])
@pytest.mark.parametrize("answer_days", [1, 5, 7])
def test_every_day_is_between_today_and_the_goal_and_the_answer_has_its_time(left, sections, answer_days):
    for weekday in range(7):
        today = FIRST + timedelta(days=weekday)
        parts = [section(f"s{number}") for number in range(sections)]
        plan = countdown(facts(*parts, deadline=today + timedelta(days=left), answer_days=answer_days), today, {})
        days = {line.code: line.day for line in plan.lines if line.day}
        assert list(days.values()) == sorted(days.values())
        assert all(today <= one <= plan.goal <= plan.deadline for one in days.values())
        assert days["post"] == plan.goal
        assert len(plan.strip) == left + 1
        if "hand in" in days:
            assert days["feedback"] - days["hand in"] >= timedelta(days=answer_days)
        assert plan.is_tight == bool(sections and "hand in" not in days)
        written = [line.day for line in plan.contents if line.code.startswith("section") and line.day]
        assert all(written.count(one) <= 2 or sections > 5 for one in written)


def test_closed_sections_are_not_planned_but_named():
    opens = datetime(2027, 6, 20, 10, tzinfo=UTC)
    parts = [section("s1"), section("s2", is_open=False, opens_at=opens), section("s3", is_open=False)]
    plan = countdown(facts(*parts, answer_days=5), FIRST, {})
    assert [line.code for line in plan.contents] == ["section s1", "hand in", "feedback"]
    assert plan.contents[1].what == "Zur Rückmeldung abgeben, was geschrieben ist"
    assert (plan.closed, plan.opens_at) == (2, opens)


def test_a_late_team_reads_that_it_is_tight_and_is_not_told_to_write_everything_today():
    parts = [section(f"s{number}") for number in range(9)]
    plan = countdown(facts(*parts, deadline=FIRST + timedelta(days=2), answer_days=7), FIRST, {})
    assert plan.is_tight
    assert {line.day for line in plan.contents} == {None}
    assert "feedback" not in {line.code for line in plan.lines}


def test_an_answer_promised_too_late_is_taken_in_if_there_is_time():
    waits = section("s1", version=1, items=(item(promised_until=FIRST + timedelta(days=9)),))
    plan = countdown(facts(waits, deadline=FIRST + timedelta(days=10), answer_days=7), FIRST, {})
    told = {line.code: (line.what, line.day) for line in plan.contents}
    assert (plan.is_tight, told["feedback"]) == (True, ("Rückmeldung einarbeiten, wenn Zeit bleibt", None))
    in_time = section("s1", version=1, items=(item(promised_until=FIRST + timedelta(days=2)),))
    assert not countdown(facts(in_time, deadline=FIRST + timedelta(days=10), answer_days=7), FIRST, {}).is_tight


@pytest.mark.parametrize("days", range(15))
def test_the_first_section_of_the_plan_is_the_one_on_the_card(days):
    change = section("s9", version=1, items=(given_back("please change"),))
    told = facts(section("s1", version=1), section("s2"), change, deadline=FIRST + timedelta(days=days), answer_days=5)
    plan, card = countdown(told, FIRST, {}), turn_of(told, FIRST)
    assert plan.contents[0].leads_to == card.leads_to
    assert plan.contents[0].what == card.what == "„Abschnitt s9“ überarbeiten"


def test_once_it_is_finished_only_what_is_done_is_done():
    papers = SubmissionFacts(uuid4(), datetime(2027, 6, 15, tzinfo=UTC))
    told = facts(section(version=1), status="finished", submission=papers)
    plan = countdown(told, FIRST, {})
    assert [(line.code, line.is_done) for line in plan.lines] == [
        ("finish", True), ("print", False), ("transfer", False), ("sign", False), ("post", False),
    ]  # fmt: skip
    assert not plan.is_tickable
    assert turn_of(told, FIRST).what == "Unterlagen ausdrucken"


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
    told = facts(section("s1", version=1, items=(RUND,)), section("s2"), answer_days=5)
    plan = countdown(told, FIRST, {"feedback": tick, "post": tick})
    assert {line.code: (line.is_done, line.tick) for line in plan.lines} == {
        "section s2": (False, None), "hand in": (False, None), "feedback": (False, tick), "finish": (False, None),
        "print": (False, None), "transfer": (False, None), "sign": (False, None), "post": (False, None),
    }  # fmt: skip


def test_many_sections_are_counted_named_and_linked():
    plan = countdown(facts(*(section(f"s{number}") for number in range(18))), FIRST, {})
    lines = [line for line in plan.contents if line.code.startswith("section")]
    assert [line.code for line in lines] == [*(f"section s{n}" for n in range(4)), "sections"]
    assert lines[4].what == "Noch 14 Abschnitte fertig schreiben"
    assert lines[4].detail.startswith("„Abschnitt s4“, „Abschnitt s5“")
    assert [line.leads_to[0] for line in lines] == ["applications:section"] * 4 + ["applications:workspace"]


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
    assert send(client, amina, application, shown=["section s0", "section s1"], done=["section s0"]) == 302
    # Jonas' page is older: it shows no tick at all, and he ticks another line.
    assert send(client, jonas, application, shown=["section s0", "section s1"], done=["section s1"]) == 302
    assert dict(PlanTick.objects.values_list("code", "by__first_name")) == {
        "section s0": "Amina",
        "section s1": "Jonas",
    }
    send(
        client,
        jonas,
        application,
        shown=["section s0", "section s1"],
        before=["section s0", "section s1"],
        done=["section s1"],
    )
    assert list(PlanTick.objects.values_list("code", flat=True)) == ["section s1"]
    send(client, jonas, application, shown=["nonsense"], done=["nonsense", "x" * 500])
    assert PlanTick.objects.count() == 1
    page = log_in(client, amina).get(reverse("dashboard")).text
    assert "Jonas Petersen" in page.partition('id="plan"')[2]


def test_nobody_is_told_of_a_saving_that_was_none_and_the_page_stays_with_its_team(application, client):
    amina = application.team.members.get().user
    make_team(application.team.cohort, amina)
    log_in(client, amina)
    address = reverse("applications:tick_plan", args=[application.pk])
    sent = {"shown": ["section s0", "post"], "done": ["section s0", "post"]}
    answer = client.post(address, sent, follow=True)
    assert answer.redirect_chain[0][0] == f"{reverse('dashboard')}?team={application.team_id}#plan"
    assert answer.context["team"] == application.team
    assert "Nicht alle Häkchen sind gespeichert" in answer.text
    assert list(PlanTick.objects.values_list("code", flat=True)) == ["section s0"]
    application.team.cohort.call.deadline = day(-1)
    application.team.cohort.call.save()
    answer = client.post(address, {"shown": ["section s1"], "done": ["section s1"]}, follow=True)
    assert "Ihre Häkchen sind nicht gespeichert" in answer.text
    assert PlanTick.objects.count() == 1


def planned_day(client, code: str) -> str:
    """What the page says beside a line of the plan."""
    after = client.get(reverse("dashboard")).text.partition(f'value="{code}"')[2]
    return " ".join(strip_tags(after.partition("data-day>")[2].partition("</span>")[0]).split())


def test_the_script_is_told_in_a_word_what_became_of_a_tick(application, client):
    amina = application.team.members.get().user
    log_in(client, amina)
    address = reverse("applications:tick_plan", args=[application.pk])

    def set_tick(**lines):
        return client.post(address, lines, headers={"accept": "application/json"}).json()

    planned = planned_day(client, "section s0")
    ticked = f"{day_of_this_year(day(0))}, Amina Haddad"
    saved = {"state": "saved", "days": {"section s0": ticked}}
    assert set_tick(shown="section s0", done="section s0") == saved
    assert planned_day(client, "section s0") == ticked != planned  # as the page says it
    assert set_tick(shown="section s1", done="section s1")["state"] == "saved"  # the other stays
    assert set(PlanTick.objects.values_list("code", flat=True)) == {"section s0", "section s1"}
    assert set_tick(shown="section s0", before="section s0") == {"state": "saved", "days": {"section s0": planned}}
    assert list(PlanTick.objects.values_list("code", flat=True)) == ["section s1"]
    refused = set_tick(shown="post", done="post")
    assert (refused["state"], refused["sentence"][:29]) == ("closed", "Der Plan hat sich geändert. N")
    application.team.cohort.call.deadline = day(-1)
    application.team.cohort.call.save()
    assert set_tick(shown="section s0", done="section s0")["sentence"].startswith("Der Plan ist zu Ende.")
    page = client.get(reverse("dashboard")).text
    assert ("Der Plan ist zu Ende" in page, "data-ticks" in page) == (False, False)  # said once, and no plan any more


def test_the_page_saves_each_tick_and_says_so(application, client):
    page = log_in(client, application.team.members.get().user).get(reverse("dashboard")).text
    assert "js/plan-ticks.js" in page
    assert 'data-saved="Das Häkchen ist gespeichert."' in page
    assert "Häkchen speichern</span>" in page


def test_readers_only_look(application, client):
    rana = make_user("Rana", "Öz")
    make_member(application.team, rana, "reader")
    assert send(client, rana, application, shown=["section s0"], done=["section s0"]) == 403
    page = log_in(client, rana).get(reverse("dashboard")).text.partition('id="plan"')[2].partition("</section>")[0]
    assert "checkbox" not in page
    with pytest.raises(PermissionDenied):
        PlanTick.objects.tick(application, on=["section s0"], off=[], by=rana)


def test_a_withdrawn_application_takes_no_ticks(application):
    amina = application.team.members.get().user
    type(application).objects.update(status="withdrawn", withdrawn_at=timezone.now())
    with pytest.raises(Stale):
        PlanTick.objects.tick(application, on=["section s0"], off=[], by=amina)
    assert PlanTick.objects.count() == 0
