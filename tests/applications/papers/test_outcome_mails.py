"""A mail about an outcome names the papers and their stage, and speaks to who gets it: the team, the others, who entered it."""

from __future__ import annotations

import pytest

from accounts.models import Event, Message
from applications.papers.models import Outcome, Submission
from applications.reviews.models import Review
from applications.reviews.steps import hand_in
from applications.writing.models import Application
from core.writes import Stale
from tests.applications.papers.test_finishing import World
from tests.builders import day

pytestmark = pytest.mark.django_db
FIRST, SECOND = "der Interessenbekundung (Stufe 1)", "des Antrags (Stufe 2)"
ADVICE = "Der nächste Schritt ist der Antrag in easy-Online."


@pytest.fixture
def world() -> World:
    world = World()
    Application.objects.update(title="Tischgespräche")
    afresh(world)
    return world


def told(name: str, kind: str = "outcome", subject: str = "") -> Message:
    """The last mail of this kind to somebody of the world."""
    mails = Message.objects.filter(kind=kind, email=f"{name}@example.org", subject__contains=subject)
    return mails.order_by("not_before").last()


def afresh(world) -> None:
    world.application = Application.objects.with_team().get()


def invited(world) -> Outcome:
    outcome = Outcome.objects.enter(world.posted(), "invited", day(), by=world.doris)
    afresh(world)
    return outcome


def test_a_mail_names_the_stage_and_what_stands_of_the_other(world):
    outcome = invited(world)
    second = world.posted()
    Outcome.objects.enter(outcome.submission, "declined", day(), by=world.doris)
    corrected = told("jonas", subject="berichtigt")
    assert corrected.subject == "Ergebnis zu Stufe 1 ist berichtigt: Tischgespräche"
    assert f"hat das Ergebnis {FIRST} zum Vorhaben „Tischgespräche“" in corrected.text
    assert "Vorher stand dort: zum Antrag eingeladen." in corrected.text
    assert "Der Antrag (Stufe 2) bleibt, wie er ist: eingereicht am" in corrected.text
    assert "zweiten Anlauf" not in corrected.text
    Outcome.objects.enter(second, "granted", day(), by=world.doris)
    assert told("jonas", subject="Ergebnis zu Stufe 2 ist da").text.count(SECOND) == 1


def test_the_team_the_others_and_who_entered_it_read_their_own_words(world):
    invited(world)
    team, coach, actor = told("amina").text, told("carla").text, told("doris").text
    for text in (team, coach):
        assert f"Doris Lang hat das Ergebnis {FIRST} zum Vorhaben „Tischgespräche“ von " in text
    assert f"Sie haben das Ergebnis {FIRST} zum Vorhaben „Tischgespräche“ von " in actor
    assert ("Herzlichen Glückwunsch!" in team, ADVICE in team) == (True, True)
    for text in (coach, actor):
        assert "Glückwunsch" not in text
        assert (
            "Für das Team ist der nächste Schritt der Antrag in easy-Online. Ihm schreiben wir dazu: Bitte nichts "
            in text
        )


def test_a_corrected_amount_is_named_where_nothing_else_changed(world):
    invited(world)
    second = world.posted()
    for amount, said in (
        (None, ""),
        (18740000, "Bewilligter Betrag: vorher nicht angegeben, jetzt 187.400 €."),
        (17000050, "Bewilligter Betrag: vorher 187.400 €, jetzt 170.000,50 €."),
        (None, "Bewilligter Betrag: vorher 170.000,50 €, jetzt nicht angegeben."),
    ):
        Outcome.objects.enter(second, "granted", day(), by=world.doris, amount_cents=amount)
        text = told("carla", subject="Stufe 2").text
        assert said in text
        assert ("Bewilligter Betrag" in text) == bool(said)


def test_a_team_that_has_left_is_promised_no_help_of_the_portal(world):
    submission = world.posted()
    world.team.withdraw(by=world.doris)
    submission = Submission.objects.get(pk=submission.pk)
    Outcome.objects.enter(submission, "invited", day(), by=world.doris)
    team = told("amina").text
    assert "Das Portal hilft beim Vorbereiten" not in team
    assert (
        "Hier im Portal lässt er sich nicht mehr vorbereiten, weil Ihr Team nicht mehr in der Projektschmiede ist."
        in team
    )
    assert "Bitte nichts beginnen" in team


