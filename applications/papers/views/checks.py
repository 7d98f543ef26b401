"""The page „Vorprüfung“: all findings, by what they weigh (`Severity` in applications/checks/base.py)."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from accounts.requests import PortalRequest
from applications.checks import Severity, asked, run
from applications.papers.finishing import read_state
from applications.papers.tasks import count_pages_soon
from applications.writing.access import get_application
from applications.writing.page.findings import place_findings


def checks(request: PortalRequest, uuid: UUID) -> HttpResponse:
    """Show all findings by severity, with the pages as last counted; count them again if something was written."""
    application = get_application(request, uuid)
    count_pages_soon(application)
    dossier = read_state(application).dossier
    findings = place_findings(application, run(dossier), dossier.budget)
    groups = [
        (severity, [placed for placed in findings if placed.finding.severity == severity]) for severity in Severity
    ]
    passed = len(asked(dossier)) - len({placed.finding.code for placed in findings})
    first = next((placed for placed in findings if placed.url and placed.finding.severity <= Severity.WARNING), None)
    context = {"application": application, "groups": groups, "passed": passed, "first": first}
    return render(request, "applications/papers/checks.html", context)
