"""A line of the plan for the last days that somebody of the team has ticked off („Häkchen“)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.models import Record, User
from accounts.models.record import Person
from applications.writing.models.application import Application
from core.statements import Statement
from core.writes import Stale


class PlanTickQuerySet(models.QuerySet["PlanTick"]):
    def visible_to(self, user: Person) -> PlanTickQuerySet:
        return self.filter(Exists(Application.objects.visible_to(user).filter(pk=OuterRef("application"))))

    @transaction.atomic
    def tick(self, application: Application, *, on: Collection[str], off: Collection[str], by: User) -> None:
        """Tick lines off and take ticks back, each named by its code. Whoever ticked a line first stays named.

        Raises `PermissionDenied`, and `Stale` for an application that was withdrawn or whose team has left.
        """
        application.require(by, "write")
        locked = Application.objects.select_for_update().get(pk=application.pk)
        if locked.is_given_up:
            raise Stale
        self.filter(application=application, code__in=off).delete()
        ticks = [self.model(application=application, code=code, by=by) for code in on]
        self.bulk_create(ticks, ignore_conflicts=True)


class PlanTick(Record):
    """A tick: `code` names the line (`applications.progress.countdown`). The list is the team's, and anybody who writes changes it."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="plan_ticks")
    code = models.CharField(max_length=60)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = PlanTickQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["application", "code"], name="plan_tick_unique")]

    def __str__(self) -> str:
        return f"{self.code} {self.at:%d.%m.}"


def _of(application: Any) -> models.QuerySet[PlanTick, Any]:
    rows = PlanTick.objects.filter(application=application)
    return rows.values_list("code", "by__first_name", "by__last_name", "at")


READ_TICKS = Statement(_of, "application")
