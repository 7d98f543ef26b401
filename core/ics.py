"""The text of an `.ics` file (RFC 5545) from dates of `core/calendars.py`; loaded when one is asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard
from icalendar.prop import vDuration

from core.calendars import CalendarEntry
from core.spelling import in_one_line, shortened

BERLIN = ZoneInfo("Europe/Berlin")
ASK_AGAIN_AFTER = timedelta(hours=4)
LONGEST_TITLE = 500
# What may stand in no text of a calendar; without halves of letters, which no file takes.
CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")


def as_ics(entries: Iterable[CalendarEntry], now: datetime) -> bytes:
    """Return the calendar with these entries, in the order of their dates."""
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//Projektschmiede//Portal//DE")
    calendar.add("calscale", "GREGORIAN")
    calendar.calendar_name = _("Projektschmiede")
    calendar.add("refresh-interval", vDuration(ASK_AGAIN_AFTER, params={"VALUE": "DURATION"}))
    calendar.add("x-published-ttl", vDuration(ASK_AGAIN_AFTER))  # the same for Outlook
    calendar.add_component(_germany())
    for entry in sorted(entries, key=lambda entry: (_day(entry.begins), entry.uid)):
        calendar.add_component(_event(entry, now))
    return calendar.to_ical()


def _event(entry: CalendarEntry, now: datetime) -> Event:
    """Return one date. A file that invites nobody is stamped with the time its dates last changed (RFC 5545, 3.8.7.2)."""
    link = f"{settings.PORTAL_URL}{entry.path}"
    event = Event()
    event.add("uid", f"{entry.uid}@projektschmiede")
    event.add("dtstamp", (entry.changed_at or now).astimezone(UTC))
    if entry.changed_at:
        event.add("last-modified", entry.changed_at.astimezone(UTC))
    event.add("sequence", entry.sequence)
    event.add("summary", plain_title(entry.title))
    event.add("description", _("Alles dazu im Portal: %(link)s") % {"link": link})
    event.add("url", link)
    event.add("status", "CANCELLED" if entry.is_cancelled else "CONFIRMED")
    if isinstance(entry.begins, datetime):
        event.add("dtstart", _in_germany(entry.begins))
        event.add("dtend", _in_germany(entry.ends or entry.begins + timedelta(hours=1)))
    else:
        event.add("dtstart", entry.begins)
        event.add("dtend", entry.begins + timedelta(days=1))  # the day after: the end is not part of it
        event.add("transp", "TRANSPARENT")  # a deadline keeps nobody busy all day
    return event


def plain_title(title: str) -> str:
    """Return a title in one line, without signs that a calendar must not hold, and not longer than one is read."""
    line = " ".join(CONTROLS.sub(" ", title[: 2 * LONGEST_TITLE]).split())
    return shortened(in_one_line(line), LONGEST_TITLE)


def _day(begins: date) -> date:
    return begins.astimezone(BERLIN).date() if isinstance(begins, datetime) else begins


def _in_germany(moment: datetime) -> datetime:
    """Return a moment as clocks in Germany show it; in UTC within the hour that they show twice, of which they mean the first."""
    local = moment.astimezone(BERLIN)
    return moment.astimezone(UTC) if local.fold else local


def _germany() -> Timezone:
    """Return when clocks change in Germany: the rule that has held since 1996."""
    zone = Timezone()
    zone.add("tzid", BERLIN.key)
    summer, winter = timedelta(hours=2), timedelta(hours=1)
    for part, name, since, month, before, after in (
        (TimezoneDaylight(), "CEST", (1996, 3, 31, 2), 3, winter, summer),
        (TimezoneStandard(), "CET", (1996, 10, 27, 3), 10, summer, winter),
    ):
        part.add("dtstart", datetime(*since))  # noqa: DTZ001  the standard wants the time on the clock before it is changed
        part.add("rrule", {"freq": "yearly", "bymonth": month, "byday": "-1su"})
        part.add("tzname", name)
        part.add("tzoffsetfrom", before)
        part.add("tzoffsetto", after)
        zone.add_component(part)
    return zone
