"""A team's deadline, the call's or its umbrella body's: the same on every page, in checks, papers and turns (F11)."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from applications.checks import run
from applications.content import Cover
from applications.deadline import read_deadline
from applications.dossier import read_dossier
from applications.papers import Frozen
from applications.papers.finishing import read_state
from applications.papers.foot import new_receipt_number
from applications.papers.models import Submission
from applications.progress.facts import collect, facts_of
from applications.progress.whose_turn import turn_of
from applications.writing.models import Application
from calls.models import FundingCall, UmbrellaRoute
from cohorts.models import Team
from tests.builders import (
    day,
    fill,
    log_in,
    make_application,
    make_call,
    make_cohort,
    make_organisation,
    make_organiser,
    make_team,
    make_user,
    source_of,
)

pytestmark = pytest.mark.django_db


def test_the_note_on_the_address_is_that_of_the_address_shown():
    call = make_call("Aufruf", addressee="Amt", addressee_source_title="Seite der Stadt")
    rows = [("Verband", "Postfach 1", 20), ("Bund", "Postfach 2", None), ("Liga", "", None)]
    for body, addressee, offset in rows:
        UmbrellaRoute.objects.create(
            call=call, umbrella_body=body, addressee=addressee, addressee_certainty="verified",
            addressee_checked_on=date(2026, 11, 1), **source_of("addressee", "Rundbrief"), submit_until=None if offset is None else day(offset),
        )  # fmt: skip

    shown = [read_deadline(call, body, 1) for body in ("Verband", "Bund", "Liga", "")]

    asks = "Quelle: Seite der Stadt. Anschrift: angenommen. Bitte vor dem Absenden im Aufruf prüfen."
    assert [(deadline.addressee, deadline.addressee_note) for deadline in shown] == [
        ("Postfach 1", "Quelle: Beispielamt, Rundbrief, geprüft am 1. November 2026."),
        ("Postfach 2", "Quelle: Beispielamt, Rundbrief, geprüft am 1. November 2026."),
        ("Liga", ""),
        ("Amt", asks),
    ]


@pytest.mark.parametrize(
    ("body", "submit_until", "stage", "expected"),
    [
        ("Beispielverband", 20, 1, 20),
        ("BEISPIELVERBAND", 20, 1, 20),
        ("Beispielverband", None, 1, None),
        ("Anderer Verband", 20, 1, 60),
        ("", 20, 1, 60),
        ("Beispielverband", 20, 2, None),
    ],
)
def test_finishing_is_due_by_the_umbrella_bodys_day(body, submit_until, stage, expected):
    amina = make_user()
    cohort = make_cohort(make_organiser(make_user("Doris", "Lang")))
    team = make_team(cohort, amina, organisation=make_organisation(umbrella_body=body))
    fill(make_application(team, stage=stage), by=amina)
    for call, offset in ((cohort.call, submit_until), (make_call("Anderer Aufruf"), 5)):
        UmbrellaRoute.objects.create(
            call=call, umbrella_body="Beispielverband", submit_until=None if offset is None else day(offset)
        )
    now = timezone.now()
    facts = collect(list(Team.objects.with_cohort()), now)[team.pk]
    assert facts.deadline == (None if expected is None else day(expected))
    accepted = turn_of(facts, day())
    assert {accepted.until, *(one.until for one in accepted.rest)} <= {facts.deadline, None}


def make_routes(call):
    """An umbrella body's way with a day of its own, and one whose day is not known."""
    UmbrellaRoute.objects.create(
        call=call, umbrella_body="Verband für Übergänge", submit_until=day(20), addressee="Beispielweg 1\n10115 Berlin"
    )
    UmbrellaRoute.objects.create(call=call, umbrella_body="Anderer Verband")


def make_world(of_organisation="", on_cover="", stage=1):
    """Amina's application, whose cover was saved with this umbrella body."""
    amina = make_user()
    cohort = make_cohort(make_organiser(make_user("Doris", "Lang")))
    make_routes(cohort.call)
    team = make_team(cohort, amina, organisation=make_organisation(umbrella_body=of_organisation))
    application = make_application(team, stage=stage)
    application.drafts.get(key="s0").write(Cover(title="Brücken", umbrella_body=on_cover), by=amina, seen=0)
    return amina, Application.objects.with_team().get()


