"""Attendance in the admin, to read: it is recorded on the page „Anwesenheit“."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from accounts.admin import PortalModelAdmin
from workshops.models import Attendance


@admin.register(Attendance)
class AttendanceAdmin(PortalModelAdmin):
    """To read; it is recorded on the session's page."""

    for_organisers = True
    list_display = ["member", "team", "session", "status", "at", "recorded_by"]
    list_filter = ["session__workshop__cohort", "session__workshop", "status"]
    list_select_related = ["member__team__organisation", "session__workshop", "by"]
    search_fields = ["member__first_name", "member__last_name", "member__team__organisation__name"]

    @admin.display(description=gettext_lazy("eingetragen von"), ordering="by")
    def recorded_by(self, attendance: Attendance) -> str:
        return str(attendance.by or "")

    @admin.display(description=gettext_lazy("Team"))
    def team(self, attendance: Attendance) -> str:
        return attendance.member.team.title

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
