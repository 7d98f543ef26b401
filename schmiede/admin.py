"""The public pages in the admin: BAMF staff write them, nobody makes or removes one there."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin import ActionLocation
from django.contrib.flatpages.models import FlatPage
from django.db import models
from django.http import HttpRequest

from accounts.admin import PortalModelAdmin


@admin.register(FlatPage)
class SitePageAdmin(PortalModelAdmin):
    """Their addresses stand in urls.py, so only title and text can be changed."""

    for_bamf = True
    list_display = ["title", "url"]
    fields = ["url", "title", "content"]
    readonly_fields = ["url"]
    ordering = ["url"]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[FlatPage]:
        pages = FlatPage.objects.order_by("url")
        return pages if self.is_for(request) else pages.none()

    def get_actions(
        self, request: HttpRequest, action_location: ActionLocation = ActionLocation.CHANGE_LIST
    ) -> dict[str, Any]:
        return {}

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.is_for(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.is_for(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
