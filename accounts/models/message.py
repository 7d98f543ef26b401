from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from schmiede.writes import Stale, write_if

from .event import Event
from .record import Person, Record, roles

if TYPE_CHECKING:
    from .user import User

# No link in a mail opens anything for longer.
SECRETS_LAST = timedelta(days=31)
# Stands where a token stood that only the recipient may know.
HIDDEN = "…"

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

    def needing_care(self) -> MessageQuerySet:
        """What failed for good or is unclear: somebody decides whether to send it again."""
        unclear = Q(claimed_at__lt=timezone.now() - UNCLEAR_AFTER, failed_at=None)
        return self.filter(Q(failed_at__isnull=False) | unclear, sent_at=None)

    def drop_old_secrets(self) -> int:
        """Take the tokens out of messages that never went out and whose links are worthless by now; how many."""
        old = self.exclude(secret="").filter(created_at__lt=timezone.now() - SECRETS_LAST)
        for message in old:
            write_if(message, {"secret": message.secret}, **message.without_secret)
        return len(old)

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
    secret = models.CharField(max_length=250, blank=True, editable=False)
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

    MAY = {"send again": roles("organiser", "bamf")}

    class Meta:
        verbose_name = _("Nachricht")
        verbose_name_plural = _("Nachrichten")
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["not_before"], name="message_due", condition=Q(claimed_at=None, sent_at=None))]

    def __str__(self) -> str:
        return self.subject

    @property
    def cohort_uuid(self) -> UUID | None:
        return self.cohort_id

    def roles_of(self, user: Person) -> frozenset[str]:
        if not user.is_authenticated:
            return frozenset()
        organising = user.memberships.organising(user)
        found = {"bamf"} if user.is_bamf else set()
        if self.cohort_id and organising.filter(organisation__cohorts__pk=self.cohort_id).exists():
            found.add("organiser")
        return frozenset(found)

    @property
    def is_unclear(self) -> bool:
        """Lost in a crash between claiming and sending."""
        if self.claimed_at is None or self.sent_at or self.failed_at:
            return False
        return self.claimed_at < timezone.now() - UNCLEAR_AFTER

    @property
    def stage(self) -> str:
        """What became of it, in a word."""
        if self.sent_at:
            return gettext("gesendet")
        if self.failed_at:
            return gettext("gescheitert")
        if self.is_unclear:
            return gettext("unklar")
        return gettext("wird wieder versucht") if self.attempts else gettext("wartet")

    @property
    def shown_text(self) -> str:
        """The text for staff: without the token that lets the recipient in."""
        return self.text.replace(self.secret, HIDDEN) if self.secret else self.text

    @property
    def without_secret(self) -> dict[str, str]:
        """The fields as they are kept once the mail is out."""
        return {"text": self.shown_text, "link": "" if self.secret else self.link, "secret": ""}

    @classmethod
    def forget(cls, user: User) -> None:
        """Mails are no record of what happened; those to an erased person go."""
        cls.objects.filter(Q(user=user) | Q(email__iexact=user.email)).delete()

    @transaction.atomic
    def send_again(self, *, by: User) -> None:
        """Put a failed or unclear message back into the queue; `Stale` for any other."""
        self.require(by, "send again")
        if not (self.failed_at or self.is_unclear):
            raise Stale
        expected = {"sent_at": None, "failed_at": self.failed_at, "claimed_at": self.claimed_at}
        write_if(self, expected, failed_at=None, claimed_at=None, attempts=0, not_before=timezone.now())
        Event.record("message.sent_again", self, by=by)
