"""The admin behind the portal's own login: who may enter comes from records, `is_staff` decides nothing."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.admin.models import LogEntry
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from accounts.admin_links import recent_actions


class PortalAdminSite(AdminSite):
    """Lets in organisers and BAMF staff; its login page is the portal's."""

    site_header = _("Verwaltung der Projektschmiede")
    site_title = _("Verwaltung")
    index_title = _("Übersicht der Verwaltung")

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Register only pages built on our base (accounts/admin): those of other apps would ask Django's own permissions."""
        if hasattr(admin_class, "for_bamf"):
            super().register(model_or_iterable, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        user = request.user
        if not user.is_authenticated or not user.is_active:
            return False
        return user.is_bamf or user.organises

    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """Redirect to our login; somebody logged in who may not enter goes to the dashboard."""
        if request.user.is_authenticated:
            return redirect("dashboard")
        target = request.GET.get("next") or reverse("admin:index")
        return redirect(f"{reverse('account_login')}?{urlencode({'next': target})}")

    def password_change(self, request: HttpRequest, extra_context: dict | None = None) -> Any:
        """Redirect to the portal's own page, which asks for the old password and sends a mail."""
        return redirect("account_change_password")

    def index(self, request: HttpRequest, extra_context: dict | None = None) -> TemplateResponse:
        recent = recent_actions(self, request, self.get_log_entries(request)[:10])
        return super().index(request, {**(extra_context or {}), "recent_actions": recent})

    def get_log_entries(self, request: HttpRequest) -> Any:
        """Return the person's own actions; what others did stands in the history of each record."""
        user: Any = request.user
        return LogEntry.objects.filter(user=user).select_related("content_type", "user")

    def get_urls(self) -> list[Any]:
        """Leave out Django's jump from any type and id to the record's page, which would tell what exists."""
        return [url for url in super().get_urls() if getattr(url, "name", None) != "view_on_site"]
