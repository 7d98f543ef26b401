"""What lies in the envelope: the letter („Anschreiben“) and its list, and what to look at before posting (docs/decisions/0026)."""

from __future__ import annotations

from dataclasses import field, replace
from datetime import date

from django.utils import timezone

from accounts.models import User
from applications.checks import Finding, Moment, run
from applications.content import Attachments
from applications.content.simple import why_not_dropped
from applications.deadline import OnPapers, read_deadline, umbrella_body
from applications.dossier import make_dossier
from applications.papers import Frozen, make_letter
from applications.papers.all_papers import keep_all
from applications.papers.models import EnclosureList, Submission, SubmissionFile
from calls.terms import ATTACHMENTS, AttachmentTerm
from core.values import dataclass
from core.writes import Stale

# The check that the day of a step answers, so that nobody is asked again for what is done.
ANSWERED_BY = {"C21": "transferred_on", "C22": "signed_on"}


class UpToDate(Stale):
    """The current letter already lists what lies in the envelope."""


class NotComplete(Stale):
    """What always belongs into the envelope is said not to be needed; the sentence names it."""


@dataclass(frozen=True)
class Envelope:
    """What lies in the envelope: the frozen application with the states of its attachments as they are now.

    `number` is the one of the list they stand in; 0 while nothing was corrected after finishing.
    """

    frozen: Frozen
    number: int = 0
    value: Attachments = field(default_factory=Attachments)

    @property
    def kinds(self) -> list[AttachmentTerm]:
        """The kinds of attachments that are asked for."""
        return self.frozen.terms.attachments_of(self.frozen.stage)

    @property
    def left_out(self) -> str:
        """A sentence about what always belongs into the envelope and is yet said not to be needed; else empty."""
        return why_not_dropped(self.value.wrongly_dropped(self.kinds))


def read_envelope(submission: Submission) -> Envelope:
    """Read the envelope as it is now: one query."""
    latest = EnclosureList.objects.latest_of(submission)
    value = latest.value if latest else submission.attachments_as_frozen
    frozen = Frozen.from_json(submission.frozen)
    frozen = replace(frozen, contents=frozen.contents | {ATTACHMENTS: value})
    return Envelope(frozen, latest.number if latest else 0, value)


def before_posting(submission: Submission, envelope: Envelope, today: date | None = None) -> list[Finding]:
    """Return what matters before these papers are posted; nothing once they are, or if they do not count any more.

    Two queries at most: the rules, and the ways of the umbrella body if there is one. The deadline is the one on the
    papers; contents and terms are those that were frozen, except the states of the attachments.
    """
    if not submission.is_current or submission.posted_on:
        return []
    application = submission.application
    frozen = envelope.frozen
    body = umbrella_body(frozen.cover.umbrella_body, application.team.organisation)
    papers = OnPapers(frozen.deadline, frozen.deadline_counts, frozen.via)
    deadline = read_deadline(application.call, body, frozen.stage, papers)
    dossier = make_dossier(application, frozen.contents, today, deadline=deadline)
    dossier = replace(dossier, values=frozen.contents, terms=frozen.terms, stage=frozen.stage, is_finished=True)
    findings = run(dossier, Moment.POSTING)
    done = {code for code, step in ANSWERED_BY.items() if getattr(submission, step)}
    return [finding for finding in findings if finding.code not in done]


def print_letter(submission: Submission, *, by: User, on: date | None = None) -> SubmissionFile:
    """Make the letter from the list as it is now; it replaces the one before. Nothing is locked while it is printed.

    Raises `UpToDate` if it would say the same, `NotComplete` if its list leaves out what always belongs to it,
    `Overtaken` if somebody was faster, `Stale` if there is no envelope or it is posted, and `PapersUnavailable`.
    """
    submission.require(by, "paper steps")
    if not submission.can_be_corrected or not submission.goes_on_paper:
        raise Stale
    envelope = read_envelope(submission)
    if envelope.left_out:
        raise NotComplete(envelope.left_out)
    last = SubmissionFile.objects.letters_of(submission).first()
    if last and last.list_number == envelope.number:
        raise UpToDate
    number = last.number + 1 if last else 1
    finished_on = envelope.frozen.made_on or timezone.localdate(submission.finished_at)
    frozen = replace(envelope.frozen, number=submission.number, made_on=finished_on)
    pdf = make_letter(frozen, submission.receipt_number, number, on or timezone.localdate())
    letter = SubmissionFile.objects.keep_letter(submission, pdf, number=number, list_number=envelope.number, by=by)
    keep_all(submission)
    return letter
