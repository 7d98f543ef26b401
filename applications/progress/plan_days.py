"""The days of the last two weeks: by when to send, and which days are for the papers. Our advice, no rule of the funder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

# From so many days before the deadline the plan is shown.
LAST_DAYS = 14
# Of the days that are left, so large a part stays free before the deadline: five of fourteen, one of three.
AIR = 3
# So many weekdays a letter is on its way, by our advice: nobody promises it.
TRAVEL = 3
# So many weekdays we plan for finishing, the forms, the signatures and the post, and as many at the least.
PAPER_DAYS, LEAST_PAPER_DAYS = 4, 3
SATURDAY = 5


def goal_of(today: date, deadline: date, *, must_arrive: bool = False) -> date:
    """Return the day to send by: some days before the deadline, and on a weekday while one is left.

    A letter that must be there on the deadline gets the days it travels; where they are not left any more, it is the
    first day on which somebody takes a letter.
    """
    latest = deadline - timedelta(days=((deadline - today).days + 1) // AIR)
    if must_arrive:
        latest = min(latest, last_day_to_post(deadline))
    goal = weekday_until(latest)
    if goal > today:
        return goal
    if must_arrive or not is_weekday(deadline):
        return next((day for day in _days(today, deadline) if is_weekday(day)), today)
    return deadline


def last_day_to_post(deadline: date) -> date:
    """Return the last day for a letter that must be there on the deadline."""
    return _weekdays_back(deadline, TRAVEL)


def paper_days(today: date, goal: date, most: int) -> list[date]:
    """Return the last weekdays up to the goal, `most` of them or as many as are left; the goal is always one."""
    return working_days(today, goal)[-most:]


def working_days(first: date, last: date) -> list[date]:
    """Return the weekdays between two days; the two themselves also where they are none."""
    return [day for day in _days(first, last) if is_weekday(day) or day in (first, last)]


def is_time_to_finish(today: date, deadline: date, *, must_arrive: bool = False) -> bool:
    """Are only the days left that the papers and the post need? Not once the deadline has passed."""
    if today > deadline:
        return False
    goal = goal_of(today, deadline, must_arrive=must_arrive)
    return today >= _weekdays_back(goal, LEAST_PAPER_DAYS - 1)


def spread(days: Sequence[date], lines: int) -> list[date]:
    """Return a day for each line, in order, as evenly as the days allow."""
    return [days[min(number * len(days) // max(lines, 1), len(days) - 1)] for number in range(lines)]


def is_weekday(day: date) -> bool:
    return day.weekday() < SATURDAY


def weekday_until(day: date) -> date:
    """Return the day itself, or the Friday before it."""
    while not is_weekday(day):
        day -= timedelta(days=1)
    return day


def _weekdays_back(day: date, count: int) -> date:
    for _number in range(count):
        day = weekday_until(day - timedelta(days=1))
    return day


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=number) for number in range((last - first).days + 1))
