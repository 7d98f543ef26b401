"""The page „Vorhaben beginnen“, and the buttons to adopt a newer edition and to withdraw."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.requests import PortalRequest
from applications.deadline import read_deadline, umbrella_body
from applications.reviews.steps import withdraw as withdraw_application
from applications.writing.access import get_application
from applications.writing.idea import idea_of
from applications.writing.models import AlreadyStarted, Application, CallChanged, CallClosed, NotDrafting
from applications.writing.page.earlier import Attempt, Attempts, TakingOver, attempts_of
from applications.writing.starting import adopt as adopt_edition
from applications.writing.starting import start as start_application
from calls.models import Edition
from calls.terms import SUMMARY, Terms
from cohorts.models import Team
from core.writes import Stale

UNDECIDED = "offen"
# In the form: the edition it was shown with.
EDITION = "edition"
CALL_CHANGED = gettext_lazy(
    "Noch ist nichts begonnen: Für Ihr Team gilt inzwischen ein anderer Förderaufruf oder ein neuer Stand davon. Bitte sehen Sie noch einmal, was jetzt gilt, und beginnen Sie dann."
)
ALREADY_BEGUN = gettext_lazy(
    "Jemand aus Ihrem Team hat das Vorhaben schon begonnen. Was Sie gerade gewählt haben, ist nicht übernommen. Das Thema steht auf dem Titelblatt; dort können Sie es ändern."
)


class ThemeForm(forms.Form):
    theme = forms.ChoiceField(
        label=gettext_lazy("Themenschwerpunkt"),
        widget=forms.RadioSelect,
        help_text=gettext_lazy(
            "Ein Vorhaben hat genau einen. Sie können ihn später auf dem Titelblatt wählen und ändern."
        ),
        error_messages={
            "required": gettext_lazy("Bitte wählen Sie einen Themenschwerpunkt. Genau einer gehört dazu."),
            "invalid_choice": gettext_lazy(
                "Diesen Themenschwerpunkt gibt es im Förderaufruf nicht. Bitte wählen Sie einen aus der Liste."
            ),
        },
    )

    with_idea = forms.BooleanField(
        label=gettext_lazy("Die Idee aus unserer Anmeldung als Kurzbeschreibung übernehmen"),
        help_text=gettext_lazy("Sie können danach alles ändern. Ohne Häkchen bleibt die Kurzbeschreibung leer."),
        initial=True,
        required=False,
    )

    def __init__(self, terms: Terms, idea: str, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        if not idea:
            del self.fields["with_idea"]
        theme: Any = self.fields["theme"]
        undecided = (UNDECIDED, _("Das wissen wir noch nicht"))
        theme.choices = [*((choice.key, choice.title) for choice in terms.themes), undecided]
        theme.notes = terms.theme_notes()


def start(request: PortalRequest, uuid: UUID) -> HttpResponse:
    """Begin the team's application: pick exactly one theme, with the texts of an earlier one (`frueher`) or with none."""
    teams = (
        Team.objects.with_member(request.user).filter(withdrawn_at=None).select_related("organisation", "cohort__call")
    )
    team = get_object_or_404(teams, pk=uuid)
    running = Application.objects.running().filter(team=team, call=team.cohort.call).first()
    if running:
        if request.method == "POST":
            messages.info(request, ALREADY_BEGUN)
        return redirect(running)
    if not team.allows(request.user, "start"):
        raise PermissionDenied
    edition = team.cohort.call.editions.published().order_by("-number").first()
    attempts = attempts_of(team, request.user)
    earlier = named_attempt(request, attempts)
    taking = TakingOver(earlier.application, edition) if earlier and edition else None
    idea, recording = ("", "") if taking else idea_of(team.pk)
    data = [request.POST] if request.method == "POST" else []
    form = ThemeForm(edition.terms if edition else Terms(), idea, *data)
    if taking:
        form.initial["theme"] = taking.theme
    is_open = edition is not None and team.cohort.call.is_open()
    if request.method == "POST" and is_open and (is_outdated(request, edition) or form.is_valid()):
        try:
            application = begin(request, team, form, earlier, edition)
        except (AlreadyStarted, CallChanged) as error:
            messages.info(request, ALREADY_BEGUN if isinstance(error, AlreadyStarted) else CALL_CHANGED)
            return redirect(request.get_full_path())
        except CallClosed:
            is_open = False
        else:
            messages.success(request, begun_with(earlier))
            with_idea = form.cleaned_data.get("with_idea")
            return redirect("applications:section", application.pk, SUMMARY) if with_idea else redirect(application)
    more = {"attempts": attempts, "earlier": earlier, "taking": taking, "idea": idea, "recording": recording}
    return show(request, team, form, edition, is_open=is_open, **more)


