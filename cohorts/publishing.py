"""Taking the publication of a cohort back, as long as nobody has answered it."""

from __future__ import annotations

from django.db import transaction

from accounts.models import Event, User
from cohorts.models import Cohort
from core.writes import Stale, write_if


@transaction.atomic
def unpublish(cohort: Cohort, *, by: User) -> None:
    """Take publishing back. Raises `Stale` once somebody has registered or takes part, or if it is not public."""
    cohort.require(by, "edit")
    Cohort.objects.lock(cohort.pk)
    if cohort.registrations.exists() or cohort.teams.exists():
        raise Stale
    write_if(cohort, {"published_at__isnull": False, "cancelled_at": None}, published_at=None)
    Event.record("cohort.unpublished", cohort, by=by)
