"""The page „Zur Rückmeldung abgeben“."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.requests import PortalRequest
from applications.papers.tasks import count_pages_soon
from applications.reviews.forms import HandInForm
from applications.reviews.models import Review, ReviewItem
from applications.reviews.section_facts import sections_of
from applications.reviews.steps import drafts_to_hand_in
from applications.reviews.steps import hand_in as hand_in_sections
from applications.states import SectionFacts
from applications.writing.access import get_application
from applications.writing.models import Application
from core.typed import takes
from core.writes import Stale
from workshops.models import Workshop


@takes(HandInForm)
def hand_in(request: PortalRequest, uuid: UUID) -> HttpResponse:
    """Choose sections and hand them in; `?abschnitt=s4` chooses one already."""
    application = get_application(request, uuid, to="hand in")
    free = drafts_to_hand_in(application) if application.is_being_written else []
    sections = sections_of(
        application, application.drafts.for_list(), Workshop.objects.openings_in(application.cohort_uuid)
    )
    choices = [(draft.key, _label(sections[draft.key])) for draft in free]
    wanted = request.GET.getlist("abschnitt")
    form = HandInForm(request.POST if request.method == "POST" else None, choices=choices, initial={"sections": wanted})
    if request.method == "POST" and form.is_valid():
        return _hand_in(request, application, form.cleaned_data["sections"])
    context = {
        "application": application,
        "form": form,
        "free": free,
        "until": timezone.localdate() + timedelta(days=application.team.cohort.answer_days),
        "coach": application.team.coach_today(),
        "waiting": _waiting(application, sections),
    }
    return render(request, "applications/reviews/hand_in.html", context, status=422 if form.is_bound else 200)


def _waiting(application: Application, sections: Mapping[str, SectionFacts]) -> list[tuple[Review, str]]:
    """Return the reviews that are open, each with the titles of its sections."""
    items = ReviewItem.objects.filter(review__in=application.reviews.open()).select_related("review__coach", "draft")
    titles: dict[Review, list[str]] = {}
    for item in items.defer("draft__content").order_by("review__asked_at", "draft__key"):
        names = titles.setdefault(item.review, [])
        if item.draft.key in sections:
            names.append(f"„{sections[item.draft.key].title}“")
    return [(review, ", ".join(names)) for review, names in titles.items()]


def _label(section: SectionFacts) -> SafeString:
    """The section's title and its state."""
    state = section.state
    return format_html('{} <span class="state state--{}">{}</span>', section.title, state.symbol, state.label)


def _hand_in(request: PortalRequest, application: Application, keys: list[str]) -> HttpResponse:
    try:
        review = hand_in_sections(application, keys, by=request.user)
    except Stale:
        messages.error(
            request,
            _("Das ist inzwischen schon zur Rückmeldung abgegeben oder nicht mehr möglich. Bitte sehen Sie nach."),
        )
        chosen = urlencode([("abschnitt", key) for key in keys])
        return redirect(f"{reverse('applications:hand_in', args=[application.pk])}?{chosen}")
    count_pages_soon(application)
    messages.success(
        request, _("Zur Rückmeldung abgegeben. Ihre Coaching-Person sieht es jetzt in ihrer Liste und meldet sich.")
    )
    return redirect(review)
