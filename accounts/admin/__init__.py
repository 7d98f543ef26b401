"""The staff's pages: the base every admin of the portal is built on, and the admin of the records of this app."""

from __future__ import annotations

from .base import PortalModelAdmin, PortalStackedInline, PortalTabularInline

__all__ = ["PortalModelAdmin", "PortalStackedInline", "PortalTabularInline"]
