"""When a workshop's sections open: with its first session, or when staff open it, whichever is earlier."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from workshops.models.workshop import has_come, opening_moment

EARLY = datetime(2026, 11, 2, 9, tzinfo=UTC)
LATE = EARLY + timedelta(days=3)


@pytest.mark.parametrize(
    ("begins_at", "opened_at", "opens_at"),
    [
        (EARLY, None, EARLY),
        (None, EARLY, EARLY),
        (LATE, EARLY, EARLY),
        (EARLY, LATE, EARLY),
        (None, None, None),
    ],
)
def test_the_earlier_of_the_two_moments_counts(begins_at, opened_at, opens_at):
    assert opening_moment(begins_at, opened_at) == opens_at


def test_a_section_is_open_from_its_moment_on_and_never_without_one():
    assert has_come(EARLY, EARLY)
    assert not has_come(EARLY, EARLY - timedelta(seconds=1))
    assert not has_come(None, LATE)
