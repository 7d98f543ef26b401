"""What is said after a section's form was sent."""

import pytest
from django.urls import reverse

from tests.builders import log_in, make_application, make_cohort, make_organiser, make_team, make_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, ["Es ist alles gespeichert."]),
        ({"add": "expenses"}, []),
    ],
)
def test_nothing_changed(client, data, said):
    amina = make_user()
    application = make_application(make_team(make_cohort(make_organiser(make_user("Doris", "Lang"))), amina))
    address = reverse("applications:section", args=[application.pk, "s17"])
    answer = log_in(client, amina).post(address, {"version": "0", **data}, follow=True)
    assert [str(message) for message in answer.context["messages"]] == said
