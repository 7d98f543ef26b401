"""Addresses of the public pages of Projektschmieden, of registering and of news."""

from __future__ import annotations

from django.urls import path

from cohorts import views

app_name = "cohorts"

urlpatterns = [
    path("", views.list_, name="list"),
    path("mitteilungen/<uuid:uuid>/", views.announcement, name="announcement"),
    path("traeger/<uuid:uuid>/datenschutz/", views.privacy, name="privacy"),
    path("traeger/<uuid:uuid>/datenschutz/<int:number>/", views.privacy, name="privacy_version"),
    path("<slug:slug>/", views.detail, name="detail"),
    path("<slug:slug>/anmelden/", views.register, name="register"),
    path("<slug:slug>/anmelden/abgeschickt/", views.sent, name="sent"),
    path("<slug:slug>/anmeldung/<str:token>/", views.registration, name="registration"),
    path("<slug:slug>/anmeldung/<str:token>/bestaetigen/", views.confirm, name="confirm"),
    path("<slug:slug>/anmeldung/<str:token>/aendern/", views.correct, name="correct"),
    path("<slug:slug>/anmeldung/<str:token>/zurueckziehen/", views.withdraw, name="withdraw"),
]
