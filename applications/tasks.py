"""Background work: thin, takes ids, may run twice without harm."""

from __future__ import annotations

import logging

from django.db.models import F, Q
from django.tasks import task

from applications.finishing import count_and_keep_pages
from applications.models import Application
from applications.papers import PapersUnavailable

log = logging.getLogger("portal.papers")


@task
def count_pages(application: str) -> None:
    """Count the pages of an application's sketch, if anything was written since the last count."""
    stale = Q(pages_counted_at=None) | Q(changed_at__gt=F("pages_counted_at"))
    found = Application.objects.with_team().filter(stale, pk=application).exclude(changed_at=None).first()
    if found is None:
        return
    try:
        count_and_keep_pages(found)
    except PapersUnavailable as error:
        log.warning("%s", error)
