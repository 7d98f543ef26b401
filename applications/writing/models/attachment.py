"""A file that a team uploaded to its application (Anlage), at most `MOST_FILES` of them."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import models, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Event, Record, User
from accounts.models.record import Person
from applications.kept_after_erasing import TEAMS_TEXT
from applications.writing.models.application import Application
from core.filenames import tidy_name
from core.files import sha256_of, stored_name

MOST_FILES = 50


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def visible_to(self, user: Person) -> AttachmentQuerySet:
        return self.filter(Exists(Application.objects.visible_to(user).filter(pk=OuterRef("application"))))

    @transaction.atomic
    def attach(
        self, application: Application, *, by: User, kind: str, upload: UploadedFile, file_type: str
    ) -> Attachment:
        """Add a file that was checked (`core.files.check_upload` returns its type).

        Raises `NotDrafting`, and `ValidationError` beyond 50 files.
        """
        application.require(by, "attach")
        application.lock_for_writing()
        if application.attachments.count() >= MOST_FILES:
            raise ValidationError(_("Mehr als 50 Anlagen sind nicht möglich. Bitte löschen Sie zuerst eine andere."))
        row = self.model(application=application, kind=kind, by=by, size=upload.size, sha256=sha256_of(upload))
        row.name = tidy_name(upload.name or "", file_type)
        row.file.save(row.name, upload, save=False)
        row.save(force_insert=True)
        Event.record("attachment.added", row, by=by, kind=kind)
        return row


class Attachment(Record):
    """A file of the application, stored under a name of our own. `kind` is a key of the call's list of attachments."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="attachments")
    kind = models.CharField(_("Art"), max_length=40)
    file = models.FileField(_("Datei"), upload_to=stored_name)
    name = models.CharField(_("Name"), max_length=200)
    size = models.PositiveIntegerField(_("Größe in Bytes"))
    sha256 = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(_("hochgeladen am"), default=timezone.now)

    STAYS = dict.fromkeys(("name", "file"), TEAMS_TEXT)
    COHORTS = "application__team__cohort"

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

    @transaction.atomic
    def detach(self, *, by: User) -> None:
        """Delete the file and its record. Raises `NotDrafting`."""
        self.require(by, "attach")
        self.application.lock_for_writing()
        Event.record("attachment.removed", self, by=by, kind=self.kind)
        storage, name = self.file.storage, str(self.file.name)
        self.delete()
        transaction.on_commit(lambda: storage.delete(name), robust=True)
