"""The deadline evening of the benchmarks: its plan, what it counts, and how it looks for words that were promised."""

from __future__ import annotations

import asyncio
import os
import smtplib
from collections import Counter
from itertools import pairwise

import pytest
from django.db import connection

from benchmarks.evening import TASKS
from benchmarks.evening_browser import Answer, Notes, files_of, parsed
from benchmarks.evening_mail import MailSink
from benchmarks.evening_plan import OFFICE, Evening, Team, make_plan, moments
from benchmarks.evening_promise import NEWEST, VERSIONS, Acknowledged, Found, Stored, whereabouts
from benchmarks.evening_report import FILES, faults, percentile, verdict, wait_lines
from benchmarks.evening_shares import Reading, of_family, of_machine, shares
from benchmarks.evening_writing import Seen
from tests.builders import make_application, make_cohort, make_organiser, make_team, make_user, write

EVENING = Evening(arriving=600, settled=300)
TEAMS = [
    Team(f"application-{n}", {role: f"{role}{n}@example.org" for role in ("owner", "writer", "reader")})
    for n in range(167)
]


@pytest.fixture(scope="module")
def plan():
    return make_plan(TEAMS, 500, EVENING)


# The plan


def test_the_plan_has_as_many_of_each_as_the_load_model_says(plan):
    counts = Counter(
        {what: sum(getattr(person, what) for person in plan) for what in ("writes", "hands_in", "finishes", "mistypes")}
    )

    assert len({person.email for person in plan}) == 500
    assert counts == {"writes": 150, "hands_in": 25, "finishes": 10, "mistypes": 25}


def test_the_plan_is_the_same_every_time(plan):
    assert make_plan(TEAMS, 500, EVENING) == plan


def test_people_come_while_others_do_and_do_everything_before_the_end(plan):
    assert all(0 <= person.comes_at <= 600 for person in plan)
    assert all(person.comes_at < person.step_at < 900 for person in plan)
    assert all(person.comes_at < moment < 900 for person in plan for moment, _kind in person.visits)


def test_everybody_looks_at_a_page_a_minute(plan):
    for person in plan:
        times = [moment for moment, _kind in person.visits]
        assert [later - earlier for earlier, later in pairwise(times)] == pytest.approx([60] * (len(times) - 1))
        assert 900 - times[-1] <= 60


def test_only_those_who_may_write_and_nobody_writes_in_what_is_finished_tonight(plan):
    assert {person.role for person in plan if person.writes} == {"owner", "writer"}
    assert {person.role for person in plan if person.hands_in or person.finishes} == {"owner"}
    finished = {person.application for person in plan if person.finishes}
    assert not any(person.writes or person.hands_in for person in plan if person.application in finished)


def test_some_pairs_write_in_the_same_section_and_at_its_two_ends(plan):
    places = Counter((person.application, person.section) for person in plan if person.writes)
    ends = {(person.application, person.section, person.writes_first) for person in plan if person.writes}

    assert Counter(places.values()) == {1: 100, 2: 25}
    assert len(ends) == 150


def test_offices_share_an_address_and_come_within_a_minute(plan):
    networks = Counter(person.network for person in plan)
    offices = [network for network, people in networks.items() if people > 1]

    assert [networks[office] for office in offices] == [OFFICE] * 4
    for office in offices:
        times = [person.comes_at for person in plan if person.network == office]
        assert max(times) - min(times) <= 60


def test_a_small_evening_has_somebody_of_each():
    small = make_plan(TEAMS[:4], 10, Evening(60, 30))

    assert sum(person.writes for person in small) == 3
    assert [sum(person.finishes for person in small), sum(person.hands_in for person in small)] == [1, 1]
    assert all(person.step_at <= 90 for person in small)


@pytest.mark.parametrize(
    ("first", "every", "end", "expected"),
    [(0, 10, 30, [0, 10, 20]), (5, 10, 26, [5, 15, 25]), (30, 10, 30, []), (40, 10, 30, []), (29, 10, 30, [29])],
)
def test_moments_come_again_until_the_end(first, every, end, expected):
    assert moments(first, every, end) == expected


