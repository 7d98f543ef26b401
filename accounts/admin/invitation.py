"""The page „Einladungen“ of the admin: who was invited to what, and revoking it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin import ActionLocation
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import invitations
from accounts.models import BamfOffice, Invitation

from .base import PortalModelAdmin


@admin.register(Invitation)
class InvitationAdmin(PortalModelAdmin):
    """Who was invited to the BAMF's office and to organisations; the links themselves are known to nobody."""

    for_bamf = True
    list_display = ("email", "leads_to", "invited_by", "invited_at", "state")
    search_fields = ("email",)
    date_hierarchy = "invited_at"
    list_select_related = ("invited_by", "target_type")
    fields = readonly_fields = (
        "email",
        "leads_to",
        "invited_by",
        "invited_at",
        "expires_at",
        "accepted_by",
        "accepted_at",
        "declined_at",
        "revoked_at",
    )
    actions = ("revoke",)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("target")

    def get_fields(self, request: HttpRequest, obj: Invitation | None = None) -> Any:
        return super().get_fields(request, obj) if obj else ("email",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return super().get_readonly_fields(request, obj) if obj else ()

    def save_model(self, request: HttpRequest, obj: Invitation, form: Any, change: bool) -> None:
        """Invite a colleague to the BAMF's office; organisations invite on their own pages."""
        user: Any = request.user
        made = invitations.invite(obj.email, BamfOffice.get_or_make(), by=user)
        obj.pk, obj.email = made.pk, made.email

    @admin.display(description=gettext_lazy("eingeladen zu"))
    def leads_to(self, obj: Invitation) -> str:
        return f"{obj.target_type.name}: {obj.target}" if obj.target is not None else _("gibt es nicht mehr")

    @admin.display(description=gettext_lazy("Stand"))
    def state(self, obj: Invitation) -> str:
        if obj.accepted_at:
            return _("angenommen")
        if obj.declined_at:
            return _("abgelehnt")
        if obj.revoked_at:
            return _("zurückgezogen")
        return _("offen") if obj.is_open else _("abgelaufen")

    def has_revoke_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "revoke", obj)

    def is_moment(self, request: HttpRequest, action: str, obj: Invitation) -> bool:
        return obj.is_open

    @admin.action(
        description=gettext_lazy("Einladung zurückziehen"),
        location=[ActionLocation.CHANGE_FORM, ActionLocation.CHANGE_LIST],
        permissions=["revoke"],
    )
    def revoke(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        user: Any = request.user
        return self.ask_and_run(
            request,
            queryset,
            lambda record: record.revoke(by=user),
            title=_("Einladung zurückziehen"),
            button=_("Ja, zurückziehen"),
            intro=_(
                "Der Link in der E-Mail öffnet dann nichts mehr. Sie können später eine neue Einladung verschicken."
            ),
            may="revoke",
            done=_("Der Link in der E-Mail öffnet nichts mehr."),
        )
