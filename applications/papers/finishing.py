"""„Fertigstellen“: what is checked and printed in which order, and what keeps an application from being finished (`blocking`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from django.utils import timezone

from accounts.models import User
from applications.checks import Dossier, Finding, Moment, Weight, run
from applications.dossier import deadline_of, make_dossier, reviews_of
from applications.papers import Frozen, count_pages, freeze, make_papers, make_sketch
from applications.papers.all_papers import keep_all
from applications.papers.foot import new_receipt_number
from applications.papers.models import Submission
from applications.papers.models.submission import Taken
from applications.papers.pdf import tell_nobody
from applications.writing.models import Application
from core.values import dataclass
from core.writes import Stale


class Blocked(Stale):
    """Findings prevent finishing the application."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__()
        self.findings = findings


class Unconfirmed(Stale):
    """There are warnings that nobody has confirmed yet."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__()
        self.findings = findings


@dataclass(frozen=True)
class State:
    """An application as it stands: its dossier and what would be frozen."""

    dossier: Dossier
    frozen: Frozen


def read_state(application: Application) -> State:
    """Read the drafts once, as dossier and as papers."""
    drafts = list(application.drafts.all())
    contents = {draft.key: draft.value for draft in drafts}
    deadline = deadline_of(application, contents)
    dossier = make_dossier(application, contents, reviews=reviews_of(application, drafts), deadline=deadline)
    frozen = freeze(application, contents, {draft.key: draft.version for draft in drafts}, deadline)
    return State(dossier, frozen)


def blocking(findings: list[Finding]) -> list[Finding]:
    """Return the findings that prevent finishing; those that belong to posting do not."""
    return [finding for finding in findings if finding.weight_at(Moment.FINISHING) == Weight.MISSING]


def to_confirm(findings: list[Finding]) -> list[Finding]:
    """Return the warnings that somebody must confirm; those that belong to posting are asked there (`posting.py`)."""
    return [
        finding
        for finding in findings
        if finding.moment == Moment.FINISHING and finding.weight_at(Moment.FINISHING) == Weight.LOOK
    ]


def finish(
    application: Application, *, by: User, confirmed: bool, seen: str = "", tell: Callable[[int], None] = tell_nobody
) -> Submission:
    """Check, print and freeze the application. Nothing is locked while the PDFs are made.

    `seen` is the checksum of what is to be frozen, if that was decided earlier; `tell` is told how many papers are made.
    The pages are counted from the PDF that is kept. Raises `Blocked`, `Unconfirmed`, `Taken` if somebody wrote
    meanwhile, `Stale` if the application is not being written any more, and `PapersUnavailable` if no PDF can be made.
    """
    application.require(by, "finish")
    if not application.is_being_written:
        raise Stale
    state = read_state(application)
    if seen and state.frozen.checksum != seen:
        raise Taken
    refuse_blocked(run(state.dossier))
    number = Submission.objects.next_number(application)
    frozen = replace(state.frozen, number=number, made_on=timezone.localdate())
    sketch = make_sketch(frozen)
    keep_pages(application, sketch.pages)
    findings = run(replace(state.dossier, pages=sketch.pages))
    if blocking(findings):
        raise Blocked(blocking(findings))
    warnings = to_confirm(findings)
    if warnings and not confirmed:
        raise Unconfirmed(warnings)
    frozen = replace(frozen, findings=tuple((finding.code, finding.sentence) for finding in warnings))
    receipt = new_receipt_number(application.call.year)
    papers = make_papers(frozen, receipt, sketch, tell)
    submission = Submission.objects.finish(application, frozen, papers, receipt, by=by)
    keep_all(submission)
    return submission


def refuse_blocked(findings: list[Finding]) -> None:
    """Raise `Blocked` if something prevents finishing, before anything is printed.

    The number of pages alone (C05) does not: it is counted afresh.
    """
    early = blocking(findings)
    if [finding for finding in early if finding.code != "C05"]:
        raise Blocked(early)


def count_and_keep_pages(application: Application) -> None:
    """Count the sketch's pages and save the number with its time. Raises `PapersUnavailable`."""
    keep_pages(application, count_pages(read_state(application).frozen))


def keep_pages(application: Application, pages: int) -> None:
    """Save the number of pages with its time.

    If somebody wrote meanwhile, the number is outdated and not saved; the next count has the new text.
    """
    unchanged = Application.objects.filter(pk=application.pk, changed_at=application.changed_at)
    unchanged.update(pages=pages, pages_counted_at=timezone.now())
