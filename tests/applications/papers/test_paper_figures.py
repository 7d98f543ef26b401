"""What BAMF staff see of the cohorts: figures, no names."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.builders import log_in, make_bamf, make_cohort, make_organiser, make_team, make_user, make_workshop
from workshops.models import Attendance

pytestmark = pytest.mark.django_db


def test_bamf_staff_see_figures_of_teams_and_attendance(client):
    cohort = make_cohort(make_organiser(make_user("Doris")))
    here, gone = make_team(cohort, make_user()), make_team(cohort, make_user("Bilal"), withdrawn_at=timezone.now())
    session = make_workshop(cohort, 1).sessions.get()
    for team, status in ((here, "present"), (gone, "absent")):
        Attendance.objects.create(session=session, member=team.members.get(), status=status)

    said = " ".join(log_in(client, make_bamf()).get(reverse("papers:list")).text.split())

    assert "1 von 2 noch dabei" in said
    assert "1 von 2 Mal" in said
    assert "Amina" not in said
