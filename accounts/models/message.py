from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .record import Person, Record

# A message claimed this long ago without a result was lost in a crash: nobody knows whether it went out.
UNCLEAR_AFTER = timedelta(minutes=15)


class MessageQuerySet(models.QuerySet["Message"]):
    def due(self) -> MessageQuerySet:
        """Those to be sent now, oldest first."""
        return self.filter(claimed_at=None, sent_at=None, failed_at=None, not_before__lte=timezone.now()).order_by(
            "not_before", "pk"
        )

    def unclear(self) -> MessageQuerySet:
        """Claimed but neither sent nor failed: a crash in between. Never sent again by themselves."""
        return self.filter(claimed_at__lt=timezone.now() - UNCLEAR_AFTER, sent_at=None, failed_at=None)

    def failed(self) -> MessageQuerySet:
        return self.exclude(failed_at=None).filter(sent_at=None)

    def visible_to(self, user: Person) -> MessageQuerySet:
        """One's own; BAMF staff see all, an organiser those of her cohorts (for what failed)."""
        if not user.is_authenticated:
            return self.none()
        if user.is_bamf:
            return self
        organised = user.memberships.organising(user).values("organisation__cohorts__pk")
        return self.filter(Q(user=user) | Q(cohort_id__in=organised))


class Message(Record):
    """The outbox: one message to one person, written in the step's transaction, sent once by a task or the timer."""

    email = models.EmailField(_("an"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="messages",
        verbose_name=_("Person"),
    )
    kind = models.CharField(_("Art"), max_length=80)
    subject = models.CharField(_("Betreff"), max_length=200)
    text = models.TextField(_("Text"))
    link = models.CharField(_("Link"), max_length=500, blank=True)
    key = models.CharField(max_length=64, unique=True, editable=False)
    cohort_id = models.UUIDField(null=True, blank=True, db_index=True)
    created_at = models.DateTimeField(_("geschrieben am"), default=timezone.now, editable=False)
    not_before = models.DateTimeField(_("nicht vor"), default=timezone.now)
    claimed_at = models.DateTimeField(_("in Arbeit seit"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("Versuche"), default=0)
    sent_at = models.DateTimeField(_("gesendet am"), null=True, blank=True)
    failed_at = models.DateTimeField(_("gescheitert am"), null=True, blank=True)
    error = models.CharField(_("Fehler"), max_length=200, blank=True)
    seen_at = models.DateTimeField(_("gesehen am"), null=True, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("Nachricht")
        verbose_name_plural = _("Nachrichten")
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["not_before"], name="message_due", condition=Q(claimed_at=None, sent_at=None))]

    def __str__(self) -> str:
        return self.subject
