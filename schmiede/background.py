"""Background tasks as rows of a table: what waits, what a worker left behind, and what nobody asks about any more."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import F, QuerySet
from django.tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

WAITS_LONG_AFTER = timedelta(minutes=5)
# No task takes nearly as long: whoever began it is gone.
LEFT_BEHIND_AFTER = timedelta(hours=1)
MOST_ATTEMPTS = 3
RESULTS_LAST = timedelta(days=14)


def waiting_long(now: datetime) -> QuerySet[DBTaskResult]:
    """Tasks that could have been done for minutes, and that no worker has begun."""
    return DBTaskResult.objects.ready().filter(enqueued_at__lt=now - WAITS_LONG_AFTER).order_by()


def put_back(worker: str) -> int:
    """Have tasks done again that this worker had begun when the database went away; how many. It runs none now."""
    begun = [task for task in DBTaskResult.objects.running() if task.worker_ids[-1:] == [worker]]
    return sum(_again(task) for task in begun)


def put_back_left_behind(now: datetime) -> int:
    """The same for workers that are gone; a task that took three of them with it has failed."""
    begun = DBTaskResult.objects.running().filter(started_at__lt=now - LEFT_BEHIND_AFTER)
    return sum(_again(task) for task in begun)


def drop_results(now: datetime) -> int:
    """Delete what came of tasks that have ended; nobody asks about it after two weeks."""
    count, _kinds = DBTaskResult.objects.finished().filter(finished_at__lt=now - RESULTS_LAST).delete()
    return count


def _again(task: DBTaskResult) -> int:
    """Tasks may run twice without harm. Whoever else sees the same one puts it back once."""
    same = DBTaskResult.objects.filter(pk=task.pk, status=TaskResultStatus.RUNNING, started_at=task.started_at)
    if len(task.worker_ids) < MOST_ATTEMPTS:
        return same.update(status=TaskResultStatus.READY, started_at=None)
    return same.update(status=TaskResultStatus.FAILED, finished_at=F("started_at"))
