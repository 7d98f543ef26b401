"""The pages „Fertigstellen“ and „Ergebnis eintragen“, and taking back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.requests import PortalRequest
from applications.papers import PapersUnavailable
from applications.papers.finish_requests import ask, carry_out, ending_of, why_not
from applications.papers.finishing import blocking, finish, to_confirm
from applications.papers.forms import OutcomeForm
from applications.papers.models import FinishRequest, Outcome, Submission
from applications.papers.models.outcome import InStageTwo, StageTwoFinished
from applications.papers.models.paper_steps import StepMissing, WrongDay
from applications.papers.page.after import kept_because, of_stage_two, removing, who_is_told
from applications.papers.pdf import PAPERS_OF_FINISHING
from applications.papers.tasks import carry_out_request, worker_is_there
from applications.writing.access import get_application
from applications.writing.models import Application
from applications.writing.page.check_report import read_report
from core.steps import take_step
from core.words import spoken_day
from core.writes import Stale

Ending = FinishRequest.Ending


def finish_page(request: PortalRequest, uuid: UUID) -> HttpResponse:
    """Show what would be finished and what prevents it; POST finishes."""
    application = get_application(request, uuid, to="finish")
    if request.method == "POST":
        return start_finishing(request, application)
    if not application.is_being_written:
        return redirect("applications:papers", application.pk)
    if (asked := FinishRequest.objects.of(application)) and asked.is_open:
        return redirect("applications:finish_progress", application.pk)
    report = read_report(application)
    context = {
        "application": application,
        "last_time": asked.sentence or why_not(asked.ending) if asked and asked.has_failed else "",
        "report": report,
        "is_blocked": bool(blocking([*report.findings])),
        "is_to_confirm": bool(to_confirm([*report.findings])),
    }
    return render(request, "applications/papers/finish.html", context)


def start_finishing(request: PortalRequest, application: Application) -> HttpResponse:
    """Have a worker finish, and show how far it is; where there is none, finish at once."""
    confirmed = request.POST.get("confirmed") == "yes"
    try:
        if worker_is_there():
            asked = ask(application, confirmed=confirmed, by=request.user)
            carry_out_request.enqueue(str(asked.pk))
            return redirect("applications:finish_progress", application.pk)
        submission = finish(application, by=request.user, confirmed=confirmed)
    except PapersUnavailable as error:
        messages.error(request, str(error))
    except Stale as error:
        ending = ending_of(error)
        if ending == Ending.OVER:
            application.refresh_from_db(fields=["status", "withdrawn_at"])
            application.team.refresh_from_db(fields=["withdrawn_at"])
            messages.info(
                request,
                f"{application.given_up_because} {_('Es wird nichts fertiggestellt.')}"
                if application.is_given_up and not application.is_finished
                else _("Das Vorhaben ist schon fertiggestellt. Hier sind die Unterlagen."),
            )
            return redirect("applications:papers", application.pk)
        messages.error(request, why_not(ending))
    else:
        messages.success(request, is_finished(submission))
        return redirect(submission)
    return redirect("applications:finish", application.pk)


def finish_progress(request: PortalRequest, uuid: UUID) -> HttpResponse:
    """Show how far finishing is, and what came of it. What no worker has begun for seconds is done here and now."""
    application = get_application(request, uuid, to="finish")
    asked = FinishRequest.objects.of(application)
    if asked and application.is_being_written and asked.waits_too_long:
        carry_out(asked)
        asked = FinishRequest.objects.of(application)
        application.refresh_from_db(fields=["status", "stage"])
    shown = what_came_of_it(application, asked)
    if shown is None:
        return redirect("applications:finish", application.pk)
    context = {"application": application, "asked": asked, "all_papers": PAPERS_OF_FINISHING, **shown}
    return render(request, "applications/papers/finish_progress.html", context)


def what_came_of_it(application: Application, asked: FinishRequest | None) -> dict[str, Any] | None:
    """Return the sentence to show, and the papers if they are there: none while it goes on, None if there is nothing to show."""
    if application.is_finished:
        submission = application.submissions.current().filter(stage=application.stage).first()
        if submission:
            return {"submission": submission, "sentence": is_finished(submission)}
    if asked is None:
        return None
    if application.is_given_up:
        return {"sentence": f"{application.given_up_because} {_('Es wird nichts fertiggestellt.')}"}
    if asked.has_failed:
        return {"sentence": asked.sentence or why_not(asked.ending)}
    return {} if asked.is_open else None


def is_finished(submission: Submission) -> str:
    """Return what the owner is told when the papers are there."""
    if submission.stage == 2:
        return _(
            "Fertiggestellt. Ihre Unterlagen sind da. Beim BAMF ist damit noch nichts: Bitte geben Sie die Angaben in easy-Online ein."
        )
    return _(
        "Fertiggestellt. Ihre Unterlagen sind da. Beim BAMF ist damit noch nichts: Bitte übertragen Sie die Angaben in die Formulare des BAMF, lassen Sie unterschreiben und geben Sie alles zur Post."
    )


@require_POST
def take_back(request: PortalRequest, uuid: UUID) -> HttpResponse:
    application = get_application(request, uuid, to="take back")
    submission = application.submissions.current().filter(stage=application.stage).first()
    too_late = _("Das Vorhaben ist schon eingereicht oder wieder in Arbeit.")
    if application.is_given_up:
        too_late = f"{application.given_up_because} {_('Was fertiggestellt ist, bleibt so.')}"
    if submission is None:
        messages.error(request, too_late)
        return redirect(application)
    take_step(
        request,
        lambda: submission.take_back(by=request.user),
        done=_("Sie können wieder schreiben. Die bisherige Fassung bleibt erhalten."),
        stale=too_late,
    )
    return redirect(application)


def papers(request: PortalRequest, uuid: UUID) -> HttpResponse:
    """Go to the papers that count now; before finishing, to the page of the checks."""
    application = get_application(request, uuid)
    last = application.submissions.current().order_by("-stage").first()
    if last is not None:
        return redirect(last)
    if application.is_given_up:
        messages.info(request, f"{application.given_up_because} {_('Unterlagen gibt es dazu keine.')}")
    else:
        messages.info(request, _("Unterlagen gibt es, sobald das Vorhaben fertiggestellt ist."))
    return redirect("applications:checks", application.pk)


def get_submission(request: PortalRequest, uuid: UUID, *, to: str = "see") -> Submission:
    """Return a submission. Raises 404 for what this person may not see, 403 for what they may not do."""
    submissions = Submission.objects.visible_to(request.user).select_related(
        "application__team__organisation",
        "application__team__cohort__call",
        "application__edition",
        "application__call",
    )
    submission = get_object_or_404(submissions, pk=uuid)
    if not submission.allows(request.user, to):
        raise PermissionDenied
    return submission


def add_begin_nothing(sentence: str, submission: Submission) -> str:
    """Add to the sentence that nothing may begin before the grant, if that is so."""
    if not submission.waits_for_a_grant:
        return sentence
    return f"{sentence} {render_to_string('applications/papers/_begin_nothing.html').strip()}"


def outcome(request: PortalRequest, uuid: UUID) -> HttpResponse:
    """Enter what the funder decided, as the owner or the organiser; ask first where that closes stage 2."""
    submission = get_submission(request, uuid, to="outcome")
    entered = Outcome.objects.filter(submission=submission).first()
    there = InStageTwo.of(submission, submission.application) if entered else None
    form = OutcomeForm(request.POST or None, stage=submission.stage, outcome=entered)
    at_stake = None
    if request.method == "POST" and form.is_valid():
        at_stake = of_stage_two(there, entered, form.cleaned_data["kind"])
        if (at_stake is None or request.POST.get("sure") == "yes") and enter_outcome(
            request, form, submission, entered
        ):
            return redirect(submission)
    told = who_is_told(submission, request.user) if entered else ""
    context = {
        "submission": submission,
        "application": submission.application,
        "form": form,
        "entered": entered,
        "told": told,
        "at_stake": at_stake,
        **(removing(entered, there, told) if entered and there else {}),
    }
    return render(request, "applications/papers/outcome.html", context, status=422 if form.errors else 200)


def enter_outcome(request: PortalRequest, form: OutcomeForm, submission: Submission, entered: Outcome | None) -> bool:
    """Enter the outcome and say so; False with the reason in the form if it cannot be."""
    data, seen = form.cleaned_data, request.POST.get("seen")
    try:
        Outcome.objects.enter(
            submission, data["kind"], data["on"], by=request.user, amount_cents=data["amount"], seen=seen
        )
    except StepMissing:
        form.add_error(None, _("Ein Ergebnis gibt es erst, wenn eingetragen ist, wann Sie eingereicht haben."))
    except WrongDay:
        form.add_error("on", _("An diesem Tag war noch nicht eingereicht, oder er liegt in der Zukunft."))
    except Stale:
        form.add_error(None, changed_since(entered))
    else:
        messages.success(request, add_begin_nothing(_("Das Ergebnis ist eingetragen."), submission))
        return True
    return False


def changed_since(entered: Outcome | None) -> str:
    """Say what stands there now, for whoever sends an outcome from a page that showed something else."""
    if entered is None:
        what = _("Inzwischen hat jemand das Ergebnis zurückgenommen.")
    else:
        values = {"outcome": entered.get_kind_display(), "day": spoken_day(entered.on)}
        what = (
            _("Inzwischen hat sich das Ergebnis geändert. Jetzt steht dort: %(outcome)s, mit Schreiben vom %(day)s.")
            % values
        )
    return f"{what} {_('Ihre Angabe ist noch nicht eingetragen. Stimmt sie trotzdem, drücken Sie noch einmal „Eintragen“.')}"


@require_POST
def remove_outcome(request: PortalRequest, uuid: UUID) -> HttpResponse:
    """Take out an outcome that was entered by mistake."""
    submission = get_submission(request, uuid, to="outcome")
    entered = Outcome.objects.filter(submission=submission).first()
    if entered is None:
        messages.error(request, _("Das Ergebnis ist schon zurückgenommen."))
        return redirect(submission)
    try:
        entered.remove(by=request.user, seen=request.POST.get("seen", ""))
    except StageTwoFinished:
        messages.error(request, kept_because(InStageTwo.of(submission, submission.application)))
    except Stale:
        messages.error(request, _("Inzwischen hat sich etwas geändert. Bitte sehen Sie noch einmal hin."))
    else:
        messages.success(request, _("Das Ergebnis ist zurückgenommen. Es lässt sich jederzeit wieder eintragen."))
    return redirect(submission)
