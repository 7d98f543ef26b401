from __future__ import annotations

from django.urls import path

from applications.views import phrases, readings, remarks

app_name = "readings"

urlpatterns = [
    path("", readings.queue, name="queue"),
    path("naechste/", readings.take_next, name="next"),
    path("saetze/", phrases.phrases, name="phrases"),
    path("saetze/<uuid:uuid>/", phrases.phrase, name="phrase"),
    path("saetze/<uuid:uuid>/loeschen/", phrases.discard_phrase, name="discard_phrase"),
    path("<uuid:uuid>/", readings.read, name="read"),
    path("<uuid:uuid>/uebernehmen/", readings.take, name="take"),
    path("<uuid:uuid>/freigeben/", readings.release, name="release"),
    path("<uuid:uuid>/zurueckziehen/", readings.withdraw, name="withdraw"),
    path("<uuid:uuid>/zurueckgeben/", readings.give_back, name="give_back"),
    path("abschnitte/<uuid:uuid>/anmerken/", readings.remark, name="remark"),
    path("abschnitte/<uuid:uuid>/merken/", readings.keep, name="keep"),
    path("anmerkungen/<uuid:uuid>/aendern/", remarks.change, name="change"),
    path("anmerkungen/<uuid:uuid>/loeschen/", remarks.discard, name="discard"),
    path("anmerkungen/<uuid:uuid>/antworten/", remarks.answer, name="answer"),
    path("anmerkungen/<uuid:uuid>/erledigt/", remarks.done, name="done"),
    path("anmerkungen/<uuid:uuid>/abhaken/", remarks.resolve, name="resolve"),
]
