"""Addresses of „Mein Konto“, of organisations and invitations."""

from __future__ import annotations

from django.urls import path

from accounts import views

app_name = "accounts"

urlpatterns = [
    path("", views.profile, name="profile"),
    path("zweiter-faktor/", views.second_factor, name="second_factor"),
    path("organisation/<uuid:uuid>/", views.organisation, name="organisation"),
    path("organisation/<uuid:uuid>/bearbeiten/", views.edit_organisation, name="edit_organisation"),
    path("organisation/<uuid:uuid>/einladen/", views.invite, name="invite"),
    path("einladungen/<uuid:uuid>/zuruecknehmen/", views.revoke, name="revoke"),
    path("mitglieder/<uuid:uuid>/verantwortung/", views.hand_over, name="hand_over"),
    path("mitglieder/<uuid:uuid>/entfernen/", views.remove, name="remove"),
    path("mitglieder/<uuid:uuid>/verlassen/", views.leave, name="leave"),
]
