"""What staff look after on their overview: mails that did not arrive, a timer or worker that does not run."""

from __future__ import annotations

from django.conf import settings
from django.db.models import Count, Exists, IntegerField, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import LastRun, Message, User
from core.background import waiting_long
from core.values import dataclass


@dataclass(frozen=True)
class Care:
    """Numbers of mails and of tasks that wait, and what is wrong with the timer and the workers."""

    mails: int
    tasks: int
    is_late: bool
    timer_ran: bool
    worker_lives: bool

    @property
    def timer_is_missing(self) -> bool:
        """It has never run. A developer's machine has none."""
        return not self.timer_ran and not settings.DEBUG

    @property
    def worker_is_missing(self) -> bool:
        return settings.TASKS_BY_WORKERS and not self.worker_lives


def care_of(user: User) -> Care:
    """What waits for this member of staff, read in one query; the same mails as the list in the admin shows or counts."""
    mails = Message.objects.needing_care()
    if not user.is_bamf:
        mails = mails.visible_to(user).of_cohorts()
    numbers = User.objects.filter(pk=user.pk).values_list(
        count_of(mails),
        count_of(waiting_long(timezone.now())),
        Exists(LastRun.objects.late()),
        Exists(LastRun.objects.of_timer()),
        Exists(LastRun.objects.of_living_worker()),
    )
    return Care(*numbers.get())


def count_of(rows: QuerySet) -> Coalesce:
    """How many rows there are, as a part of another query."""
    counted = rows.order_by().annotate(one=Value(1)).values("one").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
