from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Record
from accounts.models.record import Person
from cohorts.models import TeamMember
from schmiede.files import stored_name

from .application import Application


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def visible_to(self, user: Person) -> AttachmentQuerySet:
        return self.filter(Exists(Application.objects.visible_to(user).filter(pk=OuterRef("application"))))


class Attachment(Record):
    """A file of the application: type by content, stored under a name of our own. `kind` is a key of the call's list."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="attachments")
    kind = models.CharField(_("Art"), max_length=40)
    file = models.FileField(_("Datei"), upload_to=stored_name)
    name = models.CharField(_("Name"), max_length=200)
    size = models.PositiveIntegerField(_("Größe in Bytes"))
    sha256 = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(_("hochgeladen am"), default=timezone.now)

    objects = AttachmentQuerySet.as_manager()

    MAY = Application.MAY

    class Meta:
        verbose_name = _("Anlage")
        verbose_name_plural = _("Anlagen")
        ordering = ["at"]

    def __str__(self) -> str:
        return self.name

    @property
    def cohort_uuid(self) -> UUID:
        return self.application.cohort_uuid

    def roles_of(self, user: Person) -> frozenset[str]:
        return self.application.roles_of(user)


class SectionNoteQuerySet(models.QuerySet["SectionNote"]):
    def visible_to(self, user: Person) -> SectionNoteQuerySet:
        """The team alone, readers too; no coach, no organiser, nobody of the BAMF."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(Exists(TeamMember.objects.current().filter(team=OuterRef("application__team"), user=user)))


class SectionNote(Record):
    """The team's private note to a section."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="notes")
    key = models.CharField(max_length=10)
    text = models.TextField(_("Notiz"), blank=True, max_length=10_000)
    version = models.PositiveIntegerField(default=0)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(null=True, blank=True)

    objects = SectionNoteQuerySet.as_manager()

    MAY = Application.MAY

    class Meta:
        verbose_name = _("Notiz des Teams")
        verbose_name_plural = _("Notizen der Teams")
        constraints = [models.UniqueConstraint(fields=["application", "key"], name="section_note_unique")]

    def __str__(self) -> str:
        return self.key
