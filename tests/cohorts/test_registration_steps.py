"""Every status of a registration × every step, and what accepting makes."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.models import Event, Invitation, Message, Organisation
from cohorts.deciding import AlreadyTakesPart, NoPlaceLeft, accept, decline, known_organisations, put_on_waiting_list
from cohorts.models import Registration, Team, TeamMember
from cohorts.registering import correct, register
from core.writes import Stale
from tests.builders import (
    make_coach,
    make_cohort,
    make_organisation,
    make_organiser,
    make_team,
    make_user,
    make_workshop,
    window,
)

PERSONS = [
    {"first_name": "Amina", "last_name": "Haddad", "email": "amina@example.org", "phone": "0171 39200 11"},
    {"first_name": "Jonas", "last_name": "Wiese", "email": "jonas@example.org", "phone": ""},
]
VALUES = {
    "organisation_name": "Brückenschlag e. V.",
    "legal_form": "ev",
    "city": "Stendal",
    "land": "ST",
    "charitable": "yes",
}
S = Registration.Status


@pytest.fixture
def doris(db):
    return make_user("Doris")


@pytest.fixture
def cohort(doris):
    return make_cohort(make_organiser(doris), places=2, **window())


def make_registration(cohort, status=S.RECEIVED, persons=PERSONS, **values):
    registration = register(cohort, values=VALUES | values, persons=persons)[0]
    now = timezone.now()
    moments = {} if status == S.UNCONFIRMED else {"confirmed_at": now}
    if status in {S.ACCEPTED, S.WAITING, S.DECLINED}:
        moments["decided_at"] = now
    Registration.objects.filter(pk=registration.pk).update(status=status, **moments)
    return Registration.objects.get(pk=registration.pk)


def steps(doris):
    return {
        "confirm": lambda registration: registration.confirm("token"),
        "correct": lambda registration: correct(registration, "token", seen=None, values=VALUES, persons=PERSONS),
        "withdraw": lambda registration: registration.withdraw(),
        "accept": lambda registration: accept(registration, by=doris, text="Ja."),
        "put_on_waiting_list": lambda registration: put_on_waiting_list(registration, by=doris, text="Vielleicht."),
        "decline": lambda registration: decline(registration, by=doris, text="Nein."),
    }


AFTER = {
    (S.UNCONFIRMED, "confirm"): S.RECEIVED,
    (S.RECEIVED, "correct"): S.RECEIVED,
    (S.RECEIVED, "withdraw"): S.WITHDRAWN,
    (S.RECEIVED, "accept"): S.ACCEPTED,
    (S.RECEIVED, "put_on_waiting_list"): S.WAITING,
    (S.RECEIVED, "decline"): S.DECLINED,
    (S.WAITING, "correct"): S.WAITING,
    (S.WAITING, "withdraw"): S.WITHDRAWN,
    (S.WAITING, "accept"): S.ACCEPTED,
    (S.WAITING, "decline"): S.DECLINED,
}


def everything():
    return [
        list(model.objects.order_by("pk").values())
        for model in (Registration, Event, Message, Team, TeamMember, Organisation, Invitation)
    ]


@pytest.mark.parametrize("step", ["confirm", "correct", "withdraw", "accept", "put_on_waiting_list", "decline"])
@pytest.mark.parametrize("status", S.values)
def test_every_status_and_every_step(cohort, doris, status, step):
    registration = make_registration(cohort, status)
    before = everything()

    if (status, step) in AFTER:
        steps(doris)[step](registration)
        assert Registration.objects.get(pk=registration.pk).status == AFTER[status, step]
        assert Event.objects.count() > len(before[1])
    else:
        with pytest.raises(Stale):
            steps(doris)[step](registration)
        assert everything() == before


@pytest.mark.parametrize("step", ["accept", "put_on_waiting_list", "decline"])
def test_only_the_organiser_of_the_cohort_decides(cohort, doris, step):
    stranger = make_user("Malin")
    make_organiser(stranger, "Lernwerk Nord gGmbH")
    carla = make_user("Carla")
    make_coach(cohort, carla)
    registration = make_registration(cohort)

    for person in (stranger, carla):
        with pytest.raises(PermissionDenied):
            steps(person)[step](registration)

    assert Registration.objects.get().status == S.RECEIVED


def test_accepting_makes_organisation_team_members_and_invitations(cohort, doris):
    coach = make_coach(cohort, make_user("Carla"))
    registration = make_registration(cohort, website="https://bruecke.example.org", migrant_organisation="yes")

    team = accept(registration, by=doris, text="Wir freuen uns & sagen „Ja“.", note="klar", first_coach=coach)

    organisation = team.organisation
    assert (organisation.name, organisation.city, organisation.contact_email, organisation.migrant_organisation) == (
        "Brückenschlag e. V.",
        "Stendal",
        "amina@example.org",
        "yes",
    )
    assert (team.cohort, team.first_coach, team.registration) == (cohort, coach, registration)
    members = [(member.email, member.role, member.user) for member in team.members.order_by("first_name")]
    assert members == [("amina@example.org", "owner", None), ("jonas@example.org", "writer", None)]
    assert sorted(invitation.email for invitation in Invitation.objects.all()) == [
        "amina@example.org",
        "jonas@example.org",
    ]
    stored = Registration.objects.get()
    assert (stored.decided_by, stored.internal_note, stored.organisation) == (doris, "klar", organisation)
    sent = Message.objects.filter(kind="registration_accepted").order_by("email")
    assert [message.email for message in sent] == ["amina@example.org", "jonas@example.org"]
    assert "Wir freuen uns & sagen „Ja“." in sent[0].text
    assert "klar" not in sent[0].text


def test_invited_person_joins_the_team_and_its_organisation(cohort, doris):
    team = accept(make_registration(cohort), by=doris, text="Ja.")
    amina = make_user("Amina")

    Invitation.objects.get(email="amina@example.org").accept(amina)

    assert team.members.get(user=amina).role == "owner"
    assert team.roles_of(amina) == {"owner", "fellow"}
    assert team.organisation.memberships.get().role == "responsible"


def test_accepting_beyond_the_places_is_refused_and_writes_nothing(cohort, doris):
    for number in range(2):
        make_team(cohort, make_user(f"Person{number}"))
    registration = make_registration(cohort)
    before = everything()

    with pytest.raises(NoPlaceLeft, match="Alle Plätze sind vergeben"):
        accept(registration, by=doris, text="Ja.")

    assert everything() == before


def test_place_of_a_team_that_left_is_free_again(cohort, doris):
    teams = [make_team(cohort, make_user(f"Person{number}")) for number in range(2)]
    registration = make_registration(cohort, S.WAITING)
    teams[0].withdraw(by=doris)

    accept(registration, by=doris, text="Jetzt doch.")

    assert cohort.teams.current().count() == 2


def test_accepting_into_a_cancelled_cohort_is_refused(cohort, doris):
    registration = make_registration(cohort)
    cohort.cancel(by=doris)

    with pytest.raises(Stale):
        accept(registration, by=doris, text="Ja.")


def test_known_organisation_of_an_earlier_cohort_is_taken_and_no_other(cohort, doris):
    earlier = make_cohort(cohort.organiser, cohort.call)
    known = make_team(earlier, make_user("Bilal")).organisation
    foreign_traeger = make_organiser(make_user("Malin"), "Lernwerk Nord gGmbH")
    foreign = make_team(make_cohort(foreign_traeger, cohort.call), make_user("Karin")).organisation
    unrelated = make_organisation("Fremd e. V.")
    registration = make_registration(cohort)

    assert list(known_organisations(registration)) == [known]
    for organisation in (foreign, unrelated):
        with pytest.raises(AlreadyTakesPart):
            accept(registration, by=doris, text="Ja.", organisation=organisation)
    before = Organisation.objects.count()
    team = accept(registration, by=doris, text="Ja.", organisation=known)

    assert (team.organisation, Organisation.objects.count()) == (known, before)


def test_same_organisation_twice_in_one_cohort_is_refused(cohort, doris):
    known = make_team(make_cohort(cohort.organiser, cohort.call), make_user("Bilal")).organisation
    first, second = make_registration(cohort), make_registration(cohort)
    accept(first, by=doris, text="Ja.", organisation=known)

    with pytest.raises(AlreadyTakesPart, match="schon ein Team"):
        accept(second, by=doris, text="Ja.", organisation=known)


def test_a_window_that_closed_after_the_page_was_read_takes_nothing(cohort):
    """The steps ask the row they hold, not the copy that the page was made of."""
    registration = Registration.objects.select_related("cohort").get(pk=make_registration(cohort).pk)
    type(cohort).objects.update(cancelled_at=timezone.now())

    with pytest.raises(Stale):
        register(cohort, values=VALUES, persons=PERSONS)
    with pytest.raises(Stale):
        correct(registration, "token", seen=None, values=VALUES | {"city": "Halle"}, persons=PERSONS)

    assert list(Registration.objects.values_list("city", flat=True)) == ["Stendal"]


def test_new_link_replaces_the_old_one(cohort, doris):
    registration, token = register(cohort, values=VALUES, persons=PERSONS)
    registration.confirm(token)

    registration.renew_link(by=doris)

    assert not Registration.objects.with_token(token).exists()
    assert Message.objects.filter(kind="registration_link").get().email == "amina@example.org"


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_acceptances_for_the_last_place_make_one_team(at_once):
    doris = make_user("Doris")
    organiser = make_organiser(doris)
    colleague = make_user("Dana")
    organiser.memberships.create(user=colleague)
    cohort = make_cohort(organiser, **window())
    for round_ in range(1, 16):
        type(cohort).objects.update(places=round_)
        pair = [
            make_registration(cohort, persons=[dict(PERSONS[0], email=f"p{round_}-{place}@example.org")])
            for place in range(2)
        ]

        results = at_once(
            lambda pk=pair[0].pk: accept(Registration.objects.get(pk=pk), by=doris, text="Ja."),
            lambda pk=pair[1].pk: accept(Registration.objects.get(pk=pk), by=colleague, text="Ja."),
        )

        assert sorted(type(result).__name__ for result in results) == ["NoPlaceLeft", "Team"], results
        assert cohort.teams.count() == round_
        assert Registration.objects.filter(status=S.RECEIVED).count() == round_


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_one_registration_accepted_twice_at_once_makes_one_team(at_once):
    doris = make_user("Doris")
    cohort = make_cohort(make_organiser(doris), places=50, **window())
    for round_ in range(10):
        registration = make_registration(cohort, persons=[dict(PERSONS[0], email=f"p{round_}@example.org")])

        def say_yes(pk=registration.pk):
            return accept(Registration.objects.get(pk=pk), by=doris, text="Ja.")

        def say_no(pk=registration.pk):
            return decline(Registration.objects.get(pk=pk), by=doris, text="Nein.")

        results = at_once(say_yes, say_yes if round_ % 2 else say_no)

        assert sum(isinstance(result, Stale) for result in results) == 1, results
        decided = Registration.objects.get(pk=registration.pk)
        assert Team.objects.filter(registration=decided).count() == (decided.status == S.ACCEPTED)


def test_the_acceptance_carries_the_dates_and_says_how_they_get_into_a_calendar(cohort, doris, settings):
    zone = timezone.get_default_timezone()
    make_workshop(cohort, 1, begins_at=datetime(2031, 1, 14, 17, tzinfo=zone), title="Ankommen & Idee")
    make_workshop(cohort, 2, title="Bedarf").sessions.all().delete()
    make_workshop(cohort, 3, title="Abgesagtes", cancelled_at=timezone.now())

    accept(make_registration(cohort), by=doris, text="Ja.")

    text = Message.objects.filter(kind="registration_accepted")[0].text
    assert "Workshop 1 „Ankommen & Idee“\n- Dienstag, 14. Januar 2031, 17:00 bis 20:00 Uhr, vor Ort, Halle\n" in text
    assert "Workshop 2 „Bedarf“\n- Der Termin steht noch nicht fest.\n" in text
    assert "Abgesagtes" not in text
    assert f"{settings.PORTAL_URL}/kalender/" in text


def test_an_acceptance_before_there_are_workshops_names_no_dates(cohort, doris):
    accept(make_registration(cohort), by=doris, text="Ja.")
    text = Message.objects.filter(kind="registration_accepted")[0].text
    assert "Das sind die Termine" not in text
    assert "/kalender/" in text
