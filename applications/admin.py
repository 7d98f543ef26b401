"""What staff see of applications: the state of each, never its texts. Everything here is read-only."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin import PortalModelAdmin
from applications.papers.models import Outcome, Submission
from applications.writing.models import Application
from core.words import money


class ReadOnly(PortalModelAdmin):
    """An admin that organisers can see and nobody can change."""

    for_organisers = True

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Application)
class ApplicationAdmin(ReadOnly):
    list_display = ["name", "team", "cohort", "stage", "status", "changed_at"]
    list_filter = ["status", "stage", "team__cohort"]
    list_select_related = ["team__organisation", "team__cohort"]
    search_fields = ["title", "short_name", "team__organisation__name"]
    fields = [
        "title",
        "short_name",
        "team",
        "call",
        "edition",
        "stage",
        "status",
        "theme_key",
        "start_on",
        "months",
        "places",
        "grant",
        "pages",
        "pages_counted_at",
        "started_at",
        "changed_at",
        "withdrawn_at",
    ]
    readonly_fields = ["grant"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Application]:
        return super().get_queryset(request).defer("edition__frozen_terms")

    @admin.display(description=_("Titel"), ordering="title")
    def name(self, application: Application) -> str:
        return application.name

    @admin.display(description=_("Projektschmiede"), ordering="team__cohort")
    def cohort(self, application: Application) -> str:
        return str(application.team.cohort)

    @admin.display(description=_("Zuwendung"))
    def grant(self, application: Application) -> str:
        return "–" if application.grant_cents is None else money(application.grant_cents)


@admin.register(Submission)
class SubmissionAdmin(ReadOnly):
    list_display = [
        "receipt_number",
        "application",
        "stage",
        "finished_at",
        "posted_on",
        "received_on",
        "superseded_at",
    ]
    list_filter = ["stage", "application__team__cohort"]
    list_select_related = ["application__team__organisation"]
    search_fields = ["receipt_number", "application__title", "application__team__organisation__name"]
    fields = [
        "receipt_number",
        "application",
        "stage",
        "number",
        "grant",
        "pages",
        "checksum",
        "finished_at",
        "transferred_on",
        "signed_on",
        "posted_on",
        "received_on",
        "superseded_at",
    ]
    readonly_fields = ["grant"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Submission]:
        return super().get_queryset(request).defer("frozen")

    @admin.display(description=_("Zuwendung"))
    def grant(self, submission: Submission) -> str:
        return money(submission.grant_cents)


@admin.register(Outcome)
class OutcomeAdmin(ReadOnly):
    list_display = ["submission", "kind", "on", "paid", "at"]
    list_filter = ["kind", "submission__application__team__cohort"]
    list_select_related = ["submission__application"]
    search_fields = ["submission__receipt_number", "submission__application__title"]
    fields = ["submission", "kind", "on", "paid", "at"]
    readonly_fields = ["paid"]

    @admin.display(description=_("bewilligter Betrag"))
    def paid(self, outcome: Outcome) -> str:
        return "–" if outcome.amount_cents is None else money(outcome.amount_cents)
