"""What staff have to look after: mails that did not arrive, and recurring work that does not run."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Exists, Subquery, Value
from django.db.models.functions import Coalesce

from accounts.models import LastRun, Message, User


@dataclass(frozen=True)
class Care:
    mails: int
    is_late: bool


def care_of(user: User) -> Care:
    """What waits for this member of staff, read in one query; the same mails as the list in the admin shows or counts."""
    mails = Message.objects.needing_care()
    if not user.is_bamf:
        mails = mails.visible_to(user).of_cohorts()
    counted = mails.order_by().annotate(one=Value(1)).values("one").annotate(count=Count("pk")).values("count")
    late = LastRun.objects.late()
    found = User.objects.filter(pk=user.pk).values_list(Coalesce(Subquery(counted), 0), Exists(late))
    return Care(*found.get())
