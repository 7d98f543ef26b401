"""News of a Projektschmiede (Mitteilungen): publishing, with its mail, and who has seen it."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import outbox
from accounts.models import Event, Record, User
from accounts.models.message import topic_of
from accounts.models.record import Person, roles
from accounts.waiting import Told
from core.statements import Now
from core.writes import write_if

from .cohort import Cohort
from .curriculum import ORGANISERS_TEXT


class AnnouncementQuerySet(models.QuerySet["Announcement"]):
    def visible_to(self, user: Person) -> AnnouncementQuerySet:
        """Published ones for the members and coaches of the cohort; the organiser sees drafts too."""
        seen = self.filter(Exists(Cohort.objects.shared_with(user).filter(pk=OuterRef("cohort"))))
        organised = Cohort.objects.organised_by(user).filter(pk=OuterRef("cohort"))
        return seen.filter(models.Q(published_at__lte=timezone.now()) | Exists(organised))

    def published(self) -> AnnouncementQuerySet:
        return self.filter(published_at__lte=Now())


class Announcement(Record):
    """News of a cohort for everybody in it."""

    cohort = models.ForeignKey(Cohort, models.CASCADE, related_name="announcements", verbose_name=_("Projektschmiede"))
    title = models.CharField(_("Überschrift"), max_length=200)
    text = models.TextField(_("Text"))
    published_at = models.DateTimeField(_("veröffentlicht am"), null=True, blank=True, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("von"),
    )

    STAYS = dict.fromkeys(("title", "text"), ORGANISERS_TEXT)
    COHORTS = "cohort"

    objects = AnnouncementQuerySet.as_manager()

    MAY = {
        "edit": roles("organiser"),
        "publish": roles("organiser"),
        "delete": roles("organiser"),
    }

    class Meta:
        verbose_name = _("Mitteilung")
        verbose_name_plural = _("Mitteilungen")
        ordering = ["-published_at", "title"]

    def __str__(self) -> str:
        return self.title

    @property
    def cohort_uuid(self) -> UUID:
        return self.cohort_id

    def roles_of(self, user: Person) -> frozenset[str]:
        return self.cohort.roles_of(user)

    def get_absolute_url(self) -> str:
        return reverse("cohorts:announcement", args=[self.pk])

    @transaction.atomic
    def publish(self, *, by: User) -> Told:
        """Show it to everybody in the cohort, and mail it to those with an account who want news."""
        self.require(by, "publish")
        write_if(self, {"published_at": None}, published_at=timezone.now(), by=by)
        Event.record("announcement.published", self, by=by)
        posted = outbox.post(
            self.cohort.people(),
            "cohorts/mails/announcement.txt",
            dedup=self.pk,
            topic=topic_of(self),
            link=self.get_absolute_url(),
            cohort=self.cohort_id,
            wish="wants_news_mails",
            announcement=self,
        )
        return Told.of(posted)

    def note_seen(self, user: User) -> None:
        """Remember when this person first saw it; seeing it again changes nothing."""
        self.seen.get_or_create(user=user)


class AnnouncementSeenQuerySet(models.QuerySet["AnnouncementSeen"]):
    def visible_to(self, user: Person) -> AnnouncementSeenQuerySet:
        """The person's own; organisers see who has seen their news."""
        if not user.is_authenticated:
            return self.none()
        organised = Announcement.objects.filter(cohort__in=Cohort.objects.organised_by(user))
        return self.filter(models.Q(user=user) | models.Q(announcement__pk__among=organised.values("pk")))


class AnnouncementSeen(Record):
    """Who has seen an announcement, and when first; the overview does not show it yet."""

    announcement = models.ForeignKey(Announcement, models.CASCADE, related_name="seen")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = AnnouncementSeenQuerySet.as_manager()

    class Meta:
        verbose_name = _("gelesene Mitteilung")
        verbose_name_plural = _("gelesene Mitteilungen")
        constraints = [models.UniqueConstraint(fields=["announcement", "user"], name="announcement_seen_unique")]

    def __str__(self) -> str:
        return f"{self.announcement} – {self.user}"