@pytest.mark.parametrize(
    ("of_organisation", "on_cover", "stage", "expected"),
    [
        ("", "Verband für Übergänge", 1, 20),
        ("", " VERBAND  FÜR ÜBERGÄNGE ", 1, 20),
        ("", "Verband fu\u0308r U\u0308berga\u0308nge", 1, 20),
        ("VERBAND FÜR ÜBERGÄNGE", "", 1, 20),
        ("Verband für Übergänge", "   ", 1, 20),
        ("Verband für Übergänge", "Anderer Verband", 1, None),
        ("Anderer Verband", "Verband für Übergänge", 1, 20),
        ("", "Dritter Verband", 1, 60),
        ("", "", 1, 60),
        ("", "Verband für Übergänge", 2, None),
    ],
)
def test_every_side_says_the_same_deadline(of_organisation, on_cover, stage, expected):
    _amina, application = make_world(of_organisation, on_cover, stage)
    team = Team.objects.with_cohort().get()
    state = read_state(application)

    said = [
        collect([team])[team.pk].deadline,
        facts_of(application).deadline,
        read_dossier(application).deadline,
        state.dossier.deadline,
        state.frozen.deadline,
    ]

    assert said == [None if expected is None else day(expected)] * 5
    of_body = facts_of(application).deadline_of
    assert of_body == ("Verband für Übergänge" if expected == 20 else "")


@pytest.mark.parametrize("with_route", [True, False])
def test_the_deadline_stays_the_applications_when_the_cohort_changes_its_call(with_route):
    _amina, application = make_world(on_cover="Verband für Übergänge" if with_route else "")
    cohort = application.team.cohort
    cohort.call = make_call("Anderer Aufruf", deadline=day(5))
    cohort.save()
    application = Application.objects.with_team().get()

    collected = collect(list(Team.objects.with_cohort()))[application.team_id]
    facts, dossier = facts_of(application), read_dossier(application)

    assert collected.application == application.pk
    expected = day(20 if with_route else 60)
    assert [collected.deadline, facts.deadline, dossier.deadline] == [expected] * 3


def test_an_application_for_the_cohorts_call_comes_before_those_for_others():
    _amina, application = make_world()
    team = Team.objects.with_cohort().get()
    other = make_application(team, call=make_call("Anderer Aufruf"))

    assert collect([team])[team.pk].application == application.pk

    Application.objects.filter(pk=application.pk).update(status="withdrawn", withdrawn_at=timezone.now())
    assert collect([team])[team.pk].application == other.pk

    Application.objects.filter(pk=other.pk).update(status="withdrawn", withdrawn_at=timezone.now())
    assert collect([team])[team.pk].application == application.pk


@pytest.mark.parametrize("moved_to", [30, None])
def test_a_finished_application_is_due_on_the_day_its_papers_say(moved_to):
    amina, application = make_world()
    frozen = read_state(application).frozen
    Submission.objects.finish(application, frozen, {}, new_receipt_number(2027), by=amina)
    moved = None if moved_to is None else day(moved_to)
    FundingCall.objects.update(deadline=moved, open_until=moved, deadline_counts="receipt")
    application = Application.objects.with_team().get()

    collected = collect(list(Team.objects.with_cohort()))[application.team_id]

    for facts in (collected, facts_of(application)):
        turn = turn_of(facts, day())
        assert (facts.deadline, facts.deadline_counts) == (day(60), "Es zählt der Poststempel.")
        assert (turn.code, turn.until) == ("print", frozen.deadline)
    assert read_dossier(application).deadline == frozen.deadline


def test_the_umbrella_bodys_day_is_not_said_to_be_the_bamfs(client):
    amina, application = make_world(on_cover="verband für übergänge")
    client.force_login(amina)

    page = client.get(reverse("dashboard")).text
    frozen = read_state(application).frozen

    assert "Einsendeschluss bei Verband für Übergänge" in page
    assert "Einsendeschluss beim BAMF" not in page
    assert (frozen.addressee, frozen.deadline_counts) == ("Beispielweg 1\n10115 Berlin", "")


def test_a_route_without_a_day_keeps_its_addressee_and_has_no_deadline():
    _amina, application = make_world(on_cover="Anderer Verband")
    UmbrellaRoute.objects.filter(umbrella_body="Anderer Verband").update(addressee="Beispielgasse 2\n10115 Berlin")

    frozen = read_state(application).frozen

    assert (frozen.addressee, frozen.deadline) == ("Beispielgasse 2\n10115 Berlin", None)


@pytest.mark.parametrize(("body", "is_known"), [("Anderer Verband", True), ("Dritter Verband", False)])
def test_the_calls_address_is_printed_only_where_it_knows_no_route(body, is_known):
    _amina, application = make_world(on_cover=body)

    assert read_state(application).frozen.addressee == (body if is_known else application.call.addressee)


