"""The audit trail: one row for everything that somebody did, written by `Event.record` and never changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Case, Q, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .record import Person, Record

if TYPE_CHECKING:
    from .user import User


class EventQuerySet(models.QuerySet["Event"]):
    def visible_to(self, user: Person) -> EventQuerySet:
        """BAMF staff see all, organisers those of their own cohorts."""
        if not user.is_authenticated:
            return self.none()
        if user.is_bamf:
            return self
        return self.filter(cohort_id__in=user.memberships.organising(user).values("organisation__cohorts__pk"))

    def named_to(self, user: User) -> EventQuerySet:
        """Annotate with `is_named`, whether this person may read who it was.

        People who act in a cohort are named to its organisers and to themselves. BAMF staff read no other name there, not
        even of a colleague, who may coach in it.
        """
        organised = user.memberships.organising(user).values("organisation__cohorts__pk")
        named = Q(cohort_id=None) | Q(by=user) | Q(cohort_id__in=organised)
        return self.annotate(is_named=Case(When(named, then=True), default=False, output_field=models.BooleanField()))

    def update(self, **fields: Any) -> int:
        raise TypeError("Events are written once and never changed.")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise TypeError("Events are written once and never deleted.")


class Event(Record):
    """The audit trail: who did what to which record, when. Codes and identifiers only, no free text, no names.

    Append-only: a step writes it in its own transaction, nothing changes or deletes it.
    """

    at = models.DateTimeField(_("wann"), default=timezone.now, editable=False, db_index=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("wer")
    )
    what = models.CharField(_("was"), max_length=60)
    record_type = models.CharField(_("woran"), max_length=60)
    record_id = models.CharField(_("Kennung"), max_length=40)
    cohort_id = models.UUIDField(_("Projektschmiede"), null=True, blank=True, db_index=True)
    codes = models.JSONField(_("Angaben"), default=dict, blank=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("Ereignis")
        verbose_name_plural = _("Ereignisse")
        ordering = ["-at"]
        indexes = [models.Index(fields=["record_type", "record_id"], name="event_record")]

    def __str__(self) -> str:
        return f"{self.what} {self.record_type} {self.record_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("Events are written once and never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("Events are written once and never deleted.")

    @classmethod
    def record(cls, what: str, record: Record, *, by: User | None, cohort: UUID | None = None, **codes: Any) -> Event:
        """Write down that `by` (None: the portal itself or a person without account) did `what` to `record`."""
        return cls.objects.create(
            by=by,
            what=what,
            record_type=record._meta.label_lower,
            record_id=str(record.pk),
            cohort_id=cohort or record.cohort_uuid,
            codes={key: value if isinstance(value, int | bool | None) else str(value) for key, value in codes.items()},
        )
