"""The page on which a Träger writes its text on Datenschutz."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organisation, PrivacyText

from .base import PortalModelAdmin


@admin.register(PrivacyText)
class PrivacyTextAdmin(PortalModelAdmin):
    """What a Träger says about data. Nothing is changed here: a new text is added and shown from then on."""

    for_organisers = True
    for_bamf = True
    list_display = ("version", "organisation", "is_shown", "by")
    list_select_related = ("organisation", "by")
    fields = ("organisation", "controller", "data_protection", "text", "page", "by")
    readonly_fields = ("page", "by")
    ordering = ("organisation__name", "-number")

    @admin.display(description=gettext_lazy("Fassung"), ordering="number")
    def version(self, text: PrivacyText) -> str:
        return str(text)

    @admin.display(description=gettext_lazy("gilt jetzt"), boolean=True)
    def is_shown(self, text: PrivacyText) -> bool:
        return text.organisation.privacy_text_id == text.pk

    @admin.display(description=gettext_lazy("Öffentliche Seite"))
    def page(self, text: PrivacyText) -> str:
        if text._state.adding:
            return _("entsteht mit dem Speichern; wer sich anmeldet, liest dann diese Fassung")
        return format_html('<a href="{}">{}</a>', text.get_absolute_url(), text)

    def choices_for(self, request: HttpRequest, field: str) -> models.QuerySet[Any] | None:
        user: Any = request.user
        own = Organisation.objects.filter(runs_cohorts=True, memberships__user=user)
        return own.distinct() if field == "organisation" else None

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Begin a new version with the words that are shown now, if the person has only one Träger."""
        own = self.choices_for(request, "organisation")
        rows = list(own.select_related("privacy_text")[:2]) if own is not None else []
        if len(rows) != 1:
            return {}
        shown = rows[0].privacy_text
        words = {name: getattr(shown, name) for name in ("controller", "data_protection", "text")} if shown else {}
        return {"organisation": rows[0].pk, **words}

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.publish(by=request.user)
