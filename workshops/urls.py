"""Addresses of the pages of workshops, material, assignments and attendance."""

from __future__ import annotations

from django.urls import path

from workshops import views

app_name = "workshops"

urlpatterns = [
    path("", views.list_, name="list"),
    path("<uuid:uuid>/", views.detail, name="detail"),
    path("<uuid:uuid>/kalender.ics", views.calendar_file, name="calendar_file"),
    path("material/<uuid:uuid>/", views.material, name="material"),
    path("auftraege/<uuid:uuid>/abhaken/", views.tick, name="tick"),
    path("termine/<uuid:uuid>/anwesenheit/", views.attendance, name="attendance"),
]
