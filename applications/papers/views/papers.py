"""The page „Unterlagen“: finished papers, the steps to the post, envelope and letter; the list and figures for the BAMF."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import Event
from accounts.requests import PortalRequest
from applications.checks import Moment
from applications.papers import PapersUnavailable
from applications.papers.forms import EnclosuresForm, StepForm
from applications.papers.models import EnclosureList, Overtaken, Submission, SubmissionFile
from applications.papers.models.paper_steps import PAPER_STEPS, StepMissing, WrongDay
from applications.papers.pdf import enclosures as listed
from applications.papers.posting import UpToDate, before_posting, print_letter, read_envelope
from applications.papers.views.finishing import add_begin_nothing, get_submission
from applications.progress.audience import PAPERS, PeopleAround
from applications.writing.page.findings import Places
from calls.terms import ATTACHMENTS
from cohorts.models import Cohort, Registration, Team
from core.files import deliver
from core.writes import Stale
from workshops.models import Attendance

PER_PAGE = 25
# The order in which the papers are listed.
ORDER = SubmissionFile.Kind.values


def paper_list(request: PortalRequest) -> HttpResponse:
    """List the papers that count, newest first; for BAMF staff with figures by cohort above them."""
    submissions = Submission.objects.visible_to(request.user).current().for_list()
    page = Paginator(submissions, PER_PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {"page": page}
    if request.user.is_bamf:
        context["figures"] = figures()
    return render(request, "applications/papers/paper_list.html", context)


def figures() -> list[dict[str, Any]]:
    """Return counts by cohort, no names (six queries). A Vorhaben counts once, even if it was posted at both stages."""
    cohorts = Cohort.objects.select_related("organiser").order_by("-begins_on")
    registered = counts(Registration.objects.received(), "cohort")
    teams = counts(Team.objects.all(), "cohort")
    current = counts(Team.objects.current(), "cohort")
    attended = (
        Attendance.objects.order_by()
        .values_list("session__workshop__cohort")
        .annotate(present=Count("pk", filter=Q(status=Attendance.Status.PRESENT)), recorded=Count("pk"))
    )
    by_session = {cohort: rest for cohort, *rest in attended}
    posted = (
        Submission.objects.posted()
        .order_by()
        .values_list("application__team__cohort")
        .annotate(
            all=Count("application", distinct=True),
            invited=Count("pk", filter=Q(outcome__kind="invited")),
            granted=Count("pk", filter=Q(outcome__kind="granted")),
        )
    )
    by_cohort = {cohort: rest for cohort, *rest in posted}
    return [
        {
            "cohort": cohort,
            "registered": registered.get(cohort.pk, 0),
            "teams": teams.get(cohort.pk, 0),
            "current": current.get(cohort.pk, 0),
            "present": by_session.get(cohort.pk, [0, 0])[0],
            "recorded": by_session.get(cohort.pk, [0, 0])[1],
            "posted": by_cohort.get(cohort.pk, [0, 0, 0])[0],
            "invited": by_cohort.get(cohort.pk, [0, 0, 0])[1],
            "granted": by_cohort.get(cohort.pk, [0, 0, 0])[2],
        }
        for cohort in cohorts
    ]


def counts(rows: Any, by: str) -> dict[UUID, int]:
    return dict(rows.order_by().values_list(by).annotate(count=Count("pk", distinct=True)))


def paper_detail(request: PortalRequest, uuid: UUID) -> HttpResponse:
    """Show receipt, papers and the steps on paper. A look of BAMF staff is recorded."""
    submission = get_submission(request, uuid)
    record_look(request, submission, "submission.seen")
    return show(request, submission)


@require_POST
def paper_step(request: PortalRequest, uuid: UUID, step: str) -> HttpResponse:
    """Enter the day of a step on paper; ask again for a day that cannot be right."""
    submission = get_submission(request, uuid, to="paper steps")
    if step not in PAPER_STEPS:
        raise Http404
    form = StepForm(request.POST)
    if form.is_valid():
        try:
            submission.enter_step(step, form.cleaned_data["on"], by=request.user)
        except WrongDay as wrong:
            form.add_error("on", str(wrong))
        except StepMissing:
            messages.error(
                request, _("Ein früherer Schritt fehlt noch. Bitte tragen Sie die Schritte der Reihe nach ein.")
            )
        except Stale:
            messages.error(request, _("Diese Unterlagen gelten nicht mehr."))
        else:
            messages.success(request, add_begin_nothing(_("Der Tag ist eingetragen."), submission))
    if form.errors:
        return show(request, submission, form, step)
    return redirect(submission)


@require_POST
def enclosures(request: PortalRequest, uuid: UUID) -> HttpResponse:
    """Correct what lies in the envelope, until it is posted."""
    submission = get_submission(request, uuid, to="paper steps")
    too_late = _(
        "Die Liste der Anlagen lässt sich nicht mehr ändern: Die Unterlagen sind eingereicht oder gelten nicht mehr."
    )
    form = EnclosuresForm(request.POST, envelope=read_envelope(submission))
    if form.is_valid():
        try:
            EnclosureList.objects.correct(submission, form.value(), seen=form.cleaned_data["seen"], by=request.user)
        except Overtaken:
            form.show_current(read_envelope(submission))
        except Stale:
            form.add_error(None, too_late)  # the page keeps what was typed, to be copied
        else:
            messages.success(request, _("Die Liste der Anlagen ist gespeichert."))
    if form.errors:
        return show(request, submission, list_form=form)
    return redirect(submission)


@require_POST
def letter(request: PortalRequest, uuid: UUID) -> HttpResponse:
    """Make the letter for the envelope from the list as it is now."""
    submission = get_submission(request, uuid, to="paper steps")
    try:
        letter = print_letter(submission, by=request.user)
    except UpToDate:
        messages.info(request, _("Das Anschreiben passt schon zur Liste der Anlagen."))
    except Overtaken:
        messages.error(
            request, _("Gerade hat noch jemand etwas geändert. Bitte sehen Sie nach, ob das Anschreiben noch fehlt.")
        )
    except PapersUnavailable as error:
        messages.error(request, str(error))
    except Stale:
        messages.error(request, _("Zu diesen Unterlagen wird kein Anschreiben mehr erstellt."))
    else:
        messages.success(request, _("Anschreiben Nr. %(number)d ist erstellt.") % {"number": letter.number})
    return redirect(submission)


def show(
    request: PortalRequest,
    submission: Submission,
    form: StepForm | None = None,
    tried: str = "",
    list_form: EnclosuresForm | None = None,
) -> HttpResponse:
    """Render the page of the papers, with a day or a list that was refused."""
    application = submission.application
    files = sorted(
        SubmissionFile.objects.visible_to(request.user).filter(submission=submission),
        key=lambda file: (ORDER.index(file.kind), -file.number),
    )
    letter = next((file for file in files if file.kind == SubmissionFile.Kind.LETTER), None)
    may = {action: submission.allows(request.user, action) for action in ("paper steps", "outcome")}
    next_step = submission.next_step() if submission.is_current else ""
    context = {
        "submission": submission,
        "application": application,
        "files": files,
        "letter": letter,
        "outcome": getattr(submission, "outcome", None),
        "steps": [
            (step, submission.label_of(step), getattr(submission, step), step == next_step) for step in PAPER_STEPS
        ],
        "form": form or StepForm(),
        "tried": tried,
        "may_step": may["paper steps"] and submission.is_current,
        "may_outcome": may["outcome"] and submission.is_current and submission.posted_on is not None,
        "may_take_back": application.allows(request.user, "take back") and submission.can_be_taken_back,
        "sees_application": application.allows(request.user, "see"),
    }
    if context["sees_application"]:  # BAMF staff read no names of people in teams
        context |= envelope_context(request, submission, list_form, letter)
        context["who"] = PeopleAround.of(application).audience(PAPERS, request.user)
    return render(request, "applications/papers/paper_detail.html", context, status=422 if form or list_form else 200)


def envelope_context(
    request: PortalRequest, submission: Submission, form: EnclosuresForm | None, letter: SubmissionFile | None
) -> dict[str, Any]:
    """Return what the team sees of the envelope: list and letter, what matters before posting, what can be changed."""
    envelope = read_envelope(submission)
    enclosures = listed(envelope.frozen)
    where = Places(envelope.frozen.terms, envelope.frozen.contents, moment=Moment.POSTING, links=False)
    before = where.of(before_posting(submission, envelope))
    may_correct = submission.can_be_corrected and submission.allows(request.user, "paper steps")
    return {
        "enclosures": enclosures,
        "undecided": sum(not row.state for row in enclosures),
        "list_number": envelope.number,
        "may_print_letter": may_correct and submission.goes_on_paper,
        "letter_is_outdated": letter is not None and letter.list_number != envelope.number,
        "list_form": form or (EnclosuresForm(envelope=envelope) if may_correct and envelope.kinds else None),
        "before_posting": before,
        "asks_for_enclosures": any(place.key == ATTACHMENTS for place in before),
    }


def paper_file(request: PortalRequest, uuid: UUID) -> FileResponse:
    """Deliver one paper, the bytes as stored."""
    files = SubmissionFile.objects.visible_to(request.user).select_related("submission__application__team")
    file = get_object_or_404(files, pk=uuid)
    record_look(request, file.submission, "submission.downloaded", kind=file.kind)
    words = re.sub(r"[ ,.]+", "-", file.title)
    name = f"{file.submission.receipt_number}-{words}.pdf"
    return deliver(file.file.open("rb"), name)


def record_look(request: PortalRequest, submission: Submission, event: str, **codes: Any) -> None:
    """Record a look of BAMF staff at papers."""
    if request.user.is_bamf:
        Event.record(event, submission, by=request.user, **codes)
