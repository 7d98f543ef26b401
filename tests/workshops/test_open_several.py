"""Opening several workshops at once, as the organiser does in the admin's list."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Message
from tests.builders import log_in, make_cohort, make_organiser, make_team, make_user, make_workshop
from tests.forms import send
from workshops.models import Workshop


@pytest.mark.django_db
def test_several_workshops_are_opened_early_together(client):
    doris = make_user("Doris")
    cohort = make_cohort(make_organiser(doris))
    make_team(cohort, make_user())
    soon = timezone.now() + timedelta(days=5)
    chosen = [make_workshop(cohort, number, [f"s{number}"], soon).pk for number in (1, 2, 3)]
    data = {"action": "open_early", "_selected_action": chosen, "reason": "Alle wollen schreiben.", "_asked": "1"}

    send(log_in(client, doris), reverse("admin:workshops_workshop_changelist"), data)

    assert Workshop.objects.exclude(opened_at=None).count() == 3
    assert "Kurzbeschreibung" in Message.objects.filter(email="amina@example.org").order_by("text").first().text