# What is counted


@pytest.mark.parametrize(
    ("share", "expected"), [(0.5, 50), (0.95, 95), (0.99, 99), (1, 100), (0, 1)], ids=lambda value: f"{value}"
)
def test_a_percentile_is_a_wait_that_somebody_had(share, expected):
    assert percentile(list(range(100, 0, -1)), share) == expected


def test_the_percentile_of_a_single_wait_is_that_wait():
    assert percentile([0.3], 0.95) == 0.3


def noted(*answers):
    notes = Notes()
    for kind, status, waited in answers:
        notes.answered(kind, Answer(status), waited, (200,))
    return notes


def test_the_table_counts_errors_and_refusals_by_kind():
    notes = noted(("section", 200, 0.1), ("section", 500, 0.3), ("login", 429, 0.2), (FILES, 200, 9), ("login", 0, 0.4))

    assert wait_lines(notes)[2:] == [
        "| login | 2 | 1 | 1 | 200 | 400 | 400 | 400 |",
        "| section | 2 | 1 | 0 | 100 | 300 | 300 | 300 |",
        f"| {FILES} | 1 | 0 | 0 | 9000 | 9000 | 9000 | 9000 |",
        "| **everything but files** | 4 | 2 | 1 | 200 | 400 | 400 | 400 |",
    ]


def test_the_verdict_names_the_kinds_that_miss_the_goal():
    notes = noted(*[("section", 200, 0.2)] * 99, ("finishing", 200, 5.0))

    assert verdict(notes) == "p95 0.20 s, goal below 1 s reached; kinds that miss it: finishing."
    assert "**missed**" in verdict(noted(("section", 200, 1.0)))


HELD = (Acknowledged("a", "s3", "text"), Found.CURRENT)


def test_an_evening_without_faults_passes():
    assert faults(noted(("section", 200, 30)), [HELD], writers=1, tasks={"SUCCESSFUL": 3}) == []


@pytest.mark.parametrize(
    ("notes", "found", "tasks", "said"),
    [
        (noted(("section", 503, 1)), [HELD], {}, "1 × section: answered 503 instead of 200"),
        (noted(("login", 429, 1)), [HELD], {}, "1 × login: answered 429"),
        (noted(), [(HELD[0], Found.LOST)], {}, "The words of a/s3 are nowhere."),
        (noted(), [], {}, "Only 0 of 1 people who write were answered that anything is saved."),
        (noted(), [HELD], {"FAILED": 2}, "2 tasks of the worker have failed."),
    ],
)
def test_an_evening_fails_for_an_error_a_refusal_lost_words_and_failed_tasks(notes, found, tasks, said):
    assert faults(notes, found, writers=1, tasks=tasks) == [said]


def test_shares_are_what_was_computed_between_two_readings():
    before, after = Reading(100, {"web": 1, "worker": 0}), Reading(110, {"web": 16, "worker": 1})

    assert shares(before, after) == {"web": 1.5, "worker": 0.1}


def test_the_machine_computes_at_least_what_a_process_does():
    machine, own = of_machine(), of_family([os.getpid()])
    sum(number * number for number in range(3_000_000))

    assert of_family([os.getpid()]) - own > 0.02
    assert of_machine() - machine > 0.02


# The promise of writing


