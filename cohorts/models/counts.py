"""How many places, persons and days a Projektschmiede can have (`MOST_…`): limits of ours against slips of the keyboard, none of the funder."""

from __future__ import annotations

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

# Projektschmieden have eight to twelve teams of one or two persons; a few times that is no mistake, a thousand is one.
MOST_PLACES = 50
MOST_PERSONS = 10
MOST_ANSWER_DAYS = 60

FEWEST = {
    "places": _("Eine Projektschmiede hat mindestens einen Platz."),
    "persons_per_team": _("Aus jedem Team kommt mindestens eine Person."),
    "answer_days": _("Für eine Rückmeldung braucht es mindestens einen Tag."),
}
MOST = {
    "places": (MOST_PLACES, _("Eine Projektschmiede hat höchstens %(limit_value)d Plätze. Bitte prüfen Sie die Zahl.")),
    "persons_per_team": (
        MOST_PERSONS,
        _("Aus jedem Team kommen höchstens %(limit_value)d Personen. Bitte prüfen Sie die Zahl."),
    ),
    "answer_days": (
        MOST_ANSWER_DAYS,
        _("Eine Rückmeldung dauert höchstens %(limit_value)d Tage. Bitte prüfen Sie die Zahl."),
    ),
}


def counted(name: str, label: Any, **options: Any) -> models.PositiveSmallIntegerField[int, int]:
    """Return the field for one of these counts, with a sentence for too few and for too many."""
    most, sentence = MOST[name]
    validators = [MinValueValidator(1, FEWEST[name]), MaxValueValidator(most, sentence)]
    return models.PositiveSmallIntegerField(label, validators=validators, **options)


AT_LEAST_ONE = models.CheckConstraint(
    condition=Q(places__gte=1, persons_per_team__gte=1, answer_days__gte=1),
    name="cohort_counts_from_one",
    violation_error_message=_("Plätze, Personen und Tage sind mindestens eins."),
)
NOT_TOO_MANY = models.CheckConstraint(
    condition=Q(places__lte=MOST_PLACES, persons_per_team__lte=MOST_PERSONS, answer_days__lte=MOST_ANSWER_DAYS),
    name="cohort_counts_not_too_many",
    violation_error_message=_("Plätze, Personen oder Tage sind zu viele. Bitte prüfen Sie die Zahlen."),
)
