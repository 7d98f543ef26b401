"""Measure what every page computes, as a multiple of the smallest page of the same server, and compare it with benchmarks/goals.toml.

Makes two databases in the PostgreSQL that DATABASE_URL names, fills them, and serves the portal with the settings of production and the
floor with one worker each. Pages are asked for in rounds, one after the other; computing time is that of the worker and of the database.
With `--short` there are five short rounds, and it fails where a page costs more than twice what it must keep. Run it from the root:
`make bench`, or `scripts/with-postgres .venv/bin/python benchmarks/against_floor.py [--short]`.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from argparse import ArgumentParser
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import psycopg

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.goals import HEAD, Cost, Result, far_off, figure_lines, goals
from benchmarks.servers import Server, Stopwatch
from benchmarks.visitor import Page, Visitor, asset_bytes

ROOT = Path(__file__).resolve().parent.parent
APPLICATIONS = 500
FLOOR_PAGE, FLOOR_SAVE, ADMIN_PAGE = "floor: page", "floor: save", "admin: teams, 50 rows"
LOGIN = {"portal": "/konto/login/", "floor": "/login/"}
PORTAL = {
    "BARRIER_EMAIL": "barrierefrei@example.org",
    "DEFAULT_FROM_EMAIL": "portal@example.org",
    "DJANGO_SETTINGS_MODULE": "schmiede.settings",
    "EMAIL_HOST": "127.0.0.1",
    "MEASURED": "schmiede.wsgi.application",
    "OPERATOR_NAME": "Portalwerk Beispielstadt e. V.",
    "SSL_REDIRECT": "0",
    "TASKS": "database",  # nothing works beside the pages
}
FLOOR = {"DJANGO_SETTINGS_MODULE": "benchmarks.floor.settings", "MEASURED": "benchmarks.floor.wsgi.application"}


@dataclass(frozen=True)
class Pace:
    """How much is measured; every page is asked for equally often."""

    rounds: int
    requests: int
    starts: int
    warm_up: int = 5  # the fourth time a statement is executed, its plan is kept


SHORT, LONG = Pace(rounds=5, requests=3, starts=1), Pace(rounds=10, requests=10, starts=5)


def make_servers(folder: Path) -> tuple[Server, Server]:
    """Return the portal and the floor, not started yet, each with a new database."""
    cluster = os.environ["DATABASE_URL"].rpartition("/")[0]
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        for name in ("portal", "floor"):
            connection.execute(f"CREATE DATABASE measured_{name}")
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    shared = inherited | {"SECRET_KEY": "only-for-measuring", "ALLOWED_HOSTS": "127.0.0.1,testserver"}
    folders = {"FILES_DIR": str(folder / "files"), "STATIC_ROOT": str(folder / "static")}
    portal = Server("portal", folder, shared | PORTAL | folders | {"DATABASE_URL": f"{cluster}/measured_portal"})
    floor = Server("floor", folder, shared | FLOOR | {"DATABASE_URL": f"{cluster}/measured_floor"})
    portal.environment["PORTAL_URL"] = portal.base
    return portal, floor


def run(server: Server, *command: str) -> str:
    """Run a command in the environment of a server, and return what it prints."""
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=server.environment, check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout.strip()


def fill_portal(portal: Server) -> list[Page]:
    """Fill its database, and return its pages; static files are collected meanwhile."""
    toml = portal.folder / "pages.toml"
    with ThreadPoolExecutor() as beside:
        static = beside.submit(run, portal, "manage.py", "collectstatic", "--no-input", "--verbosity", "0")
        run(portal, "manage.py", "migrate", "--verbosity", "0")
        run(portal, "manage.py", "createcachetable")
        print(run(portal, "benchmarks/dataset.py", str(APPLICATIONS), str(toml)), flush=True)
        static.result()
    return pages_of(portal, tomllib.loads(toml.read_text()))


def fill_floor(floor: Server) -> list[Page]:
    """Fill its database, and return its pages."""
    session = run(floor, "benchmarks/floor/fill.py")
    told = tomllib.loads((ROOT / "benchmarks" / "floor" / "pages.toml").read_text())
    return pages_of(floor, told | {"login": {"user": {"cookies": {"sessionid": session}}}})


def pages_of(server: Server, told: dict[str, Any]) -> list[Page]:
    visitors = {name: Visitor(server.base, login["cookies"]) for name, login in told["login"].items()}
    visitors[""] = Visitor(server.base, {})
    return [Page(page, visitors[page.get("login", "")]) for page in told["pages"]]


def tidy(server: Server) -> None:
    """Let the database do now what it would do at some time while pages are measured."""
    with psycopg.connect(server.environment["DATABASE_URL"], autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def measure(page: Page, server: Server, pace: Pace) -> Cost:
    """Ask for a page several times, and return what one request computed."""
    database = Stopwatch(Path(os.environ["POSTMASTER_PIDFILE"]))
    application = Stopwatch(server.pidfile)
    for _request in range(pace.requests):
        page.open()
    return Cost(application.milliseconds() / pace.requests, database.milliseconds() / pace.requests)


def warm_up(pages: Iterable[Page], pace: Pace) -> dict[str, int]:
    """Look at every page until nothing is made for the first time, and return how many statements each makes."""
    queries = {}
    for page in pages:
        page.prepare()
        for _time in range(pace.warm_up):
            answer = page.open(X_Count_Queries="1")
        queries[page.name] = int(answer.headers["X-Count-Queries"])
    return queries


def results(pages: Sequence[tuple[Server, Page]], pace: Pace) -> list[Result]:
    """Measure all pages round by round, so that what changes about the machine changes for all of them."""
    queries = warm_up((page for _server, page in pages), pace)
    costs: dict[str, list[Cost]] = {page.name: [] for _server, page in pages}
    for _round in range(pace.rounds):
        for server, page in pages:
            costs[page.name].append(measure(page, server, pace))
    wanted = goals("pages")
    floors = {name: costs[FLOOR_SAVE if name in wanted and wanted[name].save else FLOOR_PAGE] for name in costs}
    return [Result(name, queries[name], costs[name], floors[name], wanted.get(name)) for name in costs]


def cold_starts(server: Server, path: str, times: int) -> float:
    """Start a server several times, leave it running, and return the median of the seconds."""
    seconds = [server.start(path)]
    while len(seconds) < times:
        server.stop()
        seconds.append(server.start(path))
    return median(seconds)


def report(folder: Path, pace: Pace) -> list[str]:
    """Measure, print the tables, and return what is to be said about pages that are far off."""
    portal, floor = make_servers(folder)
    of_portal, of_floor = fill_portal(portal), fill_floor(floor)
    tidy(portal)
    tidy(floor)
    with ExitStack() as running:
        running.enter_context(portal)
        figures = {"cold start, s": cold_starts(portal, LOGIN["portal"], pace.starts)}
        running.enter_context(floor)
        floor.start(LOGIN["floor"])
        measured = results([*((floor, page) for page in of_floor), *((portal, page) for page in of_portal)], pace)
        figures["memory of a worker, MiB"] = portal.megabytes()
        admin = next(page for page in of_portal if page.name == ADMIN_PAGE)
        figures["admin: scripts and styles, KiB compressed"] = asset_bytes(admin) / 1024
    print("\n".join([HEAD, *(result.line() for result in measured), "", *figure_lines(figures)]))
    return far_off(measured)


def main() -> None:
    parser = ArgumentParser(description="Measure what pages compute, as multiples of the smallest page.")
    parser.add_argument("--short", action="store_true", help="few requests; fail where a page costs far too much")
    is_short = parser.parse_args().short
    with TemporaryDirectory(prefix="schmiede-bench-") as folder:
        faults = report(Path(folder), SHORT if is_short else LONG)
    if is_short and faults:
        sys.exit("\n".join(faults))


if __name__ == "__main__":
    main()
