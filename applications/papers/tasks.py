"""Background work of papers: counting pages, and finishing where a worker is there."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor

from django.conf import settings
from django.db import connections
from django.tasks import task

from accounts.models import LastRun
from applications.papers import PapersUnavailable
from applications.papers.finish_requests import carry_out
from applications.papers.finishing import count_and_keep_pages
from applications.papers.models import FinishRequest
from applications.writing.models import Application

log = logging.getLogger("portal.papers")
# One thread, so that a second request for the same pages finds them counted.
counting = ThreadPoolExecutor(max_workers=1, thread_name_prefix="pages")


def count_pages_soon(application: Application) -> None:
    """Have the pages counted if anything was written since the last count, without waiting for it.

    A worker counts them; without one (`TASKS_IN_THREAD`), a thread beside the request.
    """
    if not application.is_to_be_counted:
        return
    if settings.TASKS_IN_THREAD:
        counting.submit(_count_in_thread, str(application.pk))
    else:
        count_pages.enqueue(str(application.pk))


def _count_in_thread(application: str) -> None:
    try:
        count_pages.enqueue(application)
    finally:
        connections.close_all()


@task
def count_pages(application: str) -> None:
    """Count the pages of an application's sketch, if anything was written since the last count."""
    row = Application.objects.with_team().filter(pk=application).first()
    if row is None or not row.is_to_be_counted:
        return
    try:
        count_and_keep_pages(row)
    except PapersUnavailable as error:
        log.warning("%s", error)


def worker_is_there() -> bool:
    """Return whether a worker may be expected to take a task soon."""
    return settings.TASKS_BY_WORKERS and LastRun.objects.of_living_worker().exists()


@task(priority=10)  # before the mails and counts that wait: somebody looks at its page
def carry_out_request(request: str) -> None:
    """Finish an application as somebody has asked; nothing where it is done, begun by somebody else, or asked for anew."""
    row = FinishRequest.objects.select_related("by").filter(pk=request).first()
    if row is not None:
        carry_out(row)
