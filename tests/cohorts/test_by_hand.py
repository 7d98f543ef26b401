"""A team without a registration: made by hand, with its organisation, its owner, a place and the text that is sent."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Event, Invitation, Message, Organisation
from cohorts.by_hand import make_by_hand
from cohorts.deciding import AlreadyTakesPart
from cohorts.models import OnBothSides, Team, TeamMember
from cohorts.readmitting import NoPlaceThere
from core.writes import Stale
from tests.builders import day, log_in, make_cohort, make_organisation, make_organiser, make_team, make_user, window
from tests.cohorts.test_registration_steps import make_registration
from tests.forms import agree, form_of

URL = "admin:cohorts_team_add"
KARIN = {"first_name": "Karin", "last_name": "Ost", "email": "karin@example.org", "phone": "0345 1"}


def make_world():
    """A cohort of Doris with two places, and an organisation from an earlier one; Malin is of another Träger, with a team, too."""
    doris, malin = make_user("Doris"), make_user("Malin")
    organiser = make_organiser(doris)
    earlier = make_team(make_cohort(organiser, begins_on=day(-90), ends_on=day(-30)), make_user("Amina"))
    cohort = make_cohort(organiser, earlier.cohort.call, title="Schmiede Harz", places=2)
    north = make_organiser(malin, "Lernwerk Nord gGmbH")
    foreign = make_team(make_cohort(north, cohort.call, title="Schmiede Nord"), make_user("Bilal"))
    return SimpleNamespace(doris=doris, malin=malin, cohort=cohort, known=earlier.organisation, foreign=foreign)


@pytest.fixture
def world(db):
    return make_world()


def make(world, **values):
    owner = TeamMember(**KARIN)
    known = {"by": world.doris, "text": "Wie besprochen.", "owner": owner, "name": "Neuer Verein e. V."}
    return make_by_hand(world.cohort, **known | values)


def records():
    models = (Team, TeamMember, Organisation, Event, Message, Invitation)
    return [list(model.objects.order_by("pk").values()) for model in models]


def refused(world, error, **values):
    before = records()
    with pytest.raises(error):
        make(world, **values)
    return records() == before


def test_a_new_organisation_has_a_team_and_its_owner_is_invited(world):
    team = make(world)

    assert (team.cohort, team.registration, team.organisation.name) == (world.cohort, None, "Neuer Verein e. V.")
    assert team.organisation.contact_email == "karin@example.org"
    owner = team.owner()
    assert (owner.full_name, owner.user, owner.phone) == ("Karin Ost", None, "0345 1")
    mails = dict(Message.objects.filter(email="karin@example.org").values_list("kind", "text"))
    assert set(mails) == {"invitation", "team_made"}
    assert "Wie besprochen." in mails["team_made"]
    assert Event.objects.filter(what="team.made_by_hand", by=world.doris, record_id=str(team.pk)).exists()
    karin = make_user("Karin")
    Invitation.objects.get(email="karin@example.org").accept(karin)
    assert team.roles_of(karin) >= {"owner"}


def test_a_known_organisation_keeps_its_record(world):
    count = Organisation.objects.count()

    team = make(world, organisation=world.known, name="")

    assert (team.organisation, Organisation.objects.count()) == (world.known, count)
    assert refused(world, AlreadyTakesPart, organisation=world.known, name="")


def test_what_stands_against_it_writes_nothing(world):
    assert refused(world, PermissionDenied, by=world.malin)
    assert refused(world, ValueError, organisation=world.foreign.organisation)
    assert refused(world, OnBothSides, owner=TeamMember(first_name="D", email=world.doris.email))
    make_team(world.cohort, make_user("Selma"))
    make_team(world.cohort, make_user("Jonas"))
    assert refused(world, NoPlaceThere)
    type(world.cohort).objects.filter(pk=world.cohort.pk).update(places=5, cancelled_at=timezone.now())
    assert refused(world, Stale)


def test_page_shows_the_free_places_and_makes_the_team(world):
    client = log_in(Client(), world.doris)
    page = client.get(reverse(URL))
    assert "Schmiede Harz, ab" in page.text
    assert "2 von 2 Plätzen frei" in page.text
    assert "Ihr Verein hat einen Platz" in page.text

    form = {"cohort": str(world.cohort.pk), "name": "Neuer Verein e. V.", **KARIN, "text": "Bis bald."}
    asked = client.post(reverse(URL), form_of(page) | form, follow=True)
    assert "Bis bald." in asked.text
    assert "In „Schmiede Harz“ ist danach ein Platz von 2 frei." in asked.text
    assert "schon" not in asked.text.partition("<form")[2].partition("letter-")[0]
    assert not Team.objects.filter(cohort=world.cohort).exists()
    page = agree(client, asked)

    team = Team.objects.get(cohort=world.cohort)
    assert page.redirect_chain[-1][0] == team.get_absolute_url()
    assert "Das Team ist angelegt." in page.text


def test_last_page_warns_of_an_association_that_is_there_already(world):
    """By its name, written otherwise, or by the address of its person: as a team, as a registration, or from before."""
    client = log_in(Client(), world.doris)
    team = make_team(world.cohort, make_user("Selma"), organisation=make_organisation("Neuer Verein"))
    type(world.cohort).objects.filter(pk=world.cohort.pk).update(**window())
    world.cohort.refresh_from_db()
    registration = make_registration(world.cohort, organisation_name="Ganz anders e. V.", persons=[KARIN])
    known = type(world.known).objects.get(pk=world.known.pk)
    known.name = "neuer  Verein e.V."
    known.save()
    make_team(world.foreign.cohort, make_user("Omar"), organisation=make_organisation("Neuer Verein e. V. (Nord)"))
    form = {"cohort": str(world.cohort.pk), "name": "Neuer Verein e. V.", **KARIN, "text": "Bis bald."}

    asked = client.post(reverse(URL), form_of(client.get(reverse(URL))) | form, follow=True)

    assert asked.template_name == "admin/consequences.html"
    assert "Vielleicht ist dieser Verein schon da. Bitte sehen Sie nach, bevor Sie ihn anlegen:" in asked.text
    assert f'<a href="{team.get_absolute_url()}">Neuer Verein</a>' in asked.text
    assert "Team in dieser Projektschmiede, gleicher Name" in asked.text
    assert f'<a href="{registration.get_absolute_url()}">Ganz anders e. V., Stendal</a>' in asked.text
    assert "Anmeldung, eingegangen, gleiche E-Mail-Adresse" in asked.text
    assert "Organisation aus einer früheren Projektschmiede, gleicher Name" in asked.text
    assert "Nord" not in asked.text


def test_page_keeps_what_was_typed(world):
    client = log_in(Client(), world.doris)
    form = {"cohort": str(world.cohort.pk), **KARIN, "text": "Bis bald."}

    page = client.post(reverse(URL), form)
    assert page.status_code == 422
    assert "oder geben Sie den Namen einer neuen an." in page.text
    for name in ("Selma", "Jonas"):
        make_team(world.cohort, make_user(name))
    page = client.post(reverse(URL), form | {"name": "Neuer Verein e. V."})
    assert page.status_code == 409
    assert "Alle Plätze dieser Projektschmiede sind vergeben." in page.text
    assert "Bis bald." in page.text
    assert not Team.objects.filter(cohort=world.cohort, organisation__name="Neuer Verein e. V.").exists()


def test_nothing_of_another_organiser_is_named_or_taken(world):
    client = log_in(Client(), world.malin)
    page = client.get(reverse(URL))
    assert "Schmiede Nord" in page.text
    assert "Schmiede Harz" not in page.text
    assert world.known.name not in page.text
    before = records()

    form = {"name": "Neuer Verein e. V.", **KARIN, "text": "Bis bald."}
    for foreign in ({"cohort": str(world.cohort.pk)}, {"organisation": str(world.known.pk), "name": ""}):
        page = client.post(reverse(URL), form | foreign)
        assert page.status_code == 422
        assert world.known.name not in page.text
    assert records() == before


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_the_last_place_is_given_once(at_once):
    world = make_world()
    type(world.cohort).objects.filter(pk=world.cohort.pk).update(places=1)

    answers = at_once(lambda: make(world), lambda: make(world, name="Anderer Verein"))

    assert {type(answer) for answer in answers} == {Team, NoPlaceThere}
    assert world.cohort.teams.count() == 1
