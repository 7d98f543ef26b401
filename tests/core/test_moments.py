"""Days, moments and amounts read as people say them."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.utils.html import strip_tags

from core.templatetags.moments import (
    at_moment,
    day,
    euro,
    in_days,
    moment,
    since_day,
    tile,
    to_day,
    until,
    until_day,
    weekday,
)

NOW = datetime(2026, 12, 7, 13, 5, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _monday():
    with time_machine.travel(NOW, tick=False):
        yield


def test_day_names_the_year_only_where_it_is_another():
    assert day(date(2026, 12, 11)) == '<time datetime="2026-12-11">11. Dezember</time>'
    assert day(date(2027, 6, 30)) == '<time datetime="2027-06-30">30. Juni 2027</time>'
    assert weekday(date(2026, 12, 11)) == '<time datetime="2026-12-11">Freitag, 11. Dezember</time>'


def test_a_range_of_days_always_has_its_years():
    assert strip_tags(to_day(date(2026, 10, 1), date(2027, 6, 30))) == "1. Oktober 2026 bis 30. Juni 2027"
    assert strip_tags(to_day(date(2026, 12, 1), date(2026, 12, 20))) == "1. Dezember 2026 bis 20. Dezember 2026"


def test_tile_is_narrow():
    assert tile(date(2026, 12, 11)) == '<time datetime="2026-12-11">Fr <b>11.</b> Dez.</time>'


def test_tile_names_the_year_where_it_is_another():
    assert strip_tags(tile(date(2027, 1, 14))) == "Do 14. Jan. 2027"
    assert strip_tags(tile(datetime(2026, 12, 31, 23, 30, tzinfo=UTC))) == "Fr 1. Jan. 2027"


def test_moment_late_in_the_evening_is_the_german_day():
    assert day(datetime(2026, 12, 10, 23, 30, tzinfo=UTC)) == '<time datetime="2026-12-11">11. Dezember</time>'


@pytest.mark.parametrize(
    ("value", "spoken"),
    [
        (datetime(2026, 12, 7, 13, 3, tzinfo=UTC), "heute um 14:03 Uhr"),
        (datetime(2026, 12, 6, 20, 14, tzinfo=UTC), "gestern um 21:14 Uhr"),
        (datetime(2026, 12, 3, 8, 5, tzinfo=UTC), "3. Dezember um 9:05 Uhr"),
        (datetime(2025, 7, 3, 8, 5, tzinfo=UTC), "3. Juli 2025 um 10:05 Uhr"),
    ],
)
def test_moment_is_said_with_day_and_clock(value, spoken):
    assert f">{spoken}</time>" in moment(value)


@pytest.mark.parametrize(
    ("value", "spoken"),
    [
        (datetime(2026, 12, 7, 13, 3, tzinfo=UTC), "heute um 14:03 Uhr"),
        (datetime(2026, 12, 8, 13, 3, tzinfo=UTC), "morgen um 14:03 Uhr"),
        (datetime(2026, 12, 3, 8, 5, tzinfo=UTC), "am 3. Dezember um 9:05 Uhr"),
    ],
)
def test_moment_in_a_sentence_has_its_preposition(value, spoken):
    assert strip_tags(at_moment(value)) == spoken
    assert at_moment(None) == ""


@pytest.mark.parametrize(
    ("value", "spoken"),
    [
        (date(2026, 12, 7), "heute"),
        (date(2026, 12, 8), "morgen"),
        (date(2026, 12, 6), "gestern"),
        (date(2026, 12, 11), "in 4 Tagen"),
        (date(2026, 12, 5), "vor 2 Tagen"),
    ],
)
def test_distance_is_counted_in_days(value, spoken):
    assert in_days(value) == spoken


@pytest.mark.parametrize(
    ("begins", "ends", "spoken"),
    [
        (datetime(2026, 12, 10, 16, tzinfo=UTC), datetime(2026, 12, 10, 19, tzinfo=UTC), "17 bis 20 Uhr"),
        (datetime(2026, 12, 10, 16, 30, tzinfo=UTC), datetime(2026, 12, 10, 19, tzinfo=UTC), "17:30 bis 20 Uhr"),
    ],
)
def test_session_is_said_with_both_clocks(begins, ends, spoken):
    assert f">{spoken}</time>" in until(begins, ends)


def test_session_over_midnight_may_be_broken_between_its_ends():
    begins, ends = datetime(2026, 12, 10, 16, tzinfo=UTC), datetime(2026, 12, 11, 14, tzinfo=UTC)
    assert until(begins, ends) == (
        '<time datetime="2026-12-10T17:00+01:00">17 Uhr</time> bis '
        '<time datetime="2026-12-11T15:00+01:00">11. Dezember, 15 Uhr</time>'
    )


@pytest.mark.parametrize(
    ("cents", "spoken"),
    [(6415000, "64.150,00 €"), (5, "0,05 €"), (0, "0,00 €"), (-120050, "−1.200,50 €"), (None, "")],
)
def test_cents_become_euros(cents, spoken):
    assert euro(cents) == spoken.replace(" ", "\N{NO-BREAK SPACE}")


@pytest.mark.parametrize("spoken", [day, weekday, moment, in_days, tile])
def test_nothing_stays_nothing(spoken):
    assert spoken(None) == ""


def test_a_day_that_begins_or_ends_something():
    assert since_day(date(2026, 12, 11)) == 'seit <time datetime="2026-12-11">11. Dezember</time>'
    assert until_day(date(2027, 6, 30)) == 'bis <time datetime="2027-06-30">30. Juni 2027</time>'
