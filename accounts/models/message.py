"""Mails as rows (Nachrichten): whom an answer goes to (`reply_to`), how long links in them are kept (`SECRETS_LAST`), which wait, sending again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django.db.models import Count, Exists, Max, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import mail_kinds
from accounts.addresses import AddressField
from core.values import dataclass
from core.writes import Stale, write_if

from .event import Event
from .record import Person, Record, roles
from .traces import Traces

if TYPE_CHECKING:
    from .user import User

# No link in a mail opens anything for longer.
SECRETS_LAST = timedelta(days=31)
# Stands where a token stood that only the recipient may know.
HIDDEN = "…"

# A message claimed this long ago without a result was lost in a crash: nobody knows whether it went out.
UNCLEAR_AFTER = timedelta(minutes=15)


# So long a mail that is due counts as on its way; then nobody sends it.
GOING_FOR = timedelta(minutes=1)


# Neither sent nor in the hands of a mail server: it can still be stopped or replaced.
NOT_OUT = Q(sent_at=None, claimed_at=None, failed_at=None, withheld_at=None)


def _needs_care() -> Q:
    unclear = Q(claimed_at__lt=timezone.now() - UNCLEAR_AFTER, failed_at=None)
    return Q(sent_at=None) & (Q(failed_at__isnull=False) | unclear)


@dataclass(frozen=True)
class MailFigures:
    """How many messages of a kind went out, wait or did not arrive."""

    kind: str
    sent: int
    waiting: int
    care: int

    @property
    def words(self) -> str:
        return mail_kinds.words(self.kind)


@dataclass(frozen=True)
class MailFailures:
    """Messages of one kind and cohort that did not arrive for the same reason; unclear ones have none."""

    cohort_id: UUID | None
    kind: str
    error: str
    count: int
    last_at: datetime

    @property
    def words(self) -> str:
        return mail_kinds.words(self.kind)


def topic_of(record: Record, part: str = "") -> str:
    """Return what mails to many are about: a record, or a part of what is told of it."""
    return f"{record._meta.label_lower}:{record.pk}{part and '/'}{part}"


def record_of(topic: str) -> tuple[str, str]:
    """Return the label and the key of the record that a topic names."""
    label, _colon, rest = topic.partition(":")
    return label, rest.partition("/")[0]


class MessageQuerySet(models.QuerySet["Message"]):
    def due(self) -> MessageQuerySet:
        """Return those to be sent now, oldest first, with their address for answers.

        Of two about one topic to one address the second is due once the first is out or has failed for good, so that
        nobody reads the older one last.
        """
        same = {name: OuterRef(name) for name in ("topic", "email")}
        lost_at = timezone.now() - UNCLEAR_AFTER
        on_its_way = Q(claimed_at__gte=lost_at, sent_at=None, failed_at=None) | NOT_OUT
        earlier = Message.objects.filter(on_its_way, **same, created_at__lt=OuterRef("created_at"))
        due = self.filter(NOT_OUT, Q(topic="") | ~Exists(earlier), not_before__lte=timezone.now())
        return due.with_contact().order_by("not_before", "pk")

    def waiting(self) -> MessageQuerySet:
        """Return the mails to many and with decisions that wait some minutes, or for the next attempt, and can still be stopped."""
        return self.filter(NOT_OUT).exclude(topic="")

    def unsent(self) -> MessageQuerySet:
        """Return what nobody has got and nobody has stopped: it waits, or has failed."""
        return self.filter(NOT_OUT | Q(failed_at__isnull=False), sent_at=None)

    def about(self, record: Record) -> MessageQuerySet:
        """Return the mails to many about a record, and about a cohort all of those within it."""
        rows = self.filter(cohort_id=record.cohort_uuid).exclude(topic="")
        return rows if record.cohort_uuid == record.pk else rows.filter(topic__startswith=topic_of(record))

    def with_contact(self) -> MessageQuerySet:
        """Read with today's contact of the cohort a message is about, and the person who wants the answers."""
        organisers = apps.get_model("accounts", "Organisation").objects.filter(cohorts=OuterRef("cohort_id"))
        return self.select_related("answers_to").annotate(
            contact_name=Subquery(organisers.values("cohorts__contact_name")),
            contact_email=Subquery(organisers.values("cohorts__contact_email")),
        )

    def unclear(self) -> MessageQuerySet:
        """Return those claimed but neither sent nor failed, after a crash; nothing sends them again by itself."""
        return self.filter(claimed_at__lt=timezone.now() - UNCLEAR_AFTER, sent_at=None, failed_at=None)

    def failed(self) -> MessageQuerySet:
        return self.exclude(failed_at=None).filter(sent_at=None)

    def needing_care(self) -> MessageQuerySet:
        """Return what failed for good or is unclear: somebody decides whether to send it again."""
        return self.filter(_needs_care())

    def figures(self) -> list[MailFigures]:
        """Return how many messages of each kind went out, wait or did not arrive, without names and texts."""
        sent, care, waiting = (
            Q(sent_at__isnull=False),
            _needs_care(),
            Q(sent_at=None, withheld_at=None) & ~_needs_care(),
        )
        counted = (
            self.order_by()
            .values("kind")
            .annotate(sent=Count("pk", filter=sent), waiting=Count("pk", filter=waiting), care=Count("pk", filter=care))
        )
        return sorted((MailFigures(**row) for row in counted), key=lambda row: (-row.care, row.words.lower()))

    def failures(self) -> list[MailFailures]:
        """Return what did not arrive, by cohort, kind and error, the latest first, without names and texts."""
        counted = (
            self.needing_care()
            .order_by()
            .values("cohort_id", "kind", "error")
            .annotate(count=Count("pk"), last_at=Max(Coalesce("failed_at", "claimed_at")))
        )
        return sorted((MailFailures(**row) for row in counted), key=lambda row: row.last_at, reverse=True)

    def drop_old_secrets(self) -> int:
        """Take the tokens out of messages that never went out and whose links are worthless by now; how many."""
        old = self.exclude(secret="").filter(created_at__lt=timezone.now() - SECRETS_LAST)
        for message in old:
            write_if(message, {"secret": message.secret}, **message.without_secret)
        return len(old)

    def visible_to(self, user: Person) -> MessageQuerySet:
        """Messages to the person and of cohorts they organise; BAMF staff see those that belong to no cohort.

        Of cohorts BAMF staff read `figures` and `failures`: messages name the people of teams.
        """
        if not user.is_authenticated:
            return self.none()
        organised = user.memberships.organising(user).values("organisation__cohorts__pk")
        seen = Q(user=user) | Q(cohort_id__in=organised)
        return self.filter(seen | Q(cohort_id=None)) if user.is_bamf else self.filter(seen)

    def of_cohorts(self) -> MessageQuerySet:
        return self.exclude(cohort_id=None)


