"""The page „Vorprüfung“: all findings by section, and the way from one place to the next."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.requests import PortalRequest
from applications.papers.tasks import count_pages_soon
from applications.writing.access import get_application, with_roles
from applications.writing.models import Application
from applications.writing.page.check_report import read_report
from applications.writing.page.walk import onward, seen


def checks(request: PortalRequest, uuid: UUID) -> HttpResponse:
    """Show the findings by section, with the pages as last counted; count them again if something was written."""
    application, roles = with_roles(request, uuid)
    count_pages_soon(application)
    may = {
        action: application.is_being_written and bool(Application.MAY[action] & roles) for action in ("write", "finish")
    }
    context = {
        "application": application,
        "report": read_report(application),
        "may_write": may["write"],
        "may_finish": may["finish"],
        "seen": seen(request.GET),
    }
    return render(request, "applications/papers/checks.html", context)


def next_place(request: PortalRequest, uuid: UUID) -> HttpResponse:
    """Lead to the first place to mend after the one in the address, or to the end."""
    application = get_application(request, uuid)
    return redirect(onward(read_report(application), application.pk, request.GET))
