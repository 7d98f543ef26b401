"""When a workshop's sections open: with its first session, or when staff open it, whichever is earlier."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from accounts.models import Message
from core.writes import Stale
from tests.builders import make_cohort, make_organiser, make_team, make_user, make_workshop
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


@pytest.mark.django_db
@pytest.mark.parametrize("step", ["open_early", "cancel"])
def test_workshops_of_a_cancelled_cohort_mail_nobody(step):
    doris = make_user("Doris")
    cohort = make_cohort(make_organiser(doris))
    make_team(cohort, make_user("Amina"))
    workshop = make_workshop(cohort, begins_at=timezone.now() + timedelta(days=20))
    cohort.cancel(by=doris)
    posted = Message.objects.count()
    reason = {"reason": "Früher fertig"} if step == "open_early" else {}

    with pytest.raises(Stale):
        getattr(workshop, step)(by=doris, **reason)

    assert Message.objects.count() == posted
