"""How many hand-ins wait for coaches, for how long (`AGES`), and how fast answers come.

Coaches are not ranked by name for others, so nothing here knows who reviewed.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from applications.reviews.models import Review
from applications.reviews.models.review import AWAITED
from cohorts.models import Cohort
from core.statements import Statement
from core.values import dataclass
from core.words import length_in_days

DAY = 24 * 60 * 60
# Days since the team handed in, both included; the last has no end.
AGES: list[tuple[int, int | None, str | Promise]] = [
    (0, 1, gettext_lazy("seit heute oder gestern")),
    (2, 4, gettext_lazy("seit 2 bis 4 Tagen")),
    (5, 7, gettext_lazy("seit 5 bis 7 Tagen")),
    (8, None, gettext_lazy("seit mehr als 7 Tagen")),
]
WIDTH, ROW = 200, 40


@dataclass(frozen=True)
class HandIn:
    """A hand-in that was not withdrawn: its moments, and the day that an answer was promised for."""

    asked_at: datetime
    taken: bool
    finished_at: datetime | None
    promised_until: date | None

    def is_late(self, today: date) -> bool:
        """Was it answered after the promised day, or not at all though the day has passed?"""
        answered = timezone.localdate(self.finished_at) if self.finished_at else today
        return self.promised_until is not None and answered > self.promised_until


@dataclass(frozen=True)
class AgeGroup:
    """How many hand-ins have waited for so many days, free and taken ones apart; with the bars of the picture."""

    label: str | Promise
    free: int
    taken: int
    top: int
    free_width: float
    taken_width: float

    @property
    def number(self) -> int:
        return self.free + self.taken


@dataclass(frozen=True)
class Load:
    """Waiting hand-ins by age, answer times in days, and how many answers came by the promised day."""

    ages: list[AgeGroup]
    overdue: int
    answered: int
    median: Decimal | None
    longest: Decimal | None
    in_time: int
    promised: int
    """Hand-ins with a promised day that were answered, or whose day has passed."""

    @property
    def waiting(self) -> int:
        return sum(age.number for age in self.ages)

    @property
    def share(self) -> int | None:
        """In percent; None if nothing was promised yet."""
        return round(100 * self.in_time / self.promised) if self.promised else None

    @property
    def median_days(self) -> str:
        return in_days(self.median)

    @property
    def longest_days(self) -> str:
        return in_days(self.longest)

    @property
    def height(self) -> int:
        return ROW * len(self.ages)


def load_of(cohort: Cohort, now: datetime) -> Load:
    """Read the load of a cohort. One query."""
    rows = READ_HAND_INS(cohort=cohort.pk)
    hand_ins = (HandIn(asked, taken is not None, finished, promised) for asked, taken, finished, promised in rows)
    return summarise(hand_ins, timezone.localdate(now))


def _hand_ins(cohort: Any) -> QuerySet[Any, Any]:
    counted = Q(**AWAITED) | Q(finished_at__isnull=False)
    rows = Review.objects.filter(counted, application__team__cohort=cohort, withdrawn_at=None).order_by()
    return rows.values_list("asked_at", "taken_at", "finished_at", "promised_until")


READ_HAND_INS = Statement(_hand_ins, "cohort")


def summarise(hand_ins: Iterable[HandIn], today: date) -> Load:
    from statistics import median  # noqa: PLC0415  few processes ever need it, and all would wait for it at their start

    rows = list(hand_ins)
    waiting = [row for row in rows if row.finished_at is None]
    answer_days = [days_between(row.asked_at, row.finished_at) for row in rows if row.finished_at is not None]
    due = [row for row in rows if row.promised_until and (row.finished_at or row.is_late(today))]
    return Load(
        ages=age_groups(waiting, today),
        overdue=sum(row.is_late(today) for row in waiting),
        answered=len(answer_days),
        median=round_days(median(answer_days)) if answer_days else None,
        longest=round_days(max(answer_days)) if answer_days else None,
        in_time=sum(not row.is_late(today) for row in due),
        promised=len(due),
    )


def age_groups(waiting: list[HandIn], today: date) -> list[AgeGroup]:
    counts = []
    for first, last, label in AGES:
        days = [(today - timezone.localdate(row.asked_at)).days for row in waiting]
        group = [
            row for row, since in zip(waiting, days, strict=True) if since >= first and (last is None or since <= last)
        ]
        taken = sum(row.taken for row in group)
        counts.append((label, len(group) - taken, taken))
    most = max((free + taken for _label, free, taken in counts), default=0) or 1
    return [
        AgeGroup(label, free, taken, place * ROW, WIDTH * free / most, WIDTH * taken / most)
        for place, (label, free, taken) in enumerate(counts)
    ]


def days_between(first: datetime, last: datetime) -> float:
    return (last - first).total_seconds() / DAY


def round_days(days: float) -> Decimal:
    return Decimal(str(days)).quantize(Decimal("0.1"), ROUND_HALF_UP)


def in_days(days: Decimal | None) -> str:
    """`1 Tag`, `2,5 Tage`, `unter 1 Tag`; `–` where nothing was answered."""
    return "–" if days is None else length_in_days(days)
