"""The command `worker`: does background tasks, and shows staff that it is there."""

from __future__ import annotations

import logging
import sys
from contextlib import suppress
from socket import gethostname
from threading import Thread
from time import monotonic, sleep
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import Error, connections
from django.tasks import DEFAULT_TASK_BACKEND_ALIAS
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands import db_worker
from django_tasks_db.models import DBTaskResult

from accounts.models import LastRun
from core.background import put_back, was_broken
from core.outages import DATABASE_AWAY

log = logging.getLogger("portal.worker")

WAITS = [1, 2, 5, 10]  # seconds, after each attempt in a row that failed; the last stays
BEAT = 30  # seconds


class Worker(db_worker.Worker):
    """The worker of django-tasks-db, which would end for good in an outage of seconds; this one waits and goes on."""

    def run(self) -> None:
        failures = 0
        while self.running:
            began = monotonic()
            try:
                again = put_back(self.worker_id)
                log.info("working, %d begun before the outage", again) if failures else log.info("working")
                super().run()
                return
            except DATABASE_AWAY as error:
                if monotonic() - began > WAITS[-1]:
                    failures = 0
                self.wait(failures, error)
                failures += 1

    def run_task(self, db_task_result: DBTaskResult) -> None:
        """Run a task, and have it done again where an outage has broken it that was over when this was noted."""
        super().run_task(db_task_result)
        if was_broken(db_task_result):
            put_back(self.worker_id)

    def shutdown(self, signum: int, frame: FrameType | None) -> None:
        """End after the running task, at the second signal at once.

        It logs nothing: in the middle of another line that fails, and the signal would be lost.
        """
        if not self.running:
            self.reset_signals()
            sys.exit(1)
        self.running = False
        if not self.running_task:
            sys.exit(0)

    def wait(self, failures: int, error: Exception) -> None:
        """Pause, longer each time; a signal ends the pause, as it ends all waiting."""
        seconds = WAITS[min(failures, len(WAITS) - 1)]
        log.warning("the database is away (%s), next attempt in %d s", type(error).__name__, seconds)
        close_connections()
        sleep(seconds)


class Heart(Thread):
    """Note twice a minute that a worker is there; ends with the process."""

    def __init__(self) -> None:
        super().__init__(name="heart", daemon=True)

    def run(self) -> None:
        while True:
            beat()
            close_connections()
            sleep(BEAT)


def beat() -> None:
    """Write the row that all workers share; not while the database is away."""
    try:
        LastRun.note_worker()
    except Error as error:
        log.warning("no note that the worker is there: %s", type(error).__name__)


def close_connections() -> None:
    """Forget this thread's connections, whatever state they are in."""
    with suppress(Error):
        connections.close_all()


class Command(BaseCommand):
    help = "Does the background work of all queues until it is stopped by a signal; survives outages of the database."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.TASKS_BY_WORKERS:
            raise CommandError("Hier gibt es nichts zu tun: Nur mit TASKS=database wird Arbeit für Worker aufgehoben.")
        worker = Worker(
            queue_names=["*"],
            excluded_queue_names=[],
            interval=1,
            batch=False,
            backend_name=DEFAULT_TASK_BACKEND_ALIAS,
            startup_delay=True,
            max_tasks=None,
            worker_id=f"{gethostname()[:30]}-{get_random_string(30)}",
        )
        worker.configure_signals()
        Heart().start()
        worker.run()
