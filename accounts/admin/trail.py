"""The page of the audit trail: who did what, which staff only read. Its words are in `accounts/trail_words.py`."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Event
from accounts.trail_words import WORDS, kind, words

from .base import PortalModelAdmin


class WhatFilter(admin.SimpleListFilter):
    """By what happened, in words and in their order."""

    title = gettext_lazy("was")
    parameter_name = "was"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return sorted(((code, words(code)) for code in WORDS), key=lambda pair: pair[1].lower())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Event]) -> QuerySet[Event]:
        return queryset.filter(what=self.value()) if self.value() else queryset


@admin.register(Event)
class EventAdmin(PortalModelAdmin):
    """The audit trail: all of it for BAMF staff, that of their own cohorts for organisers. Steps write it, nobody changes it."""

    for_organisers = True
    for_bamf = True
    list_display = ("at", "happened", "who", "about", "record_id")
    list_filter = (WhatFilter,)
    search_fields = ("record_id", "what")
    date_hierarchy = "at"
    list_select_related = ("by",)
    fields = readonly_fields = ("at", "who", "happened", "about", "record_id", "cohort_id", "codes")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: Any = super().get_queryset(request)
        return rows.named_to(request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(description=gettext_lazy("was"), ordering="what")
    def happened(self, obj: Event) -> str:
        return words(obj.what)

    @admin.display(description=gettext_lazy("woran"), ordering="record_type")
    def about(self, obj: Event) -> str:
        return kind(obj.record_type)

    @admin.display(description=gettext_lazy("wer"))
    def who(self, obj: Any) -> str:
        """Name the person. The list is not sorted by it: the order would tell of names that are not shown."""
        if obj.by is None:
            return "–"
        return str(obj.by) if obj.is_named else _("hier ohne Namen")
