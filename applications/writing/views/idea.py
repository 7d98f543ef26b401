"""The button „Idee übernehmen“."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.requests import PortalRequest
from applications.writing.access import get_application
from applications.writing.idea import take_over_idea
from applications.writing.models import NotDrafting
from calls.terms import SUMMARY
from core.writes import Stale


@require_POST
def take_idea(request: PortalRequest, uuid: UUID) -> HttpResponse:
    """Make the registered idea the first text of the Kurzbeschreibung, and lead to it."""
    application = get_application(request, uuid, to="write")
    try:
        take_over_idea(application, by=request.user)
    except NotDrafting:
        messages.error(request, _("Das Vorhaben wird gerade nicht geschrieben."))
    except Stale:
        messages.info(request, _("Hier steht schon ein Text. Ihre Idee aus der Anmeldung wurde nicht übernommen."))
    else:
        messages.success(request, _("Ihre Idee ist der erste Text. Sie können alles ändern."))
    return redirect("applications:section", application.pk, SUMMARY)
