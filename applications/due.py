"""What the timer does for readings: remind of those that are overdue, and pass on what waits for somebody absent or gone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts import outbox
from applications.models import Application, Reading
from applications.turn import beginning_of
from cohorts.models import CoachAbsence, Cohort, read_absences
from schmiede.writes import Stale


def remind_of_overdue(now: datetime) -> int:
    """Tell whoever should read, and the organiser, once of every reading whose promised day has passed.

    One message per person and cohort, however many teams wait. Nobody is told once the cohort has ended or while the
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
    read_absences(reading.application.team for reading in rows)
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


def put_back_left_behind() -> int:
    """Give back to the queue what somebody took who coaches the cohort no longer, and tell whom it waits for now.

    Remarks she had not given are deleted: nobody but her may ever see them. Returns how many were put back.
    """
    count = 0
    for reading in Reading.objects.left_behind().select_related("application__team"):
        try:
            reading.put_back()
        except Stale:  # given back at this very moment
            continue
        reading.tell_asked()
        count += 1
    return count


def pass_on_for_absent(now: datetime) -> int:
    """Give back to the queue what a coach took before she was absent and has not begun, and tell whom it waits for now.

    What she has begun stays hers: nobody else may see it, and nothing is thrown away. So does what she takes while she
    is absent. Returns how many were passed on.
    """
    away = CoachAbsence.objects.on(timezone.localdate(now))
    passed = 0
    for absence in away.select_related("assignment"):
        begins = beginning_of(absence.from_on)
        taken = Reading.objects.taken_by(absence.assignment).filter(taken_at__lt=begins)
        for reading in taken.select_related("application__team"):
            try:
                passed += reading.pass_on()
            except Stale:  # she has just given it back
                continue
    team, absent = "application__team__", away.values("assignment")
    waiting = Reading.objects.waiting().filter(
        Q(**{f"{team}first_coach__in": absent}) | Q(**{f"{team}second_coach__in": absent})
    )
    for reading in waiting.select_related(
        f"{team}organisation", f"{team}cohort", f"{team}first_coach", f"{team}second_coach", "application__edition"
    ):
        reading.tell_asked()  # whoever knows already is not told again
    return passed
