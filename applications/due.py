"""What the timer does for readings: remind of those that are overdue, and pass on what waits for somebody absent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from accounts import outbox
from applications.models import Application, Reading
from cohorts.models import CoachAbsence, CoachAssignment, Cohort
from schmiede.writes import Stale


def remind_of_overdue(now: datetime) -> int:
    """Tell whoever should read, and the organiser, once of every reading whose promised day has passed.

    One message per person and run, however many teams wait. Nobody is told once the cohort has ended or while the
    application is not written. Returns how many readings there were.
    """
    rows = (
        Reading.objects.overdue()
        .filter(
            reminded_at=None,
            application__status=Application.Status.DRAFTING,
            application__team__cohort__ends_on__gte=timezone.localdate(now),
        )
        .select_related("coach", "application__edition", "application__team__organisation", "application__team__cohort")
        .select_related("application__team__first_coach", "application__team__second_coach")
        .order_by("asked_at", "pk")
    )
    cohorts: dict[UUID, list[Reading]] = defaultdict(list)
    for reading in rows:
        cohorts[reading.cohort_uuid].append(reading)
    return sum(_remind(readings, now) for readings in cohorts.values())


@transaction.atomic
def _remind(readings: Iterable[Reading], now: datetime) -> int:
    """The same for the readings of one cohort."""
    due, coaches = [], {}
    waiting: dict[str, list[Reading]] = defaultdict(list)
    for reading in readings:
        try:
            reading.remind(now)
        except Stale:  # given back or withdrawn at this very moment
            continue
        due.append(reading)
        for person in [reading.coach] if reading.coach else reading.waits_for():
            coaches[person.email] = person
            waiting[person.email].append(reading)
    if due:
        cohort = due[0].application.team.cohort
        for email, mine in waiting.items():
            _tell([coaches[email]], mine, cohort, "reading_overdue", reverse("readings:queue"))
        organisers = [one.user for one in cohort.organiser.memberships.select_related("user")]
        _tell(organisers, due, cohort, "readings_overdue_organiser", reverse("cockpit", args=[cohort.slug]))
    return len(due)


def _tell(people: Iterable[Any], readings: list[Reading], cohort: Cohort, kind: str, link: str) -> None:
    outbox.post(
        people,
        f"applications/mails/{kind}.txt",
        wish="wants_reading_mails",
        dedup=" ".join(sorted(str(reading.pk) for reading in readings)),
        link=link,
        cohort=cohort.pk,
        title=cohort.title,
        readings=readings,
    )


def pass_on_for_absent(now: datetime) -> int:
    """Give back to the queue what an absent coach took and has not begun, and tell whom it waits for now.

    What she has begun stays hers: nobody else may see it, and nothing is thrown away. Returns how many were passed on.
    """
    today = timezone.localdate(now)
    away = CoachAbsence.objects.on(today)
    mine = CoachAssignment.objects.filter(Exists(away.filter(assignment=OuterRef("pk"))))
    cohort = OuterRef("application__team__cohort")
    taken = Reading.objects.open().filter(taken_at__isnull=False)
    passed = 0
    for reading in taken.filter(Exists(mine.filter(coach=OuterRef("coach"), cohort=cohort))):
        try:
            passed += reading.pass_on()
        except Stale:
            continue
    named = Q(pk=OuterRef("application__team__first_coach")) | Q(pk=OuterRef("application__team__second_coach"))
    for reading in Reading.objects.waiting().filter(Exists(mine.filter(named))):
        reading.tell_coaches("applications/mails/reading_asked.txt")  # whoever knows already is not told again
    return passed
