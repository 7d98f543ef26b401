"""Versions of a section (Fassungen): what each save left, by whom, why, and which are kept for good."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import ClassVar
from uuid import UUID

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, F, Max, Min, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Record
from accounts.models.record import Person
from applications.content import Content, empty, loads
from applications.kept_after_erasing import TEAMS_TEXT
from applications.writing.models.application import Application
from applications.writing.thinning import EXACT, Stored, thinned


class RevisionQuerySet(models.QuerySet["Revision"]):
    def visible_to(self, user: Person) -> RevisionQuerySet:
        return self.filter(Exists(Application.objects.visible_to(user).filter(drafts=OuterRef("draft"))))

    def for_list(self) -> RevisionQuerySet:
        """Newest first, with the authors, without the texts."""
        return self.select_related("by", "merged_with").defer("content").order_by("-at", "-version")

    def with_before(self) -> RevisionQuerySet:
        """Annotate `before`, the version that its author had before them (or the one before it), with its length."""
        earlier = Revision.objects.filter(draft=OuterRef("draft"), version__lte=OuterRef("based_on")).order_by(
            "-version"
        )
        return self.annotate(
            before=Subquery(earlier.values("pk")[:1]), before_length=Subquery(earlier.values("length")[:1])
        )

    def as_of(self, application: Application, moment: datetime) -> RevisionQuerySet:
        """The text of every section of an application at a moment: one each, none for sections that were not begun."""
        rows = Revision.objects.filter(draft=OuterRef("draft"), version__isnull=False, at__lte=moment)
        newest = Subquery(rows.order_by("-version").values("pk")[:1])
        versions = self.filter(draft__application=application, version__isnull=False)
        return versions.filter(pk=newest).select_related("draft", "by")

    def at_versions(self, versions: Mapping[UUID, int]) -> dict[UUID, Revision]:
        """Return by draft the text of a version, or the one before it if that was thinned out; none for version 0.

        Two queries.
        """
        wanted = Q(pk__in=[])
        for draft, version in versions.items():
            wanted |= Q(draft=draft, version__lte=version)
        kept = Q(pk__in=[])
        for draft, newest in (
            self.filter(wanted)
            .order_by()
            .values("draft")
            .annotate(newest=Max("version"))
            .values_list("draft", "newest")
        ):
            kept |= Q(draft=draft, version=newest)
        return {row.draft_id: row for row in self.filter(kept)}

    def keep_current(self, application: Application) -> None:
        """Never thin the current texts of an application: they are handed in, noted in a review or finished."""
        self.filter(draft__application=application, version=F("draft__version")).update(is_kept=True)

    def thin(self, now: datetime) -> int:
        """Delete the texts that may go (`applications.writing.thinning`) and mark the others as kept; return the count.

        It may run twice and at once: a text that is decided is not looked at again.
        """
        undecided = self.filter(is_kept=False, at__lte=now - EXACT)
        drafts = undecided.order_by("draft").values_list("draft", "draft__version", "draft__kind").distinct()
        return sum(self._thin(draft, current, kind, now) for draft, current, kind in list(drafts))

    @transaction.atomic
    def _thin(self, draft: UUID, current: int, kind: str, now: datetime) -> int:
        revisions = self.filter(draft=draft)
        begin = revisions.filter(is_kept=False).aggregate(first=Min("at"))["first"]
        rows = revisions.filter(at__gte=begin or now).order_by("at", F("version").asc(nulls_first=True))
        stored = [Stored(row.pk, row.by_id, row.at, row.version, loads(kind, row.content), row.is_kept) for row in rows]
        going = set(thinned(stored, current, now))
        staying = [text.key for text in stored if text.is_due(now) and text.key not in going]
        self.filter(pk__in=staying).update(is_kept=True)
        return self.filter(pk__in=going).delete()[1].get(self.model._meta.label, 0)


class Revision(Record):
    """A text as it was saved. `version` is empty for a text that never became current (merged, or a conflict)."""

    class Why(models.TextChoices):
        SAVED = "saved", _("gespeichert")
        MERGED = "merged", _("zusammengeführt")
        CONFLICT = "conflict", _("nicht übernommen: Dieselbe Stelle war schon anders geändert")
        HANDED_IN = "handed in", _("zur Rückmeldung abgegeben")
        FINISHED = "finished", _("fertiggestellt")
        RESTORED = "restored", _("wiederhergestellt")
        IMPORTED = "imported", _("eingelesen")
        COPIED = "copied", _("aus der Idee oder einem früheren Vorhaben übernommen")

    NEVER_THINNED: ClassVar = {Why.CONFLICT, Why.HANDED_IN, Why.FINISHED, Why.RESTORED, Why.COPIED}

    draft = models.ForeignKey("Draft", models.CASCADE, related_name="revisions")
    version = models.PositiveIntegerField(null=True, blank=True)
    based_on = models.PositiveIntegerField(null=True, blank=True)
    base = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")
    """The text this one was written on, if that was no version: a text that was merged before more was written."""
    content = models.JSONField()
    length = models.PositiveIntegerField(default=0)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    why = models.CharField(max_length=10, choices=Why, default=Why.SAVED)
    is_imported = models.BooleanField(default=False, editable=False)
    """Did it come in a file? Also set for a text whose `why` is a conflict."""
    merged_with = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    """The author of the other text, for the result of a merge."""
    is_kept = models.BooleanField(default=False, editable=False)
    """Kept for good: handed in, noted in a review, finished, restored, taken over, lost in a conflict, or kept by the thinning."""

    before: UUID | None  # by `with_before()`
    before_length: int | None

    STAYS: ClassVar = {"content": TEAMS_TEXT}
    COHORTS: ClassVar = "draft__application__team__cohort"

    objects = RevisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("Fassung eines Abschnitts")
        verbose_name_plural = _("Fassungen der Abschnitte")
        ordering = ["draft", "-at"]
        indexes = [
            models.Index(fields=["draft", "at"], name="revision_history"),
            models.Index(fields=["draft", "length"], name="revision_length"),
            models.Index(fields=["at"], condition=Q(is_kept=False), name="revision_undecided"),
        ]
        constraints = [models.UniqueConstraint(fields=["draft", "version"], name="revision_version_unique")]

    def __str__(self) -> str:
        return f"{self.draft.key} · {self.version or '–'}"

    @cached_property
    def value(self) -> Content:
        return loads(self.draft.kind, self.content)

    def value_before(self) -> Content:
        """Return what its author had before them when they began to change it; if thinned out, the text before."""
        if self.base:
            return loads(self.draft.kind, self.base.content)
        earlier = Revision.objects.filter(draft=self.draft_id, version__lte=self.based_on or 0)
        kept = earlier.order_by("-version").first()
        return loads(self.draft.kind, kept.content) if kept else empty(self.draft.kind)
