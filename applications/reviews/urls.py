"""Addresses of „Rückmeldungen“: the queue, a review, comments, „Eigene Sätze“, a coach's absence."""

from __future__ import annotations

from django.urls import path

from applications.reviews.views import absences, comments, phrases, questions, reading, reviews

app_name = "reviews"

urlpatterns = [
    path("", reviews.queue, name="queue"),
    path("naechste/", reviews.take_next, name="next"),
    path("abwesenheit/", absences.absences, name="absences"),
    path("abwesenheit/<uuid:uuid>/", absences.absence, name="absence"),
    path("abwesenheit/<uuid:uuid>/beenden/", absences.end_absence, name="end_absence"),
    path("saetze/", phrases.phrases, name="phrases"),
    path("saetze/<uuid:uuid>/", phrases.phrase, name="phrase"),
    path("saetze/<uuid:uuid>/loeschen/", phrases.discard_phrase, name="discard_phrase"),
    path("fragen/<uuid:uuid>/", questions.conversation, name="conversation"),
    path("fragen/<uuid:uuid>/erledigt/", questions.close, name="close_conversation"),
    path("<uuid:uuid>/", reviews.read, name="read"),
    path("<uuid:uuid>/uebernehmen/", reviews.take, name="take"),
    path("<uuid:uuid>/freigeben/", reviews.release, name="release"),
    path("<uuid:uuid>/zurueckziehen/", reviews.withdraw, name="withdraw"),
    path("<uuid:uuid>/zurueckgeben/", reading.give_back, name="give_back"),
    path("abschnitte/<uuid:uuid>/anmerken/", reading.comment, name="comment"),
    path("abschnitte/<uuid:uuid>/merken/", reading.keep, name="keep"),
    path("anmerkungen/<uuid:uuid>/aendern/", comments.change, name="change"),
    path("anmerkungen/<uuid:uuid>/loeschen/", comments.discard, name="discard"),
    path("anmerkungen/<uuid:uuid>/antworten/", comments.answer, name="answer"),
    path("anmerkungen/<uuid:uuid>/erledigt/", comments.done, name="done"),
    path("anmerkungen/<uuid:uuid>/abhaken/", comments.resolve, name="resolve"),
]
