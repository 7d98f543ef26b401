"""The demo's finished applications: checked, frozen and printed like any other, then dated back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from django.utils import timezone

from accounts.models import Event, User
from applications.checks import run
from applications.content import Attachments, Item
from applications.papers import Frozen, PapersUnavailable, Pdf, make_papers
from applications.papers.all_papers import keep_all
from applications.papers.finishing import blocking, read_state, to_confirm
from applications.papers.foot import new_receipt_number
from applications.papers.models import Outcome, Submission
from applications.papers.models.paper_steps import PAPER_STEPS
from applications.papers.posting import print_letter
from applications.writing.models import Application, Revision
from calls.terms import ATTACHMENTS
from schmiede.demo.data_files import Clock, Row
from schmiede.demo.teams import Cast


class Press:
    """Make the papers, and remember why it could not (`missing`); `works=False` makes none and says nothing."""

    def __init__(self, *, works: bool) -> None:
        self.works, self.missing = works, ""

    def papers(self, frozen: Frozen, receipt: str) -> dict[str, Pdf]:
        if not self.works:
            return {}
        try:
            return make_papers(frozen, receipt)
        except PapersUnavailable as error:
            self.works, self.missing = False, str(error)
            return {}


def make_submissions(cast: Cast, clock: Clock, press: Press) -> None:
    """Stage 1 on paper with its outcome; stage 2 as well, where the team was invited and went on."""
    submit(cast, cast.row["papers"], clock, press)
    if "papers_of_stage_2" in cast.row:
        row = cast.row["papers_of_stage_2"]
        enclose_everything(cast, clock.moment(row["finished"]) - timedelta(hours=1))
        submit(cast, row, clock, press)


def submit(cast: Cast, row: Row, clock: Clock, press: Press) -> None:
    """Finish what the team wrote, enter the steps on paper and the outcome; all with the dates of the file."""
    application = Application.objects.with_team().get(pk=cast.begun.pk)
    finished = clock.moment(row["finished"])
    frozen = frozen_on(application, timezone.localdate(finished))
    receipt = new_receipt_number(application.call.year)
    papers = press.papers(frozen, receipt)
    submission = Submission.objects.finish(application, frozen, papers, receipt, by=cast.owner)
    keep_all(submission)
    for step in PAPER_STEPS:
        if step == "posted_on" and papers and submission.goes_on_paper:
            print_letter(submission, by=cast.owner, on=clock.day(row["posted"]))
        submission.enter_step(step, clock.day(row[step.removesuffix("_on")]), by=cast.owner)
    enter_outcome(submission, row["outcome"], by=cast.users[row["outcome"]["by"]], clock=clock)
    date_back(submission, row, finished, clock)


def frozen_on(application: Application, day: date) -> Frozen:
    """Freeze what would have been frozen on that day. A finding that blocks is a mistake in the file."""
    state = read_state(application)
    findings = run(replace(state.dossier, today=day))
    if stopping := blocking(findings):
        raise ValueError(f"{application}: {[finding.sentence for finding in stopping]}")
    warnings = tuple((finding.code, finding.sentence) for finding in to_confirm(findings))
    number = Submission.objects.next_number(application)
    return replace(state.frozen, number=number, made_on=day, findings=warnings)


def enter_outcome(submission: Submission, row: Row, *, by: User, clock: Clock) -> None:
    """What the funder said; a grant is the whole sum asked for."""
    amount = submission.grant_cents if row["kind"] == Outcome.Kind.GRANTED else None
    Outcome.objects.enter(submission, row["kind"], clock.day(row["on"]), by=by, amount_cents=amount)


def enclose_everything(cast: Cast, at: datetime) -> None:
    """Before stage 2 the team says of every paper that it lies there."""
    draft = cast.begun.drafts.get(key=ATTACHMENTS)
    items = tuple(Item(id=kind.key, state="enclosed") for kind in cast.values.terms.attachments)
    draft.write(Attachments(items=items), by=cast.owner, seen=draft.version)
    Revision.objects.filter(draft=draft, version=draft.version).update(at=at)
    cast.begun.drafts.filter(pk=draft.pk).update(at=at)
    Application.objects.filter(pk=cast.begun.pk).update(changed_at=at)


def date_back(submission: Submission, row: Row, finished: datetime, clock: Clock) -> None:
    """The steps wrote the moment of loading; here they get the moments of the file, and so does the trail they left.

    Nothing else may change an event; this happens in the transaction that invents them.
    """
    known = clock.moment(f"{row['outcome']['on'] + 1} 17:45")
    letter = clock.moment(f"{row['posted']} 18:55")
    moments = {"application.finished": finished, "submission.letter": letter, "submission.outcome": known} | {
        f"submission.{step.removesuffix('_on')}": clock.moment(f"{row[step.removesuffix('_on')]} {hour}:05")
        for step, hour in zip(PAPER_STEPS, (17, 18, 19, 20), strict=True)
    }
    for event, moment in moments.items():
        trail = Event._base_manager.filter(what=event, record_id=str(submission.pk))
        trail.update(at=max(moment, finished))
    Submission.objects.filter(pk=submission.pk).update(finished_at=finished)
    Outcome.objects.filter(submission=submission).update(at=known)
    counted = finished if submission.pages else None
    Application.objects.filter(pk=submission.application_id).update(pages_counted_at=counted)