@pytest.mark.parametrize(("stage", "words"), [(1, "Bis wann Sie bei „Anderer Verband“"), (2, "Bis wann der Antrag")])
def test_every_side_sends_a_member_to_its_body_where_no_day_is_known(client, stage, words):
    amina, application = make_world(on_cover="Anderer Verband", stage=stage)
    fill(application, by=amina)
    cover = application.drafts.get(key="s0")
    cover.write(Cover(title="Brücken", umbrella_body="Anderer Verband"), by=amina, seen=cover.version)
    client.force_login(amina)

    state = read_state(application)
    said = [client.get(page).text for page in (reverse("dashboard"), application.get_absolute_url())]
    said += [state.frozen.no_deadline, *(one.sentence for one in run(state.dossier) if one.code == "C06")]

    assert [(words in text, "fragen Sie das BAMF" in text) for text in said] == [(True, False)] * 4


@pytest.mark.parametrize("first", ["", "Verband für Übergänge"])
def test_whose_day_it_was_stays_when_routes_come_and_go(first):
    amina, application = make_world(on_cover="Verband für Übergänge")
    routes = UmbrellaRoute.objects.filter(umbrella_body="Verband für Übergänge")
    FundingCall.objects.update(deadline_counts="")
    if not first:
        routes.delete()
    frozen = read_state(Application.objects.with_team().get()).frozen
    Submission.objects.finish(application, frozen, {}, new_receipt_number(2027), by=amina)
    if first:
        routes.delete()
    else:
        UmbrellaRoute.objects.create(call=application.call, umbrella_body="Verband für Übergänge", submit_until=day(20))
    application = Application.objects.with_team().get()

    collected = collect(list(Team.objects.with_cohort()))[application.team_id]

    assert [facts.deadline_of for facts in (collected, facts_of(application))] == [first] * 2
    route = read_dossier(application).route
    assert (route.umbrella_body if route else "") == first


def test_whose_day_it_is_on_papers_made_before_that_was_kept():
    amina, application = make_world(on_cover="Verband für Übergänge")
    frozen = read_state(application).frozen
    submission = Submission.objects.finish(application, frozen, {}, new_receipt_number(2027), by=amina)
    submission.frozen.pop("via")
    submission.save(update_fields=["frozen"])
    application = Application.objects.with_team().get()

    collected = collect(list(Team.objects.with_cohort()))[application.team_id]

    assert [facts.deadline_of for facts in (collected, facts_of(application))] == ["Verband für Übergänge"] * 2
    assert read_dossier(application).route.umbrella_body == "Verband für Übergänge"
    assert Frozen.from_json(submission.frozen).as_json() == submission.frozen


@pytest.mark.parametrize(("until", "is_too_early"), [(30, False), (10, True)])
def test_the_attachments_know_the_umbrella_bodys_day_too(client, until, is_too_early):
    """A notice of exemption that ends between the two days is in time for the umbrella body."""
    amina, application = make_world(on_cover="Verband für Übergänge")
    application.team.organisation.charitable_until = day(until)
    application.team.organisation.save()
    application.drafts.filter(key="s15").update(version=1)
    client.force_login(amina)

    section = client.get(reverse("applications:section", args=[application.pk, "s15"])).text
    found = " ".join(finding.sentence for finding in run(read_dossier(application)))

    assert ["Feststellungsbescheid gilt nur bis" in said for said in (section, found)] == [is_too_early] * 2
    assert "Anlage" in section


def test_the_cockpit_counts_teams_with_another_day(client):
    make_world(on_cover="Verband für Übergänge")
    cohort = Team.objects.with_cohort().get().cohort
    log_in(client, cohort.organiser.memberships.get().user)

    page = client.get(reverse("cockpit", args=[cohort.slug])).text

    assert "Für 1 Team gilt ein anderer Tag: der seiner Zentralstelle." in page


def test_the_page_that_begins_an_application_says_the_teams_own_day(client):
    amina = make_user()
    cohort = make_cohort(make_organiser(make_user("Doris", "Lang")))
    make_routes(cohort.call)
    team = make_team(cohort, amina, organisation=make_organisation(umbrella_body="Verband für Übergänge"))
    client.force_login(amina)

    page = client.get(reverse("applications:start", args=[team.pk])).text

    assert [f'datetime="{day(offset).isoformat()}"' in page for offset in (20, 60)] == [True, False]
    assert "Poststempel" not in page
