"""The audit trail has words for every code that a step writes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from accounts.models import Event
from accounts.trail_words import WORDS, kind, words
from applications.papers.models.paper_steps import ALL_STEPS
from tests.builders import log_in, make_bamf

FOLDERS = ("accounts", "applications", "calls", "cohorts", "schmiede", "workshops")
LOOKS = {"submission.seen", "submission.downloaded"}


def recorded() -> set[str]:
    """Every code that stands in the source as the first argument of `Event.record`, and those that are put together."""
    found = set(LOOKS) | {f"submission.{step.removesuffix('_on')}" for step in ALL_STEPS}
    found |= {f"record.{what}" for what in ("made", "changed", "removed")}
    for folder in FOLDERS:
        for path in Path(settings.BASE_DIR, folder).rglob("*.py"):
            found |= set(re.findall(r'Event\.record\(\s*"([a-z_.]+)"', path.read_text()))
    return found


def test_every_code_has_words():
    assert recorded() == set(WORDS)


def test_words_and_kinds_are_german():
    assert (words("review.given_back"), words("unbekannt")) == ("Rückmeldung zurückgegeben", "unbekannt")
    assert (kind("applications.review"), kind("weg.gibtesnicht")) == ("Rückmeldung", "weg.gibtesnicht")


@pytest.mark.django_db
def test_staff_read_words_and_filter_by_them(client):
    emil = make_bamf()
    Event.record("person.deactivated", emil, by=emil)
    log_in(client, emil)
    url = reverse("admin:accounts_event_changelist")
    assert "Konto geschlossen" in client.get(url).content.decode()
    assert 'class="field-happened"' not in client.get(url, {"was": "team.made"}).content.decode()
    assert 'class="field-happened"' in client.get(url, {"was": "person.deactivated"}).content.decode()
