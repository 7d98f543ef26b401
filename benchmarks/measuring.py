"""What the benchmarks of a whole server share: servers with a new database each, filling the portal's, and what a page computes."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.goals import Cost
from benchmarks.servers import Server, Stopwatch
from benchmarks.visitor import Page, Visitor

ROOT = Path(__file__).resolve().parent.parent
LOGIN = "/konto/login/"  # a page that the portal shows everybody
INHERITED = ("PATH", "HOME", "LANG", "POSTMASTER_PIDFILE")
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


@dataclass(frozen=True)
class Pace:
    """How much is measured; every page is asked for equally often."""

    rounds: int
    requests: int
    starts: int
    finishes: int
    warm_up: int = 5  # the fourth time a statement is executed, its plan is kept


SHORT, LONG = Pace(rounds=5, requests=3, starts=3, finishes=1), Pace(rounds=10, requests=10, starts=5, finishes=7)


def make_server(name: str, folder: Path, settings: dict[str, str], template: str = "template1") -> Server:
    """Return a server, not started yet, with a new database: an empty one, or a copy of another that nobody uses meanwhile."""
    url, database = os.environ["DATABASE_URL"], f"measured_{name}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {database} TEMPLATE {template}")
    server = Server(name, folder, {each: os.environ[each] for each in INHERITED if each in os.environ} | settings)
    server.environment |= {
        "ALLOWED_HOSTS": "127.0.0.1,testserver",
        "DATABASE_URL": f"{url.rpartition('/')[0]}/{database}",
        "FILES_DIR": str(folder / "files"),
        "PORTAL_URL": server.base,
        "SECRET_KEY": "only-for-measuring",
        "STATIC_ROOT": str(folder / "static"),
    }
    return server


def run(server: Server, *command: str) -> str:
    """Run a command in the environment of a server, and return what it prints."""
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=server.environment, check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout.strip()


def fill_portal(portal: Server, applications: int) -> dict[str, Any]:
    """Fill its database, and return what is told about its pages; static files are collected meanwhile."""
    toml = portal.folder / "pages.toml"
    with ThreadPoolExecutor() as beside:
        static = beside.submit(run, portal, "manage.py", "collectstatic", "--no-input", "--verbosity", "0")
        run(portal, "manage.py", "migrate", "--verbosity", "0")
        run(portal, "manage.py", "createcachetable")
        print(run(portal, "benchmarks/dataset.py", str(applications), str(toml)), flush=True)
        static.result()
    tidy(portal)
    return tomllib.loads(toml.read_text())


def pages_of(server: Server, told: dict[str, Any]) -> list[Page]:
    visitors = {name: Visitor(server.base, login["cookies"]) for name, login in told["login"].items()}
    visitors[""] = Visitor(server.base, {})
    return [Page(page, visitors[page.get("login", "")]) for page in told["pages"]]


def tidy(server: Server) -> None:
    """Let the database do now what it would do at some time while pages are measured."""
    with psycopg.connect(server.environment["DATABASE_URL"], autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def measure(page: Page, pidfile: Path, requests: int) -> Cost:
    """Ask for a page several times, and return what one request computed in the server of that file and in the database."""
    database = Stopwatch(Path(os.environ["POSTMASTER_PIDFILE"]))
    application = Stopwatch(pidfile)
    for _request in range(requests):
        page.open()
    return Cost(application.milliseconds() / requests, database.milliseconds() / requests)


def warm_up(pages: Iterable[Page], pace: Pace) -> None:
    """Look at every page until nothing is made for the first time."""
    for page in pages:
        page.prepare()
        for _time in range(pace.warm_up):
            page.open()


def statements_of(page: Page) -> int:
    """Ask for a page once, and return how many statements it makes."""
    return int(page.open(X_Count_Queries="1").headers["X-Count-Queries"])