def test_a_refusal_comforts_the_team_alone(world):
    Outcome.objects.enter(world.posted(), "declined", day(), by=world.amina)
    assert told("amina").text.startswith("Guten Tag Amina Haddad,\n\nSie haben das Ergebnis")
    assert "sagt nichts gegen Ihre Arbeit" in told("amina").text
    for name in ("carla", "doris"):
        assert "Ihre Arbeit" not in told(name).text
        assert "einen zweiten Anlauf" in told(name).text


def test_what_was_taken_back_is_named_with_its_stage(world):
    outcome = invited(world)
    outcome.remove(by=world.doris, seen=outcome.mark)
    team, actor = told("amina", "outcome_removed"), told("doris", "outcome_removed")
    assert team.subject == "Doch noch kein Ergebnis zu Stufe 1: Tischgespräche"
    assert f"Doris Lang hat das Ergebnis {FIRST} zum Vorhaben" in team.text
    assert f"Sie haben das Ergebnis {FIRST} zum Vorhaben" in actor.text


def waiting(world) -> Review:
    review = hand_in(world.application, ["s1", "s2"], by=world.amina)
    return Review.objects.get(pk=review.pk)


@pytest.mark.parametrize("removed", [True, False])
def test_what_waits_for_a_coach_leaves_the_queue_when_stage_two_closes(world, removed):
    outcome = invited(world)
    review = waiting(world)
    if removed:
        outcome.remove(by=world.doris, seen=outcome.mark)
    else:
        Outcome.objects.enter(outcome.submission, "declined", day(), by=world.doris)
    review.refresh_from_db()
    assert review.withdrawn_at
    assert review.items.filter(closed_at=None).count() == 0
    event = Event.objects.get(what="review.withdrawn", record_id=str(review.pk))
    assert (event.by, event.codes) == (world.doris, {"because": "stage closed"})
    kind = "outcome_removed" if removed else "outcome"
    gone = "Was in der zweiten Stufe zur Rückmeldung abgegeben war und noch wartete, ist damit zurückgezogen."
    for name, more in (
        ("amina", "Nach einer neuen Einladung können Sie es wieder abgeben."),
        ("carla", "Es muss nicht mehr gelesen werden."),
    ):
        text = told(name, kind, subject="" if removed else "berichtigt").text
        assert f"{gone} {more}" in text
    with pytest.raises(Stale):
        review.take(by=world.carla)
    Outcome.objects.enter(outcome.submission, "invited", day(), by=world.doris)
    afresh(world)
    assert waiting(world).is_open


def test_a_coach_of_the_cohort_who_was_asked_is_told_with_the_sections(world):
    outcome = invited(world)
    world.team.name_coaches(None, None, by=world.doris)
    afresh(world)
    waiting(world)
    outcome.remove(by=world.doris, seen=outcome.mark)
    text = told("carla", "review_withdrawn").text
    assert "die zweite Stufe des Vorhabens „Tischgespräche“" in text
    assert ("hat zurückgezogen" in text, "- Kurzbeschreibung" in text) == (False, True)


def test_what_a_coach_reads_already_and_what_is_of_stage_one_stays(world):
    of_stage_one = waiting(world)
    outcome = invited(world)
    read = hand_in(world.application, ["s3"], by=world.amina)
    read.take(by=world.carla)
    outcome.remove(by=world.doris, seen=outcome.mark)
    assert [Review.objects.get(pk=one.pk).is_open for one in (of_stage_one, read)] == [True, True]
    assert "Was Sie schon lesen, können Sie noch zurückgeben." in told("carla", "outcome_removed").text


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_closing_and_taking_at_once_leave_it_read_or_withdrawn(at_once):
    world = World()
    outcome = invited(world)
    for _round in range(6):
        review = waiting(world)

        def take(review=review) -> str:
            try:
                review.take(by=world.carla)
            except Stale:
                return "gone"
            return "taken"

        [taken, _declined] = at_once(
            take, lambda: Outcome.objects.enter(outcome.submission, "declined", day(), by=world.doris)
        )
        assert Outcome.objects.get().kind == "declined"
        review.refresh_from_db()
        assert (taken, review.is_taken) in {("taken", True), ("gone", False)}
        assert (review.withdrawn_at is None) == (taken == "taken")
        if taken == "taken":
            review.release(by=world.carla)
            review.withdraw(by=world.amina)
        Outcome.objects.enter(outcome.submission, "invited", day(), by=world.doris)
        afresh(world)
