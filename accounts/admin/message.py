"""The page of mails in the admin (Nachrichten): what was sent to whom, what failed, „Noch einmal senden“; figures for the BAMF."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin import ActionLocation
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Message, Organisation

from .base import PortalModelAdmin


class StandFilter(admin.SimpleListFilter):
    """What somebody must look at comes first: without a choice only what failed or is unclear."""

    title = gettext_lazy("Stand")
    parameter_name = "stand"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("wartet", _("wartet")), ("gesendet", _("gesendet")), ("alle", _("alle"))]

    def choices(self, changelist: Any) -> Iterator[Any]:
        all_of_them, *others = super().choices(changelist)
        yield {**all_of_them, "display": _("gescheitert oder unklar")}
        yield from others

    def queryset(self, request: HttpRequest, queryset: Any) -> models.QuerySet[Any]:
        if self.value() == "alle":
            return queryset
        if self.value() == "gesendet":
            return queryset.exclude(sent_at=None)
        if self.value() == "wartet":
            return queryset.filter(sent_at=None, failed_at=None)
        return queryset.needing_care()


def cohort_figures() -> dict[str, Any]:
    """Return the messages of all cohorts as numbers, and failures with the cohort's title (three queries)."""
    messages = Message.objects.of_cohorts()
    failures = messages.failures()
    cohorts = Organisation.objects.filter(cohorts__pk__in={row.cohort_id for row in failures})
    titles: dict[Any, str] = dict(cohorts.values_list("cohorts__pk", "cohorts__title")) if failures else {}
    return {"figures": messages.figures(), "failures": [(row, titles.get(row.cohort_id, "")) for row in failures]}


@admin.register(Message)
class MessageAdmin(PortalModelAdmin):
    """Mails that did not go out, to be read: organisers see those of their cohorts, BAMF staff those of no cohort.

    BAMF staff read figures of the cohorts' messages above the list: recipients and subjects name people of teams.
    """

    for_organisers = True
    for_bamf = True
    list_display = ("subject", "email", "stage", "created_at", "attempts", "error")
    list_filter = (StandFilter,)
    search_fields = ("email", "subject")
    date_hierarchy = "created_at"
    actions = ("send_again",)
    fields = readonly_fields = (
        "email",
        "subject",
        "readable_text",
        "stage",
        "created_at",
        "not_before",
        "claimed_at",
        "attempts",
        "sent_at",
        "failed_at",
        "error",
    )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows = super().get_queryset(request)
        user: Any = request.user
        # Organisers find their own mails in their mailboxes; here they look after those of their cohorts.
        return rows if not user.is_authenticated or user.is_bamf else rows.exclude(cohort_id=None)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        user: Any = request.user
        more = cohort_figures() if user.is_authenticated and user.is_bamf else {}
        return super().changelist_view(request, {**(extra_context or {}), **more})

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(description=gettext_lazy("Text"))
    def readable_text(self, obj: Message) -> str:
        return obj.shown_text

    @admin.display(description=gettext_lazy("Stand"))
    def stage(self, obj: Message) -> str:
        return obj.stage

    def has_send_again_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "send again", obj)

    def is_moment(self, request: HttpRequest, action: str, obj: Message) -> bool:
        return bool(obj.failed_at) or obj.is_unclear

    @admin.action(
        description=gettext_lazy("Noch einmal senden"),
        location=[ActionLocation.CHANGE_FORM, ActionLocation.CHANGE_LIST],
        permissions=["send_again"],
    )
    def send_again(self, request: HttpRequest, queryset: Any) -> None:
        user: Any = request.user
        done = _("Die Nachricht wird noch einmal gesendet.")
        stale = _("Nur was gescheitert oder unklar ist, lässt sich noch einmal senden.")
        self.run(request, queryset, lambda record: record.send_again(by=user), may="send again", done=done, stale=stale)
