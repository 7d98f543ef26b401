"""The page in the admin on which an organiser writes and publishes news (Mitteilungen)."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin import ActionLocation
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin import WaitingMailsAdmin
from cohorts.models import Announcement, Cohort


@admin.register(Announcement)
class AnnouncementAdmin(WaitingMailsAdmin):
    """News are written, looked at once more, then published."""

    for_organisers = True
    list_display = ["title", "cohort", "published_at", "by", "seen_by"]
    list_filter = ["cohort", "published_at"]
    list_select_related = ["cohort", "by"]
    search_fields = ["title", "text"]
    fields = ["cohort", "title", "text", "published_at", "by"]
    readonly_fields = ["published_at", "by"]
    actions = ["publish"]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Announcement]:
        return super().get_queryset(request).annotate(seen_count=models.Count("seen"))

    def choices_for(self, request: HttpRequest, field: str) -> models.QuerySet[Any] | None:
        return Cohort.objects.organised_by(request.user) if field == "cohort" else None

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Allow it only for drafts: what was sent has been read."""
        return super().has_delete_permission(request, obj) and (obj is None or obj.published_at is None)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Let nobody change what was sent."""
        sent = ("cohort", "title", "text") if obj and obj.published_at else ()
        return (*super().get_readonly_fields(request, obj), *sent)

    @admin.display(description=gettext_lazy("gelesen von"))
    def seen_by(self, announcement: Any) -> int:
        return int(announcement.seen_count)

    def has_publish_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "publish", obj)

    def is_moment(self, request: HttpRequest, action: str, obj: Any) -> bool:
        return action != "publish" or obj.published_at is None

    @admin.action(
        description=gettext_lazy("Veröffentlichen und verschicken"),
        location=[ActionLocation.CHANGE_FORM, ActionLocation.CHANGE_LIST],
        permissions=["publish"],
    )
    def publish(self, request: HttpRequest, queryset: models.QuerySet[Announcement]) -> None:
        self.run(
            request,
            queryset,
            lambda announcement: announcement.publish(by=request.user),
            may="publish",
            done=_("Die Mitteilung ist veröffentlicht."),
            stale=_("Die Mitteilung ist schon veröffentlicht."),
        )
