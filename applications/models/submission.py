from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Record
from accounts.models.record import Person, roles
from schmiede.files import stored_name

from .application import Application


class SubmissionQuerySet(models.QuerySet["Submission"]):
    def visible_to(self, user: Person) -> SubmissionQuerySet:
        """Whoever sees the application; BAMF staff once it is posted."""
        if not user.is_authenticated:
            return self.none()
        visible = Q(Exists(Application.objects.visible_to(user).filter(pk=OuterRef("application"))))
        if user.is_bamf:
            visible |= Q(posted_on__isnull=False, superseded_at=None)
        return self.filter(visible)

    def current(self) -> SubmissionQuerySet:
        return self.filter(superseded_at=None)

    def posted(self) -> SubmissionQuerySet:
        return self.current().exclude(posted_on=None)


class Submission(Record):
    """A finished application: content frozen with all labels and limits, its papers, and the steps on paper.

    Nothing is called *eingereicht* before the team has entered `posted_on`. At most one is current per stage.
    """

    application = models.ForeignKey(Application, models.PROTECT, related_name="submissions", verbose_name=_("Vorhaben"))
    stage = models.PositiveSmallIntegerField(_("Stufe"))
    number = models.PositiveSmallIntegerField(_("Nummer"))
    frozen = models.JSONField()
    checksum = models.CharField(_("Prüfsumme (SHA-256)"), max_length=64)
    grant_cents = models.BigIntegerField(_("Zuwendung in Cent"))
    pages = models.PositiveSmallIntegerField(_("Seiten der Projektskizze"), null=True, blank=True)
    receipt_number = models.CharField(_("Belegnummer"), max_length=20, unique=True)
    finished_at = models.DateTimeField(_("fertiggestellt am"), default=timezone.now)
    finished_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    superseded_at = models.DateTimeField(_("zurückgenommen am"), null=True, blank=True)
    transferred_on = models.DateField(_("in die Vordrucke übertragen am"), null=True, blank=True)
    signed_on = models.DateField(_("unterschrieben am"), null=True, blank=True)
    posted_on = models.DateField(_("zur Post gegeben am"), null=True, blank=True)
    received_on = models.DateField(_("Eingang bestätigt am"), null=True, blank=True)

    objects = SubmissionQuerySet.as_manager()

    MAY = {
        "see": roles("owner", "writer", "reader", "own coach", "organiser", "bamf"),
        "paper steps": roles("owner"),
        "outcome": roles("owner", "organiser"),
    }

    class Meta:
        verbose_name = _("fertiggestelltes Vorhaben")
        verbose_name_plural = _("fertiggestellte Vorhaben")
        ordering = ["-finished_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "stage"], condition=Q(superseded_at=None), name="submission_one_current"
            ),
            models.UniqueConstraint(fields=["application", "number"], name="submission_number_unique"),
            models.CheckConstraint(
                condition=Q(posted_on=None) | Q(transferred_on__isnull=False, signed_on__isnull=False),
                name="submission_posted_after_signed",
            ),
            models.CheckConstraint(condition=Q(posted_on=None) | Q(superseded_at=None), name="submission_posted_stays"),
        ]

    def __str__(self) -> str:
        return self.receipt_number

    def get_absolute_url(self) -> str:
        return reverse("papers:detail", args=[self.pk])

    @property
    def cohort_uuid(self) -> UUID:
        return self.application.cohort_uuid

    def roles_of(self, user: Person) -> frozenset[str]:
        return self.application.roles_of(user)


class SubmissionFileQuerySet(models.QuerySet["SubmissionFile"]):
    def visible_to(self, user: Person) -> SubmissionFileQuerySet:
        return self.filter(Exists(Submission.objects.visible_to(user).filter(pk=OuterRef("submission"))))


class SubmissionFile(Record):
    """One paper, the bytes as made; always served as stored, never rendered again."""

    class Kind(models.TextChoices):
        COVER = "cover", _("Angaben für das Titelblatt")
        SKETCH = "sketch", _("Projektskizze")
        FINANCING_PLAN = "financing_plan", _("Gesamtfinanzierungsplan")
        HAND_OVER = "hand_over", _("Begleitblatt mit Unterschriften und Anschrift")

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="files")
    kind = models.CharField(_("Art"), max_length=20, choices=Kind)
    file = models.FileField(upload_to=stored_name)
    size = models.PositiveIntegerField(_("Größe in Bytes"))
    sha256 = models.CharField(max_length=64)
    pages = models.PositiveSmallIntegerField(_("Seiten"), null=True, blank=True)

    objects = SubmissionFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("Unterlage")
        verbose_name_plural = _("Unterlagen")
        constraints = [models.UniqueConstraint(fields=["submission", "kind"], name="submission_file_unique")]

    def __str__(self) -> str:
        return self.get_kind_display()


class OutcomeQuerySet(models.QuerySet["Outcome"]):
    def visible_to(self, user: Person) -> OutcomeQuerySet:
        return self.filter(Exists(Submission.objects.visible_to(user).filter(pk=OuterRef("submission"))))


class Outcome(Record):
    """What the funder decided, as the team or the organiser entered it; the amount in cents."""

    class Kind(models.TextChoices):
        INVITED = "invited", _("zum Antrag eingeladen")
        DECLINED = "declined", _("abgelehnt")
        GRANTED = "granted", _("bewilligt")
        NOT_GRANTED = "not granted", _("nicht bewilligt")

    submission = models.OneToOneField(Submission, models.CASCADE, related_name="outcome", verbose_name=_("Vorhaben"))
    kind = models.CharField(_("Ergebnis"), max_length=12, choices=Kind)
    on = models.DateField(_("vom"))
    amount_cents = models.BigIntegerField(_("bewilligter Betrag in Cent"), null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(_("eingetragen am"), default=timezone.now)

    objects = OutcomeQuerySet.as_manager()

    MAY = {"see": Submission.MAY["see"]}

    class Meta:
        verbose_name = _("Ergebnis")
        verbose_name_plural = _("Ergebnisse")
        ordering = ["-on"]

    def __str__(self) -> str:
        return self.get_kind_display()

    @property
    def cohort_uuid(self) -> UUID:
        return self.submission.cohort_uuid

    def roles_of(self, user: Person) -> frozenset[str]:
        return self.submission.roles_of(user)
