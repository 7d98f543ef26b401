"""Addresses of „Unterlagen“: finished papers, their steps, enclosures, letter and outcome."""

from __future__ import annotations

from django.urls import path

from applications.papers.views import downloads, finishing, papers

app_name = "papers"

urlpatterns = [
    path("", papers.paper_list, name="list"),
    path("<uuid:uuid>/", papers.paper_detail, name="detail"),
    path("<uuid:uuid>/schritt/<slug:step>/", papers.paper_step, name="step"),
    path("<uuid:uuid>/schritt/<slug:step>/zuruecknehmen/", papers.undo_step, name="undo_step"),
    path("<uuid:uuid>/beispiel/", papers.example, name="example"),
    path("<uuid:uuid>/alle-unterlagen.pdf", downloads.all_papers, name="all"),
    path("<uuid:uuid>/unterlagen.zip", downloads.all_as_zip, name="zip"),
    path("<uuid:uuid>/anlagen/", papers.enclosures, name="enclosures"),
    path("<uuid:uuid>/anschreiben/", papers.letter, name="letter"),
    path("<uuid:uuid>/ergebnis/", finishing.outcome, name="outcome"),
    path("<uuid:uuid>/ergebnis/zuruecknehmen/", finishing.remove_outcome, name="remove_outcome"),
    path("datei/<uuid:uuid>/", downloads.paper_file, name="file"),
]
