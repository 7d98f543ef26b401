from __future__ import annotations

import secrets
from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import models, transaction
from django.db.models import Exists, Max, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import outbox
from accounts.models import Event, Record, User
from accounts.models.record import Person, roles
from applications.content import Attachments
from applications.papers import Frozen, Pdf
from applications.papers.easy_online import Way, goes_on_paper, way_of
from applications.papers.marks import LETTERS
from applications.papers.models.enclosures import EnclosureList, Overtaken, as_attachments
from applications.reviews.steps import people_concerned
from applications.stays import PAPERS
from applications.writing.models.application import Application
from applications.writing.models.revision import Revision
from calls.terms import ATTACHMENTS
from core import words
from core.files import sha256_of, stored_name
from core.writes import Stale, write_if

# The steps on paper in their order (C21, C22, C06).
PAPER_STEPS = ("transferred_on", "signed_on", "posted_on", "received_on")


class WrongDay(Stale):
    """The day of a step on paper cannot be right: in the future, too early or out of order; a sentence says which."""


class StepMissing(Stale):
    """A step on paper was entered before the one that must come first (C21, C22)."""


class Taken(Stale):
    """Something was written between looking at the application and finishing it."""


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

    def for_list(self) -> SubmissionQuerySet:
        """What a list shows, without the frozen contents."""
        return (
            self.select_related("application__team__organisation", "application__team__cohort__call", "outcome")
            .defer("frozen")
            .order_by("-finished_at")
        )

    def next_number(self, application: Application) -> int:
        """The number that the next finished version of the application gets."""
        return (application.submissions.aggregate(last=Max("number"))["last"] or 0) + 1

    @transaction.atomic
    def finish(
        self, application: Application, frozen: Frozen, papers: dict[str, Pdf], receipt: str, *, by: User
    ) -> Submission:
        """Make the application's submission from what was frozen and printed just before, exactly once.

        `Taken` if any draft moved on since it was frozen, `Stale` if the application is not being written any more:
        of two people pressing at once one makes it, the other is told.
        """
        application.require(by, "finish")
        write_if(
            application,
            {"status": Application.Status.DRAFTING, "stage": frozen.stage},
            status=Application.Status.FINISHED,
        )
        current = dict(application.drafts.values_list("key", "version"))
        if any(current.get(key) != version for key, version in frozen.versions.items()):
            raise Taken
        number = self.next_number(application)
        if frozen.number not in {0, number}:  # the papers would bear another number
            raise Taken
        Revision.objects.keep_current(application)
        submission = self.create(
            application=application,
            stage=frozen.stage,
            number=number,
            frozen=frozen.as_json(),
            checksum=frozen.checksum,
            grant_cents=frozen.budget.grant(),
            pages=papers["sketch"].pages if papers else None,
            receipt_number=receipt,
            finished_by=by,
        )
        for kind, pdf in papers.items():
            SubmissionFile.objects.keep(submission, kind, pdf)
        pages = {"pages": papers["sketch"].pages, "pages_counted_at": submission.finished_at} if papers else {}
        Application.objects.filter(pk=application.pk).update(grant_cents=submission.grant_cents, **pages)
        Event.record("application.finished", submission, by=by, number=number, checksum=frozen.checksum)
        submission.tell(
            "applications/mails/finished.txt",
            by=by,
            deadline=frozen.deadline,
            counts=frozen.deadline_counts,
            no_deadline=frozen.no_deadline,
        )
        return submission


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
    receipt_number = models.CharField(_("Bestätigungsnummer"), max_length=20, unique=True)
    finished_at = models.DateTimeField(_("fertiggestellt am"), default=timezone.now)
    finished_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    superseded_at = models.DateTimeField(_("zurückgenommen am"), null=True, blank=True)
    transferred_on = models.DateField(_("in die Formulare des BAMF übertragen am"), null=True, blank=True)
    signed_on = models.DateField(_("unterschrieben am"), null=True, blank=True)
    posted_on = models.DateField(_("zur Post gegeben am"), null=True, blank=True)
    received_on = models.DateField(_("Eingang bestätigt am"), null=True, blank=True)

    STAYS = {"frozen": PAPERS}
    COHORTS = "application__team__cohort"

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
        """As towards the application; BAMF staff have a role once it is posted, and as long as it counts."""
        found = self.application.roles_of(user)
        return found if self.posted_on and self.is_current else found - {"bamf"}

    @property
    def is_current(self) -> bool:
        return self.superseded_at is None

    @property
    def can_be_taken_back(self) -> bool:
        """Until it is posted, while it counts and the application waits on paper."""
        return self.is_current and self.posted_on is None and self.application.is_finished

    @property
    def waits_for_a_grant(self) -> bool:
        """Nothing may begin yet: it is posted or belongs to stage 2, and the funder has not decided."""
        if not self.is_current or self.application.withdrawn_at:
            return False
        outcome = getattr(self, "outcome", None)
        if outcome:
            decided = Outcome.objects.filter(submission__application=self.application_id, submission__stage=2)
            return outcome.kind == Outcome.Kind.INVITED and not decided.exclude(submission=self.pk).exists()
        return self.stage == 2 or self.posted_on is not None

    @property
    def can_be_corrected(self) -> bool:
        """Until it is posted and while it counts, the team says what lies in the envelope."""
        return self.is_current and self.posted_on is None

    @property
    def goes_on_paper(self) -> bool:
        """There is an envelope, and a letter for it."""
        return goes_on_paper(self.stage, self.application.call.signing)

    @property
    def attachments_as_frozen(self) -> Attachments:
        """The states of the attachments when it was finished."""
        return as_attachments(self.frozen.get("contents", {}).get(ATTACHMENTS))

    def lock(self) -> None:
        """Let nobody else go on with the papers in this transaction, and read where they stand."""
        Application.objects.select_for_update().get(pk=self.application_id)
        self.refresh_from_db(fields=[*PAPER_STEPS, "superseded_at"])

    def label_of(self, step: str) -> str:
        """What the day of a step is called; in stage 2 the team makes its application in easy-Online."""
        if self.stage == 2 and step != "received_on":
            return str(self.easy_online.days[PAPER_STEPS.index(step)])
        field: Any = self._meta.get_field(step)
        return str(field.verbose_name)

    @property
    def easy_online(self) -> Way:
        """The steps of stage 2, as the call says."""
        return way_of(self.application.call.signing)

    def next_step(self) -> str:
        """The first step on paper that is not done yet; "" when all are."""
        return next((step for step in PAPER_STEPS if getattr(self, step) is None), "")

    @transaction.atomic
    def enter_step(self, step: str, on: date, *, by: User) -> None:
        """Write down the day of a step on paper, or correct it. A day of posting that has passed is always recorded.

        `StepMissing`, `WrongDay`; `Stale` once the submission does not count any more.
        """
        self.require(by, "paper steps")
        if step not in PAPER_STEPS:
            raise ValueError(f"{step} is no step on paper.")
        self.lock()
        self._refuse_wrong_day(step, on)
        first = getattr(self, step) is None
        write_if(self, {"superseded_at": None}, **{step: on})
        Event.record(f"submission.{step.removesuffix('_on')}", self, by=by, on=on)
        if step == "posted_on" and first:
            self.tell("applications/mails/posted.txt", by=by, on=on)

    def _refuse_wrong_day(self, step: str, on: date) -> None:
        """`StepMissing`, `WrongDay`; for the step that is about to be entered, its row locked."""
        place = PAPER_STEPS.index(step)
        before, after = PAPER_STEPS[:place], PAPER_STEPS[place + 1 :]
        if any(getattr(self, one) is None for one in before):
            raise StepMissing
        earlier, later = [getattr(self, one) for one in before], [getattr(self, one) for one in after]
        if on > timezone.localdate():
            raise WrongDay(gettext("Dieser Tag liegt in der Zukunft."))
        if on < self.application.first_day:
            raise WrongDay(gettext("Dieser Tag liegt vor dem Beginn Ihrer Projektschmiede."))
        for day in reversed(earlier):  # the nearest: a day that is late enough for it is late enough for all
            if day > on:
                sentence = gettext(
                    "Dieser Tag liegt vor dem %(day)s: Für diesen Tag ist der Schritt davor eingetragen."
                )
                raise WrongDay(sentence % {"day": words.day(day)})
        for day in later:
            if day and day < on:
                sentence = gettext(
                    "Dieser Tag liegt nach dem %(day)s: Für diesen Tag ist der Schritt danach eingetragen."
                )
                raise WrongDay(sentence % {"day": words.day(day)})
        outcome = Outcome.objects.filter(submission=self, on__lt=on).first() if step == "posted_on" else None
        if outcome:
            sentence = gettext("Dieser Tag liegt nach dem %(day)s: Von diesem Tag ist das Ergebnis.")
            raise WrongDay(sentence % {"day": words.day(outcome.on)})

    @transaction.atomic
    def take_back(self, *, by: User) -> None:
        """Open a finished application for writing again, as long as it is not posted; the papers made are kept.

        What was corrected in the list of attachments goes back into its section.
        """
        application = self.application
        application.require(by, "take back")
        write_if(application, {"status": Application.Status.FINISHED}, status=Application.Status.DRAFTING)
        write_if(self, {"superseded_at": None, "posted_on": None}, superseded_at=timezone.now())
        self.write_enclosures_back()
        Event.record("application.taken_back", self, by=by)
        self.tell("applications/mails/taken_back.txt", by=by)

    @transaction.atomic
    def enter_outcome(self, kind: str, on: date, *, by: User, amount_cents: int | None = None) -> Outcome:
        """What the funder decided. An invitation opens drafting again at stage 2, once; one put right closes it.

        `StepMissing` before the day of posting is entered; `WrongDay` for one before posting or in the future.
        """
        self.require(by, "outcome")
        application = Application.objects.select_for_update().get(pk=self.application_id)
        self.refresh_from_db(fields=["posted_on", "superseded_at"])
        if self.posted_on is None or not self.is_current:
            raise StepMissing
        if on < self.posted_on or on > timezone.localdate():
            raise WrongDay
        fields = {"kind": kind, "on": on, "amount_cents": amount_cents, "by": by, "at": timezone.now()}
        outcome, _created = Outcome.objects.update_or_create(submission=self, defaults=fields)
        waiting = {"status": Application.Status.FINISHED, "stage": 1}
        writing = {"status": Application.Status.DRAFTING, "stage": 2}
        if kind == Outcome.Kind.INVITED and application.stage == 1 and application.is_finished:
            write_if(application, waiting, **writing)
            self.write_enclosures_back()
        elif kind != Outcome.Kind.INVITED and self.stage == 1 and application.stage == 2 and application.is_drafting:
            write_if(application, writing, **waiting)
        Event.record("submission.outcome", self, by=by, kind=kind, on=on)
        self.tell("applications/mails/outcome.txt", by=by, dedup=f"{outcome.kind}:{on}", outcome=outcome)
        return outcome

    def write_enclosures_back(self) -> None:
        """Write the last correction of the list of attachments into its section, under who made it."""
        latest = EnclosureList.objects.latest_of(self)
        if latest:
            latest.write_back()

    def tell(self, template: str, *, by: User, dedup: object = "", **values: Any) -> None:
        """A message to everybody concerned: the team, its coaches and the people of the organiser."""
        team = self.application.team
        outbox.post(
            people_concerned(self.application),
            template,
            dedup=f"{self.pk}:{dedup}",
            link=self.get_absolute_url(),
            cohort=team.cohort_id,
            submission=self,
            application=self.application,
            team=team,
            by=by,
            **values,
        )


