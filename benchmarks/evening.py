"""Serve a deadline evening: people log in, look at pages, write, hand in and finish, all at once, on the portal of production.

Makes a database in the PostgreSQL that DATABASE_URL names, fills it (evening_dataset.py), and starts what docs/deploying.md says:
gunicorn with two processes of four threads (`gthread`), and one worker. People come through the proxy of that document, as the
server sees it: each request on a connection of its own, with a forwarded address, over HTTPS.

The load model: people arrive in ten minutes at moments of chance, a fifth of them in offices of 25 behind one address within a
minute, and stay until five minutes after the last. Each opens the login page with an empty cache, logs in with a password (every
twentieth mistypes it first), and sees overview, application and section; then a page a minute. 30 % write, owner and writer of a
team, every third pair in one section, with a save every ten seconds; an open section says so every 15 to 60 seconds. 5 % hand in a
section, 2 % finish and wait for the papers. All numbers are assumptions; they stand in evening_plan.py and are explained in README.md.

Every request has its moment before the evening begins, and waits count from that moment, also where the one before is late. Prints
waits by kind of request, what everybody computed, and whether the last acknowledged words of all who wrote are in the database.
Exits with 1 after an error, an answer 429, a failed task or lost words. Run it from the root: `make evening PEOPLE=500`, or
`scripts/with-postgres .venv/bin/python benchmarks/evening.py [PEOPLE] [--minutes 10] [--applications 500] [--logs FOLDER]`.
"""

from __future__ import annotations

import asyncio
import json
import os
import platform
import shutil
import subprocess
import sys
import traceback
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.evening_browser import HOST, Browser, Notes
from benchmarks.evening_clock import Clock, Lag
from benchmarks.evening_mail import MailSink
from benchmarks.evening_people import LOGIN, Guest
from benchmarks.evening_plan import FIRST_SAVE, Evening, Person, Team, make_plan
from benchmarks.evening_promise import check_database
from benchmarks.evening_report import faults, percentile, promise_lines, share_lines, verdict, wait_lines
from benchmarks.evening_shares import read, shares
from benchmarks.measuring import PORTAL, ROOT, run, tidy
from benchmarks.servers import Server, free_port

TASKS = "SELECT status, count(*) FROM django_tasks_database_dbtaskresult GROUP BY status"
GUNICORN = ["schmiede.wsgi", "--worker-class", "gthread", "--workers", "2", "--threads", "4"]  # docs/deploying.md


@dataclass
class Played:
    """What an evening has come to."""

    notes: Notes
    guests: list[Guest]
    phases: dict[str, dict[str, float]]
    lag: list[float]
    mails: int


def make_server(folder: Path, mail_port: int) -> Server:
    """Return the portal of production behind a proxy, not started yet, with a new database."""
    cluster = os.environ["DATABASE_URL"].rpartition("/")[0]
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute("CREATE DATABASE evening")
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    environment = inherited | PORTAL | {
        "SECRET_KEY": "only-for-measuring",
        "ALLOWED_HOSTS": f"{HOST},127.0.0.1,testserver",
        "PORTAL_URL": f"https://{HOST}",
        "DATABASE_URL": f"{cluster}/evening",
        "TRUSTED_PROXIES": "1",
        "SSL_REDIRECT": "1",
        "EMAIL_PORT": f"{mail_port}",
        "EMAIL_TLS": "0",
        "FILES_DIR": str(folder / "files"),
        "STATIC_ROOT": str(folder / "static"),
    }  # fmt: skip
    return Server("portal", folder, environment, arguments=GUNICORN)


def fill(server: Server, people: int, applications: int) -> list[Team]:
    """Fill its database, collect static files meanwhile, and return the teams that come."""
    told = server.folder / "teams.json"
    with ThreadPoolExecutor() as beside:
        static = beside.submit(run, server, "manage.py", "collectstatic", "--no-input", "--verbosity", "0")
        run(server, "manage.py", "migrate", "--verbosity", "0")
        run(server, "manage.py", "createcachetable")
        run(server, "benchmarks/evening_dataset.py", f"{people}", str(told), "--applications", f"{applications}")
        static.result()
    tidy(server)
    return [Team(**team) for team in json.loads(told.read_text())]


@contextmanager
def worker(server: Server) -> Iterator[Path]:
    """Have a worker at work, and yield the file with its process id."""
    pidfile, log = server.folder / "worker.pid", server.folder / "worker.log"
    with log.open("ab") as output:
        command = [sys.executable, "manage.py", "worker"]
        process = subprocess.Popen(command, cwd=ROOT, env=server.environment, stdout=output, stderr=output)
    pidfile.write_text(f"{process.pid}")
    try:
        yield pidfile
        if process.poll() is not None:
            raise RuntimeError(f"The worker has ended:\n{log.read_text()[-4000:]}")
    finally:
        process.terminate()
        process.wait(60)


