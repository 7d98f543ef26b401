"""The papers of a finished application as stored PDFs; their kinds and their order on the page (`Kind`)."""

from __future__ import annotations

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Event, Record, User
from accounts.models.record import Person
from applications.kept_after_erasing import PAPERS
from applications.papers import Pdf
from applications.papers.models.enclosures import EnclosureList, Overtaken
from applications.papers.models.submission import Submission, columns_of
from applications.writing.models.application import Application
from core.files import stored_name
from core.writes import Stale


class SubmissionFileQuerySet(models.QuerySet["SubmissionFile"]):
    def visible_to(self, user: Person) -> SubmissionFileQuerySet:
        """Everyone who sees the submission; BAMF staff not what says of itself that it stays with the team."""
        files = self.filter(Exists(Submission.objects.visible_to(user).filter(pk=OuterRef("submission"))))
        if not user.is_authenticated or not user.is_bamf:
            return files
        own = Exists(Application.objects.visible_to(user).filter(submissions=OuterRef("submission")))
        return files.filter(own | ~Q(kind__in=SubmissionFile.STAYS_WITH_THE_TEAM))

    def letters_of(self, submission: Submission) -> SubmissionFileQuerySet:
        """The letters made for the envelope, the current one first."""
        return self.filter(submission=submission, kind=SubmissionFile.Kind.LETTER).order_by("-number")

    @transaction.atomic
    def keep_letter(
        self, submission: Submission, pdf: Pdf, *, number: int, list_number: int, by: User
    ) -> SubmissionFile:
        """Keep a letter that was just printed from the list of this number, as the current one.

        Raises `Overtaken` if the list was corrected or a letter was made meanwhile, and `Stale` once it is posted or
        taken back.
        """
        submission.require(by, "paper steps")
        submission.lock()
        if not submission.can_be_corrected:
            raise Stale
        latest, last = EnclosureList.objects.latest_of(submission), self.letters_of(submission).first()
        if (latest.number if latest else 0) != list_number or (last.number if last else 0) != number - 1:
            raise Overtaken
        letter = submission.files.create(
            kind=SubmissionFile.Kind.LETTER, number=number, list_number=list_number, **columns_of(pdf)
        )
        Event.record("submission.letter", submission, by=by, number=number)
        return letter


class SubmissionFile(Record):
    """One paper, the bytes as made; always served as stored, never made again."""

    class Kind(models.TextChoices):
        COVER = "cover", _("Angaben für das Titelblatt")
        SKETCH = "sketch", _("Projektskizze")
        FINANCING_PLAN = "financing_plan", _("Zahlen für den Gesamtfinanzierungsplan")
        CHECKLIST = "checklist", _("Ihre Checkliste – bleibt bei Ihnen")
        LETTER = "letter", _("Anschreiben und Verzeichnis der Anlagen")
        # Of applications that were finished before the two above existed.
        HAND_OVER = "hand_over", _("Begleitblatt mit Unterschriften und Anschrift")

        ALL = "all", _("Alle Unterlagen in einem PDF")

    STAYS_WITH_THE_TEAM = frozenset({Kind.COVER, Kind.CHECKLIST, Kind.ALL})

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="files")
    kind = models.CharField(_("Art"), max_length=20, choices=Kind)
    file = models.FileField(upload_to=stored_name)
    size = models.PositiveIntegerField(_("Größe in Bytes"))
    sha256 = models.CharField(max_length=64)
    pages = models.PositiveSmallIntegerField(_("Seiten"), null=True, blank=True)
    mark = models.CharField(_("Prüfzeichen"), max_length=12, blank=True)
    # A new letter replaces the one before; of all papers in one PDF, the number of the letter in it, 0 without one.
    number = models.PositiveSmallIntegerField(_("Nummer"), default=1)
    list_number = models.PositiveSmallIntegerField(_("Nummer der Liste der Anlagen"), default=0)

    STAYS = {"file": PAPERS}
    COHORTS = "submission__application__team__cohort"

    objects = SubmissionFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("Unterlage")
        verbose_name_plural = _("Unterlagen")
        constraints = [models.UniqueConstraint(fields=["submission", "kind", "number"], name="submission_file_unique")]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The name of the paper: in stage 2 there is no Titelblatt; a letter has its number."""
        if self.kind == self.Kind.COVER and self.submission.stage == 2:
            return gettext("Angaben für easy-Online")
        if self.kind == self.Kind.LETTER:
            return gettext("%(kind)s, Nr. %(number)d") % {"kind": self.get_kind_display(), "number": self.number}
        return str(self.get_kind_display())