def new_receipt_number(year: int) -> str:
    """A number for the receipt that can be read aloud, e.g. PS-2027-K7QF3M; the column refuses a double."""
    return f"PS-{year}-{''.join(secrets.choice(LETTERS) for _place in range(6))}"


class SubmissionFileQuerySet(models.QuerySet["SubmissionFile"]):
    def visible_to(self, user: Person) -> SubmissionFileQuerySet:
        """Everyone who sees the submission; BAMF staff not what says of itself that it stays with the team."""
        files = self.filter(Exists(Submission.objects.visible_to(user).filter(pk=OuterRef("submission"))))
        if not user.is_authenticated or not user.is_bamf:
            return files
        own = Exists(Application.objects.visible_to(user).filter(submissions=OuterRef("submission")))
        return files.filter(own | ~Q(kind__in=SubmissionFile.STAYS_WITH_THE_TEAM))

    def letters_of(self, submission: Submission) -> SubmissionFileQuerySet:
        """The letters made for the envelope, the one that counts first."""
        return self.filter(submission=submission, kind=SubmissionFile.Kind.LETTER).order_by("-number")

    @transaction.atomic
    def keep_letter(
        self, submission: Submission, pdf: Pdf, *, number: int, list_number: int, by: User
    ) -> SubmissionFile:
        """Keep a letter that was printed just before, from the list of this number, as the one that counts.

        `Overtaken` if the list was corrected or a letter was made meanwhile; `Stale` once it is posted or taken back.
        """
        submission.require(by, "paper steps")
        submission.lock()
        if not submission.can_be_corrected:
            raise Stale
        latest, last = EnclosureList.objects.latest_of(submission), self.letters_of(submission).first()
        if (latest.number if latest else 0) != list_number or (last.number if last else 0) != number - 1:
            raise Overtaken
        letter = self.keep(submission, SubmissionFile.Kind.LETTER, pdf, number=number, list_number=list_number)
        Event.record("submission.letter", submission, by=by, number=number)
        return letter

    def keep(
        self, submission: Submission, kind: str, pdf: Pdf, *, number: int = 1, list_number: int = 0
    ) -> SubmissionFile:
        """Store the bytes of a paper as they were made."""
        content = ContentFile(pdf.content, name="papier.pdf")
        return self.create(
            submission=submission,
            kind=kind,
            file=content,
            size=len(pdf.content),
            sha256=sha256_of(content),
            pages=pdf.pages,
            mark=pdf.mark,
            number=number,
            list_number=list_number,
        )


