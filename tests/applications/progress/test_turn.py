"""Stages and whose turn it is: rules on values, in their order."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from applications.progress.current_workshop import StepFacts, current_step
from applications.progress.team_facts import AssignmentFacts, SubmissionFacts, TeamFacts
from applications.progress.turn import Turn, Who, card_of
from applications.progress.whose_turn import turn_of
from applications.states import ItemFacts, SectionFacts, SectionState, state_of_all

NOW = datetime(2026, 12, 7, 12, tzinfo=UTC)
TODAY = date(2026, 12, 7)
EARLIER = NOW - timedelta(days=10)


def section(key: str = "s4", **facts) -> SectionFacts:
    return SectionFacts(key=key, title=f"Abschnitt {key}", **facts)


def item(**facts) -> ItemFacts:
    facts.setdefault("version", 1)
    return ItemFacts(review=uuid4(), asked_at=EARLIER, **facts)


def given_back(verdict: str, **facts) -> ItemFacts:
    return item(verdict=verdict, taken_at=EARLIER, finished_at=NOW - timedelta(days=4), **facts)


def step(*sections: SectionFacts, opened: bool = True, position: int = 1) -> StepFacts:
    moment = NOW - timedelta(days=20) if opened else NOW + timedelta(days=3)
    return StepFacts(uuid4(), position, f"Workshop {position}", moment, moment, sections)


def team(*steps: StepFacts, **facts) -> TeamFacts:
    facts = {
        "application": uuid4(),
        "status": "drafting",
        "coach": "Carla Weber",
        "deadline": date(2027, 6, 30),
    } | facts
    return TeamFacts(team=uuid4(), team_name="Wasserturm", steps=steps, **facts)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (section(is_open=False), SectionState.CLOSED),
        (section(version=1, is_open=False), SectionState.CLOSED),
        (section(), SectionState.NOT_BEGUN),
        (section(version=2), SectionState.WRITING),
        (section(version=1, items=(item(),)), SectionState.HANDED_IN),
        (section(version=5, items=(item(taken_at=NOW),)), SectionState.HANDED_IN),
        (section(version=1, items=(given_back("please change"),)), SectionState.PLEASE_CHANGE),
        (section(version=3, items=(given_back("please change"),)), SectionState.PLEASE_CHANGE),
        (section(version=1, items=(given_back("accepted"),)), SectionState.ACCEPTED),
        (section(version=2, items=(given_back("accepted"),)), SectionState.CHANGED_SINCE),
        (section(version=2, items=(given_back("accepted"), item(version=2))), SectionState.HANDED_IN),
        (
            section(version=2, items=(given_back("please change"), given_back("accepted", version=2))),
            SectionState.ACCEPTED,
        ),
    ],
)
def test_stage_of_section(facts, expected):
    assert facts.state == expected


@pytest.mark.parametrize(
    ("stages", "expected"),
    [
        ([], SectionState.CLOSED),
        ([SectionState.CLOSED, SectionState.CLOSED], SectionState.CLOSED),
        ([SectionState.CLOSED, SectionState.NOT_BEGUN], SectionState.NOT_BEGUN),
        ([SectionState.NOT_BEGUN, SectionState.ACCEPTED], SectionState.ACCEPTED),
        ([SectionState.ACCEPTED, SectionState.HANDED_IN], SectionState.HANDED_IN),
        ([SectionState.HANDED_IN, SectionState.WRITING], SectionState.WRITING),
        ([SectionState.WRITING, SectionState.CHANGED_SINCE], SectionState.CHANGED_SINCE),
        ([SectionState.CHANGED_SINCE, SectionState.PLEASE_CHANGE, SectionState.ACCEPTED], SectionState.PLEASE_CHANGE),
    ],
)
def test_stage_of_cell_shows_what_needs_somebody_most(stages, expected):
    assert state_of_all(stages) == expected


def test_current_step_is_first_open_one_that_is_not_rund():
    done = step(section(version=1, items=(given_back("accepted"),)))
    now, later = step(section("s5"), position=2), step(section("s6", is_open=False), opened=False, position=3)
    assert current_step([done, now, later], NOW) == now
    assert current_step([done, later], NOW) == done
    assert current_step([later], NOW) is None


def line(turn: Turn) -> tuple[str, Who, str]:
    return turn.code, turn.who, turn.what


CHANGE = section(
    "s4", version=1, items=(given_back("please change", comments=2, coach="Carla Weber", again_by=date(2026, 12, 11)),)
)
WAITS = section("s9", version=1, items=(item(promised_until=date(2026, 12, 15)),))
OVERDUE = AssignmentFacts(uuid4(), uuid4(), "Drei Gespräche", date(2026, 12, 1))
EMPTY, BEGUN = section("s1"), section("s2", version=1, changed_at=EARLIER)
ROUND = section("s3", version=1, items=(given_back("accepted"),))
PAPERS = SubmissionFacts(uuid4(), EARLIER)


def test_turn_follows_its_order():
    everything = team(step(CHANGE, WAITS, EMPTY, BEGUN, ROUND), assignments=(OVERDUE,))
    turn = turn_of(everything, TODAY)
    assert [line(one) for one in (turn, *turn.rest)] == [
        ("change", Who.TEAM, "„Abschnitt s4“ überarbeiten"),
        ("read", Who.COACH, "Rückmeldung zu „Abschnitt s9“ geben"),
        ("assignment", Who.TEAM, "Arbeitsauftrag „Drei Gespräche“ erledigen"),
        ("write", Who.TEAM, "„Abschnitt s1“ beginnen"),
        ("hand in", Who.TEAM, "„Abschnitt s2“ zur Rückmeldung abgeben"),
    ]
    assert (turn.until, turn.detail) == (date(2026, 12, 11), "2 Anmerkungen von Carla Weber")


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (team(step(CHANGE), withdrawn_at=NOW), ("withdrawn", Who.NOBODY)),
        (team(step(CHANGE), status="withdrawn"), ("withdrawn", Who.NOBODY)),
        (
            team(step(CHANGE), status="finished", submission=replace(PAPERS, outcome="declined")),
            ("outcome", Who.NOBODY),
        ),
        (team(step(CHANGE), status="finished", submission=PAPERS), ("print", Who.OWNER)),
        (team(status="finished", submission=replace(PAPERS, printed_on=TODAY)), ("transfer", Who.OWNER)),
        (team(status="finished", submission=replace(PAPERS, transferred_on=TODAY)), ("sign", Who.OWNER)),
        (
            team(status="finished", submission=replace(PAPERS, transferred_on=TODAY, signed_on=TODAY)),
            ("post", Who.OWNER),
        ),
        (
            team(
                status="finished",
                submission=replace(PAPERS, transferred_on=TODAY, signed_on=TODAY, posted_on=TODAY),
            ),
            ("waiting", Who.NOBODY),
        ),
        (team(step(ROUND)), ("finish", Who.OWNER)),
        (team(step(ROUND), step(section("s6", is_open=False), opened=False)), ("nothing", Who.NOBODY)),
        (team(step(EMPTY), application=None, status=""), ("start", Who.TEAM)),
        (team(step(EMPTY), application=None, status="", call_open=False), ("nothing", Who.NOBODY)),
        (
            team(step(EMPTY), application=None, status="", call_open=False, assignments=(OVERDUE,)),
            ("nothing", Who.NOBODY),
        ),
        (
            team(step(section(is_open=False), opened=False), application=None, status=""),
            ("nothing", Who.NOBODY),
        ),
        (team(step(section("s1", version=2, items=(given_back("accepted"),)))), ("hand in", Who.TEAM)),
        (team(step(section("s1", version=2, is_open=False)), free_sections=(ROUND,)), ("nothing", Who.NOBODY)),
        (team(step(ROUND), free_sections=(EMPTY,)), ("write", Who.TEAM)),
    ],
)
def test_turn_of_one_situation(facts, expected):
    turn = turn_of(facts, TODAY)
    assert (turn.code, turn.who) == expected


def test_turn_invited_to_stage_two_writes_again():
    facts = team(step(EMPTY), stage=2, submission=None)
    assert turn_of(facts, TODAY).code == "write"


def test_turn_finish_is_due_by_the_deadline():
    turn = turn_of(team(step(ROUND)), TODAY)
    assert (turn.until, turn.since) == (date(2027, 6, 30), NOW - timedelta(days=4))


COVER = section("s0", version=1, changed_at=EARLIER)


@pytest.mark.parametrize(
    ("facts", "open_places", "expected"),
    [
        (team(step(COVER), has_title=False), {}, ("write", "Dem Vorhaben einen Titel geben")),
        (team(step(section("s1", version=1, is_taken=True))), {}, ("write", "„Abschnitt s1“ prüfen und ergänzen")),
        (team(step(COVER)), {"s0": 4}, ("complete", "„Abschnitt s0“ ergänzen")),
        (team(step(COVER)), {}, ("hand in", "„Abschnitt s0“ zur Rückmeldung abgeben")),
        (team(step(COVER, section("s1")), has_title=False), {}, ("write", "Dem Vorhaben einen Titel geben")),
        (team(step(BEGUN, EMPTY)), {}, ("write", "„Abschnitt s1“ beginnen")),
    ],
)
def test_nobody_is_told_to_hand_in_what_is_not_complete_or_untouched(facts, open_places, expected):
    turn = turn_of(facts, TODAY, open_places)
    assert (turn.code, turn.what) == expected


@pytest.mark.parametrize(
    ("days", "code"), [(14, "change"), (2, "finish"), (1, "finish"), (0, "finish"), (-1, "change")]
)
def test_in_the_last_days_the_owner_is_led_to_finishing_and_reads_what_stays_open(days, code):
    facts = team(step(CHANGE, BEGUN, ROUND), deadline=TODAY + timedelta(days=days))
    turn = turn_of(facts, TODAY)
    assert turn.code == code
    if code == "finish":
        assert "„Abschnitt s4“, „Abschnitt s2“" in turn.detail
        assert card_of(turn, "writer", uuid4()).turn.code == "change"


def test_in_the_last_days_what_is_not_begun_comes_first():
    facts = team(step(BEGUN, EMPTY), deadline=TODAY + timedelta(days=1))
    assert turn_of(facts, TODAY).code == "write"


def test_turn_says_when_its_date_has_passed():
    facts = team(step(section("s4", version=1, items=(given_back("please change", again_by=date(2026, 12, 6)),))))
    assert turn_of(facts, TODAY).late
    assert not turn_of(team(step(CHANGE)), TODAY).late


def test_turn_late_only_for_somebody():
    assert Turn("change", Who.TEAM, "x", until=date(2026, 12, 1)).is_late(TODAY)
    assert not Turn("change", Who.TEAM, "x", until=TODAY).is_late(TODAY)
    assert not Turn("nothing", Who.NOBODY, "x", until=date(2026, 12, 1)).is_late(TODAY)


def test_turns_sort_by_who_waits_longest():
    old, new = Turn("read", Who.COACH, "a", since=EARLIER), Turn("change", Who.TEAM, "b", since=NOW)
    unknown, nobody = Turn("write", Who.TEAM, "c"), Turn("nothing", Who.NOBODY, "d", since=EARLIER)
    assert sorted([nobody, unknown, new, old], key=Turn.sort_key) == [old, new, unknown, nobody]


@pytest.mark.parametrize(
    ("reviewer", "side", "user", "expected"),
    [
        (None, "coach", "henrik", True),
        ("carla", "coach", "carla", True),
        ("carla", "coach", "henrik", False),
        ("carla", "owner", "amina", False),
        (None, "", "doris", False),
    ],
)
def test_a_review_that_somebody_has_taken_is_their_turn_alone(reviewer, side, user, expected):
    keys = {name: uuid4() for name in ("carla", "henrik", "amina", "doris")}
    facts = {"taken_at": NOW, "reviewer": keys[reviewer], "coach": "Carla Weber"} if reviewer else {}
    turn = turn_of(team(step(section("s9", version=1, items=(item(**facts),)))), TODAY)
    assert turn.addresses(side, keys[user]) == expected
    assert turn.detail == ("Carla Weber liest gerade." if reviewer else "Wartet auf eine Coaching-Person.")


@pytest.mark.parametrize(
    ("is_deputy", "detail"), [(False, "Liegt bei Henrik Falk."), (True, "Liegt bei Henrik Falk, in Vertretung.")]
)
def test_a_review_that_waits_for_somebody_is_her_turn_alone(is_deputy, detail):
    henrik, carla = uuid4(), uuid4()
    facts = {"waits_for": "Henrik Falk", "waits_for_id": henrik, "is_deputy": is_deputy}
    turn = turn_of(team(step(section("s9", version=1, items=(item(),))), **facts), TODAY)
    assert (turn.addresses("coach", henrik), turn.addresses("coach", carla)) == (True, False)
    assert turn.detail == detail == turn.as_read_by("coach", carla).detail
    assert turn.as_read_by("coach", henrik).detail == detail.replace("Henrik Falk", "Ihnen")


def test_nobody_reads_of_themselves_as_of_somebody_else():
    carla, henrik = uuid4(), uuid4()
    reads = item(taken_at=NOW, reviewer=carla, coach="Carla Weber")
    asks = given_back("please change")._replace(reviewer=carla, coach="Carla Weber", comments=2)
    for facts, theirs, own in (
        (reads, "Carla Weber liest gerade.", "Sie lesen gerade."),
        (asks, "2 Anmerkungen von Carla Weber", "2 Anmerkungen von Ihnen"),
    ):
        turn = turn_of(team(step(section("s9", version=1, items=(facts,)))), TODAY)
        assert [turn.as_read_by("coach", user).detail for user in (carla, henrik)] == [own, theirs]


def test_a_coach_is_told_that_it_is_her_turn_where_the_team_has_something_to_do_too():
    carla, henrik = uuid4(), uuid4()
    asks = section("s8", version=1, items=(given_back("please change"),))
    reads = section("s9", version=1, items=(item(taken_at=NOW, reviewer=carla, coach="Carla Weber"),))
    turn = turn_of(team(step(asks, reads)), TODAY)

    assert turn.code == "change"
    assert [card_of(turn, "coach", user).beside[0].is_yours for user in (carla, henrik)] == [True, False]


def test_an_overdue_assignment_waits_since_its_day_and_ends_with_the_cohort():
    facts = team(step(section(version=1, items=(given_back("accepted"),))), assignments=(OVERDUE,))
    turn = turn_of(facts, TODAY)
    assert (turn.code, turn.since, turn.late) == ("assignment", datetime(2026, 11, 30, 23, tzinfo=UTC), True)
    assert turn_of(replace(facts, is_over=True), TODAY).code == "finish"


def test_finishing_the_second_stage_waits_since_the_invitation():
    facts = team(step(ROUND), stage=2, invited_on=date(2026, 12, 5))
    assert turn_of(facts, TODAY).since == datetime(2026, 12, 4, 23, tzinfo=UTC)


WRITE, HAND_IN, READ = (
    ("write", Who.TEAM, "„Abschnitt s1“ beginnen"),
    ("hand in", Who.TEAM, "„Abschnitt s2“ zur Rückmeldung abgeben"),
    ("read", Who.COACH, "Rückmeldung zu „Abschnitt s9“ geben"),
)


@pytest.mark.parametrize(
    ("role", "shown", "you", "beside", "rest"),
    [
        ("owner", WRITE, True, [READ], [HAND_IN]),
        ("writer", WRITE, True, [READ], [HAND_IN]),
        ("reader", READ, False, [], [WRITE, HAND_IN]),
        ("coach", READ, True, [], [WRITE, HAND_IN]),
        ("", READ, False, [], [WRITE, HAND_IN]),
    ],
)
def test_a_person_is_shown_their_own_next_step_while_a_coach_reads(role, shown, you, beside, rest):
    turn = turn_of(team(step(WAITS, EMPTY, BEGUN)), TODAY)

    card = card_of(turn, role, uuid4())

    assert line(turn) == READ
    assert (line(card.turn), card.you) == (shown, you)
    assert ([line(one) for one in card.beside], [line(one) for one in card.rest]) == (beside, rest)


@pytest.mark.parametrize(("role", "you"), [("owner", True), ("writer", False), ("reader", False), ("coach", False)])
def test_finishing_is_the_owners_own_step_alone(role, you):
    card = card_of(turn_of(team(step(ROUND)), TODAY), role, uuid4())

    assert (card.turn.code, card.you) == ("finish", you)


def test_with_nothing_to_do_everybody_is_shown_the_same_line():
    cards = {card_of(turn_of(team(), TODAY), role, uuid4()) for role in ("owner", "writer", "reader", "coach", "")}

    assert [(card.turn.code, card.you, card.beside, card.rest) for card in cards] == [("nothing", False, (), ())]


def test_beginning_waits_since_the_team_was_made_where_no_workshop_has_been_yet():
    coming = step(section("s0"), section("s3", is_open=False), opened=False)
    made = NOW - timedelta(days=2)
    facts = TeamFacts(uuid4(), "Verein", steps=(coming,), made_at=made)
    turn = turn_of(facts, TODAY)
    assert (turn.code, turn.since) == ("start", made)
