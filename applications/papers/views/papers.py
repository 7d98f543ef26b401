"""The page „Unterlagen“: finished papers, the steps to the post, envelope and letter; the list and figures for the BAMF."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.requests import PortalRequest
from applications.papers import PapersUnavailable
from applications.papers.forms import EnclosuresForm, StepForm
from applications.papers.models import EnclosureList, Outcome, Overtaken, Submission
from applications.papers.models.paper_steps import ALL_STEPS, StepMissing, WrongDay
from applications.papers.page.detail import context_of
from applications.papers.posting import NotComplete, UpToDate, print_letter, read_envelope
from applications.papers.views.downloads import record_look
from applications.papers.views.finishing import add_begin_nothing, get_submission
from cohorts.models import Cohort, Registration, Team
from core.steps import take_step
from core.writes import Stale
from workshops.models import Attendance

PER_PAGE = 25


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
    if step not in ALL_STEPS:
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
def undo_step(request: PortalRequest, uuid: UUID, step: str) -> HttpResponse:
    """Take out the day of a step that was entered by mistake."""
    submission = get_submission(request, uuid, to="paper steps")
    if step not in ALL_STEPS:
        raise Http404
    take_step(
        request,
        lambda: submission.undo_step(step, by=request.user),
        done=_("Der Eintrag ist zurückgenommen. Der Schritt ist wieder offen."),
        stale=_(
            "Das lässt sich nicht mehr zurücknehmen: Es ist schon ein späterer Schritt oder ein Ergebnis eingetragen."
        ),
    )
    return redirect(submission)


@require_POST
def example(request: PortalRequest, uuid: UUID) -> HttpResponse:
    """Keep whether a granted application may be an example for others, or take the answer back."""
    submission = get_submission(request, uuid, to="example")
    outcome = get_object_or_404(Outcome, submission=submission)
    answer = request.POST.get("answer", "")
    if answer not in {"", *Outcome.Example.values}:
        raise Http404
    done = (
        _("Ihre Antwort ist gespeichert. Veröffentlicht wird nichts.")
        if answer
        else _("Ihre Antwort ist zurückgenommen.")
    )
    take_step(
        request,
        lambda: outcome.answer_example(answer, by=request.user),
        done=done,
        stale=_("Die Frage gilt nur für bewilligte Vorhaben. Das Ergebnis wurde inzwischen geändert."),
    )
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
    except NotComplete as error:
        messages.error(request, _("%(reason)s Bitte berichtigen Sie zuerst die Liste der Anlagen.") % {"reason": error})
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
    context = context_of(request.user, submission, form=form, tried=tried, list_form=list_form)
    return render(request, "applications/papers/paper_detail.html", context, status=422 if form or list_form else 200)
