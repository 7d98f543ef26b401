"""Measure „Verbindlich fertigstellen“ with a worker: what the press computes in its request, and what the papers do in the worker.

It runs in the environment of the portal while that is served, and is the worker itself: it says that one is there, presses the button
from outside, carries out what the press has left to it, and takes it back for the next time. The application is the first of the
dataset, made ready to be finished. The time of the papers is that of this process and of the renderer, which is its child.
Prints the figures as JSON: `.venv/bin/python benchmarks/papers.py BASE PIDFILE TIMES`, with the process id of the server in a file.
"""

from __future__ import annotations

import json
import os
import sys
from argparse import ArgumentParser
from pathlib import Path
from statistics import median

import django

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

if __name__ == "__main__":
    django.setup()

from django.conf import settings
from django.urls import reverse

from accounts.models import LastRun, User
from applications.papers.models import FinishRequest
from applications.papers.tasks import carry_out_request
from applications.writing.models import Application
from benchmarks.dataset_pages import session_of
from benchmarks.evening_teams import OWNER, make_finishable, teams_that_come
from benchmarks.measuring import measure
from benchmarks.servers import Stopwatch
from benchmarks.visitor import Page, Visitor, WrongAnswer

PAPERS = "papers of a full application, s of computing"
FIRST = "papers that a worker makes first, s of computing"
PRESS = "pressing „Verbindlich fertigstellen“, ms of computing in its request"


def finishable() -> tuple[Application, User]:
    """Return the application of the dataset's first team, which can be finished now, and its owner."""
    application = Application.objects.with_team().get(team=teams_that_come(1)[0])
    make_finishable([application])
    return application, User.objects.get(email=OWNER.format(0))


def button(application: Application, owner: User, base: str) -> Page:
    """Return the form that finishes, for the owner."""
    path = reverse("applications:finish", args=[application.pk])
    told = {"name": PRESS, "path": path, "form_from": path, "form_has": "confirmed", "set": {"confirmed": "yes"}}
    visitor = Visitor(base, {settings.SESSION_COOKIE_NAME: session_of(owner)})
    return Page(told | {"expect": 302}, visitor)


def work(application: Application, owner: User, own_pidfile: Path) -> float:
    """Make the papers as a worker does, take them back, and return the seconds that making them has computed.

    Raises `WrongAnswer` if no press has left that to a worker, or no papers came of it.
    """
    asked = FinishRequest.objects.of(application)
    if asked is None or not asked.is_open:
        raise WrongAnswer("Nothing was left to the worker.")
    watch = Stopwatch(own_pidfile)
    carry_out_request.call(str(asked.pk))
    seconds = watch.milliseconds() / 1000
    submission = application.submissions.current().first()
    if submission is None:
        asked.refresh_from_db()
        raise WrongAnswer(f"The application was not finished: {asked.ending} {asked.sentence}")
    submission.take_back(by=owner)
    return seconds


def figures(base: str, pidfile: Path, times: int, own_pidfile: Path) -> dict[str, float]:
    """Finish once, and then so many times again; return the medians, and what the first papers cost."""
    application, owner = finishable()
    page = button(application, owner, base)
    presses, papers = [], []
    LastRun.note_worker()
    page.prepare()  # it presses once
    first = work(application, owner, own_pidfile)
    for _time in range(times):
        LastRun.note_worker()
        presses.append(measure(page, pidfile, 1).total)
        papers.append(work(application, owner, own_pidfile))
    return {PAPERS: median(papers), FIRST: first, PRESS: median(presses)}


def main() -> None:
    parser = ArgumentParser(description="Measure finishing with a worker.")
    parser.add_argument("base", help="address of the server")
    parser.add_argument("pidfile", type=Path, help="file with the process id of the server")
    parser.add_argument("times", type=int)
    chosen = parser.parse_args()
    own_pidfile = chosen.pidfile.with_name("papers.pid")
    own_pidfile.write_text(f"{os.getpid()}")
    print(json.dumps(figures(chosen.base, chosen.pidfile, chosen.times, own_pidfile)))


if __name__ == "__main__":
    main()
