"""The page on which a team hands sections in."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from applications.reviews.models import Review
from applications.writing.models import Application
from cohorts.models import Team
from tests.applications.coaching import (
    ADVICE,
    handed_in,
    told,
    words_of,
)

pytestmark = pytest.mark.django_db


def test_the_team_hands_in_what_it_chose(world, enter):
    client, page = enter(world.amina), reverse("applications:hand_in", args=[world.application.pk])
    shown = client.get(page)
    assert [key for key, _label in shown.context["form"].fields["sections"].choices] == ["s3", "s4"]
    assert "Zielgruppe und Ansprache in Arbeit" in words_of(shown.text)
    assert ADVICE in shown.text
    response = client.post(page, {"sections": ["s4"]}, follow=True)
    review = Review.objects.get()
    assert response.redirect_chain == [(f"/rueckmeldungen/{review.pk}/", 302)]
    assert told(response) == [
        "Zur Rückmeldung abgegeben. Ihre Coaching-Person sieht es jetzt in ihrer Liste und meldet sich."
    ]
    assert [item.draft.key for item in review.items.all()] == ["s4"]


def test_handing_in_nothing_says_what_is_missing(world, enter):
    page = reverse("applications:hand_in", args=[world.application.pk])
    response = enter(world.amina).post(page, {})
    assert "Bitte wählen Sie mindestens einen Abschnitt aus." in response.text
    assert not Review.objects.exists()


def test_what_was_handed_in_meanwhile_cannot_be_chosen(world, enter):
    handed_in(world, "s4")
    page = reverse("applications:hand_in", args=[world.application.pk])
    response = enter(world.amina).post(page, {"sections": ["s4", "s3"]})
    assert "Ein Abschnitt kann gerade nicht zur Rückmeldung abgegeben werden" in response.text
    assert Review.objects.count() == 1


def test_what_waits_is_named_by_its_sections(world, enter):
    handed_in(world, "s4")
    page = reverse("applications:hand_in", args=[world.application.pk])
    assert "„Zielgruppe und Ansprache“, zur Rückmeldung abgegeben heute um" in words_of(
        enter(world.amina).get(page).text
    )


def test_a_section_leads_to_handing_it_in(world, enter):
    page = reverse("applications:hand_in", args=[world.application.pk])
    response = enter(world.amina).get(page, {"abschnitt": "s4"})
    assert re.findall(r'value="(s\d+)"[^>]* checked', response.text) == ["s4"]


def test_who_may_not_hand_in(world, enter):
    page = reverse("applications:hand_in", args=[world.application.pk])
    for person, status in [("rana", 403), ("carla", 403), ("doris", 403), ("chris", 404), ("bilal", 404)]:
        assert enter(getattr(world, person)).get(page).status_code == status


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (
            "team gone",
            "Das Team ist nicht mehr in der Projektschmiede. Zur Rückmeldung lässt sich nichts mehr abgeben.",
        ),
        ("withdrawn", "Das Vorhaben ist zurückgezogen. Zur Rückmeldung lässt sich nichts mehr abgeben."),
        ("finished", "Das Vorhaben ist fertiggestellt. So lange lässt sich nichts zur Rückmeldung abgeben."),
    ],
)
def test_who_comes_by_an_old_link_while_nobody_writes_is_asked_for_nothing(world, enter, state, sentence):
    if state == "team gone":
        Team.objects.update(withdrawn_at=timezone.now())
    else:
        Application.objects.update(status=state, withdrawn_at=timezone.now() if state == "withdrawn" else None)
    page = words_of(enter(world.amina).get(reverse("applications:hand_in", args=[world.application.pk])).text)
    assert sentence in page
    for asked in ("Schreiben Sie zuerst", "weiterschreiben", "zugesagt bis"):
        assert asked not in page
