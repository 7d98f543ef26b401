"""The button „Häkchen speichern“ under the plan of the last days."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.requests import PortalRequest
from applications.progress.countdown import countdown
from applications.progress.facts import facts_of
from applications.writing.access import get_application
from applications.writing.models import PlanTick
from core.writes import Stale


@require_POST
def tick(request: PortalRequest, uuid: UUID) -> HttpResponse:
    """Save what the person has changed: `shown` are the lines on the page, `before` those ticked on it, `done` those ticked now."""
    application = get_application(request, uuid, to="write")
    plan = countdown(facts_of(application), timezone.localdate(), {})
    known = {line.code for line in plan.lines} if plan else set()
    shown, before, done = (known.intersection(request.POST.getlist(name)) for name in ("shown", "before", "done"))
    try:
        PlanTick.objects.tick(application, on=(done & shown) - before, off=(before & shown) - done, by=request.user)
    except Stale:
        messages.error(request, _("Das Vorhaben ist zurückgezogen."))
    else:
        messages.success(request, _("Die Häkchen sind gespeichert."))
    return redirect("dashboard")
