"""Calendars: the rules of RFC 5545, the hours around the changes of the clock, and hostile titles, read back by the library."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from icalendar import Calendar

from core.calendars import CalendarEntry
from core.ics import BERLIN, as_ics

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
CHANGED = datetime(2026, 11, 2, 8, 30, tzinfo=UTC)


def entry(**values):
    begins = values.pop("begins", datetime(2027, 1, 14, 16, tzinfo=UTC))
    ends = values.pop("ends", begins + timedelta(hours=3) if isinstance(begins, datetime) else None)
    return CalendarEntry(
        **{"uid": "session-1", "title": "Workshop 1: Ankommen", "path": "/workshops/1/"} | values,
        begins=begins,
        ends=ends,
    )


def read_back(*entries):
    """The dates as a calendar understands them."""
    calendar = Calendar.from_ical(as_ics(entries, NOW))
    assert calendar.errors == []
    for event in calendar.walk("VEVENT"):
        assert event.errors == []
    return calendar.walk("VEVENT")


def test_a_date_is_read_back_with_title_time_and_link(settings):
    settings.PORTAL_URL = "https://portal.example.org"
    [event] = read_back(entry(changed_at=CHANGED, sequence=3))

    assert {name: str(value) for name, value in event.items() if name in {"SUMMARY", "UID", "URL", "STATUS", "DESCRIPTION"}} == {
        "SUMMARY": "Workshop 1: Ankommen",
        "UID": "session-1@projektschmiede",
        "URL": "https://portal.example.org/workshops/1/",
        "STATUS": "CONFIRMED",
        "DESCRIPTION": "Alles dazu im Portal: https://portal.example.org/workshops/1/",
    }  # fmt: skip
    assert event["SEQUENCE"] == 3
    assert event["DTSTAMP"].dt == event["LAST-MODIFIED"].dt == CHANGED
    assert event["DTSTART"].dt == datetime(2027, 1, 14, 17, tzinfo=BERLIN)
    assert event["DTEND"].dt == datetime(2027, 1, 14, 20, tzinfo=BERLIN)
    assert event["DTSTART"].params["TZID"] == "Europe/Berlin"
    assert "LOCATION" not in event


def test_what_does_not_say_when_it_changed_is_stamped_with_now():
    [event] = read_back(entry())
    assert event["DTSTAMP"].dt == NOW
    assert "LAST-MODIFIED" not in event


def test_a_deadline_takes_the_whole_day_and_ends_before_the_next():
    [event] = read_back(entry(begins=date(2027, 6, 30)))
    assert event["DTSTART"].to_ical() == b"20270630"
    assert event["DTSTART"].params["VALUE"] == event["DTEND"].params["VALUE"] == "DATE"
    assert event["DTEND"].dt == date(2027, 7, 1)
    assert event["TRANSP"] == "TRANSPARENT"


def test_a_cancelled_date_says_so():
    [event] = read_back(entry(is_cancelled=True))
    assert event["STATUS"] == "CANCELLED"


def test_lines_end_as_the_standard_wants_and_none_is_longer_than_75_octets():
    text = as_ics([entry(title="Überlange Überschrift mit Ümläuten und 🧑‍🌾 " * 20)], NOW)
    assert text.endswith(b"END:VCALENDAR\r\n")
    assert text.count(b"\n") == text.count(b"\r\n")
    lines = text.split(b"\r\n")
    assert max(len(line) for line in lines) <= 75
    for line in lines:
        line.decode()  # no letter is cut in two


def test_a_calendar_says_what_the_standard_wants_even_without_a_date():
    calendar = Calendar.from_ical(as_ics([], NOW))
    assert (calendar["VERSION"], calendar["CALSCALE"]) == ("2.0", "GREGORIAN")
    assert str(calendar["PRODID"])
    assert [part.name for part in calendar.subcomponents] == ["VTIMEZONE"]
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT4H\r\n" in as_ics([], NOW)
    assert [name for name in calendar if name == "METHOD"] == []  # it invites nobody


@pytest.mark.parametrize(
    ("moment", "local"),
    [
        (datetime(2027, 3, 28, 0, 59, tzinfo=UTC), "20270328T015900"),
        (datetime(2027, 3, 28, 1, 0, tzinfo=UTC), "20270328T030000"),
        (datetime(2027, 10, 31, 0, 30, tzinfo=UTC), "20271031T023000"),
        (datetime(2027, 10, 31, 1, 0, tzinfo=UTC), "20271031T010000Z"),  # 2 o'clock comes twice, and this is the second
        (datetime(2027, 10, 31, 1, 59, tzinfo=UTC), "20271031T015900Z"),
        (datetime(2027, 10, 31, 2, 0, tzinfo=UTC), "20271031T030000"),
    ],
)
def test_around_the_changes_of_the_clock_a_date_stays_the_same_moment(moment, local):
    [event] = read_back(entry(begins=moment))
    assert event["DTSTART"].to_ical().decode() == local
    assert event["DTSTART"].dt.astimezone(UTC) == moment
    assert event["DTEND"].dt.astimezone(UTC) == moment + timedelta(hours=3)


@pytest.mark.parametrize("year", [1997, 2026, 2027, 2040])
def test_the_rule_for_the_clock_agrees_with_the_zone(year):
    """The zone is read from the file, not known by its name, as a calendar without a list of zones does."""
    text = as_ics([], NOW).replace(b"Europe/Berlin", b"Gelesen")
    zone = Calendar.from_ical(text).timezones[0].to_tz()
    for month, day_, hour in [(1, 15, 12), (3, 20, 12), (4, 2, 12), (7, 1, 0), (10, 20, 12), (11, 2, 12)]:
        clock = datetime(year, month, day_, hour)  # noqa: DTZ001
        assert clock.replace(tzinfo=zone).utcoffset() == clock.replace(tzinfo=BERLIN).utcoffset()


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Kosten, Mittel; und \\ Wege", "Kosten, Mittel; und \\ Wege"),
        ("Zeile\r\nATTENDEE:mailto:x@example.org", "Zeile ATTENDEE:mailto:x@example.org"),
        ("Zeile\nEND:VEVENT\nBEGIN:VALARM", "Zeile END:VEVENT BEGIN:VALARM"),
        ("NUL\0und\x1bmehr\u2028noch\udc00", "NUL und mehr noch"),
        ("rechts\u202enach links", "rechtsnach links"),
        ("", ""),
    ],
)
def test_a_hostile_title_stays_one_title(title, shown):
    text = as_ics([entry(title=title)], NOW)
    assert text.count(b"\r\nBEGIN:") == 4  # the zone and its two rules, and one date
    assert b"\r\nATTENDEE" not in text
    [event] = read_back(entry(title=title))
    assert str(event["SUMMARY"]) == shown


def test_a_title_of_ten_thousand_letters_is_cut():
    [event] = read_back(entry(title="Wort " * 2000))
    assert len(event["SUMMARY"]) <= 500
    assert str(event["SUMMARY"]).endswith("…")


def test_dates_stand_in_their_order():
    late, early = entry(uid="b"), entry(uid="a", begins=date(2026, 12, 24))
    assert [str(event["UID"]) for event in read_back(late, early)] == ["a@projektschmiede", "b@projektschmiede"]
