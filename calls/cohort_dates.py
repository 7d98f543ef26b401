"""Whether the days of a Projektschmiede fit the last day of its call: what lies behind it, in sentences (`clashes`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.rehearsal import current
from core.words import all_of, local_day, spoken_day


def clashes(cohort: Any, workshops: Iterable[Any]) -> list[str]:
    """Return what does not fit in the dates of a cohort, its workshops and its call; nothing for one that is called off.

    Only what is ahead is looked at. `workshops` are those that take place, with their sessions.
    """
    if cohort.cancelled_at:
        return []
    today, rows = timezone.localdate(), list(workshops)
    last = cohort.call.last_day()
    of_deadline = [] if last is None or cohort.ends_on < today else list(_of_deadline(cohort, rows, last, today))
    after_end = _later(rows, cohort.ends_on, today)
    if after_end:
        sentence = _("Die Projektschmiede endet am %(day)s. Danach liegen noch: %(workshops)s.")
        of_deadline.append(sentence % {"day": spoken_day(cohort.ends_on), "workshops": after_end})
    return of_deadline


def _of_deadline(cohort: Any, workshops: list[Any], last: date, today: date) -> Iterator[str]:
    said = {"call": cohort.call, "day": spoken_day(last), "begin": spoken_day(cohort.begins_on)}
    if last < today:
        yield (
            _(
                "Der Einsendeschluss von „%(call)s“ war am %(day)s. Seitdem kann niemand mehr ein Vorhaben dafür beginnen."
            )
            % said
        )
    elif last < cohort.begins_on:
        yield (
            _("Der Einsendeschluss von „%(call)s“ am %(day)s liegt vor dem Beginn der Projektschmiede am %(begin)s.")
            % said
        )
    if late := _later(workshops, last, today):
        sentence = _("Nach dem Einsendeschluss am %(day)s liegen noch: %(workshops)s.")
        yield sentence % {"day": spoken_day(last), "workshops": late}
    if cohort.registration_until > last and cohort.registration_until >= today:
        sentence = _("Die Anmeldung ist bis %(until)s möglich, also noch nach dem Einsendeschluss am %(day)s.")
        yield sentence % {"day": spoken_day(last), "until": spoken_day(cohort.registration_until)}


def _later(workshops: list[Any], last: date, today: date) -> str:
    """Return the workshops with a session that is ahead and after this day, each with the first such day."""
    late = []
    for workshop in workshops:
        days = [local_day(session.begins_at) for session in workshop.sessions.all()]
        if behind := [day for day in days if day > last and day >= today]:
            late.append(dated(workshop, min(behind)))
    return all_of(late)


def dated(workshop: Any, day: date) -> str:
    """Return „Workshop 2 · Bedarf (Freitag, 11. Dezember)“."""
    said = {"workshop": workshop, "day": spoken_day(day, weekday=True)}
    return _("Workshop %(workshop)s (%(day)s)") % said


def in_the_past(dates: Iterable[tuple[Any, date]]) -> list[str]:
    """Return the sentence about workshops that a save puts into the past, each with its day; none without them."""
    past = all_of(dated(workshop, day) for workshop, day in dates if local_day(day) < timezone.localdate())
    return [_("In der Vergangenheit liegen dann: %(workshops)s.") % {"workshops": past}] if past else []


def say_new(before: list[str], after: list[str], title: str) -> None:
    """Say on the page of consequences what does not fit, if some of it is new."""
    if (watching := current()) and set(after) - set(before):
        watching.say(warning(title, after))


def warning(title: str, sentences: list[str]) -> SafeString:
    """Return what does not fit as a part of a page that asks."""
    items = format_html_join("", "<li>{}</li>", ((sentence,) for sentence in sentences))
    words = _("Bitte prüfen Sie diese Termine:")
    part = '<section class="module consequence"><h2>{}</h2><p class="errornote">{}</p><ul>{}</ul></section>'
    return format_html(part, title, words, items)
