"""The portal itself as an app, and its admin: our own site behind the portal's login and second factor."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig
from django.contrib.admin import apps as admin


class SchmiedeConfig(AppConfig):
    name = "schmiede"
    verbose_name = "Projektschmiede"
    default = True

    def ready(self) -> None:
        import_module("schmiede.system_checks")  # reads models, so it can come only when all are loaded


class PortalAdminConfig(admin.AdminConfig):
    default = False
    default_site = "accounts.admin_site.PortalAdminSite"
