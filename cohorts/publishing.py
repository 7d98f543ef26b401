"""Taking the publication of a cohort back, as long as nobody has answered it."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Exists, OuterRef

from accounts.models import Event, User
from cohorts.models import Cohort, Registration, Team
from core.writes import Stale, write_if

# Of a cohort: has somebody registered, also without confirming it, or is there a team?
ANSWERED = Exists(Registration.objects.filter(cohort=OuterRef("pk"))) | Exists(
    Team.objects.filter(cohort=OuterRef("pk"))
)


@transaction.atomic
def unpublish(cohort: Cohort, *, by: User) -> None:
    """Take publishing back. Raises `Stale` once somebody has registered or takes part, or if it is not public."""
    cohort.require(by, "edit")
    Cohort.objects.lock(cohort.pk)
    if Cohort.objects.filter(ANSWERED, pk=cohort.pk).exists():
        raise Stale
    write_if(cohort, {"published_at__isnull": False, "cancelled_at": None}, published_at=None)
    Event.record("cohort.unpublished", cohort, by=by)
