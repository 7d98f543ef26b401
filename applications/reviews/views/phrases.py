"""The page „Eigene Sätze“: a coach's own phrases."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.requests import PortalRequest
from applications.reviews.forms import PhraseForm
from applications.reviews.models import Phrase
from cohorts.models import Cohort
from core.typed import takes
from core.writes import Stale

FULL = gettext_lazy("Sie haben schon 100 eigene Sätze. Bitte löschen Sie erst einen, den Sie nicht mehr brauchen.")


@takes(PhraseForm)
def phrases(request: PortalRequest) -> HttpResponse:
    """Show a coach's own sentences, with a form to add another."""
    if not Cohort.objects.coached_by(request.user).exists():
        raise Http404
    form = PhraseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            Phrase.objects.remember(form.cleaned_data["text"], by=request.user, kind=form.cleaned_data["kind"])
        except Stale:
            form.add_error(None, FULL)
        else:
            messages.success(request, _("Der Satz ist gemerkt."))
            return redirect("reviews:phrases")
    context = {"form": form, "phrases": Phrase.objects.visible_to(request.user)}
    return render(request, "applications/reviews/phrases.html", context, status=422 if form.is_bound else 200)


def get_phrase(request: PortalRequest, uuid: UUID) -> Phrase:
    return get_object_or_404(Phrase.objects.visible_to(request.user), pk=uuid)


@takes(PhraseForm)
def phrase(request: PortalRequest, uuid: UUID) -> HttpResponse:
    """Reword a sentence."""
    own_phrase = get_phrase(request, uuid)
    initial = {"text": own_phrase.text, "kind": own_phrase.kind}
    form = PhraseForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            own_phrase.change(by=request.user, **form.cleaned_data)
        except Stale:
            form.add_error("text", _("Diesen Satz haben Sie schon."))
        else:
            messages.success(request, _("Der Satz ist geändert."))
            return redirect("reviews:phrases")
    context = {"form": form, "phrase": own_phrase}
    return render(request, "applications/reviews/phrase.html", context, status=422 if form.is_bound else 200)


@require_POST
def discard_phrase(request: PortalRequest, uuid: UUID) -> HttpResponse:
    get_phrase(request, uuid).discard(by=request.user)
    messages.success(request, _("Der Satz ist gelöscht."))
    return redirect("reviews:phrases")
