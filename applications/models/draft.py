from __future__ import annotations

from functools import cached_property
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Record
from accounts.models.record import Person
from applications.content import Content, loads
from calls.terms import Kind

from .application import Application


class DraftQuerySet(models.QuerySet["Draft"]):
    def visible_to(self, user: Person) -> DraftQuerySet:
        return self.filter(Exists(Application.objects.visible_to(user).filter(pk=OuterRef("application"))))

    def for_list(self) -> DraftQuerySet:
        """Without the texts."""
        return self.defer("content")


class Draft(Record):
    """The current content of one section. All of an application's drafts are made with it, so a save is an UPDATE."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="drafts")
    key = models.CharField(max_length=10)
    kind = models.CharField(max_length=20, choices=[(kind.value, kind.value) for kind in Kind])
    content = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=0)
    length = models.PositiveIntegerField(default=0)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(null=True, blank=True)

    objects = DraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("Entwurf eines Abschnitts")
        verbose_name_plural = _("Entwürfe der Abschnitte")
        ordering = ["application", "key"]
        constraints = [models.UniqueConstraint(fields=["application", "key"], name="draft_unique")]

    def __str__(self) -> str:
        return f"{self.key} · {self.version}"

    @property
    def cohort_uuid(self) -> UUID:
        return self.application.cohort_uuid

    @property
    def is_begun(self) -> bool:
        return self.version > 0

    @cached_property
    def value(self) -> Content:
        """The content as a value of its kind; an empty one for version 0."""
        return loads(self.kind, self.content)

    def roles_of(self, user: Person) -> frozenset[str]:
        return self.application.roles_of(user)

    MAY = Application.MAY


class RevisionQuerySet(models.QuerySet["Revision"]):
    def visible_to(self, user: Person) -> RevisionQuerySet:
        return self.filter(Exists(Draft.objects.visible_to(user).filter(pk=OuterRef("draft"))))

    def for_list(self) -> RevisionQuerySet:
        """Newest first, with who wrote it, without the texts."""
        return self.select_related("by").defer("content").order_by("-at", "-version")


class Revision(Record):
    """A text as it was when it was saved. `version` is empty for one that never became current (lost in a conflict)."""

    class Why(models.TextChoices):
        SAVED = "saved", _("gespeichert")
        MERGED = "merged", _("zusammengeführt")
        CONFLICT = "conflict", _("nicht übernommen: jemand anders war schneller")
        HANDED_IN = "handed in", _("abgegeben")
        FINISHED = "finished", _("fertiggestellt")
        RESTORED = "restored", _("wiederhergestellt")
        IMPORTED = "imported", _("eingelesen")

    draft = models.ForeignKey(Draft, models.CASCADE, related_name="revisions")
    version = models.PositiveIntegerField(null=True, blank=True)
    based_on = models.PositiveIntegerField(null=True, blank=True)
    content = models.JSONField()
    length = models.PositiveIntegerField(default=0)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    why = models.CharField(max_length=10, choices=Why, default=Why.SAVED)

    objects = RevisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("Fassung eines Abschnitts")
        verbose_name_plural = _("Fassungen der Abschnitte")
        ordering = ["draft", "-at"]
        indexes = [models.Index(fields=["draft", "at"], name="revision_history")]
        constraints = [models.UniqueConstraint(fields=["draft", "version"], name="revision_version_unique")]

    def __str__(self) -> str:
        return f"{self.draft.key} · {self.version or '–'}"

    @cached_property
    def value(self) -> Content:
        return loads(self.draft.kind, self.content)
