"""What a team sees once it is invited to the second stage."""

import pytest

from applications.papers.models import Outcome, Submission
from applications.writing.models import Application
from tests.builders import day, log_in, make_application, make_cohort, make_organiser, make_team, make_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("kind", "told"), [("invited", True), ("declined", False)])
def test_overview_tells_of_an_invitation(client, kind, told):
    amina = make_user()
    team = make_team(make_cohort(make_organiser(make_user("Doris", "Lang"))), amina)
    application = make_application(team, status=Application.Status.FINISHED)
    submission = Submission.objects.create(
        application=application, stage=1, number=1, frozen={}, checksum="0" * 64, grant_cents=1,
        receipt_number="PS-2026-ABCDEF", transferred_on=day(-9), signed_on=day(-8), posted_on=day(-7),
    )  # fmt: skip
    Outcome.objects.enter(submission, kind, day(-1), by=amina)
    page = log_in(client, amina).get("/uebersicht/").text
    assert ("Sie sind zum Antrag eingeladen: Stufe 2 hat begonnen." in page) is told
