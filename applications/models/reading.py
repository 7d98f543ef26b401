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
from cohorts.models import Cohort

from .application import Application
from .draft import Draft, Revision


class ReadingQuerySet(models.QuerySet["Reading"]):
    def visible_to(self, user: Person) -> ReadingQuerySet:
        """The team, the organiser, and every coach of the cohort (they share the queue)."""
        if not user.is_authenticated:
            return self.none()
        coached = Cohort.objects.coached_by(user).filter(teams=OuterRef("application__team"))
        application = Application.objects.visible_to(user).filter(pk=OuterRef("application"))
        return self.filter(Exists(application) | Exists(coached))

    def open(self) -> ReadingQuerySet:
        """Waiting or taken: neither given back nor withdrawn."""
        return self.filter(finished_at=None, withdrawn_at=None)

    def waiting(self) -> ReadingQuerySet:
        return self.open().filter(taken_at=None)


class Reading(Record):
    """What a team handed in, and what a coach says to it. It ends by giving back, or by withdrawing until it is taken."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="readings")
    coach = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="readings")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    asked_at = models.DateTimeField(_("abgegeben am"), default=timezone.now)
    promised_until = models.DateField(_("zugesagt bis"), null=True, blank=True)
    taken_at = models.DateTimeField(_("in Arbeit seit"), null=True, blank=True)
    finished_at = models.DateTimeField(_("zurückgegeben am"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("zurückgezogen am"), null=True, blank=True)
    summary = models.TextField(_("Ein Satz zum Mitgeben"), blank=True, max_length=5000)
    again_by = models.DateField(_("bitte wieder abgeben bis"), null=True, blank=True)
    versions = models.JSONField(default=dict)

    objects = ReadingQuerySet.as_manager()

    MAY = {
        "see": roles("owner", "writer", "reader", "own coach", "coach", "organiser"),
        "take": roles("own coach", "coach"),
        "remark": roles("own coach", "coach"),
        "give back": roles("own coach", "coach"),
        "withdraw": roles("owner", "writer"),
        "answer": roles("owner", "writer", "own coach", "coach"),
        "done": roles("owner", "writer"),
        "resolve": roles("own coach", "coach"),
    }

    class Meta:
        verbose_name = _("Rückmeldung")
        verbose_name_plural = _("Rückmeldungen")
        ordering = ["asked_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(finished_at=None) | Q(withdrawn_at=None), name="reading_finished_or_withdrawn"
            ),
            models.CheckConstraint(
                condition=Q(finished_at=None) | Q(taken_at__isnull=False), name="reading_taken_before_finished"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(taken_at=None), name="reading_withdrawn_only_untaken"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application} {timezone.localtime(self.asked_at):%d.%m.%Y}"

    def get_absolute_url(self) -> str:
        return reverse("readings:read", args=[self.pk])

    @property
    def cohort_uuid(self) -> UUID:
        return self.application.cohort_uuid

    @property
    def is_open(self) -> bool:
        return self.finished_at is None and self.withdrawn_at is None

    @property
    def is_taken(self) -> bool:
        return self.is_open and self.taken_at is not None

    def roles_of(self, user: Person) -> frozenset[str]:
        return self.application.roles_of(user)


class ReadingItemQuerySet(models.QuerySet["ReadingItem"]):
    def visible_to(self, user: Person) -> ReadingItemQuerySet:
        return self.filter(Exists(Reading.objects.visible_to(user).filter(pk=OuterRef("reading"))))


class ReadingItem(Record):
    """One section of a reading in exactly the version handed in. At most one item of a draft is open at a time."""

    class Verdict(models.TextChoices):
        ACCEPTED = "accepted", _("aus Coach-Sicht rund")
        PLEASE_CHANGE = "please change", _("bitte ändern")

    reading = models.ForeignKey(Reading, models.CASCADE, related_name="items")
    draft = models.ForeignKey(Draft, models.CASCADE, related_name="reading_items")
    revision = models.ForeignKey(Revision, models.PROTECT, related_name="reading_items")
    verdict = models.CharField(_("Ergebnis"), max_length=14, choices=Verdict, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = ReadingItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("Abschnitt einer Rückmeldung")
        verbose_name_plural = _("Abschnitte einer Rückmeldung")
        ordering = ["draft__key"]
        constraints = [
            models.UniqueConstraint(fields=["draft"], condition=Q(closed_at=None), name="reading_item_one_open"),
            models.UniqueConstraint(fields=["reading", "draft"], name="reading_item_unique"),
        ]

    def __str__(self) -> str:
        return self.draft.key


class RemarkQuerySet(models.QuerySet["Remark"]):
    def visible_to(self, user: Person) -> RemarkQuerySet:
        """Before its reading is given back a remark is seen by its author alone; then by whoever sees the reading."""
        if not user.is_authenticated:
            return self.none()
        readable = Reading.objects.visible_to(user).filter(pk=OuterRef("item__reading"))
        return self.filter(Exists(readable), Q(by=user) | Q(item__reading__finished_at__isnull=False))

    def given(self) -> RemarkQuerySet:
        """Those the team can see."""
        return self.filter(item__reading__finished_at__isnull=False)

    def blocking(self) -> RemarkQuerySet:
        """Must-changes nobody has resolved: they block acceptance."""
        return self.filter(kind=Remark.Kind.MUST_CHANGE, resolved_at=None)


class Remark(Record):
    """A coach's remark on a section, on quoted words of it, or on a row or cell."""

    class Kind(models.TextChoices):
        MUST_CHANGE = "must change", _("Bitte ändern")
        QUESTION = "question", _("Frage")
        HINT = "hint", _("Hinweis")
        PRAISE = "praise", _("Lob")

        @property
        def stage(self) -> str:
            """The name of its symbol (`stage--…`)."""
            return {"must change": "changes", "question": "question", "hint": "hint", "praise": "praise"}[self.value]

    item = models.ForeignKey(ReadingItem, models.CASCADE, related_name="remarks")
    kind = models.CharField(_("Art"), max_length=12, choices=Kind)
    text = models.TextField(_("Was möchten Sie sagen?"), max_length=5000, blank=True)
    quote = models.TextField(_("Worauf bezieht es sich?"), max_length=2000, blank=True)
    before = models.CharField(max_length=80, blank=True)
    after = models.CharField(max_length=80, blank=True)
    position = models.PositiveIntegerField(null=True, blank=True)
    row_id = models.CharField(max_length=64, blank=True)
    field = models.CharField(max_length=40, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(_("vom Team erledigt am"), null=True, blank=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    resolved_at = models.DateTimeField(_("abgehakt am"), null=True, blank=True)
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = RemarkQuerySet.as_manager()

    class Meta:
        verbose_name = _("Anmerkung")
        verbose_name_plural = _("Anmerkungen")
        ordering = ["at"]
        constraints = [models.CheckConstraint(condition=~Q(text="") | Q(kind="praise"), name="remark_says_something")]

    def __str__(self) -> str:
        return self.get_kind_display()


class ReplyQuerySet(models.QuerySet["Reply"]):
    def visible_to(self, user: Person) -> ReplyQuerySet:
        return self.filter(Exists(Remark.objects.visible_to(user).filter(pk=OuterRef("remark"))))


class Reply(Record):
    """An answer to a remark, by the team or a coach."""

    remark = models.ForeignKey(Remark, models.CASCADE, related_name="replies")
    text = models.TextField(_("Ihre Antwort"), max_length=5000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = ReplyQuerySet.as_manager()

    class Meta:
        verbose_name = _("Antwort")
        verbose_name_plural = _("Antworten")
        ordering = ["at"]

    def __str__(self) -> str:
        return str(self.remark)
