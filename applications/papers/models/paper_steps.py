"""The steps on paper in their order, and the days that each of them can have."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from core import words
from core.writes import Stale

# In their order; the checks C21, C22 and C06 ask for them.
PAPER_STEPS = ("transferred_on", "signed_on", "posted_on", "received_on")
# A tick for the team: nobody has to enter it, and its day stands in no order to the others.
PRINTED = "printed_on"
ALL_STEPS = (PRINTED, *PAPER_STEPS)


class WrongDay(Stale):
    """The day of a step on paper cannot be right: in the future, too early or out of order; a sentence says which."""


class StepMissing(Stale):
    """A step on paper was entered before the one that must come first (checks C21 and C22)."""


def refuse_wrong_day(
    step: str, on: date, days: Mapping[str, date | None], *, first_day: date, outcome_on: date | None
) -> None:
    """Compare the day of a step with the days entered for the other steps (`days`).

    `outcome_on` is the day of the outcome, for a step that cannot be later.
    Raises `StepMissing` if an earlier step has no day, and `WrongDay` with a sentence if the day cannot be right.
    """
    earlier, later = around(step)
    if any(days[name] is None for name in earlier):
        raise StepMissing
    if on > timezone.localdate():
        raise WrongDay(_("Dieser Tag liegt in der Zukunft."))
    if on < first_day:
        raise WrongDay(_("Dieser Tag liegt vor dem Beginn Ihrer Projektschmiede."))
    for name in reversed(earlier):  # the nearest first: a day that fits it fits all before it
        refuse(
            on,
            _("Dieser Tag liegt vor dem %(day)s: Für diesen Tag ist der Schritt davor eingetragen."),
            after=days[name],
        )
    for name in later:
        refuse(
            on,
            _("Dieser Tag liegt nach dem %(day)s: Für diesen Tag ist der Schritt danach eingetragen."),
            before=days[name],
        )
    refuse(on, _("Dieser Tag liegt nach dem %(day)s: Von diesem Tag ist das Ergebnis."), before=outcome_on)


def around(step: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The steps that must come before, and those that come after; none for the tick."""
    if step == PRINTED:
        return (), ()
    place = PAPER_STEPS.index(step)
    return PAPER_STEPS[:place], PAPER_STEPS[place + 1 :]


def refuse(on: date, sentence: str, *, after: date | None = None, before: date | None = None) -> None:
    """Raise `WrongDay` with the sentence if `on` is earlier than `after` or later than `before`."""
    if after and on < after:
        raise WrongDay(sentence % {"day": words.day(after)})
    if before and on > before:
        raise WrongDay(sentence % {"day": words.day(before)})
