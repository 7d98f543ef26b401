"""What the benchmarks measure can still be made and opened; nobody runs them with every change."""

from __future__ import annotations

import os

import pytest
from django.test import Client

from applications.reviews.models import Review
from applications.writing.models import Application
from benchmarks.against_floor import FLOOR, FLOOR_LOGIN, fill_floor, read_arguments
from benchmarks.coaching import Coaching
from benchmarks.dataset_fill import Scene
from benchmarks.dataset_pages import pages_of
from benchmarks.goals import Cost, Goal, Result, far_off, figure_lines, goals
from benchmarks.grown import Growth, faults_of, growths
from benchmarks.measuring import SHORT, Pace, measure, statements_of, warm_up
from benchmarks.papers import FIRST, PAPERS, PRESS
from benchmarks.servers import Server
from benchmarks.world import World
from benchmarks.writing import Writing
from cohorts.models import Cohort
from tests.builders import log_in


def test_pages_of_the_world_answer(db):
    for name, person, address in World().pages():
        client = log_in(Client(), person) if person else Client()
        assert client.get(address).status_code == 200, name


@pytest.mark.parametrize(("measured", "size"), [(Coaching, (2, 3)), (Writing, (10,))])
def test_acts_that_are_measured_answer(db, measured, size):
    benchmark = measured()
    benchmark.grow_to(*size)
    for name, prepare in benchmark.acts().items():
        assert prepare()().status_code == 200, name


def result(*totals, floor=(4.0, 4.0, 4.0), goal=None):
    return Result("a page", 3, [Cost(total - 1, 1) for total in totals], [Cost(each, 0) for each in floor], goal)


def test_goals_name_pages_of_the_dataset():
    scene = Scene({}, Application(), Application(), Review(), Cohort(slug="zwoelf"), Cohort(slug="vierzig"))

    assert goals("pages").keys() < {page["name"] for page in pages_of(scene)}


@pytest.mark.parametrize("goal", [*goals("pages").values(), *goals("figures").values()])
def test_what_is_aimed_at_is_what_must_be_kept_or_less(goal):
    assert 0 < goal.aim <= goal.must


def test_a_page_is_compared_with_the_floor_of_its_round():
    assert result(8, 80, 12, floor=(4.0, 20.0, 4.0)).multiple == 3


@pytest.mark.parametrize(("total", "fails"), [(24, False), (48, False), (49, True)])
def test_a_page_that_costs_more_than_twice_its_must_fails(total, fails):
    measured = result(total, total, total, goal=Goal(now=12.5, must=6, aim=4))

    assert far_off([result(400, 400, 400), measured]) == (
        ["a page: 12.2 times the floor, which is more than 2 × 6"] if fails else []
    )


def test_one_slow_round_does_not_fail():
    assert far_off([result(20, 400, 20, goal=Goal(now=12.5, must=6, aim=4))]) == []


@pytest.mark.parametrize(("total", "verdict"), [(16, "aim"), (17, "must"), (24, "must"), (25, "**misses its must**")])
def test_the_table_marks_what_misses_its_must(total, verdict):
    line = result(total, total, total, goal=Goal(now=12.5, must=6, aim=4)).line()

    assert line == f"| a page | 3 | {total - 1:.1f} + 1.0 | {total / 4:.1f} | 12.5 | 6 | 4 | {verdict} |"


def test_the_other_figures_are_compared_with_their_goals():
    lines = figure_lines(dict.fromkeys(goals("figures"), 100.0))

    assert "| memory of a worker, MiB | 100.0 | 107 | 107 | 100 | aim |" in lines
    assert "| cold start, s | 100.0 | 1.5 | 1.4 | 1.2 | **misses its must** |" in lines


def test_a_figure_without_a_goal_is_in_the_table_all_the_same():
    lines = figure_lines(dict.fromkeys([*goals("figures"), PRESS], 45.9))

    assert lines[-1] == f"| {PRESS} | 45.9 | | | | |"


def test_a_goal_whose_figure_was_not_measured_does_not_go_unnoticed():
    with pytest.raises(KeyError, match="memory of a worker"):
        figure_lines({name: 1.0 for name in goals("figures") if not name.startswith("memory")})


def test_the_papers_that_a_worker_makes_again_and_again_have_a_goal():
    assert {PAPERS, FIRST, PRESS} & goals("figures").keys() == {PAPERS}


@pytest.mark.parametrize(
    ("arguments", "numbers"),
    [([], None), (["--grown"], []), (["--grown", "applications=9", "versions=5", "--short"], ["applications=9", "versions=5"])],
)  # fmt: skip
def test_the_grown_copy_is_made_where_it_is_asked_for(arguments, numbers):
    assert read_arguments(arguments).grown == numbers


def growth(page="coach: queue", statements=(16, 16), grown=(10.0, 10.0, 10.0)):
    return Growth(page, statements, [Cost(6, 2), Cost(7, 3), Cost(8, 2)], [Cost(each, 1) for each in grown])


def test_a_page_is_compared_with_itself_in_the_same_round():
    grown = growth(grown=(11, 9, 99))

    assert grown.times == 12 / 8
    assert grown.line() == "| coach: queue | 16 | 7.0 + 2.0 | 11.0 + 1.0 | 1.50 | **grows** |"


@pytest.mark.parametrize(("total", "fails"), [(12, False), (13, False), (14, True)])
def test_a_main_page_that_computes_more_when_others_are_many_fails(total, fails):
    measured = growth(grown=(total - 1,) * 3)

    assert faults_of([measured, growth("public cohort page", grown=(99, 99, 99))]) == (
        ["coach: queue: computes 1.40 times as much when it is grown, which is more than 1.3"] if fails else []
    )


def test_other_statements_than_before_are_told():
    assert faults_of([growth("public cohort page", (3, 4))]) == [
        "public cohort page: makes 4 statements when it is grown, and 3 before"
    ]
    assert "| 3 → 4 |" in growth("public cohort page", (3, 4)).line()


@pytest.fixture
def floor(tmp_path, monkeypatch):
    """The floor on SQLite, running, with its pages."""
    shared = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    database = {"DATABASE_URL": f"sqlite:///{tmp_path / 'floor.sqlite3'}", "SECRET_KEY": "only-for-measuring"}
    floor = Server("floor", tmp_path, shared | FLOOR | database)
    monkeypatch.setenv("POSTMASTER_PIDFILE", str(floor.pidfile))
    pages = fill_floor(floor)
    floor.start(FLOOR_LOGIN)
    with floor:
        yield floor, pages


def test_pages_of_the_floor_answer_and_are_measured(floor):
    server, pages = floor
    warm_up(pages, SHORT)
    queries = {page.name: statements_of(page) for page in pages}
    costs = [measure(page, server.pidfile, SHORT.requests) for page in pages]

    assert queries == {"floor: login page": 0, "floor: page": 3, "floor: save": 4}
    assert 9_000 < len(pages[1].open().body) < 12_000
    assert all(0 < cost.app < 1000 for cost in costs)
    assert server.megabytes() > 10


def test_every_page_is_measured_on_both_servers_in_each_round(floor):
    server, pages = floor
    measured = growths([(page, page) for page in pages], (server, server), Pace(2, 1, 0, 0, warm_up=1))

    assert [(each.page, each.statements) for each in measured] == [
        ("floor: login page", (0, 0)),
        ("floor: page", (3, 3)),
        ("floor: save", (4, 4)),
    ]
    assert all(len(each.costs) == len(each.grown) == 2 for each in measured)
    assert all(cost.app > 0 for each in measured for cost in [*each.costs, *each.grown])