async def warm_up(port: int) -> None:
    """Have every thread answer something: no deadline evening begins with a server that has just started."""
    await asyncio.gather(*(Browser(port, "192.0.2.1", Notes()).get("warming up", LOGIN) for _time in range(16)))


async def play(
    plan: list[Person], evening: Evening, server: Server, pidfiles: dict[str, Path], mail_port: int
) -> Played:
    """Have everybody come, and read what was computed when all have arrived and at the end."""
    sink, notes = MailSink(), Notes()
    async with await sink.start(mail_port):
        await warm_up(server.port)
        readings, clock, lag = [read(pidfiles)], Clock(evening), Lag()
        watching = asyncio.create_task(lag.watch())
        guests = [Guest(person, server.port, clock, notes) for person in plan]
        spending = asyncio.gather(*(guest.spend_evening() for guest in guests), return_exceptions=True)
        for moment in (evening.arriving, evening.end):
            await clock.until(moment)
            readings.append(read(pidfiles))
        errors = await spending
        watching.cancel()
        for error in errors:
            if isinstance(error, BaseException):
                notes.error("evening", "".join(traceback.format_exception(error)))
        names = ("while they arrive", "when all are there")
        phases = {name: shares(*pair) for name, pair in zip(names, pairwise(readings), strict=True)}
        return Played(notes, guests, phases, lag.seconds, sink.mails)


def serve(chosen: Namespace, folder: Path) -> list[str]:
    """Serve an evening, print what it has come to, and return why it failed."""
    mail_port = free_port()
    server = make_server(folder, mail_port)
    teams = fill(server, chosen.people, chosen.applications)
    evening = Evening(arriving=60 * chosen.minutes, settled=30 * chosen.minutes)
    plan = make_plan(teams, chosen.people, evening)
    with server, worker(server) as of_worker:
        server.start("/healthz")
        pidfiles = {"web": server.pidfile, "worker": of_worker, "PostgreSQL": Path(os.environ["POSTMASTER_PIDFILE"])}
        print(told_before(plan, evening), flush=True)
        played = asyncio.run(play(plan, evening, server, pidfiles, mail_port))
    print("\n".join(lines_on(played)), flush=True)
    database = server.environment["DATABASE_URL"]
    promised = [guest.promised for guest in played.guests if guest.promised]
    found, tasks = check_database(promised, database), tasks_in(database)
    print("\n".join([*promise_lines(found, played.notes.conflicts), "", f"Tasks of the worker: {told(tasks)}"]))
    return faults(played.notes, found, writers_in(plan, evening), tasks)


def lines_on(played: Played) -> list[str]:
    """Return how long people waited, and who computed what."""
    late = f"The generator woke up late by {1000 * percentile(played.lag, 0.99):.0f} ms (p99), {1000 * max(played.lag):.0f} ms (most)."
    return [
        *[*wait_lines(played.notes), "", verdict(played.notes), ""],
        *[*share_lines(played.phases, os.cpu_count() or 1), "", late, f"Mails sent: {played.mails}", ""],
    ]


def writers_in(plan: list[Person], evening: Evening) -> int:
    """Return how many people come early enough to save something."""
    return sum(person.writes and person.comes_at + FIRST_SAVE < evening.end for person in plan)


def tasks_in(database: str) -> dict[str, int]:
    """Return how many tasks of the worker are in which state."""
    with psycopg.connect(database) as connection:
        return dict(connection.execute(TASKS).fetchall())


def told(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(counts.items())) or "none"


def told_before(plan: list[Person], evening: Evening) -> str:
    """Return what will be played, and on what machine."""
    counts = {what: sum(getattr(person, what) for person in plan) for what in ("writes", "hands_in", "finishes")}
    networks = len({person.network for person in plan})
    return (
        f"{datetime.now(UTC):%d %B %Y}, {platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}\n"
        f"{len(plan)} people from {networks} addresses arrive in {evening.arriving / 60:g} minutes and stay for "
        f"{evening.settled / 60:g} more; {counts['writes']} write, {counts['hands_in']} hand in, "
        f"{counts['finishes']} finish.\n"
    )


def main() -> None:
    parser = ArgumentParser(description="Serve a deadline evening and say how long people waited.")
    parser.add_argument("people", type=int, nargs="?", default=500)
    parser.add_argument(
        "--minutes", type=float, default=10, help="in which they arrive; all stay for half as many more"
    )
    parser.add_argument("--applications", type=int, default=500, help="in the database")
    parser.add_argument("--logs", type=Path, help="an empty folder in which the logs of the server and the worker stay")
    chosen = parser.parse_args()
    with TemporaryDirectory(prefix="schmiede-evening-") as folder:
        try:
            failed = serve(chosen, Path(folder))
        finally:
            for log in Path(folder).glob("*.log") if chosen.logs else ():
                shutil.copy(log, chosen.logs)
    if failed:
        sys.exit("\n".join(["", "The evening failed:", *failed]))


if __name__ == "__main__":
    main()
