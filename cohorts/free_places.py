"""How many places of a Projektschmiede are free, in words."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cohorts.models import Cohort


def free_places_words(cohort: Cohort, taken: int, *, then: bool = False) -> str:
    """Say how many places are free where so many are taken: now, or `then`, after a step."""
    left = max(cohort.places - taken, 0)
    if not left:
        sentence = _("In „%(title)s“ ist danach kein Platz frei.") if then else _("In „%(title)s“ ist kein Platz frei.")
    elif then:
        sentence = ngettext(
            "In „%(title)s“ ist danach ein Platz von %(places)s frei.",
            "In „%(title)s“ sind danach %(left)s Plätze von %(places)s frei.",
            left,
        )
    else:
        sentence = ngettext(
            "In „%(title)s“ ist ein Platz von %(places)s frei.",
            "In „%(title)s“ sind %(left)s Plätze von %(places)s frei.",
            left,
        )
    return sentence % {"title": cohort.title, "left": left, "places": cohort.places}