class Message(Record):
    """The outbox: one message to one person, written in the step's transaction, sent once by a task or the timer."""

    email = AddressField(_("an"))
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
    answers_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(_("geschrieben am"), default=timezone.now, editable=False)
    not_before = models.DateTimeField(_("nicht vor"), default=timezone.now)
    claimed_at = models.DateTimeField(_("in Arbeit seit"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("Versuche"), default=0)
    sent_at = models.DateTimeField(_("gesendet am"), null=True, blank=True)
    failed_at = models.DateTimeField(_("gescheitert am"), null=True, blank=True)
    error = models.CharField(_("Fehler"), max_length=200, blank=True)
    seen_at = models.DateTimeField(_("gesehen am"), null=True, blank=True)
    # What a mail to many or a decision is about (`topic_of`): a later one replaces what still waits. "" for others.
    topic = models.CharField(max_length=120, blank=True, db_default="", editable=False)
    # What the person knew of the topic before this mail, as JSON; "" once they have got it.
    known = models.TextField(blank=True, db_default="", editable=False)
    withheld_at = models.DateTimeField(_("angehalten am"), null=True, blank=True, editable=False)
    # By a step that may be taken back, not by a person, who stops it for good.
    is_held_back = models.BooleanField(default=False, db_default=False, editable=False)

    # Of the cohort it is about: read with the message (`with_contact`), never kept in it.
    contact_name: str | None = None
    contact_email: str | None = None

    FORGETS = _("Nachrichten an die Person, und ihr Name in Nachrichten an andere")

    objects = MessageQuerySet.as_manager()

    MAY = {
        "send again": roles("organiser", "bamf"),
        "send now": roles("organiser"),
        "withhold": roles("organiser"),
    }

    class Meta:
        verbose_name = _("Nachricht")
        verbose_name_plural = _("Nachrichten")
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["not_before"], name="message_due", condition=Q(claimed_at=None, sent_at=None)),
            models.Index(fields=["topic"], name="message_topic_open", condition=Q(sent_at=None) & ~Q(topic="")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(withheld_at=None) | Q(claimed_at=None, sent_at=None, failed_at=None),
                name="message_withheld_is_not_out",
            )
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def cohort_uuid(self) -> UUID | None:
        return self.cohort_id

    def roles_of(self, user: Person) -> frozenset[str]:
        """Return `organiser` of its cohort, or `bamf` where it has none."""
        if not user.is_authenticated:
            return frozenset()
        organising = user.memberships.organising(user)
        own_roles = {"bamf"} if user.is_bamf and self.cohort_id is None else set()
        if self.cohort_id and organising.filter(organisation__cohorts__pk=self.cohort_id).exists():
            own_roles.add("organiser")
        return frozenset(own_roles)

    @property
    def is_unclear(self) -> bool:
        """Return whether it was lost in a crash between claiming and sending."""
        if self.claimed_at is None or self.sent_at or self.failed_at:
            return False
        return self.claimed_at < timezone.now() - UNCLEAR_AFTER

    @property
    def stage(self) -> str:
        """Return its state in a word."""
        if self.sent_at:
            return gettext("gesendet")
        if self.failed_at:
            return gettext("gescheitert")
        if self.withheld_at:
            return gettext("nicht gesendet")
        if self.is_unclear:
            return gettext("unklar")
        if self.is_going:
            return gettext("geht gerade hinaus")
        return gettext("wird wieder versucht") if self.attempts else gettext("wartet")

    @property
    def is_waiting(self) -> bool:
        """Return whether it is a mail to many, or with a decision, that can still be stopped."""
        return bool(self.topic) and not (self.claimed_at or self.sent_at or self.failed_at or self.withheld_at)

    @property
    def waits_until(self) -> datetime | None:
        """Return until when it can be stopped for sure; None where it leaves at once, or has left (`due`)."""
        return self.not_before if self.is_waiting and self.not_before > timezone.now() else None

    @property
    def is_going(self) -> bool:
        """Return whether it is due and about to be sent, so that there is nothing to press."""
        return self.is_waiting and timezone.now() - GOING_FOR < self.not_before <= timezone.now()

    @property
    def reply_to(self) -> tuple[str, str] | None:
        """Return name and address for answers: the writer's who wants them, else those of the cohort's contact, if any."""
        writer = self.answers_to
        if writer and writer.wants_answers and writer.is_active:
            return str(writer), writer.email
        return (self.contact_name or "", self.contact_email) if self.contact_email else None

    @property
    def shown_text(self) -> str:
        """Return the text for staff, without the token that lets the recipient in."""
        return self.text.replace(self.secret, HIDDEN) if self.secret else self.text

    @property
    def without_secret(self) -> dict[str, str]:
        """Return the fields that hold a token as they are kept once the mail is out."""
        return {"text": self.shown_text, "link": "" if self.secret else self.link, "secret": ""}

    @classmethod
    def forget(cls, traces: Traces) -> int:
        """Delete mails to an erased person, and take their name out of those to others: mails are no record."""
        theirs = cls.objects.filter(traces.is_theirs("user")).delete()[0]
        waits = Q(sent_at=None, failed_at=None, withheld_at=None)
        around = Q(cohort_id=None) | Q(cohort_id__in=traces.cohorts)  # elsewhere it may be somebody of the same name
        others = cls.objects.filter(around | ~waits)
        return theirs + traces.take_out(others, "subject", "text", in_json=("known",))

    @transaction.atomic
    def send_again(self, *, by: User) -> None:
        """Put a failed or unclear message back into the queue.

        Raises `Stale` for any other, and for one that is out of date: the person has got, or gets, a newer one about the
        same topic.
        """
        self.require(by, "send again")
        if not (self.failed_at or self.is_unclear):
            raise Stale
        expected = {"sent_at": None, "failed_at": self.failed_at, "claimed_at": self.claimed_at}
        write_if(self, expected, failed_at=None, claimed_at=None, attempts=0, not_before=timezone.now())
        newer = Message.objects.filter(topic=self.topic, email=self.email, created_at__gt=self.created_at)
        if self.topic and newer.exists():
            raise Stale
        Event.record("message.sent_again", self, by=by)
