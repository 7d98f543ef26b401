"""Once the team or its application was withdrawn no page asks for work, and texts are called readable where there are some."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Message
from applications.reviews.steps import hand_in, withdraw
from applications.writing.models import Application
from cohorts.models import Team
from core.words import spoken_day
from tests.applications.papers.test_finishing import World
from tests.builders import day, log_in, make_application, make_cohort, make_organiser, make_team, make_user

pytestmark = pytest.mark.django_db
READABLE = "Alle Texte bleiben lesbar"


@pytest.fixture
def world() -> World:
    """One section is given back with „bitte ändern“ until a day; the list of attachments is left open."""
    world = World()
    review = hand_in(world.application, ["s1"], by=world.amina)
    review.take(by=world.carla)
    item = review.items.get()
    review.give_back(by=world.carla, verdicts={item.pk: "please change"}, summary="", again_by=day(3))
    return world


def give_up(world, what: str) -> None:
    if what == "application":
        withdraw(Application.objects.get(), by=world.amina)
    else:
        Team.objects.update(withdrawn_at=timezone.now())


def words_of(client, url: str) -> str:
    main = client.get(url).text.partition("<main")[2].partition("</main")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


@pytest.mark.parametrize("what", ["application", "team"])
def test_no_page_of_a_withdrawn_team_asks_for_work(world, client, what):
    log_in(client, world.amina)
    application, until = world.application, f"bis {spoken_day(day(3), weekday=True)}"
    assert until in words_of(client, reverse("applications:section", args=[application.pk, "s1"]))
    give_up(world, what)
    pages = [
        words_of(client, url)
        for url in (
            application.get_absolute_url(),
            reverse("applications:section", args=[application.pk, "s1"]),
            reverse("applications:section", args=[application.pk, "s15"]),
        )
    ]
    for page in pages:
        assert "bitte ändern" not in page
        assert "in Arbeit" not in page
    assert "Kurzbeschreibung geschrieben" in pages[0]
    assert until not in pages[1]
    assert "noch nicht gewählt" not in pages[2]
    if what == "application":
        assert ("Dateien ansehen" in pages[2], "hochladen" in pages[2]) == (True, False)
    files = words_of(client, reverse("applications:attachments", args=[application.pk]))
    assert "Hier liegen die Dateien, die Sie zum Vorhaben gesammelt haben." in files
    assert "zur Post gegeben wird es von Ihnen" not in files
    assert "noch keine Datei" not in files


@pytest.mark.parametrize("what", ["application", "team"])
@pytest.mark.parametrize("is_written", [True, False])
def test_texts_are_called_readable_where_there_are_some(client, what, is_written):
    if is_written:
        world = World()
        amina, application = world.amina, world.application
    else:
        amina = make_user()
        application = make_application(make_team(make_cohort(make_organiser(make_user("Doris", "Lang"))), amina))
    log_in(client, amina)
    question = words_of(client, application.get_absolute_url())
    assert (READABLE in question) == is_written
    if what == "application":
        answer = client.post(reverse("applications:withdraw", args=[application.pk]), follow=True).text
        assert (READABLE in answer) == is_written
        assert (READABLE in Message.objects.filter(kind="withdrawn")[0].text) == is_written
    else:
        Team.objects.update(withdrawn_at=timezone.now())
    overview = words_of(client, reverse("dashboard"))
    assert (READABLE in overview, "Hilfe und Kontakt" in overview) == (is_written, True)


def test_a_team_that_had_not_begun_is_told_of_no_texts(client):
    amina = make_user()
    make_team(make_cohort(make_organiser(make_user("Doris", "Lang"))), amina, withdrawn_at=timezone.now())
    overview = words_of(log_in(client, amina), reverse("dashboard"))
    assert READABLE not in overview
    assert "Das Team ist nicht mehr in der Projektschmiede." in overview
    assert "Das Vorhaben ist zurückgezogen." not in overview


@pytest.mark.parametrize(
    ("what", "says", "figure"),
    [
        ("application", "Das Vorhaben ist zurückgezogen.", "Abschnitte zurückgezogen"),
        ("team", "Das Team ist nicht mehr in der Projektschmiede.", "Abschnitte nicht fertiggestellt"),
    ],
)
def test_an_application_is_called_withdrawn_where_its_team_did_that(world, client, what, says, figure):
    give_up(world, what)
    log_in(client, world.amina)
    overview = words_of(client, reverse("dashboard"))
    assert says in overview
    assert figure in overview
    assert ("zurückgezogen" in overview) == (what == "application")
    assert says in words_of(client, world.application.get_absolute_url())
