"""Every address of the portal (DESIGN 6)."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("konto/", include("allauth.urls")),
    path("verwaltung/", admin.site.urls),
]
