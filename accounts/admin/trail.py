"""What staff only read: who did what, and whether the recurring work runs."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from accounts.models import Event, LastRun

from .base import PortalModelAdmin


@admin.register(Event)
class EventAdmin(PortalModelAdmin):
    """The audit trail: of all for BAMF staff, of her own cohorts for an organiser. Written by steps, changed by nobody."""

    for_organisers = True
    for_bamf = True
    list_display = ("at", "what", "who", "record_type", "record_id")
    list_filter = ("what",)
    search_fields = ("record_id", "what")
    date_hierarchy = "at"
    list_select_related = ("by",)
    fields = readonly_fields = ("at", "who", "what", "record_type", "record_id", "cohort_id", "codes")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(description=gettext_lazy("wer"), ordering="by")
    def who(self, obj: Event) -> str:
        return str(obj.by) if obj.by else "–"


@admin.register(LastRun)
class LastRunAdmin(PortalModelAdmin):
    """When the recurring work last ran, for all staff."""

    for_organisers = True
    for_bamf = True
    list_display = ("name", "at", "failed", "note")
    fields = readonly_fields = ("name", "at", "failed", "note")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
