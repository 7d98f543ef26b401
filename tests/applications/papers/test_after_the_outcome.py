"""What the page of the papers says once they are posted: waiting, invited, turned down, granted; each with its next step."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from accounts.models import Event
from applications.content import Cover
from applications.papers import Frozen
from applications.papers.models import Outcome
from applications.papers.page.after_the_grant import Proof, duties, proofs
from applications.reviews.steps import withdraw
from applications.writing.models import Application
from calls.copying import copy_call
from calls.models import OtherWay, UmbrellaRoute
from cohorts.models import Cohort, Team
from core.writes import Stale
from tests.applications.papers.test_finishing import World
from tests.builders import day, log_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World()


def text(client, submission) -> str:
    page = client.get(submission.get_absolute_url())
    assert page.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", page.text).split())


def decided(world, kind: str, **more):
    submission = world.posted()
    return submission, Outcome.objects.enter(submission, kind, day(0), by=world.amina, **more)


def test_who_waits_reads_what_happens_and_that_nothing_is_to_do(world, client):
    submission = world.posted()
    for person in (world.amina, world.jonas, world.carla):
        said = text(log_in(client, person), submission)
        assert "Eingereicht. Jetzt ist das BAMF dran" in said
        assert "Zwei Stellen bewerten Ihr Vorhaben" in said
        assert "Quelle: BGZ vor Ort, Auswahlverfahren, 24. Juli 2023." in said
        assert "Bitte beginnen Sie noch nichts" in said


def test_who_was_invited_reads_what_is_different_now(world, client):
    submission, _outcome = decided(world, "invited")
    said = text(log_in(client, world.jonas), submission)
    for sentence in (
        "Was jetzt anders ist",
        "Ihre Texte und Zahlen sind schon da",
        "Bis wann Sie den Antrag stellen, steht in Ihrem Schreiben vom BAMF.",
        "Bitte beginnen Sie noch nichts",
    ):
        assert sentence in said, sentence


def stage_two(world, until: str):
    """The invited application goes on until it is finished, posted, decided on, or withdrawn."""
    world.application.refresh_from_db()
    if until == "withdrawn":
        withdraw(Application.objects.with_team().get(), by=world.amina)
        return None
    second = world.finish()
    if until != "finished":
        for step in ("transferred_on", "signed_on", "posted_on"):
            second.enter_step(step, day(0), by=world.amina)
    if until == "decided":
        Outcome.objects.enter(second, "granted", day(0), by=world.doris)
    return second


@pytest.mark.parametrize(
    ("until", "sentence"),
    [
        ("finished", "Der Antrag ist fertiggestellt, aber noch nicht beim BAMF."),
        ("posted", "Der Antrag ist am"),
        ("decided", "Über den Antrag ist entschieden: bewilligt, mit Schreiben vom"),
        ("withdrawn", "Das Vorhaben ist inzwischen zurückgezogen."),
    ],
)
def test_an_invitation_that_was_followed_says_what_became_of_it(world, client, until, sentence):
    submission, _outcome = decided(world, "invited")
    second = stage_two(world, until)
    log_in(client, world.amina)
    page = client.get(submission.get_absolute_url()).text
    said = text(client, submission)
    assert said.count(sentence) == 2  # on top, and beside the link
    for outdated in ("Jetzt stellen Sie den Antrag", "Das Vorhaben ist wieder offen", "Der nächste Schritt ist der Antrag"):  # fmt: skip
        assert outdated not in said
    assert (second is None) or second.get_absolute_url() in page
    if until == "finished":
        second.take_back(by=world.amina)
        assert "Jetzt stellen Sie den Antrag" in text(client, submission)


@pytest.mark.parametrize("kind", ["invited", "granted", "declined"])
def test_who_reads_along_is_not_spoken_to_as_the_team(world, client, kind):
    submission, _outcome = decided(world, kind)
    for person, is_team in ((world.amina, True), (world.jonas, True), (world.carla, False), (world.doris, False)):
        said = text(log_in(client, person), submission)
        assert ("Sie sehen, was das Team sieht" in said) is not is_team
        assert ("Herzlichen Glückwunsch" in said) is (is_team and kind != "declined")
        assert (f"besprechen Sie am besten mit {world.carla}" in said) is is_team
        assert ("hilft weiter" in said) is (person != world.doris)


def test_papers_that_went_to_an_umbrella_body_do_not_say_that_the_bamf_has_them(world, client):
    world.team.organisation.umbrella_body = "Beispielverband"
    world.team.organisation.save()
    UmbrellaRoute.objects.create(call=world.application.call, umbrella_body="Beispielverband", submit_until=day(20))
    world.application = Application.objects.with_team().get()
    said = text(log_in(client, world.amina), world.posted())
    assert "Eingereicht. Jetzt ist „Beispielverband“ dran" in said
    assert "Ihre Unterlagen sind bei „Beispielverband“." in said
    assert "Jetzt ist das BAMF dran" not in said


@pytest.mark.parametrize("kind", ["declined", "not granted"])
def test_who_was_turned_down_reads_what_remains_and_other_ways_only_where_there_are_some(world, client, kind):
    submission, _outcome = decided(world, kind)
    log_in(client, world.amina)
    page = client.get(submission.get_absolute_url()).text
    said = text(client, submission)
    assert reverse("applications:word", args=[world.application.pk]) in page
    assert f"Das Schreiben besprechen Sie am besten mit {world.carla}" in said
    assert ("Andere Wege" in said, "Bitte beginnen Sie noch nichts" in said) == (False, False)
    OtherWay.objects.create(call=world.application.call, title="Beispieltopf", source="Beispielseite", checked_on=date(2026, 11, 2))  # fmt: skip
    said = text(client, submission)
    assert "Andere Wege Beispieltopf Quelle: Beispielseite, geprüft am 2. November 2026" in said


def test_other_ways_are_copied_with_their_call_and_count_as_unchecked(world):
    call = world.application.call
    OtherWay.objects.create(call=call, title="Beispieltopf", source="Beispielseite", checked_on=day(-1))
    copy = copy_call(call, 2040, by=world.emil)
    assert list(copy.other_ways.values_list("title", "source", "checked_on")) == [
        ("Beispieltopf", "Beispielseite", None)
    ]


def test_who_was_granted_reads_what_not_to_forget_and_when_to_prove_it(world, client):
    submission, _outcome = decided(world, "granted", amount_cents=120_000_00)
    said = text(log_in(client, world.jonas), submission)
    assert "Was Sie nicht vergessen dürfen" in said
    assert "ANBest-P, September 2025, Nr. 6.5" in said
    assert "Unterschwellenvergabeordnung (UVgO)" in said
    assert "Letzter Nachweis" in said
    assert "Noch nicht beantwortet." in said


@pytest.mark.parametrize(
    ("start_on", "months", "expected"),
    [
        ("2027-01-01", 36, [(date(2028, 4, 30), 2027), (date(2029, 4, 30), 2028), (date(2030, 6, 30), None)]),
        ("2027-03-01", 6, [(date(2028, 2, 29), None)]),
        ("2027-07-01", 12, [(date(2028, 4, 30), 2027), (date(2028, 12, 30), None)]),
        ("", 12, []),
        ("2027-01-01", None, []),
    ],
)
def test_proofs_of_use_by_the_term(world, start_on, months, expected):
    frozen = Frozen.from_json(world.posted().frozen)
    frozen = replace(frozen, contents=frozen.contents | {"s0": Cover(start_on=start_on, months=months)})
    assert proofs(frozen) == [Proof(*one) for one in expected]


@pytest.mark.parametrize(("amount", "is_named"), [(None, False), (100_000_00, False), (100_000_01, True)])
def test_uvgo_is_named_above_its_limit(amount, is_named):
    assert any(duty.number == "3.1" for duty in duties(amount)) is is_named


def test_being_an_example_is_answered_by_the_owner_seen_by_the_organiser_and_taken_back(world, client):
    submission, outcome = decided(world, "granted")
    address = reverse("papers:example", args=[submission.pk])
    log_in(client, world.amina)
    client.post(address, {"answer": "yes"})
    assert "Ja, andere Teams dürfen" in text(log_in(client, world.doris), submission)
    assert "Ja, andere Teams dürfen" not in text(log_in(client, world.emil), submission)
    for person, status in ((world.jonas, 403), (world.carla, 403), (world.doris, 403), (world.emil, 403)):
        assert log_in(client, person).post(address, {"answer": "no"}).status_code == status
    log_in(client, world.amina)
    client.post(address, {"answer": ""})
    outcome.refresh_from_db()
    assert (outcome.example, outcome.example_at) == ("", None)
    answers = Event.objects.filter(what="submission.example").order_by("at").values_list("codes", flat=True)
    assert list(answers) == [{"answer": "yes"}, {"answer": "taken back"}]
    assert client.post(address, {"answer": "maybe"}).status_code == 404


def test_answer_ends_with_the_grant(world):
    submission, outcome = decided(world, "granted")
    outcome.answer_example("yes", by=world.amina)
    Outcome.objects.enter(submission, "not granted", day(0), by=world.doris)
    outcome.refresh_from_db()
    assert (outcome.example, outcome.example_at) == ("", None)
    with pytest.raises(Stale):
        outcome.answer_example("yes", by=world.amina)
    with pytest.raises(PermissionDenied):
        outcome.answer_example("yes", by=world.jonas)


@pytest.mark.parametrize(("amount", "status", "kept"), [("0", 422, None), ("1.000,00", 302, 100_000), ("", 302, None)])
def test_a_grant_is_more_than_nothing(world, client, amount, status, kept):
    Application.objects.update(stage=2)
    world.application = Application.objects.with_team().get()
    submission = world.posted()
    log_in(client, world.amina)
    typed = {"kind": "granted", "on": day(0).isoformat(), "amount": amount}
    assert client.post(reverse("papers:outcome", args=[submission.pk]), typed).status_code == status
    assert list(Outcome.objects.values_list("amount_cents", flat=True)) == ([kept] if status == 302 else [])


@pytest.mark.parametrize(("what", "goes_on"), [("team", False), ("cohort", True)])
def test_papers_say_that_stage_two_goes_on_exactly_while_its_sections_can_be_written(world, client, what, goes_on):
    """A cohort that was cancelled leaves the team its sections; a team that has left has them to read."""
    submission, _outcome = decided(world, "invited")
    if what == "team":
        Team.objects.update(withdrawn_at=timezone.now())
    else:
        Cohort.objects.update(cancelled_at=timezone.now())
    log_in(client, world.amina)
    section = client.get(reverse("applications:section", args=[world.application.pk, "s1"])).text
    assert ("data-autosave" in section) == goes_on
    assert ("Der Antrag wird hier nicht mehr weitergeschrieben." in text(client, submission)) != goes_on
