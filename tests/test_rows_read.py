"""What a person's lists read beside 20,000 teams of others: their own rows, by an index, and never a whole table (PostgreSQL only)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import Organisation, Record
from applications.reviews.models import Review
from applications.reviews.page.queue import READ_QUEUE
from applications.writing.models import Application
from cohorts.models import Cohort, Registration, Team
from tests.builders import (
    make_application,
    make_coach,
    make_cohort,
    make_organisation,
    make_organiser,
    make_team,
    make_user,
)
from tests.test_costs import registration

pytestmark = pytest.mark.django_db

OTHERS = 20_000
COHORTS = 5_000
# Of a person with one cohort of one team. A list that is not read from the person reads all cohorts, teams or reviews there are.
ENOUGH = 60


def key(kind: str, number: str = "n") -> str:
    return f"md5('{kind}' || ({number}))::uuid"


def copy(record: Record, count: int, **columns: str) -> None:
    """Put so many copies of a row beside it; `columns` are SQL over their number `n`."""
    table = record._meta.db_table
    values = ", ".join(f"'{name}', {value}" for name, value in columns.items())
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} SELECT other.* FROM {table} row, generate_series(1, {count}) n, "  # noqa: S608  literals of this file
            f"LATERAL jsonb_populate_record(row, jsonb_build_object({values})) other WHERE row.uuid = %s",
            [record.pk],
        )


def rows_read() -> int:
    """Return how many rows of our tables this transaction has read so far."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) FROM pg_stat_xact_user_tables")
        return int(cursor.fetchone()[0])


def reading(read: Callable[[], Any]) -> int:
    """Return how many rows it reads once the connection has prepared it for any value, as on a server that runs."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL plan_cache_mode = force_generic_plan")
    for _again in range(4):
        read()
    before = rows_read()
    read()
    return rows_read() - before


@pytest.fixture
def carla() -> Any:
    """A coach whose one team waits for her, and whose cohort Doris organises."""
    if connection.vendor != "postgresql":
        pytest.skip("PostgreSQL only")
    carla, doris, now = make_user("Carla"), make_user("Doris"), timezone.now()
    own = make_cohort(make_organiser(doris))
    coach = make_coach(own, carla)
    Review.objects.create(application=make_application(make_team(own, make_user(), first_coach=coach)))
    registration(own).save()

    cohort = make_cohort(make_organiser(make_user("Olga"), "Lernwerk Nord gGmbH"), own.call)
    club, coach = make_organisation("Chor e. V."), make_coach(cohort, make_user("Cem"))
    team = make_team(cohort, make_user("Bilal"), organisation=club, first_coach=coach)
    given_back = Review.objects.create(
        application=make_application(team), taken_at=now - timedelta(days=1), finished_at=now
    )
    registered = registration(cohort)
    registered.save()
    of_cohort = key("cohort", f"n %% {COHORTS} + 1")
    copy(cohort.organiser, COHORTS, uuid=key("organiser"))
    copy(cohort, COHORTS, uuid=key("cohort"), slug="'other-' || n", organiser_id=key("organiser"))
    copy(coach, COHORTS, uuid=key("coach"), cohort_id=key("cohort"), coach_id="null")
    copy(club, OTHERS, uuid=key("club"), name="'Chor ' || n")
    copy(
        team,
        OTHERS,
        uuid=key("team"),
        cohort_id=of_cohort,
        organisation_id=key("club"),
        first_coach_id=key("coach", f"n %% {COHORTS} + 1"),
    )
    copy(given_back.application, OTHERS, uuid=key("application"), team_id=key("team"))
    copy(given_back, OTHERS, uuid=key("review"), application_id=key("application"))
    copy(registered, OTHERS, uuid=key("registration"), cohort_id=of_cohort, token_hash="'other-' || n")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return carla


def test_what_a_coach_works_with(carla):
    lists = {
        "the queue": lambda: READ_QUEUE(user=carla.pk),
        "coached cohorts": lambda: list(Cohort.objects.coached_by(carla)),
        "led cohorts": lambda: list(Cohort.objects.led_by(carla)),
        "shared cohorts": lambda: list(Cohort.objects.shared_with(carla)),
        "coached teams": lambda: list(Team.objects.coached_by(carla)),
        "applications": lambda: list(Application.objects.visible_to(carla)),
    }
    assert {name: len(read()) for name, read in lists.items()} == dict.fromkeys(lists, 1)
    assert {name: rows for name, read in lists.items() if (rows := reading(read)) > ENOUGH} == {}


def test_what_an_organiser_sees(carla):
    doris = carla.coach_assignments.get().cohort.organiser.memberships.get().user
    models: list[Any] = [Cohort, Team, Registration, Application, Organisation]
    lists = {model: model.objects.visible_to(doris) for model in models}
    assert {model: rows.count() for model, rows in lists.items()} == {
        Cohort: 1,
        Team: 1,
        Registration: 1,
        Application: 1,
        Organisation: 2,
    }
    assert {
        model: read for model, rows in lists.items() if (read := reading(lambda rows=rows: list(rows.all()))) > ENOUGH
    } == {}
