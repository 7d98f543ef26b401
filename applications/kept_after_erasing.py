"""Texts of an application that keep a name after its person was erased, with the reason people read."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.models.kept_after_erasing import Stays

TEAMS_TEXT = Stays(
    _("Texte und Anlagen des Vorhabens, mit allen früheren Fassungen und den Notizen des Teams"),
    _("Sie gehören dem Team. Niemand außer ihm schreibt sie um."),
    _(
        "Was gerade gilt, bis das Team es ändert. Frühere Fassungen und Anlagen, solange das Vorhaben im Portal aufbewahrt "
        "wird; eine Frist ist dafür nicht festgelegt."
    ),
)
COACHING = Stays(
    _("Rückmeldungen, Anmerkungen und Antworten zum Vorhaben, mit den Worten, auf die sie sich beziehen"),
    _("Sie gehören zu der Fassung, die gelesen wurde; ohne sie ist die Rückmeldung nicht zu verstehen."),
    _("Solange das Vorhaben im Portal aufbewahrt wird; eine Frist ist dafür nicht festgelegt."),
)
PHRASES = Stays(
    _("Eigene Sätze anderer Coaching-Personen"),
    _("Sie gehören der Person, die sie geschrieben hat; niemand sonst sieht sie."),
    _("Bis diese Person sie ändert oder selbst gelöscht wird."),
)
PAPERS = Stays(
    _("Fertiggestellte Unterlagen: der eingefrorene Inhalt und die Dateien"),
    _("Sie sind so unterschrieben und eingereicht worden; Prüfsumme und Papier müssen übereinstimmen."),
    _("Solange das Vorhaben im Portal aufbewahrt wird; eine Frist ist dafür nicht festgelegt."),
)
