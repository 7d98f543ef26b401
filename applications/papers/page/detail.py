"""The page „Unterlagen“ of one application, put together: papers to download, the way to the post, envelope, what follows."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from applications.checks import Moment, Severity
from applications.content.simple import NOT_NEEDED
from applications.papers import Frozen
from applications.papers.all_papers import IN_THE_ENVELOPE, in_printing_order, most_attachments, number_of, pages_of
from applications.papers.forms import EnclosuresForm, StepForm
from applications.papers.models import EnclosureList, Submission, SubmissionFile
from applications.papers.page.after import Became, after_the_outcome
from applications.papers.page.way import (
    Headline,
    four_steps,
    headline,
    headline_of_posted,
    receipt_of,
    who_entered,
)
from applications.papers.pdf import cover_context, enclosures, signatories
from applications.papers.posting import Envelope, before_posting, read_envelope
from applications.progress.audience import PAPERS, PeopleAround
from applications.writing.page.findings import Places
from calls.terms import ATTACHMENTS
from core import words
from core.values import dataclass

Kind = SubmissionFile.Kind
# Whom the page speaks to; everybody else reads along.
TEAM = frozenset({"owner", "writer", "reader"})
# What the page itself says on top and at its second step.
SAID_BY_THE_PAGE = frozenset({"C06", "C21"})


@dataclass(frozen=True)
class Paper:
    """A paper with its pages in the PDF of all papers."""

    file: SubmissionFile
    first: int
    last: int

    @property
    def is_for_the_envelope(self) -> bool:
        return self.file.kind in IN_THE_ENVELOPE


def context_of(
    user: User,
    submission: Submission,
    *,
    form: StepForm | None = None,
    tried: str = "",
    list_form: EnclosuresForm | None = None,
) -> dict[str, Any]:
    """Return what the page shows this person; with a day (`form`, of the step `tried`) or a list that was refused."""
    application = submission.application
    roles = application.roles_of(user)
    outcome = getattr(submission, "outcome", None)
    may = {action: submission.allows(user, action) for action in ("paper steps", "outcome", "example")}
    may_step = may["paper steps"] and submission.is_current
    context: dict[str, Any] = {
        "submission": submission,
        "application": application,
        "outcome": outcome,
        "form": form or StepForm(),
        "tried": tried,
        "may_step": may_step,
        "may_outcome": may["outcome"] and submission.is_current and submission.posted_on is not None,
        "may_example": may["example"] and submission.is_current,
        "may_take_back": application.allows(user, "take back") and submission.can_be_taken_back,
        "sees_application": application.allows(user, "see"),
        "is_team": bool(roles & TEAM),
        "is_organiser": "organiser" in roles,
    }
    files = list(SubmissionFile.objects.visible_to(user).filter(submission=submission))
    if not context["sees_application"]:  # BAMF staff read no names of people in teams
        latest = EnclosureList.objects.latest_of(submission)
        return context | downloads(files, latest.number if latest else 0) | steps_of(submission, {})
    envelope = read_envelope(submission)
    after = after_the_outcome(submission, outcome, envelope.frozen)
    return (
        context
        | downloads(files, envelope.number)
        | for_the_team(user, submission, envelope, may_step=may_step)
        | of_the_envelope(submission, envelope, files, list_form, may_correct=may_step and submission.can_be_corrected)
        | after
        | {"headline": headline_of(submission, envelope.frozen, after.get("became"), is_team=context["is_team"])}
    )


def headline_of(submission: Submission, frozen: Frozen, became: Became | None, *, is_team: bool) -> Headline | None:
    """Return what stands on top, before the papers are posted and after."""
    if submission.is_current and submission.posted_on is None:
        return headline(submission, frozen, sum(map(bool, signatories(frozen))))
    return headline_of_posted(submission, frozen, became.sentence if became else None, is_team=is_team)


def downloads(files: list[SubmissionFile], list_number: int) -> dict[str, Any]:
    """Return the papers that count with their pages in the one PDF, that PDF, and the letters that were replaced."""
    counting = in_printing_order(files, list_number)
    papers, pages = [], 0
    for file in counting:
        last = pages + (file.pages or 1)
        papers.append(Paper(file, pages + 1, last))
        pages = last
    number = number_of(counting)
    letters = [file for file in files if file.kind == Kind.LETTER and file not in counting]
    return {
        "papers": papers,
        "pages": pages_of(counting),
        "bundle": next((file for file in files if file.kind == Kind.ALL and file.number == number), None),
        "old_letters": sorted(letters, key=lambda file: -file.number),
        "zip_bytes": sum(file.size for file in counting),
    }


def for_the_team(user: User, submission: Submission, envelope: Envelope, *, may_step: bool) -> dict[str, Any]:
    """Return the way to the post with the names of those who sign and enter, and whom to ask."""
    application, frozen = submission.application, envelope.frozen
    around = PeopleAround.of(application)
    names = [name for name in signatories(frozen) if name]
    uploaded = most_attachments(submission)
    is_on_the_way = submission.is_current and submission.posted_on is None
    forms = list(application.call.forms.official()) if is_on_the_way and submission.stage == 1 else []
    return steps_of(submission, who_entered(submission)) | {
        "frozen": frozen,
        "is_on_the_way": is_on_the_way,
        "signatories": words.all_of(names) if names else "",
        "call_forms": forms,
        "values": values_to_copy(frozen) if forms and may_step else [],
        "other_address": changed_address(submission, frozen),
        "owner": around.named("owner"),
        "coaches": around.named("own coach"),
        "who": around.audience(PAPERS, user),
        "attachments": uploaded,
        "attachment_bytes": sum(file.size for file in uploaded),
        "may_not_begin": is_on_the_way or submission.waits_for_a_grant,
    }


def steps_of(submission: Submission, by: dict[str, str]) -> dict[str, Any]:
    steps, receipt = four_steps(submission, by), receipt_of(submission, by)
    return {"steps": steps, "receipt": receipt, "all_steps": [*steps, receipt]}


def values_to_copy(frozen: Frozen) -> list[tuple[str, str]]:
    """Return what the paper „Angaben für das Titelblatt“ says, to be copied into the form; what is not filled in is left out."""
    cover, context = frozen.cover, cover_context(frozen)
    months = ngettext("%(count)d Monat", "%(count)d Monate", cover.months or 0) % {"count": cover.months or 0}
    pairs = [
        (_("Titel"), cover.title),
        (_("Kurzname"), cover.short_name),
        (_("Themenschwerpunkt"), frozen.theme),
        (_("Ort"), cover.places),
        (_("Beginn"), context["start"]),
        (_("Laufzeit"), months if cover.months else ""),
        (_("Ende"), words.day(cover.ends_on) if cover.ends_on else ""),
        (_("Organisation"), cover.organisation or frozen.organisation),
        (_("Rechtsform"), cover.legal_form_words),
        (_("Register"), cover.register),
        (_("Gemeinnützigkeit"), cover.charitable_words),
        (_("Dachverband"), cover.umbrella_body),
        (_("Anschrift"), cover.address),
        (_("Ansprechperson"), cover.contact_person),
        (_("E-Mail"), cover.email),
        (_("Telefon"), cover.phone),
        *((_("Zuwendung %(year)s") % {"year": year or "–"}, words.money(grant)) for year, grant in context["grants"]),
        (_("Zuwendung insgesamt"), words.money(context["grant"])),
    ]
    return [(label, str(value)) for label, value in pairs if value]


def changed_address(submission: Submission, frozen: Frozen) -> str:
    """Return the address that the call has now, if it is another than on the papers and nothing is posted yet."""
    current = submission.application.call.addressee
    if submission.posted_on or frozen.via or not frozen.addressee or current == frozen.addressee:
        return ""
    return current


def of_the_envelope(
    submission: Submission,
    envelope: Envelope,
    files: list[SubmissionFile],
    form: EnclosuresForm | None,
    *,
    may_correct: bool,
) -> dict[str, Any]:
    """Return what lies in the envelope: list and letter, what matters before posting, what can be changed."""
    letters = [file for file in files if file.kind == Kind.LETTER]
    letter = max(letters, key=lambda file: file.number, default=None)
    rows = enclosures(envelope.frozen)
    findings = before_posting(submission, envelope)
    said = [one for one in findings if one.code not in SAID_BY_THE_PAGE or one.severity == Severity.ERROR]
    where = Places(envelope.frozen.terms, envelope.frozen.contents, moment=Moment.POSTING, links=False)
    return {
        "letter": letter,
        "enclosures": rows,
        "enclosed": [row for row in rows if row.state != NOT_NEEDED],
        "undecided": sum(not row.state for row in rows),
        "left_out": envelope.left_out,
        "list_number": envelope.number,
        "may_print_letter": may_correct and submission.goes_on_paper,
        "letter_is_outdated": letter is not None and letter.list_number != envelope.number,
        "list_form": form or (EnclosuresForm(envelope=envelope) if may_correct and envelope.kinds else None),
        "before_posting": where.of(said),
        "asks_for_enclosures": any(finding.key == ATTACHMENTS for finding in said),
    }
