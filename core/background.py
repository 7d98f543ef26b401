"""Background tasks: how often each is tried (`MOST_ATTEMPTS`), when it waits long (`WAITS_LONG_AFTER`), results (`RESULTS_LAST`)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet
from django.tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max

from core.outages import DATABASE_AWAY

WAITS_LONG_AFTER = timedelta(minutes=5)
# No task takes nearly as long, so its worker is gone.
LEFT_BEHIND_AFTER = timedelta(hours=1)
MOST_ATTEMPTS = 3
# As a task that has failed notes it.
OUTAGES = [f"{error.__module__}.{error.__qualname__}" for error in DATABASE_AWAY]
RESULTS_LAST = timedelta(days=14)


def waiting_long(now: datetime) -> QuerySet[DBTaskResult]:
    """Tasks that could have been done for minutes, and that no worker has begun; some are not to be done before a moment."""
    long_ago = now - WAITS_LONG_AFTER
    could_begin = Q(run_after=get_date_max()) | Q(run_after__lt=long_ago)
    return DBTaskResult.objects.ready().filter(could_begin, enqueued_at__lt=long_ago).order_by()


def put_back(worker: str) -> int:
    """Put back the tasks that this worker had begun when the database went away; return how many. It runs none now.

    Some are still noted as running. Those whose failure could be noted have failed only because of the outage.
    """
    broken = DBTaskResult.objects.failed().filter(exception_class_path__in=OUTAGES)
    left = [*DBTaskResult.objects.running(), *broken]
    return sum(_again(task) for task in left if task.worker_ids[-1:] == [worker])


def was_broken(task: DBTaskResult) -> bool:
    """Return whether it failed only because the database was away."""
    return task.status == TaskResultStatus.FAILED and task.exception_class_path in OUTAGES


def put_back_left_behind(now: datetime) -> int:
    """Put back the tasks of workers that are gone; a task that took three workers with it has failed."""
    begun = DBTaskResult.objects.running().filter(started_at__lt=now - LEFT_BEHIND_AFTER)
    return sum(_again(task) for task in begun)


def drop_results(now: datetime) -> int:
    """Delete the results of tasks that ended more than two weeks ago."""
    count, _kinds = DBTaskResult.objects.finished().filter(finished_at__lt=now - RESULTS_LAST).delete()
    return count


def _again(task: DBTaskResult) -> int:
    """Put a task back once, however many timers see it. Tasks may run twice without harm."""
    same = DBTaskResult.objects.filter(pk=task.pk, status=task.status, started_at=task.started_at)
    if len(task.worker_ids) < MOST_ATTEMPTS:
        anew = {"started_at": None, "finished_at": None, "exception_class_path": "", "traceback": ""}
        return same.update(status=TaskResultStatus.READY, **anew)
    if task.status == TaskResultStatus.FAILED:
        return 0
    return same.update(status=TaskResultStatus.FAILED, finished_at=F("started_at"))
