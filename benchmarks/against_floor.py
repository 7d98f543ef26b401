"""Measure what every page computes, as a multiple of the smallest page of the same server, and compare it with benchmarks/goals.toml.

Makes two databases in the PostgreSQL that DATABASE_URL names, fills them, and serves the portal with the settings of production and the
floor with one worker each. Pages are asked for in rounds, one after the other; computing time is that of the worker and of the database.
With `--short` there are five short rounds, and it fails where a page costs more than twice what it must keep. With `--grown` pages are
compared with those of a grown copy of the database instead (grown.py). Run it from the root: `make bench`, or
`scripts/with-postgres .venv/bin/python benchmarks/against_floor.py [--short] [--applications 500] [--grown [applications=100000 …]]`.
"""

from __future__ import annotations

import json
import sys
import tomllib
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import grown
from benchmarks.goals import HEAD, Cost, Result, far_off, figure_lines, goals
from benchmarks.measuring import (
    LOGIN,
    LONG,
    PORTAL,
    ROOT,
    SHORT,
    Pace,
    fill_portal,
    make_server,
    measure,
    pages_of,
    run,
    statements_of,
    tidy,
    warm_up,
)
from benchmarks.servers import Server
from benchmarks.visitor import Page, asset_bytes

FLOOR_PAGE, FLOOR_SAVE, ADMIN_PAGE = "floor: page", "floor: save", "admin: teams, 50 rows"
FLOOR_LOGIN = "/login/"
FLOOR = {"DJANGO_SETTINGS_MODULE": "benchmarks.floor.settings", "MEASURED": "benchmarks.floor.wsgi.application"}


def fill_floor(floor: Server) -> list[Page]:
    """Fill its database, and return its pages."""
    session = run(floor, "benchmarks/floor/fill.py")
    told = tomllib.loads((ROOT / "benchmarks" / "floor" / "pages.toml").read_text())
    return pages_of(floor, told | {"login": {"user": {"cookies": {"sessionid": session}}}})


def results(pages: Sequence[tuple[Server, Page]], pace: Pace) -> list[Result]:
    """Measure all pages round by round, so that what changes about the machine changes for all of them."""
    warm_up((page for _server, page in pages), pace)
    queries = {page.name: statements_of(page) for _server, page in pages}
    costs: dict[str, list[Cost]] = {page.name: [] for _server, page in pages}
    for _round in range(pace.rounds):
        for server, page in pages:
            costs[page.name].append(measure(page, server.pidfile, pace.requests))
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


def report(folder: Path, pace: Pace, applications: int) -> list[str]:
    """Measure, print the tables, and return what is to be said about pages that are far off."""
    portal, floor = make_server("portal", folder, PORTAL), make_server("floor", folder, FLOOR)
    of_portal, of_floor = pages_of(portal, fill_portal(portal, applications)), fill_floor(floor)
    tidy(floor)
    with ExitStack() as running:
        running.enter_context(portal)
        figures = {"cold start, s": cold_starts(portal, LOGIN, pace.starts)}
        running.enter_context(floor)
        floor.start(FLOOR_LOGIN)
        measured = results([*((floor, page) for page in of_floor), *((portal, page) for page in of_portal)], pace)
        figures["memory of a worker, MiB"] = portal.megabytes()
        admin = next(page for page in of_portal if page.name == ADMIN_PAGE)
        figures["admin: scripts and styles, KiB compressed"] = asset_bytes(admin) / 1024
        arguments = (portal.base, str(portal.pidfile), str(pace.finishes))
        figures |= json.loads(run(portal, "benchmarks/papers.py", *arguments))
    print("\n".join([HEAD, *(result.line() for result in measured), "", *figure_lines(figures)]))
    return far_off(measured)


def read_arguments(arguments: list[str] | None = None) -> Namespace:
    parser = ArgumentParser(description="Measure what pages compute, as multiples of the smallest page.")
    parser.add_argument("--short", action="store_true", help="few requests; fail where a page costs far too much")
    parser.add_argument("--applications", type=int, default=500, help="in the database of the portal")
    parser.add_argument("--grown", nargs="*", help="compare with a grown copy; NAME=NUMBER for grow.sql may follow")
    return parser.parse_args(arguments)


def main() -> None:
    chosen = read_arguments()
    pace = SHORT if chosen.short else LONG
    with TemporaryDirectory(prefix="schmiede-bench-") as name:
        folder = Path(name)
        if chosen.grown is not None:
            faults = grown.report(folder, pace, chosen.applications, chosen.grown)
        else:
            faults = report(folder, pace, chosen.applications)
    if faults and (chosen.short or chosen.grown is not None):
        sys.exit("\n".join(faults))


if __name__ == "__main__":
    main()
