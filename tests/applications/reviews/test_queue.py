"""Whom a hand-in waits for, what comes next, how large it is, and what the timer does when a coach is late or absent."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import partial

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Event, Message
from applications.reviews.due import pass_on_for_absent, put_back_left_behind, remind_of_overdue
from applications.reviews.models import Review
from applications.reviews.page.queue import queue_of
from applications.reviews.steps import hand_in
from applications.reviews.windows import decision
from applications.writing.models import Application
from cohorts.models import CoachAbsence, CoachAssignment, Team
from core.writes import Stale
from tests.applications.coaching import (
    given_back,
    handed_in,
    make_world,
    taken,
    told,
    verdicts,
    words_of,
)
from tests.builders import (
    day,
    log_in,
    make_application,
    make_coach,
    make_cohort,
    make_organiser,
    make_team,
    make_user,
    write,
)

pytestmark = pytest.mark.django_db


def coach(user):
    return CoachAssignment.objects.get(coach=user)


def away(user, first=0, last=3):
    return CoachAbsence.objects.create(assignment=coach(user), from_on=day(first), until_on=day(last))


def name_second(world):
    Team.objects.filter(pk=world.team.pk).update(second_coach=coach(world.chris))


def late(review, days=2):
    Review.objects.filter(pk=review.pk).update(
        asked_at=timezone.now() - timedelta(days=days + 5), promised_until=day(-days)
    )


def mails(kind):
    return list(Message.objects.filter(kind=kind).order_by("created_at", "email").values_list("email", flat=True))


# Whom it waits for


@pytest.mark.parametrize(
    ("named", "absent", "waits_for"),
    [
        (["carla"], [], ["carla"]),
        (["carla", "chris"], [], ["carla"]),
        (["carla", "chris"], ["carla"], ["chris"]),
        (["carla", "chris"], ["chris"], ["carla"]),
        (["carla", "chris"], ["carla", "chris"], []),
        (["carla"], ["carla"], ["chris"]),
        ([], [], ["carla", "chris"]),
        ([], ["carla"], ["chris"]),
    ],
)
def test_whom_a_hand_in_waits_for(world, named, absent, waits_for):
    people = [coach(getattr(world, name)) for name in named] + [None, None]
    Team.objects.filter(pk=world.team.pk).update(first_coach=people[0], second_coach=people[1])
    for name in absent:
        away(getattr(world, name))
    review = handed_in(world)

    review = Review.objects.get(pk=review.pk)
    assert sorted(one.user.first_name.lower() for one in review.waits_for()) == waits_for
    assert sorted(mails("review_asked")) == [f"{name}@example.org" for name in waits_for]
    for name in ("carla", "chris"):
        mine = Review.objects.waiting_for(getattr(world, name))
        assert list(mine) == ([review] if name in waits_for else [])
        (row,) = queue_of(getattr(world, name))
        assert row.is_for_you == (name in waits_for)


@pytest.mark.parametrize(("first", "last", "is_away"), [(-3, -1, False), (-3, 0, True), (0, 0, True), (1, 5, False)])
def test_an_absence_counts_from_its_first_to_its_last_day(world, first, last, is_away):
    away(world.carla, first, last)
    handed_in(world)
    assert Review.objects.waiting_for(world.chris).exists() == is_away


def test_a_coach_who_ended_is_not_waited_for(world):
    CoachAssignment.objects.filter(coach=world.carla).update(until=day(-1))
    handed_in(world)
    assert [one.user for one in Review.objects.get().waits_for()] == [world.chris]
    assert not Review.objects.waiting_for(world.carla).exists()


def test_everybody_sees_who_stands_in(client, world):
    name_second(world)
    away(world.carla)
    handed_in(world)
    page = log_in(client, world.amina).get(world.application.get_absolute_url())
    assert "Liegt bei Chris Maurer, in Vertretung." in words_of(page.text)
    page = log_in(client, world.chris).get(reverse("reviews:queue"))
    assert "Eine Abgabe wartet auf Sie." in words_of(page.text)
    page = log_in(client, world.carla).get(reverse("reviews:queue"))
    assert "als abwesend eingetragen" in words_of(page.text)
    assert "Das wartet auf andere" in words_of(page.text)
    assert "Sie sind dran" not in words_of(page.text)


# The page


def test_the_queue_shows_who_waits_longest_first_and_what_is_overdue(world, enter):
    newer = handed_in(world, "s4")
    older = handed_in(world, "s3")
    Review.objects.filter(pk=older.pk).update(
        asked_at=timezone.now() - timedelta(days=9), promised_until=timezone.localdate() - timedelta(days=2)
    )
    response = enter(world.carla).get(reverse("reviews:queue"))
    assert [row.review for row in response.context["for_you"]] == [older, newer]
    said = words_of(response.text)
    assert "2 Abgaben warten auf Sie, die längste zuerst." in said
    assert said.index("Ausgangslage vor Ort") < said.index("Zielgruppe und Ansprache")
    assert re.search(r"überfällig: zugesagt bis .* \( ?vor 2 Tagen ?\)", said)
    assert "Ihr Team" in said
    assert "Sie sind dran: Rückmeldung zu „Ausgangslage vor Ort“ geben" in said


def test_what_one_reads_stands_on_top_and_what_others_read_beneath(world, enter):
    mine, theirs = taken(world, "s4"), handed_in(world, "s3")
    theirs.take(by=world.chris)
    response = enter(world.carla).get(reverse("reviews:queue"))
    assert [row.review for row in response.context["mine"]] == [mine]
    assert [row.review for row in response.context["others"]] == [theirs]
    assert response.context["waiting"] == []
    assert "Chris Maurer liest, seit" in words_of(response.text)


def test_the_queue_is_for_coaches_and_organisers(world, enter):
    handed_in(world)
    page = reverse("reviews:queue")
    for person, status in [("carla", 200), ("chris", 200), ("doris", 200), ("amina", 404), ("bilal", 404)]:
        assert enter(getattr(world, person)).get(page).status_code == status
    assert "Übernehmen und lesen" not in enter(world.doris).get(page).text


def test_an_empty_queue_says_so(world, enter):
    response = enter(world.carla).get(reverse("reviews:queue"))
    assert "Gerade wartet keine Abgabe." in response.text


# Next


def test_next_takes_what_is_overdue_first_and_then_what_waits_longest(client, world):
    newer, older = handed_in(world, "s4"), handed_in(world, "s3")
    Review.objects.filter(pk=newer.pk).update(promised_until=day(-1))
    Review.objects.filter(pk=older.pk).update(asked_at=timezone.now() - timedelta(days=1))
    client = log_in(client, world.carla)
    for expected in (newer, older):
        response = client.post(reverse("reviews:next"))
        assert response.url == expected.get_absolute_url()
        assert Review.objects.get(pk=expected.pk).is_read_by(world.carla)
    response = client.post(reverse("reviews:next"), follow=True)
    assert told(response)[-1] == "Im Moment wartet nichts auf Sie."


def test_next_passes_over_what_somebody_else_took_at_this_moment(client, world, monkeypatch):
    first, second = handed_in(world, "s4"), handed_in(world, "s3")
    take = Review.take

    def slower(review, *, by):
        if review.pk == first.pk:
            raise Stale
        take(review, by=by)

    monkeypatch.setattr(Review, "take", slower)
    assert log_in(client, world.carla).post(reverse("reviews:next")).url == second.get_absolute_url()


def test_next_never_takes_what_waits_for_another_coach(client, world):
    handed_in(world)
    response = log_in(client, world.chris).post(reverse("reviews:next"))
    assert response.url == reverse("reviews:queue")
    assert not Review.objects.get().is_taken


@pytest.mark.parametrize(("person", "status"), [("amina", 404), ("doris", 403), ("bilal", 404)])
def test_next_is_for_coaches(client, world, person, status):
    handed_in(world)
    assert log_in(client, getattr(world, person)).post(reverse("reviews:next")).status_code == status
    assert not Review.objects.get().is_taken


def test_giving_back_goes_on_to_the_next_only_if_asked_to(client, world):
    client = log_in(client, world.carla)
    for goes_on in (False, True):
        review, waiting = taken(world, "s4"), handed_in(world, "s3")
        sent = {"verdict-s4": "accepted"} | ({"next": "1"} if goes_on else {})
        response = client.post(reverse("reviews:give_back", args=[review.pk]), sent)
        assert response.url == (waiting.get_absolute_url() if goes_on else reverse("reviews:queue"))
        waiting.refresh_from_db()
        assert waiting.is_taken == goes_on
        if not goes_on:
            waiting.withdraw(by=world.amina)


# How much there is to read


def test_a_hand_in_says_how_much_changed_since_it_was_given_back(world):
    def size(*keys):
        hand_in(Application.objects.get(), keys, by=world.amina)
        return queue_of(world.carla)[-1].size

    assert size("s4") == "erste Lesung, 5 Wörter"
    Review.objects.get().withdraw(by=world.amina)
    given_back(world)
    assert size("s4") == "erneut, nichts geändert"
    Review.objects.waiting().get().withdraw(by=world.amina)
    write(world.application, "s4", "Wir erreichen sehr viele über Nachbarn.", by=world.amina)
    assert size("s4") == "erneut, 2 Wörter neu, 1 entfernt"
    Review.objects.waiting().get().withdraw(by=world.amina)
    assert size("s3", "s4") == "erneut, 7 Wörter neu, 1 entfernt"


# Reminders


def test_coach_and_organiser_are_reminded_once_and_in_one_message(world):
    first, second = handed_in(world, "s4"), handed_in(world, "s3")
    late(first)
    late(second, 1)
    Message.objects.all().delete()

    assert remind_of_overdue(timezone.now()) == 2
    assert remind_of_overdue(timezone.now()) == 0

    assert mails("review_overdue") == ["carla@example.org"]
    assert mails("reviews_overdue_organiser") == ["doris@example.org"]
    message = Message.objects.get(kind="review_overdue")
    assert message.subject == "Überfällig: 2 Rückmeldungen waren schon zugesagt"
    assert message.text.count(f"- {world.team.title}, zugesagt bis") == 2
    assert "Wir erreichen viele" not in message.text
    assert Event.objects.filter(what="review.reminded").count() == 2


def test_who_has_taken_it_is_reminded_and_nobody_else(world):
    review = handed_in(world)
    review.take(by=world.chris)
    late(review)
    remind_of_overdue(timezone.now())
    assert mails("review_overdue") == ["chris@example.org"]


@pytest.mark.parametrize("state", ["in time", "given back", "withdrawn", "cohort over", "finished"])
def test_nobody_is_reminded_of_what_needs_nobody(world, state):
    review = given_back(world) if state == "given back" else handed_in(world)
    if state == "withdrawn":
        review.withdraw(by=world.amina)
    if state == "cohort over":
        type(world.cohort).objects.update(ends_on=day(-1))
    if state == "finished":
        Application.objects.update(status="finished")
    if state != "in time":
        late(review)
    assert remind_of_overdue(timezone.now()) == 0
    assert mails("review_overdue") == mails("reviews_overdue_organiser") == []


# Absence


def test_what_waits_for_an_absent_coach_is_told_to_who_stands_in_once(world):
    name_second(world)
    handed_in(world)
    away(world.carla)
    for _again in range(2):
        pass_on_for_absent(timezone.now())
    assert mails("review_asked") == ["carla@example.org", "chris@example.org"]


def test_what_an_absent_coach_took_and_has_not_begun_goes_back(world):
    name_second(world)
    review = taken(world)
    Review.objects.update(taken_at=timezone.now() - timedelta(days=1))
    away(world.carla)
    assert (pass_on_for_absent(timezone.now()), pass_on_for_absent(timezone.now())) == (1, 0)
    review.refresh_from_db()
    assert (review.is_taken, review.coach) == (False, None)
    assert list(Review.objects.waiting_for(world.chris)) == [review]
    assert mails("review_asked") == ["carla@example.org", "chris@example.org"]


def test_what_a_coach_takes_while_she_is_absent_stays_hers(world):
    away(world.carla, -1)
    review = taken(world)
    assert pass_on_for_absent(timezone.now()) == 0
    assert Review.objects.get(pk=review.pk).is_read_by(world.carla)


def test_whoever_was_asked_hears_that_the_team_takes_it_back(world):
    name_second(world)
    review = handed_in(world)
    away(world.carla)
    pass_on_for_absent(timezone.now())
    review.withdraw(by=world.amina)
    assert sorted(mails("review_withdrawn")) == ["carla@example.org", "chris@example.org"]


@pytest.mark.parametrize("begun", ["comment", "verdict", "summary"])
def test_what_an_absent_coach_has_begun_stays_hers(world, begun):
    review = taken(world)
    item = review.items.get()
    if begun == "comment":
        item.comment(by=world.carla, kind="praise")
    else:
        chosen = verdicts(review) if begun == "verdict" else {}
        review.note(by=world.carla, sent=decision("Schön." * (begun == "summary"), None, chosen))
    Review.objects.update(taken_at=timezone.now() - timedelta(days=1))
    away(world.carla)
    assert pass_on_for_absent(timezone.now()) == 0
    assert Review.objects.get().is_read_by(world.carla)


@pytest.mark.parametrize("gone", ["assignment", "account"])
def test_what_a_coach_took_who_has_left_goes_back_to_the_queue(world, gone):
    name_second(world)
    review = taken(world)
    review.items.get().comment(by=world.carla, kind="praise", text="Schön.")
    assert put_back_left_behind() == 0
    if gone == "assignment":
        CoachAssignment.objects.filter(coach=world.carla).update(until=day(-1))
    else:
        CoachAssignment.objects.filter(coach=world.carla).update(coach=None, until=day(-1))
        Review.objects.update(coach=None)
    assert (put_back_left_behind(), put_back_left_behind()) == (1, 0)
    review.refresh_from_db()
    assert (review.is_taken, review.coach, review.items.get().comments.count()) == (False, None, 0)
    assert list(Review.objects.waiting_for(world.chris)) == [review]
    assert mails("review_asked") == ["carla@example.org", "chris@example.org"]
    review.take(by=world.chris)
    assert put_back_left_behind() == 0


def test_an_absence_in_one_cohort_moves_nothing_in_another(world):
    elsewhere = make_world_of(world.carla)
    review = hand_in(elsewhere, ["s4"], by=elsewhere.started_by)
    review.take(by=world.carla)
    Review.objects.update(taken_at=timezone.now() - timedelta(days=1))
    CoachAbsence.objects.create(assignment=world.team.first_coach, from_on=day(), until_on=day())
    assert pass_on_for_absent(timezone.now()) == 0


def make_world_of(carla):
    """An application in another cohort that Carla coaches too."""
    organiser = make_organiser(make_user("Malin", "Krause"), "Zweiter Träger gGmbH")
    cohort = make_cohort(organiser)
    owner = make_user("Samira", "Nouri")
    application = make_application(make_team(cohort, owner, first_coach=make_coach(cohort, carla)), started_by=owner)
    write(application, "s4", "Hier auch.", by=owner)
    return application


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_coaches_who_press_next_get_two_reviews(at_once):
    world = make_world()
    Team.objects.update(first_coach=None)
    clients = [log_in(Client(), person) for person in (world.carla, world.chris)]
    for _round in range(5):
        handed_in(world, "s4")
        handed_in(world, "s3")
        at_once(*(partial(client.post, reverse("reviews:next")) for client in clients))
        both = Review.objects.open()
        assert {review.coach for review in both} == {world.carla, world.chris}
        for review in both:
            review.give_back(by=review.coach, verdicts=verdicts(review))
