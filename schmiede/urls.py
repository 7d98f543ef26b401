"""Every address of the portal: paths in German, names in English."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.contrib.flatpages.views import flatpage
from django.urls import include, path

from accounts.views import activate_totp, addresses
from schmiede import views

handler400 = views.bad_request
handler500 = views.server_error
public_flatpage = login_not_required(flatpage)

urlpatterns = [
    path("", views.home, name="home"),
    path("healthz", views.healthz, name="healthz"),
    path("robots.txt", views.robots, name="robots"),
    path(".well-known/security.txt", views.security_contact, name="security_contact"),
    path("uebersicht/", views.dashboard, name="dashboard"),
    path("projektschmieden/<slug:slug>/cockpit/", views.cockpit, name="cockpit"),
    path("hilfe/", views.help_page, name="help"),
    path("hilfe/<slug:slug>/", views.help_topic, name="help_topic"),
    path("glossar/", views.glossary, name="glossary"),
    path("ansicht/", views.theme, name="theme"),
    path("einladung/<str:token>/", views.invitation, name="invitation"),
    path("einladungen/<uuid:uuid>/", views.own_invitation, name="own_invitation"),
    path("kalender/", views.calendar, name="calendar"),
    path("kalender/abonnieren/", views.calendar_subscribe, name="calendar_subscribe"),
    path("kalender/neue-adresse/", views.calendar_renew, name="calendar_renew"),
    path("kalender/beenden/", views.calendar_end, name="calendar_end"),
    path("kalender/<str:token>.ics", views.calendar_feed, name="calendar_feed"),
    path("konto/fortsetzen/", views.resend, name="resend"),
    path("konto/", include("accounts.urls")),
    # Before allauth's, which they extend.
    path("konto/email/", addresses, name="account_email"),
    path("konto/2fa/totp/activate/", activate_totp, name="mfa_activate_totp"),
    path("konto/", include("allauth.urls")),
    path("projektschmieden/", include("cohorts.urls")),
    path("workshops/", include("workshops.urls")),
    path("vorhaben/", include("applications.urls")),
    path("rueckmeldungen/", include("applications.reviews.urls")),
    path("unterlagen/", include("applications.papers.urls")),
    path("verwaltung/", admin.site.urls),
    *(
        path(f"{name}/", public_flatpage, {"url": f"/{name}/"}, name=name)
        for name in ("impressum", "datenschutz", "barrierefreiheit", "leichte-sprache")
    ),
]
