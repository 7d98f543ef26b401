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
from accounts.models.record import Person, roles
from applications.content import InvalidContent, normalised
from applications.stays import TEAMS_TEXT
from applications.writing.models.application import Application
from cohorts.models.team import has_role
from core.filenames import tidy_name
from core.files import sha256_of, stored_name
from core.writes import write_if

MOST_FILES = 50
MOST_NOTE = 10_000


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


class SectionNoteQuerySet(models.QuerySet["SectionNote"]):
    def visible_to(self, user: Person) -> SectionNoteQuerySet:
        """Only the team's own, readers included; no coach, no organiser, no BAMF staff."""
        return self.filter(has_role(user, Application.MAY["see notes"], "application__team__"))

    @transaction.atomic
    def save_note(self, application: Application, key: str, *, by: User, seen: int, text: str) -> SectionNote:
        """Save the team's note.

        Raises `Stale` if somebody changed it since version `seen`, and `InvalidContent` if it cannot be stored.
        """
        application.require(by, "note")
        text = normalised(text)
        if len(text) > MOST_NOTE:
            raise InvalidContent(_("Die Notiz ist zu lang. Möglich sind bis zu 10.000 Zeichen."))
        Application.objects.select_for_update().get(pk=application.pk)
        note, _created = self.get_or_create(application=application, key=key)
        if note.text != text:
            write_if(note, {"version": seen}, text=text, version=seen + 1, by=by, at=timezone.now())
        return note


class SectionNote(Record):
    """The team's private note to a section."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="notes")
    key = models.CharField(max_length=10)
    text = models.TextField(_("Notiz"), blank=True, max_length=MOST_NOTE)
    version = models.PositiveIntegerField(default=0)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(null=True, blank=True)

    STAYS = {"text": TEAMS_TEXT}
    COHORTS = "application__team__cohort"

    objects = SectionNoteQuerySet.as_manager()

    MAY = {"write": roles("owner", "writer")}

    class Meta:
        verbose_name = _("Notiz des Teams")
        verbose_name_plural = _("Notizen der Teams")
        constraints = [models.UniqueConstraint(fields=["application", "key"], name="section_note_unique")]

    def __str__(self) -> str:
        return self.key

    def roles_of(self, user: Person) -> frozenset[str]:
        return self.application.roles_of(user)
