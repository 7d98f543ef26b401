"""Makes workshops with days, times and assignments from a Lehrplan and a first day."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import zip_longest

from django.db import transaction
from django.db.models import Min
from django.utils import timezone

from calls.cohort_dates import clashes
from cohorts.models import Cohort, CurriculumStep
from workshops.models import Assignment, Session, Workshop


@transaction.atomic
def make_workshops(cohort: Cohort) -> list[Workshop]:
    """Make a workshop with a session for each step of the cohort's curriculum, in its order; times are Europe/Berlin.

    An assignment is due some days before the next workshop, but not before its own; after the last one, days after it.
    """
    if cohort.curriculum is None:
        return []
    steps = list(cohort.curriculum.steps.prefetch_related("assignments"))
    days = [cohort.begins_on + timedelta(days=step.days_after_start) for step in steps]
    plan = zip_longest(steps, days, days[1:])
    return [make_workshop(cohort, step, on, next_on) for step, on, next_on in plan if step and on]


def make_workshop(cohort: Cohort, step: CurriculumStep, on: date, next_on: date | None) -> Workshop:
    workshop = Workshop.objects.create(
        cohort=cohort, position=step.position, title=step.title, goal=step.goal, section_keys=step.section_keys
    )
    begins_at = datetime.combine(on, step.begins, tzinfo=timezone.get_default_timezone())
    ends_at = begins_at + timedelta(hours=float(step.hours))
    Session.objects.create(workshop=workshop, begins_at=begins_at, ends_at=ends_at, format=step.format)
    Assignment.objects.bulk_create(
        Assignment(
            workshop=workshop,
            position=row.position,
            title=row.title,
            text=row.text,
            section_keys=row.section_keys,
            due_on=due_on(on, next_on, row.due_days_before_next),
        )
        for row in step.assignments.all()
    )
    return workshop


def due_on(on: date, next_on: date | None, days: int) -> date:
    if next_on is None:
        return on + timedelta(days=days)
    return max(on, next_on - timedelta(days=days))


def last_day(cohort: Cohort) -> date:
    """Return the day a cohort ends by default: the later of its last workshop and the call's deadline."""
    steps = cohort.curriculum.steps.all() if cohort.curriculum else []
    days = [cohort.begins_on + timedelta(days=step.days_after_start) for step in steps]
    return max([cohort.begins_on, *days, *filter(None, [cohort.call.last_day()])])


def clashes_in(cohort: Cohort) -> list[str]:
    """Return what does not fit in the dates of a cohort, as they are stored now (`clashes`). Two queries."""
    held = Workshop.objects.held().filter(cohort=cohort).prefetch_related("sessions")
    return clashes(cohort, held.order_by("position"))


def first_days(cohort: Cohort) -> list[tuple[Workshop, date]]:
    """Return the workshops of a cohort, each with its first day. One query."""
    dated = Workshop.objects.filter(cohort=cohort, sessions__isnull=False).annotate(first=Min("sessions__begins_at"))
    return [(workshop, timezone.localdate(workshop.first)) for workshop in dated.order_by("position")]
