"""How often within an hour: the limit itself passes, what is more does not, and the next hour begins anew."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from core.rates import over, slot

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)


def test_the_limit_itself_passes_and_the_next_one_does_not():
    assert [over("register:a@example.org", 3, NOON) for _time in range(5)] == [False, False, False, True, True]


def test_every_name_and_every_hour_has_a_count_of_its_own():
    assert over("register:a@example.org", 1, NOON) is False
    assert over("register:a@example.org", 1, NOON + timedelta(minutes=59)) is True
    assert over("register:b@example.org", 1, NOON) is False
    assert over("register:a@example.org", 1, NOON + timedelta(minutes=60)) is False


def test_a_day_gives_as_many_places_in_each_hour_as_the_limit_says():
    places = [slot("mails", 2, NOON + timedelta(seconds=second)) for second in range(5)]

    assert places == [NOON + timedelta(hours=hours) for hours in (0, 0, 1, 1, 2)]
