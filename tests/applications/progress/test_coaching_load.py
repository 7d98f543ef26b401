"""What waits for a coach and how fast answers come: counted for the cohort, never for a person."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from applications.progress.coaching_load import HandIn, in_days, load_of, summarise
from applications.reviews.models import Review
from tests.applications.coaching import handed_in, taken, withdrawn, words_of

TODAY = date(2026, 11, 27)
NOON = datetime(2026, 11, 27, 11, tzinfo=UTC)


def ago(days, *, took=None, taken=False, promised=5):
    """Handed in so many days ago and answered after `took` days; promised for the fifth day, or for none."""
    asked = NOON - timedelta(days=days)
    return HandIn(
        asked,
        taken or took is not None,
        asked + timedelta(days=took) if took is not None else None,
        asked.date() + timedelta(days=promised) if promised is not None else None,
    )


def test_what_waits_is_counted_by_age():
    load = summarise([ago(0), ago(1, taken=True), ago(2), ago(4), ago(5), ago(7, taken=True), ago(8), ago(90)], TODAY)
    assert [(age.free, age.taken) for age in load.ages] == [(1, 1), (2, 0), (1, 1), (2, 0)]
    assert (load.waiting, load.overdue) == (8, 3)
    assert {age.free_width + age.taken_width for age in load.ages} == {200}


def test_midnight_in_germany_begins_a_new_day():
    late = datetime(2026, 11, 25, 23, 30, tzinfo=UTC)  # half past midnight on the 26th
    assert summarise([HandIn(late, False, None, None)], TODAY).ages[0].number == 1


def test_answer_times_and_the_share_in_time():
    load = summarise(
        [ago(20, took=1), ago(20, took=2.5), ago(20, took=9), ago(6), ago(2), ago(3, promised=None)], TODAY
    )
    assert (load.answered, load.median, load.longest) == (3, Decimal("2.5"), Decimal("9.0"))
    assert (load.in_time, load.promised, load.share) == (2, 4, 50)  # the one that waits beyond its day counts as late


def test_an_answer_on_the_promised_day_is_in_time_until_midnight():
    day = date(2026, 11, 20)
    asked = datetime(2026, 11, 15, 8, tzinfo=UTC)
    on_time = HandIn(asked, True, datetime(2026, 11, 20, 22, 59, tzinfo=UTC), day)
    too_late = HandIn(asked, True, datetime(2026, 11, 20, 23, 1, tzinfo=UTC), day)
    assert [one.is_late(TODAY) for one in (on_time, too_late)] == [False, True]


def test_nothing_yet():
    load = summarise([], TODAY)
    assert (load.waiting, load.median, load.longest, load.share, load.median_days) == (0, None, None, None, "–")


@pytest.mark.parametrize(
    ("days", "said"),
    [("0.4", "unter 1 Tag"), ("1.0", "1 Tag"), ("1.5", "1,5 Tage"), ("2.0", "2 Tage"), ("12.3", "12,3 Tage")],
)
def test_days_are_said_in_words(days, said):
    assert in_days(Decimal(days)) == said


@given(
    st.lists(
        st.builds(
            ago,
            st.integers(0, 60),
            took=st.none() | st.floats(0, 60),
            taken=st.booleans(),
            promised=st.none() | st.integers(0, 9),
        )
    )
)
def test_every_hand_in_is_counted_once(rows):
    load = summarise(rows, TODAY)
    assert load.waiting + load.answered == len(rows)
    assert 0 <= load.in_time <= load.promised <= len(rows)
    assert load.overdue <= load.waiting
    if load.answered:
        assert load.median <= load.longest


@pytest.mark.django_db
def test_a_cohort_counts_its_own_and_nothing_withdrawn(world, django_assert_num_queries):
    withdrawn(world)
    handed_in(world, "s3")
    taken(world, "s4")
    Review.objects.filter(taken_at=None).update(promised_until=timezone.localdate() - timedelta(days=1))
    with django_assert_num_queries(1):
        load = load_of(world.cohort, timezone.now())
    assert (load.waiting, load.overdue, load.ages[0].free, load.ages[0].taken) == (2, 1, 1, 1)


@pytest.mark.django_db
def test_the_cockpit_shows_it_without_a_coachs_name(world, enter):
    handed_in(world)
    page = words_of(enter(world.doris).get(reverse("cockpit", args=[world.cohort.slug])).text)
    part = page[page.index("Rückmeldungen in dieser Projektschmiede") :]
    assert "Eine Abgabe wartet auf eine Antwort." in part
    assert "1 seit heute oder gestern" in part
    assert "Als Tabelle" in part
    for coach in ("Carla", "Weber", "Chris", "Maurer"):
        assert coach not in part
