"""Compare what every page computes with 500 applications and with 100,000: nothing may grow with the applications of others.

The grown database is a copy of the one that dataset.py filled, which grow.sql has grown; both are served alike, with one worker each,
and every page is asked for in both, round by round. Sessions are rows, so the same people are logged in.
It is `against_floor.py --grown`, or `make bench GROWN=1`.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import psycopg

from benchmarks.goals import Cost, goals, times_as_much, told
from benchmarks.measuring import (
    LOGIN,
    PORTAL,
    Pace,
    fill_portal,
    make_server,
    measure,
    pages_of,
    statements_of,
    warm_up,
)
from benchmarks.servers import Server
from benchmarks.visitor import Page

GROW = Path(__file__).with_name("grow.sql")
MOST = 1.3  # so many times as much may a main page compute, which is one that has a goal


@dataclass(frozen=True)
class Growth:
    """A page as it was and as it has grown: how many statements it makes, and its cost in each round."""

    page: str
    statements: tuple[int, int]
    costs: Sequence[Cost]
    grown: Sequence[Cost]

    @property
    def times(self) -> float:
        return times_as_much(self.grown, self.costs)

    @property
    def has_grown(self) -> bool:
        return self.times > MOST

    def line(self) -> str:
        statements = " → ".join(map(str, dict.fromkeys(self.statements)))
        end = "**grows**" if self.has_grown else ""
        return f"| {self.page} | {statements} | {told(self.costs)} | {told(self.grown)} | {self.times:.2f} | {end} |"


def grow(server: Server, numbers: Iterable[str]) -> None:
    """Grow its database; numbers such as `applications=100` take the place of those in grow.sql."""
    options = [f"--set={number}" for number in numbers]
    database = server.environment["DATABASE_URL"]
    command = ["psql", "--no-psqlrc", "--quiet", f"--file={GROW}", *options, database]
    subprocess.run(command, env=server.environment, check=True, stdout=subprocess.DEVNULL)


def growths(pairs: Sequence[tuple[Page, Page]], servers: tuple[Server, Server], pace: Pace) -> list[Growth]:
    """Measure every page on both servers, round by round."""
    warm_up(chain.from_iterable(pairs), pace)
    costs: list[tuple[list[Cost], list[Cost]]] = [([], []) for _pair in pairs]
    for _round in range(pace.rounds):
        for pair, of_pair in zip(pairs, costs, strict=True):
            for page, server, noted in zip(pair, servers, of_pair, strict=True):
                noted.append(measure(page, server.pidfile, pace.requests))
    # Statements are counted last: by now enough was saved for the history to show as many versions here as there.
    return [
        Growth(page.name, (statements_of(page), statements_of(grown)), *of_pair)
        for (page, grown), of_pair in zip(pairs, costs, strict=True)
    ]


def faults_of(measured: Iterable[Growth]) -> list[str]:
    """What is to be said about main pages that have grown, and about pages that make other statements than before."""
    main = goals("pages")
    faults = [
        f"{each.page}: computes {each.times:.2f} times as much when it is grown, which is more than {MOST}"
        for each in measured
        if each.has_grown and each.page in main
    ]
    return faults + [
        f"{each.page}: makes {each.statements[1]} statements when it is grown, and {each.statements[0]} before"
        for each in measured
        if len(set(each.statements)) > 1
    ]


def applications_in(server: Server) -> int:
    with psycopg.connect(server.environment["DATABASE_URL"]) as connection:
        [(count,)] = connection.execute("SELECT count(*) FROM applications_application")
        return int(count)


def report(folder: Path, pace: Pace, applications: int, numbers: Iterable[str]) -> list[str]:
    """Measure, print the table, and return what is to be said about pages that have grown."""
    portal = make_server("portal", folder, PORTAL)
    told_pages = fill_portal(portal, applications)
    grown = make_server("grown", folder, PORTAL, template="measured_portal")
    grow(grown, numbers)
    counts = [f"CPU ms app + db at {applications_in(server):,}" for server in (portal, grown)]
    with portal, grown:
        portal.start(LOGIN)
        grown.start(LOGIN)
        pairs = list(zip(pages_of(portal, told_pages), pages_of(grown, told_pages), strict=True))
        measured = growths(pairs, (portal, grown), pace)
    head = f"| page | queries | {counts[0]} | {counts[1]} | times | |\n|---|--:|--:|--:|--:|---|"
    print("\n".join([head, *(each.line() for each in measured)]), flush=True)
    return faults_of(measured)
