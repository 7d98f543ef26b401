"""Days on which a coach is away; what waits is passed on for that time."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Record
from accounts.models.record import Person, roles
from core.statements import Statement, Today
from core.words import short_day

from .coach import CoachAssignment


class CoachAbsenceQuerySet(models.QuerySet["CoachAbsence"]):
    def on(self, day: date | Today) -> CoachAbsenceQuerySet:
        """Return those that the day falls into, their first and last day included."""
        return self.filter(from_on__lte=day, until_on__gte=day)

    def visible_to(self, user: Person) -> CoachAbsenceQuerySet:
        return self.filter(Exists(CoachAssignment.objects.visible_to(user).filter(pk=OuterRef("assignment"))))


class CoachAbsence(Record):
    """Days on which a coach does not read."""

    assignment = models.ForeignKey(
        CoachAssignment, models.CASCADE, related_name="absences", verbose_name=_("Coaching-Person")
    )
    from_on = models.DateField(_("abwesend ab"))
    until_on = models.DateField(_("abwesend bis einschließlich"))

    objects = CoachAbsenceQuerySet.as_manager()

    MAY = {"edit": roles("organiser"), "delete": roles("organiser")}

    class Meta:
        verbose_name = _("Abwesenheit einer Coaching-Person")
        verbose_name_plural = _("Abwesenheiten der Coaching-Personen")
        ordering = ["from_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(from_on__lte=F("until_on")),
                name="absence_begins_before_it_ends",
                violation_error_message=_("Die Abwesenheit muss beginnen, bevor sie endet."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.assignment} {short_day(self.from_on)}–{short_day(self.until_on)}"

    @property
    def cohort_uuid(self) -> UUID:
        return self.assignment.cohort_id

    def roles_of(self, user: Person) -> frozenset[str]:
        return self.assignment.cohort.roles_of(user)


def present() -> models.QuerySet[CoachAssignment]:
    """Return the coaches in force who are not absent today."""
    away = CoachAbsence.objects.on(Today()).filter(assignment=OuterRef("pk"))
    return CoachAssignment.objects.current().filter(~Exists(away))


def absent_today(assignments: Collection[UUID]) -> set[UUID]:
    """Return which of these coaches are absent today; one query, none without coaches."""
    return set(READ_ABSENT(assignments=assignments)) if assignments else set()


def _absent(assignments: Any) -> models.QuerySet[CoachAbsence, UUID]:
    rows = CoachAbsence.objects.on(Today()).filter(assignment__pk__among=assignments).order_by()
    return rows.values_list("assignment", flat=True)


READ_ABSENT = Statement(_absent, "assignments")
