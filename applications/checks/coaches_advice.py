"""P02, our own hint at what coaches said: it never keeps a team from finishing."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.checks.base import Dossier, Found, Severity, check
from applications.states import SectionFacts, SectionState


@check("P02", Severity.WARNING)
def read_by_a_coach(dossier: Dossier) -> Iterator[Found]:
    """Sections with an open must-change, the verdict „bitte ändern“, or changed since they were rund. Advice, no rule."""
    for section in dossier.reviews.values():
        sentence = open_advice(section)
        if sentence:
            yield Found(sentence, section.key)


def open_advice(section: SectionFacts) -> str:
    """What of a coach's advice is still open in this section, in a sentence; empty where nothing is."""
    if section.must_change:
        return ngettext(
            "Zu „%(title)s“ ist noch eine Anmerkung „Bitte ändern“ offen.",
            "Zu „%(title)s“ sind noch %(count)d Anmerkungen „Bitte ändern“ offen.",
            section.must_change,
        ) % {"title": section.title, "count": section.must_change}
    if section.state == SectionState.PLEASE_CHANGE:
        return _("„%(title)s“ steht noch auf „bitte ändern“.") % {"title": section.title}
    if section.state == SectionState.CHANGED_SINCE:
        return _("„%(title)s“ wurde geändert, nachdem Ihre Coaching-Person den Abschnitt rund fand.") % {
            "title": section.title
        }
    return ""