class SubmissionFile(Record):
    """One paper, the bytes as made; always served as stored, never rendered again."""

    class Kind(models.TextChoices):
        COVER = "cover", _("Angaben für das Titelblatt")
        SKETCH = "sketch", _("Projektskizze")
        FINANCING_PLAN = "financing_plan", _("Zahlen für den Gesamtfinanzierungsplan")
        CHECKLIST = "checklist", _("Ihre Checkliste – bleibt bei Ihnen")
        LETTER = "letter", _("Anschreiben und Verzeichnis der Anlagen")
        # Of applications finished before there were the two above.
        HAND_OVER = "hand_over", _("Begleitblatt mit Unterschriften und Anschrift")

    STAYS_WITH_THE_TEAM = frozenset({Kind.COVER, Kind.CHECKLIST})

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="files")
    kind = models.CharField(_("Art"), max_length=20, choices=Kind)
    file = models.FileField(upload_to=stored_name)
    size = models.PositiveIntegerField(_("Größe in Bytes"))
    sha256 = models.CharField(max_length=64)
    pages = models.PositiveSmallIntegerField(_("Seiten"), null=True, blank=True)
    mark = models.CharField(_("Prüfzeichen"), max_length=12, blank=True)
    number = models.PositiveSmallIntegerField(_("Nummer"), default=1)  # a new letter replaces the one before
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
        """What the paper is called: in stage 2 there is no Titelblatt. A letter has its number."""
        if self.kind == self.Kind.COVER and self.submission.stage == 2:
            return gettext("Angaben für easy-Online")
        if self.kind == self.Kind.LETTER:
            return gettext("%(kind)s, Nr. %(number)d") % {"kind": self.get_kind_display(), "number": self.number}
        return str(self.get_kind_display())


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
