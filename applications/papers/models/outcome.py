"""What the funder decided (Ergebnis: „zum Antrag eingeladen“, „bewilligt“ …), on which day, and what follows from it."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Event, Record, User
from accounts.models.record import Person
from applications.papers.models.paper_steps import StepMissing, WrongDay
from applications.papers.models.submission import Submission
from applications.papers.outcome_mails import Closed, tell_entered, tell_removed
from applications.reviews.models import Review
from applications.reviews.steps import call_off
from applications.writing.models.application import Application
from calls.terms import ATTACHMENTS
from core.values import dataclass
from core.writes import Stale, write_if

# An application whose stage 1 is at the funder, and one that is written again for stage 2.
WAITING = {"status": Application.Status.FINISHED, "stage": 1}
WRITING = {"status": Application.Status.DRAFTING, "stage": 2}


class StageTwoFinished(Stale):
    """There are papers of the second stage, which the invitation has opened."""


@dataclass(frozen=True)
class InStageTwo:
    """What there is of stage 2: titles of sections that were written, its papers, names of files, whether a coach was asked.

    `is_open`: it is being written; `can_return`: the next invitation opens it for a team that is still there; `waits`: something
    of it waits for a coach.
    """

    written: tuple[str, ...] = ()
    papers: Submission | None = None
    files: tuple[str, ...] = ()
    is_handed_in: bool = False
    is_open: bool = False
    can_return: bool = True
    waits: bool = False

    @classmethod
    def of(cls, submission: Submission, application: Application) -> InStageTwo:
        """Read it with six queries at most.

        Whatever came before the papers of stage 1 were finished belongs to that stage, also a review that is still
        open. What was withdrawn since leaves nothing, and the list that the portal wrote back is written by nobody.
        """
        if submission.stage != 1 or application.stage != 2:
            return cls()
        frozen = submission.frozen.get("versions", {})
        drafts = {draft.key: draft for draft in application.drafts.all()}
        changed = {key for key, draft in drafts.items() if draft.version > frozen.get(key, 0)}
        last_list = submission.enclosure_lists.order_by("-number").first()
        if ATTACHMENTS in changed and last_list and drafts[ATTACHMENTS].value == last_list.value:
            changed.discard(ATTACHMENTS)
        since = submission.finished_at
        asked = Review.objects.filter(application=application, asked_at__gt=since, withdrawn_at=None)
        taken = list(asked.values_list("taken_at", flat=True))
        return cls(
            tuple(section.title for section in application.terms.sections if section.key in changed),
            application.submissions.current().filter(stage=2).defer("frozen").first(),
            tuple(application.attachments.filter(at__gt=since).values_list("name", flat=True)),
            is_handed_in=bool(taken),
            is_open=is_writing_stage_two(submission, application),
            can_return=not application.is_given_up,
            waits=None in taken,
        )

    @property
    def is_begun(self) -> bool:
        return bool(self.written or self.papers or self.files or self.is_handed_in)


def is_writing_stage_two(submission: Submission, application: Application) -> bool:
    """Does taking the outcome of these papers back close a stage 2 that is being written?"""
    return submission.stage == 1 and application.stage == 2 and application.is_drafting


class OutcomeQuerySet(models.QuerySet["Outcome"]):
    def visible_to(self, user: Person) -> OutcomeQuerySet:
        return self.filter(Exists(Submission.objects.visible_to(user).filter(pk=OuterRef("submission"))))

    @transaction.atomic
    def enter(
        self,
        submission: Submission,
        kind: str,
        on: date,
        *,
        by: User,
        amount_cents: int | None = None,
        seen: str | None = None,
    ) -> Outcome:
        """Enter or correct what the funder decided on a submission, and tell everybody concerned; nothing if it stands so already.

        An invitation opens the application for writing again at stage 2, once; a correction of it closes it again. `seen` is
        the `mark` that the page showed, "" for none; None stands for whatever is there.
        Raises `StepMissing` before the day of posting is entered, `WrongDay` for a day before posting or in the
        future, and `Stale` if somebody entered, answered or removed an outcome since.
        """
        submission.require(by, "outcome")
        application = Application.objects.select_for_update().get(pk=submission.application_id)
        submission.refresh_from_db(fields=["posted_on", "superseded_at"])
        if submission.posted_on is None or not submission.is_current:
            raise StepMissing
        if on < submission.posted_on or on > timezone.localdate():
            raise WrongDay
        amount_cents = amount_cents if kind == Outcome.Kind.GRANTED else None
        if amount_cents is not None and amount_cents <= 0:
            raise ValueError("A grant is more than nothing.")
        before = self.filter(submission=submission).first()
        if before and (before.kind, before.on, before.amount_cents) == (kind, on, amount_cents):
            return before
        if seen is not None and seen != (before.mark if before else ""):
            raise Stale
        fields: dict[str, Any] = {"kind": kind, "on": on, "amount_cents": amount_cents, "by": by, "at": timezone.now()}
        if kind != Outcome.Kind.GRANTED:
            fields |= {"example": "", "example_at": None}
        outcome, _created = self.update_or_create(submission=submission, defaults=fields)
        closed = self._open_or_close(submission, application, kind, by=by)
        times = Event.objects.filter(what="submission.outcome", record_id=str(submission.pk)).count()
        Event.record("submission.outcome", submission, by=by, kind=kind, on=on)
        dedup = f"{outcome.kind}:{on}:{times}"
        tell_entered(outcome, before=before, application=application, closed=closed, by=by, dedup=dedup)
        return outcome

    def _open_or_close(self, submission: Submission, application: Application, kind: str, *, by: User) -> Closed:
        """Open stage 2 with an invitation, close it if that was none."""
        if kind != Outcome.Kind.INVITED:
            return self.close_stage_two(submission, application, by=by)
        if application.stage == 1 and application.is_finished:
            write_if(application, WAITING, **WRITING)
            submission.write_enclosures_back()
        return Closed()

    def close_stage_two(self, submission: Submission, application: Application, *, by: User) -> Closed:
        """Part of a step that takes an invitation back and holds the application.

        What waits for a coach is called off; it is handed in anew once stage 2 is open again.
        """
        if not is_writing_stage_two(submission, application):
            return Closed()
        write_if(application, WRITING, **WAITING)
        return Closed(True, call_off(application, by=by, since=submission.finished_at, because="stage closed"))


class Outcome(Record):
    """What the funder decided, as the team or the organiser entered it; the amount in cents."""

    class Kind(models.TextChoices):
        INVITED = "invited", _("zum Antrag eingeladen")
        DECLINED = "declined", _("abgelehnt")
        GRANTED = "granted", _("bewilligt")
        NOT_GRANTED = "not granted", _("nicht bewilligt")

    class Example(models.TextChoices):
        """What the team says about being an example for other teams; empty while it has not answered."""

        YES = "yes", _("Ja, andere Teams dürfen unser Vorhaben als Beispiel kennenlernen.")
        NO = "no", _("Nein, lieber nicht.")

    submission = models.OneToOneField(Submission, models.CASCADE, related_name="outcome", verbose_name=_("Vorhaben"))
    kind = models.CharField(_("Ergebnis"), max_length=12, choices=Kind)
    on = models.DateField(_("vom"))
    amount_cents = models.BigIntegerField(_("bewilligter Betrag in Cent"), null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(_("eingetragen am"), default=timezone.now)
    example = models.CharField(_("als Beispiel für andere"), max_length=3, choices=Example, blank=True)
    example_at = models.DateTimeField(_("dazu geantwortet am"), null=True, blank=True)

    objects = OutcomeQuerySet.as_manager()

    class Meta:
        verbose_name = _("Ergebnis")
        verbose_name_plural = _("Ergebnisse")
        ordering = ["-on"]

    def __str__(self) -> str:
        return self.get_kind_display()

    @property
    def is_invitation(self) -> bool:
        return self.kind == self.Kind.INVITED

    @property
    def is_grant(self) -> bool:
        return self.kind == self.Kind.GRANTED

    @transaction.atomic
    def answer_example(self, answer: str, *, by: User) -> None:
        """Keep whether a granted application may be an example for others; "" takes the answer back. Nothing is published.

        Raises `Stale` if it is not granted (any more).
        """
        self.submission.require(by, "example")
        if answer not in {"", *self.Example.values}:
            raise ValueError(f"{answer} is no answer.")
        write_if(self, {"kind": self.Kind.GRANTED}, example=answer, example_at=timezone.now() if answer else None)
        Event.record("submission.example", self.submission, by=by, answer=answer or "taken back")

    @property
    def mark(self) -> str:
        """What a page shows of it, so that nobody removes what was corrected or answered meanwhile."""
        return " ".join(moment.isoformat() for moment in (self.at, self.example_at) if moment)

    @transaction.atomic
    def remove(self, *, by: User, seen: str) -> None:
        """Take out an outcome that was entered by mistake, with the stage 2 that it opened; who was told of it is told of this.

        `seen` is the `mark` that was shown. What stage 2 holds stays until the next invitation. Raises
        `StageTwoFinished` while there are papers of it, and `Stale` if the outcome
        was changed, answered or removed since, or the papers do not count any more.
        """
        submission = self.submission
        submission.require(by, "outcome")
        application = Application.objects.select_for_update().get(pk=submission.application_id)
        submission.refresh_from_db(fields=["superseded_at"])
        stored = Outcome.objects.select_for_update().filter(submission=submission).first()
        if not submission.is_current or stored is None or stored.mark != seen:
            raise Stale
        if InStageTwo.of(submission, application).papers:
            raise StageTwoFinished
        kind = stored.kind
        closed = Outcome.objects.close_stage_two(submission, application, by=by)
        stored.delete()
        Event.record("submission.outcome_removed", submission, by=by, kind=kind)
        times = Event.objects.filter(what="submission.outcome_removed", record_id=str(submission.pk)).count()
        tell_removed(submission, was=Outcome.Kind(kind).label, closed=closed, by=by, dedup=times)

    @property
    def cohort_uuid(self) -> UUID:
        return self.submission.cohort_uuid

    def roles_of(self, user: Person) -> frozenset[str]:
        return self.submission.roles_of(user)