def named_attempt(request: PortalRequest, attempts: Attempts) -> Attempt | None:
    """Return the earlier application that the address names. 404 for one whose texts the person may not take over."""
    key = request.GET.get("frueher", "")
    attempt = attempts.find(key)
    if key and attempt is None:
        raise Http404
    return attempt


def begun_with(earlier: Attempt | None) -> str:
    if earlier is None:
        return _("Ihr Vorhaben ist begonnen. Schreiben Sie los: Alles wird aufgehoben.")
    return _(
        "Ihr Vorhaben ist begonnen, mit Ihren früheren Texten als erster Fassung. Schreiben Sie weiter: Alles wird aufgehoben."
    )


def show(
    request: PortalRequest, team: Team, form: ThemeForm, edition: Edition | None, *, is_open: bool, **more: Any
) -> HttpResponse:
    call = team.cohort.call
    status = 409 if request.method == "POST" and not is_open else 422 if form.errors else 200
    chosen = form.cleaned_data.get("theme") if form.is_bound and form.is_valid() else None
    context = {
        "team": team,
        "call": call,
        "deadline": read_deadline(call, umbrella_body("", team.organisation), stage=1),
        "form": form,
        "is_open": is_open,
        "edition": edition,
        "chosen": edition.terms.theme(chosen) if edition and chosen else None,
        **more,
    }
    template = "start_again" if more["taking"] and is_open else "start"
    return render(request, f"applications/writing/{template}.html", context, status=status)


def is_outdated(request: PortalRequest, edition: Edition | None) -> bool:
    """Return whether the form was shown with another edition than holds now."""
    return edition is not None and request.POST.get(EDITION, str(edition.pk)) != str(edition.pk)


def begin(
    request: PortalRequest, team: Team, form: ThemeForm, earlier: Attempt | None, edition: Edition | None
) -> Application:
    """Start what the form says. Raises what `applications.writing.starting.start` does."""
    if is_outdated(request, edition):
        raise CallChanged
    theme, with_idea = form.cleaned_data["theme"], bool(form.cleaned_data.get("with_idea"))
    theme = "" if theme == UNDECIDED else theme
    taken = earlier.application if earlier else None
    return start_application(team, by=request.user, theme=theme, earlier=taken, with_idea=with_idea, shown=edition)


@require_POST
def withdraw(request: PortalRequest, uuid: UUID) -> HttpResponse:
    application = get_application(request, uuid, to="withdraw")
    try:
        withdraw_application(application, by=request.user)
    except NotDrafting:
        messages.error(request, _("Das Vorhaben ist schon zurückgezogen oder fertiggestellt."))
    else:
        sentences = [
            _("Das Vorhaben ist zurückgezogen."),
            *([_("Alle Texte bleiben lesbar.")] if application.has_texts else []),
        ]
        messages.success(request, " ".join(sentences))
    return redirect(application)


@require_POST
def adopt(request: PortalRequest, uuid: UUID) -> HttpResponse:
    """Go on writing on the newest published edition of the call."""
    application = get_application(request, uuid, to="adopt")
    newest = application.call.editions.published().order_by("-number")[0]  # the application's own is one of them
    try:
        adopt_edition(application, newest, by=request.user)
    except NotDrafting:
        messages.error(request, _("Das Vorhaben wird gerade nicht geschrieben."))
    except Stale:
        messages.info(request, _("Ihr Vorhaben steht schon auf dem neuesten Stand des Aufrufs."))
    else:
        messages.success(request, _("Der neue Stand des Aufrufs gilt jetzt für Ihr Vorhaben. Ihre Texte sind alle da."))
    return redirect(application)
