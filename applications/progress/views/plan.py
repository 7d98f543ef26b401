"""The ticks of the plan of the last days: each saved by the page's script, or all by the button „Häkchen speichern“."""

from __future__ import annotations

from html import unescape
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.requests import PortalRequest
from applications.progress.countdown import Line, countdown, read_ticks
from applications.progress.facts import facts_of
from applications.progress.team_facts import TeamFacts
from applications.writing.access import get_application
from applications.writing.models import PlanTick
from core.kept import wants_json
from core.typed import takes
from core.writes import Stale


@takes(label_of=lambda _name: None)  # everything in it is ticked
@require_POST
def tick(request: PortalRequest, uuid: UUID) -> HttpResponse:
    """Save what the person has changed: `shown` are the lines on the page, `before` those ticked on it, `done` those ticked now.

    Says so where nothing is saved: the plan is over, or a line is not in it any more.
    """
    application = get_application(request, uuid, to="write")
    facts = facts_of(application)
    plan = countdown(facts, timezone.localdate(), {})
    known = {line.code for line in plan.lines if line.can_be_ticked} if plan else set()
    shown, before, done = (set(request.POST.getlist(name)) for name in ("shown", "before", "done"))
    on, off = (done & shown) - before, (before & shown) - done
    refusal = ""
    try:
        PlanTick.objects.tick(application, on=on & known, off=off & known, by=request.user)
    except Stale:
        application.refresh_from_db(fields=["status"])
        application.team.refresh_from_db(fields=["withdrawn_at"])
        refusal = application.given_up_because
    else:
        if plan is None:
            refusal = _("Der Plan ist zu Ende. Ihre Häkchen sind nicht gespeichert.")
        elif (on | off) - known:
            refusal = _(
                "Der Plan hat sich geändert. Nicht alle Häkchen sind gespeichert; bitte sehen Sie noch einmal hin."
            )
    if wants_json(request):
        if refusal:
            return JsonResponse({"state": "closed", "sentence": refusal})
        return JsonResponse({"state": "saved", "days": days_beside(shown & known, facts)})
    if refusal:
        messages.error(request, refusal)
    else:
        messages.success(request, _("Die Häkchen sind gespeichert."))
    return redirect(f"{reverse('dashboard')}?team={application.team_id}#plan")


def days_beside(codes: set[str], facts: TeamFacts) -> dict[str, str]:
    """Return what stands beside these lines now: who has ticked them and when, or their days. One query."""
    if facts.application is None:
        return {}
    plan = countdown(facts, timezone.localdate(), read_ticks(facts.application))
    lines = [line for line in plan.lines if line.code in codes] if plan else []
    return {line.code: in_words(line) for line in lines}


def in_words(line: Line) -> str:
    """Return what the page says beside a line, without markup."""
    page = render_to_string("applications/progress/_plan_day.html", {"one": line})
    return " ".join(unescape(strip_tags(page)).split())