@pytest.mark.parametrize(
    ("text", "versions", "is_conflict", "expected"),
    [
        ("Mein Satz.\n\nDas stand da.", [], False, Found.CURRENT),
        ("Mein Satz.\r\nDas stand da.\n", [], False, Found.CURRENT),
        ("Mein Satz.\n\nDas stand da.\n\nJonas schreibt.", [], False, Found.JOINED),
        ("Das stand da.", ["Mein Satz.\n\nDas stand da."], True, Found.KEPT),
        ("Das stand da.", ["Mein Satz.\n\nDas stand da."], False, Found.OVERWRITTEN),
        ("Mein Satz.", ["Das stand da."], False, Found.LOST),
        ("Das stand da.", [], True, Found.LOST),
        ("", [], False, Found.LOST),
    ],
)
def test_words_are_looked_for_in_the_text_and_then_in_its_versions(text, versions, is_conflict, expected):
    promised = Acknowledged("a", "s3", "Mein Satz.\n\nDas stand da.", is_conflict)

    assert whereabouts(promised, Stored(text, versions)) == expected


def test_only_words_that_nobody_took_out_are_no_fault():
    assert [found for found in Found if found.is_fault] == [Found.OVERWRITTEN, Found.LOST]


def test_words_and_tasks_are_read_from_the_tables_of_the_portal(db):
    amina = make_user()
    application = make_application(make_team(make_cohort(make_organiser(make_user("Doris"))), amina))
    write(application, "s3", "Zuerst.", by=amina)
    write(application, "s3", "Danach.", by=amina)
    write(application, "s4", "Anderswo.", by=amina)

    with connection.cursor() as cursor:
        answers = [cursor.execute(sql, [application.pk.hex, "s3"]).fetchall() for sql in (NEWEST, VERSIONS)]
        tasks = cursor.execute(TASKS).fetchall()

    assert [answers[0], sorted(answers[1])] == [[("Danach.",)], [("Danach.",), ("Zuerst.",)]]
    assert tasks == []


# As a page does


@pytest.mark.parametrize(
    ("said", "version", "after"),
    [
        ({"state": "saved", "same": True, "version": 8}, "8", []),
        ({"state": "merged", "same": False, "version": 9}, "9", ["b"]),
        ({"state": "merged", "same": True, "version": 9}, "9", []),
        ({"state": "unchanged", "same": False, "version": 9}, "7", ["a"]),
    ],
)
def test_a_page_follows_an_answer_as_its_script_does(said, version, after):
    seen = Seen("7")
    seen.begin("a")  # was never answered
    seen.begin("b")

    seen.follow(said, "b")

    assert (seen.version, seen.after) == (version, after)


def test_files_are_those_a_browser_fetches_by_itself():
    html = """<link rel="stylesheet" href="/static/a.css"><link rel="modulepreload" href="/static/b.js">
        <link rel="canonical" href="/seite/"><script src="/static/c.js" type="module"></script>
        <link rel="preload" href="/static/d.woff2" as="font"><script src="/static/c.js"></script><a href="/static/e.pdf">"""

    assert files_of(html) == ["/static/a.css", "/static/b.js", "/static/c.js", "/static/d.woff2"]


def test_an_answer_is_read_with_its_headers():
    raw = b"HTTP/1.0 302 Found\r\nLocation: https://portal.example.org/da/?a=1\r\nSet-Cookie: a=b\r\n\r\n"

    answer = parsed(raw)

    assert (answer.status, answer.path, answer.body) == (302, "/da/?a=1", b"")
    assert answer.header("set-cookie") == "a=b"


@pytest.mark.parametrize(
    "raw", [b"", b"HTTP/1.0 200 OK\r\nContent-", b"HTTP/1.0 200 OK\r\nContent-Length: 9\r\n\r\nabc"]
)
def test_an_answer_that_broke_off_is_none(raw):
    with pytest.raises(ValueError, match="broke off"):
        parsed(raw)


def test_the_mail_server_takes_every_mail():
    sink = MailSink()

    async def receive():
        server = await sink.start(0)
        async with server:
            await asyncio.to_thread(send, server.sockets[0].getsockname()[1])

    def send(port):
        with smtplib.SMTP("127.0.0.1", port) as client:
            for _mail in range(2):
                client.sendmail("portal@example.org", ["amina@example.org"], "Subject: Hallo\n\nGuten Tag\n.\n")

    asyncio.run(receive())

    assert sink.mails == 2
