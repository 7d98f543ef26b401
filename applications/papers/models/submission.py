"""An application that was finished („fertiggestellt“): its frozen contents, taking back, the steps to the post, who may do them."""

from __future__ import annotations

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
from applications.content import Attachments, loads
from applications.kept_after_erasing import PAPERS
from applications.papers import Frozen, Pdf
from applications.papers.easy_online import Way, goes_on_paper, way_of
from applications.papers.models.finish_request import FinishRequest
from applications.papers.models.paper_steps import ALL_STEPS, PAPER_STEPS, PRINTED, refuse_wrong_day
from applications.reviews.steps import people_concerned
from applications.writing.models.application import Application
from applications.writing.models.revision import Revision
from calls.terms import ATTACHMENTS
from core.files import sha256_of
from core.writes import Stale, write_if


class Taken(Stale):
    """Something was written between reading the application and finishing it."""


class SubmissionQuerySet(models.QuerySet["Submission"]):
    def visible_to(self, user: Person) -> SubmissionQuerySet:
        """Those of applications this person may see; for BAMF staff, those that are posted."""
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
        """With what a list shows, without the frozen contents."""
        return (
            self.select_related("application__team__organisation", "application__team__cohort__call", "outcome")
            .defer("frozen")
            .order_by("-finished_at")
        )

    def next_number(self, application: Application) -> int:
        """Return the number that the next finished version of the application gets."""
        return (application.submissions.aggregate(last=Max("number"))["last"] or 0) + 1

    @transaction.atomic
    def finish(
        self, application: Application, frozen: Frozen, papers: dict[str, Pdf], receipt: str, *, by: User
    ) -> Submission:
        """Make the application's submission from what was just frozen and printed, exactly once.

        Raises `Taken` if a draft changed or a newer edition was adopted since it was frozen, and `Stale` if the application is not being written any
        more, or its team has left: of two people pressing the button at once, one makes it and the other is told.
        """
        application.require(by, "finish")
        drafting = {"status": Application.Status.DRAFTING, "stage": frozen.stage}
        write_if(application, drafting, status=Application.Status.FINISHED)
        application.refuse_given_up()
        drafts = application.drafts.values_list("key", "version", "application__edition")
        current = {key: (version, edition) for key, version, edition in drafts}
        if any(current.get(key) != (version, application.edition_id) for key, version in frozen.versions.items()):
            raise Taken
        number = self.next_number(application)
        if frozen.number not in {0, number}:  # the papers would bear another number
            raise Taken
        Revision.objects.keep_current(application)
        FinishRequest.objects.end_of(application)
        submission = self._create(application, frozen, papers, receipt=receipt, number=number, by=by)
        pages = {"pages": papers["sketch"].pages, "pages_counted_at": submission.finished_at} if papers else {}
        Application.objects.filter(pk=application.pk).update(grant_cents=submission.grant_cents, **pages)
        Event.record("application.finished", submission, by=by, number=number, checksum=frozen.checksum)
        submission.tell(
            "applications/mails/finished.txt",
            by=by,
            deadline=frozen.deadline,
            today=timezone.localdate(),
            counts=frozen.deadline_counts,
            no_deadline=frozen.no_deadline,
        )
        return submission

    def _create(
        self, application: Application, frozen: Frozen, papers: dict[str, Pdf], *, receipt: str, number: int, by: User
    ) -> Submission:
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
            submission.files.create(kind=kind, **columns_of(pdf))
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
    printed_on = models.DateField(_("ausgedruckt am"), null=True, blank=True)
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
        "example": roles("owner"),
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
        roles = self.application.roles_of(user)
        return roles if self.posted_on and self.is_current else roles - {"bamf"}

    @property
    def is_current(self) -> bool:
        return self.superseded_at is None

    @property
    def can_be_taken_back(self) -> bool:
        """Is it not posted, while it counts, the application waits on paper and the team can write?"""
        return self.can_be_corrected and self.application.is_finished and not self.application.is_given_up

    @property
    def waits_for_a_grant(self) -> bool:
        """Is it posted or of stage 2, and not decided by the funder? Then nothing may begin yet."""
        if not self.is_current or self.application.withdrawn_at:
            return False
        outcome = getattr(self, "outcome", None)
        if outcome:
            decided = Submission.objects.filter(application=self.application_id, stage=2, outcome__isnull=False)
            return outcome.is_invitation and not decided.exclude(pk=self.pk).exists()
        return self.stage == 2 or self.posted_on is not None

    @property
    def can_be_corrected(self) -> bool:
        """May the team still correct the list of what lies in the envelope?"""
        return self.is_current and self.posted_on is None

    @property
    def goes_on_paper(self) -> bool:
        """Is there an envelope, and a letter for it?"""
        return goes_on_paper(self.stage, self.application.call.signing)

    @property
    def attachments_as_frozen(self) -> Attachments:
        """The states of the attachments when it was finished."""
        return as_attachments(self.frozen.get("contents", {}).get(ATTACHMENTS))

    def lock(self) -> None:
        """Lock the papers until the transaction ends, and read the days of their steps."""
        Application.objects.select_for_update().get(pk=self.application_id)
        self.refresh_from_db(fields=[*ALL_STEPS, "superseded_at"])

    def label_of(self, step: str) -> str:
        """Return the label of a step's day; in stage 2 the team makes its application in easy-Online."""
        if self.stage == 2 and step == PRINTED:
            return gettext("Angaben bereitgelegt am")
        if self.stage == 2 and step != "received_on":
            return str(self.easy_online.days[PAPER_STEPS.index(step)])
        field: Any = self._meta.get_field(step)
        return str(field.verbose_name)

    @property
    def easy_online(self) -> Way:
        """The steps of stage 2, as the call says."""
        return way_of(self.application.call.signing)

    def next_step(self) -> str:
        """Return the first step on paper that is not done yet; "" if all are."""
        return next((step for step in PAPER_STEPS if getattr(self, step) is None), "")

    @transaction.atomic
    def enter_step(self, step: str, on: date, *, by: User) -> None:
        """Enter the day of a step on paper, or correct it. A day of posting that has passed is always recorded.

        Raises `StepMissing`, `WrongDay`, and `Stale` once the submission does not count any more.
        """
        self.require(by, "paper steps")
        if step not in ALL_STEPS:
            raise ValueError(f"{step} is no step on paper.")
        self.lock()
        days = {name: getattr(self, name) for name in ALL_STEPS}
        outcome_on = self._outcome_on() if step == "posted_on" else None
        refuse_wrong_day(step, on, days, first_day=self.application.first_day, outcome_on=outcome_on)
        first = getattr(self, step) is None
        write_if(self, {"superseded_at": None}, **{step: on})
        Event.record(f"submission.{step.removesuffix('_on')}", self, by=by, on=on)
        if step == "posted_on" and first:
            self.tell("applications/mails/posted.txt", by=by, dedup=self._times_undone(), on=on)

    @property
    def can_be_undone(self) -> str:
        """The last step that has a day, as long as nothing follows from it: no later step and no outcome; "" if there is none."""
        if not self.is_current or getattr(self, "outcome", None):
            return ""
        return next((step for step in reversed(ALL_STEPS) if getattr(self, step)), "")

    @transaction.atomic
    def undo_step(self, step: str, *, by: User) -> None:
        """Take out the day of the last step, which was entered by mistake; who was told of a posting is told of this.

        Raises `Stale` once a later step or an outcome stands, and if the step has no day.
        """
        self.require(by, "paper steps")
        self.lock()
        if self._outcome_on() or step != self.can_be_undone:
            raise Stale
        write_if(self, {"superseded_at": None, f"{step}__isnull": False}, **{step: None})
        Event.record("submission.step_undone", self, by=by, step=step.removesuffix("_on"))
        if step == "posted_on":
            self.tell("applications/mails/not_posted.txt", by=by, dedup=self._times_undone())

    def _times_undone(self) -> int:
        """How often a step was taken out: a message about the next posting is not the one sent before."""
        return Event.objects.filter(what="submission.step_undone", record_id=str(self.pk)).count()

    def _outcome_on(self) -> date | None:
        """The day of the outcome as it is in the database now; None before there is one."""
        return Submission.objects.filter(pk=self.pk).values_list("outcome__on", flat=True).get()

    @transaction.atomic
    def take_back(self, *, by: User) -> None:
        """Open a finished application for writing again, as long as it is not posted; the papers made are kept.

        What was corrected in the list of attachments goes back into its section. Raises `Stale`, also once the team has left.
        """
        application = self.application
        application.require(by, "take back")
        write_if(application, {"status": Application.Status.FINISHED}, status=Application.Status.DRAFTING)
        application.refuse_given_up()
        write_if(self, {"superseded_at": None, "posted_on": None}, superseded_at=timezone.now())
        self.write_enclosures_back()
        Event.record("application.taken_back", self, by=by)
        self.tell("applications/mails/taken_back.txt", by=by)

    def write_enclosures_back(self) -> None:
        """Write the last correction of the list of attachments into its section, as saved by the person who made it."""
        latest = self.enclosure_lists.order_by("-number").first()
        if latest:
            latest.write_back()

    def tell(self, template: str, *, by: User, dedup: object = "", **values: Any) -> None:
        """Send a message to everybody concerned: the team, its coaches and the people of the organiser."""
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


def columns_of(pdf: Pdf) -> dict[str, Any]:
    """Return the columns of a `SubmissionFile` for the bytes of a paper as they were made."""
    content = ContentFile(pdf.content, name="papier.pdf")
    return {
        "file": content,
        "size": len(pdf.content),
        "sha256": sha256_of(content),
        "pages": pdf.pages,
        "mark": pdf.mark,
    }


def as_attachments(content: object) -> Attachments:
    """Return what is stored of the section „Anlagen“; an empty list of attachments if nothing is."""
    value = loads("attachments", content) if isinstance(content, dict) else Attachments()
    return value if isinstance(value, Attachments) else Attachments()
