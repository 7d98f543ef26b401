"""When the timer and the workers were last seen, and from when they count as late (`LATE_AFTER`, `GONE_AFTER`)."""

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .record import Person, Record

LATE_AFTER = timedelta(hours=1)
# The row that every worker writes twice a minute.
WORKER = "Hintergrundarbeit"
GONE_AFTER = timedelta(minutes=5)


class LastRunQuerySet(models.QuerySet["LastRun"]):
    def visible_to(self, user: Person) -> LastRunQuerySet:
        """All staff see whether the portal does its recurring work; it says nothing about people."""
        return self if user.is_authenticated and (user.is_bamf or user.organises) else self.none()

    def of_timer(self) -> LastRunQuerySet:
        return self.exclude(name=WORKER)

    def late(self) -> LastRunQuerySet:
        """Return what failed the last time or has not run for an hour; the timer comes every few minutes."""
        return self.of_timer().filter(Q(failed=True) | Q(at__lt=timezone.now() - LATE_AFTER))

    def of_living_worker(self) -> LastRunQuerySet:
        return self.filter(name=WORKER, at__gte=timezone.now() - GONE_AFTER)


class LastRun(Record):
    """When a piece of recurring work last ran to its end, and what came of it; one row each, written again every time."""

    name = models.CharField(_("Aufgabe"), max_length=60, unique=True)
    at = models.DateTimeField(_("zuletzt gelaufen am"), default=timezone.now)
    note = models.CharField(_("Ergebnis"), max_length=500, blank=True)
    failed = models.BooleanField(_("mit Fehlern"), default=False)

    objects = LastRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("wiederkehrende Aufgabe")
        verbose_name_plural = _("wiederkehrende Aufgaben")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def note_run(cls, name: str, note: str, *, failed: bool = False) -> None:
        """Remember that this work has run now. `note` holds numbers and words of our own, never a person's data."""
        values = {"at": timezone.now(), "note": note[:500], "failed": failed}
        cls.objects.update_or_create(name=name, defaults=values)

    @classmethod
    def note_worker(cls) -> None:
        """Remember that a worker is there."""
        cls.note_run(WORKER, gettext("Ein Worker ist da."))
