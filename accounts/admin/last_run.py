"""The page that shows when the recurring work last ran, and whether it failed."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from accounts.models import LastRun

from .base import PortalModelAdmin


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
