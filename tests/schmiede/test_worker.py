"""The worker survives an outage of the database, does what it had begun once more, and staff see that it is there."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import timedelta
from threading import Event

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.db import InterfaceError, OperationalError
from django.tasks import TaskResultStatus, task_backends
from django.utils import timezone
from django_tasks_db.management.commands import db_worker
from django_tasks_db.models import DBTaskResult

from accounts import outbox
from accounts.models import LastRun
from accounts.models.last_run import WORKER
from core import background
from schmiede.management.commands import worker as command
from tests.schmiede.production import environment


@pytest.fixture
def by_workers(settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    settings.TASKS_BY_WORKERS = True
    assert task_backends["default"].supports_get_result


@pytest.fixture
def waits(monkeypatch):
    """How long the worker waited each time; nobody really does."""
    waited = []
    monkeypatch.setattr(command, "sleep", waited.append)
    return waited


def make_worker(**options):
    values = {
        "queue_names": ["*"],
        "excluded_queue_names": [],
        "interval": 0,
        "batch": True,
        "backend_name": "default",
        "startup_delay": False,
        "max_tasks": None,
        "worker_id": "web1-abc",
    }
    return command.Worker(**values | options)


# An outage


@pytest.mark.django_db(transaction=True)
def test_the_worker_waits_longer_each_time_and_goes_on(monkeypatch, waits):
    answers = [OperationalError(), InterfaceError(), *[OperationalError()] * 5, None]

    def run(_worker):
        if error := answers.pop(0):
            raise error

    monkeypatch.setattr(db_worker.Worker, "run", run)

    make_worker().run()

    assert waits == [1, 2, 5, 10, 10, 10, 10]
    assert answers == []


@pytest.mark.django_db(transaction=True)
def test_after_it_has_worked_for_a_while_it_waits_a_second_again(monkeypatch, waits):
    clock = iter([0, 0, 1, 1, 3, 41, 42])  # twice it works for no time, then for 38 seconds
    monkeypatch.setattr(command, "monotonic", lambda: next(clock))
    answers = [OperationalError(), OperationalError(), OperationalError(), None]

    def run(_worker):
        if error := answers.pop(0):
            raise error

    monkeypatch.setattr(db_worker.Worker, "run", run)

    make_worker().run()

    assert waits == [1, 2, 1]


@pytest.mark.django_db
def test_any_other_error_ends_it(monkeypatch, waits):
    def run(_worker):
        raise RuntimeError

    monkeypatch.setattr(db_worker.Worker, "run", run)

    with pytest.raises(RuntimeError):
        make_worker().run()
    assert waits == []


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_what_was_begun_when_the_database_went_away_is_done_again(by_workers, monkeypatch):
    """It goes away while a task runs, so that what came of it cannot be noted either."""
    runs, save, away = [], DBTaskResult.save, []

    def send_due():
        runs.append(True)
        if len(runs) == 1:
            away.append(True)
            raise OperationalError
        return 0

    def refused(row, *arguments, **options):
        if away:
            raise OperationalError
        save(row, *arguments, **options)

    monkeypatch.setattr(outbox, "send_due", send_due)
    outbox.send_due_messages.enqueue()
    monkeypatch.setattr(DBTaskResult, "save", refused)
    monkeypatch.setattr(command, "sleep", lambda _seconds: away.clear())

    make_worker().run()

    (result,) = DBTaskResult.objects.all()
    assert (len(runs), result.status, result.worker_ids) == (2, TaskResultStatus.SUCCESSFUL, ["web1-abc"] * 2)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("error", "breaks", "end"),
    [
        (OperationalError, 1, (2, "SUCCESSFUL")),
        (InterfaceError, 2, (3, "SUCCESSFUL")),
        (OperationalError, 9, (3, "FAILED")),
        (RuntimeError, 1, (1, "FAILED")),
    ],
)
def test_what_an_outage_broke_is_done_again_although_its_failure_was_noted(by_workers, monkeypatch, error, breaks, end):
    """The database is back before the worker notes what came of the task."""
    ran = []

    def send_due():
        ran.append(True)
        if len(ran) <= breaks:
            raise error
        return 0

    monkeypatch.setattr(outbox, "send_due", send_due)
    outbox.send_due_messages.enqueue()

    make_worker().run()

    (result,) = DBTaskResult.objects.all()
    assert (len(ran), result.status) == end
    assert result.worker_ids == ["web1-abc"] * len(ran)


def begun(kind, worker="web1-abc", ago=timedelta(minutes=1), attempts=1):
    now = timezone.now()
    row = DBTaskResult.objects.create(
        task_path="accounts.outbox.send_due_messages",
        args_kwargs={"args": [], "kwargs": {}},
        backend_name="default",
        run_after=now - ago,
        status=kind,
        started_at=None if kind == TaskResultStatus.READY else now - ago,
        finished_at=now - ago if kind in {TaskResultStatus.FAILED, TaskResultStatus.SUCCESSFUL} else None,
        worker_ids=[] if kind == TaskResultStatus.READY else ["web9-x"] * (attempts - 1) + [worker],
        exception_class_path="",
        traceback="",
    )
    DBTaskResult.objects.filter(pk=row.pk).update(enqueued_at=now - ago)
    return row


def kinds(*rows):
    return [DBTaskResult.objects.get(pk=row.pk).status for row in rows]


@pytest.mark.django_db
def test_a_worker_puts_back_only_what_it_had_begun_itself():
    mine, others = begun("RUNNING"), begun("RUNNING", "web2-xyz")
    done = begun("SUCCESSFUL")

    assert background.put_back("web1-abc") == 1
    assert kinds(mine, others, done) == ["READY", "RUNNING", "SUCCESSFUL"]
    assert background.put_back("web1-abc") == 0


@pytest.mark.django_db
def test_the_timer_puts_back_what_a_worker_left_behind_that_is_gone():
    young, old = begun("RUNNING", ago=timedelta(minutes=59)), begun("RUNNING", ago=timedelta(minutes=61))
    deadly = begun("RUNNING", ago=timedelta(minutes=61), attempts=3)

    assert background.put_back_left_behind(timezone.now()) == 2
    assert kinds(young, old, deadly) == ["RUNNING", "READY", "FAILED"]


@pytest.mark.django_db
def test_the_timer_drops_results_after_two_weeks():
    old = [begun(kind, ago=timedelta(days=15)) for kind in ("SUCCESSFUL", "FAILED")]
    kept = [begun("SUCCESSFUL", ago=timedelta(days=13)), begun("READY", ago=timedelta(days=15))]
    call_command("run_due")

    left = set(DBTaskResult.objects.values_list("pk", flat=True))
    assert left == {row.pk for row in kept}
    assert left.isdisjoint(row.pk for row in old)
    assert LastRun.objects.get(name="Ergebnisse alter Hintergrundaufgaben löschen").note == "2 gelöscht"


# The command


def started(**more):
    return subprocess.Popen(
        [sys.executable, "manage.py", "worker"],
        env=environment(TASKS="database", **more),
        cwd=django_settings.BASE_DIR,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_refused_database_ends_no_worker_but_a_signal_does(number):
    process = started(DATABASE_URL="postgres://schmiede@127.0.0.1:1/none")
    try:
        lines = []
        while "next attempt in 2 s" not in "".join(lines[-1:]):
            line = process.stderr.readline()
            assert line, f"it has ended: {''.join(lines)}"
            lines.append(line)
        assert process.poll() is None
        os.kill(process.pid, number)

        assert process.wait(timeout=10) == 0
    finally:
        process.kill()
        process.communicate()


def test_without_work_for_workers_it_says_so(settings):
    settings.TASKS_BY_WORKERS = False

    with pytest.raises(CommandError, match="TASKS=database"):
        call_command("worker")


# That it is there


@pytest.mark.django_db
def test_a_worker_notes_that_it_is_there():
    command.beat()
    command.beat()

    assert list(LastRun.objects.values_list("name", "failed")) == [(WORKER, False)]
    assert LastRun.objects.of_living_worker().exists()
    LastRun.objects.update(at=timezone.now() - timedelta(minutes=6))
    assert not LastRun.objects.of_living_worker().exists()


def test_the_command_notes_it_from_the_start(settings, monkeypatch):
    settings.TASKS_BY_WORKERS = True
    beats, has_paused, seen = [], Event(), []

    def pause(_seconds):
        has_paused.set()
        Event().wait()  # the thread ends with the tests

    monkeypatch.setattr(command, "beat", lambda: beats.append(True))
    monkeypatch.setattr(command, "sleep", pause)
    monkeypatch.setattr(command.Worker, "configure_signals", lambda _worker: None)
    monkeypatch.setattr(command.Worker, "run", lambda _worker: seen.append(has_paused.wait(5)))

    call_command("worker")

    assert (beats, seen) == ([True], [True])


@pytest.mark.django_db
@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_a_database_that_is_away_does_not_stop_its_heart(monkeypatch, caplog, error):
    def away():
        raise error

    monkeypatch.setattr(LastRun, "note_worker", away)

    command.beat()

    assert [record.getMessage() for record in caplog.records] == [f"no note that the worker is there: {error.__name__}"]
