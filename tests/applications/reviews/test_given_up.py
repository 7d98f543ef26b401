"""Reviews of an application that was withdrawn, or whose team has left: readable, and nobody is asked to go on."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Message
from applications.reviews.due import call_off_given_up, pass_on_for_absent, put_back_left_behind
from applications.reviews.models import Comment, Reply, Review
from applications.reviews.page.absence import meanwhile
from applications.reviews.page.queue import places_of, queue_of
from applications.reviews.steps import withdraw
from applications.writing.models import Application, GivenUp
from cohorts.models import CoachAssignment
from tests.applications.coaching import given_back, handed_in, make_world, taken, url, words_of
from tests.builders import day, log_in

pytestmark = pytest.mark.django_db
WAYS = {
    "team left": "Das Team ist nicht mehr in der Projektschmiede.",
    "application withdrawn": "Das Vorhaben ist zurückgezogen.",
}
BUTTONS = ("Antworten", "Aus unserer Sicht erledigt", "Ist erledigt")


@pytest.fixture
def world(db):
    return make_world()


def give_up(world, way):
    if way == "team left":
        world.team.withdraw(by=world.doris)
    else:
        withdraw(Application.objects.get(), by=world.amina)


@pytest.mark.parametrize("way", WAYS)
def test_a_comment_takes_no_step_any_more(world, way):
    given_back(world)
    before = Comment.objects.with_replies().select_related("item__review__application__team").get()
    assert not before.item.review.application.is_given_up
    give_up(world, way)
    mails = Message.objects.count()
    for step in (
        lambda: before.answer("Vierzig.", by=world.amina),
        lambda: before.answer("Und?", by=world.carla),
        lambda: before.mark_done(by=world.jonas),
        lambda: before.resolve(by=world.carla),
    ):
        with pytest.raises(GivenUp) as refused:
            step()
        assert refused.value.sentence == WAYS[way]
    comment = Comment.objects.get()
    assert (comment.done_at, comment.resolved_at, Reply.objects.count()) == (None, None, 0)
    assert Message.objects.count() == mails


@pytest.mark.parametrize("way", WAYS)
def test_what_was_said_stays_readable_and_no_page_offers_a_step(client, world, way):
    review = given_back(world)
    section = reverse("applications:section", args=[world.application.pk, "s4"])
    pages = [(who, page) for who in ("amina", "carla") for page in (section, review.get_absolute_url())]
    shown = [words_of(log_in(client, getattr(world, who)).get(page).text) for who, page in pages]
    assert [sum(button in page for button in BUTTONS) for page in shown] == [2, 2, 2, 2]
    give_up(world, way)
    for who, page in pages:
        shown = words_of(log_in(client, getattr(world, who)).get(page).text)
        assert "Wie viele?" in shown
        assert not [button for button in BUTTONS if button in shown]


@pytest.mark.parametrize("way", WAYS)
def test_who_posts_all_the_same_reads_why_and_keeps_the_words(client, world, way):
    given_back(world)
    comment = Comment.objects.get()
    give_up(world, way)
    log_in(client, world.amina)
    refused = client.post(url("answer", comment), {"text": "Vierzig Menschen."})
    assert (refused.status_code, WAYS[way] in refused.text, "Vierzig Menschen." in refused.text) == (409, True, True)
    assert WAYS[way] in words_of(client.post(url("done", comment), follow=True).text)
    log_in(client, world.carla)
    told = client.post(url("resolve", comment), follow=True)
    assert [str(message) for message in told.context["messages"]] == [WAYS[way]]
    assert not Reply.objects.exists()


def test_the_step_reads_who_is_there_in_one_query(world, django_assert_num_queries):
    given_back(world)
    application = Application.objects.get()
    with django_assert_num_queries(1):
        application.refuse_given_up()
    type(world.team).objects.update(withdrawn_at=timezone.now())
    with django_assert_num_queries(1), pytest.raises(GivenUp):
        application.refuse_given_up()


# What nobody has taken yet


def shown_to(client, user, page):
    return words_of(log_in(client, user).get(page).text)


@pytest.mark.parametrize("who", ["carla", "chris", "doris"])
def test_from_the_moment_the_team_leaves_its_hand_ins_wait_for_nobody(client, world, who):
    handed_in(world)
    person, queue = getattr(world, who), reverse("reviews:queue")
    assert world.team.title in shown_to(client, person, queue)
    world.team.withdraw(by=world.doris)
    page = shown_to(client, person, queue)
    assert "Gerade wartet keine Abgabe." in page
    assert (world.team.title in page, "Übernehmen und lesen" in page, "zugesagt" in page) == (False, False, False)
    assert not queue_of(person)
    assert not places_of(person)
    assert not Review.objects.waiting_for(person).exists()


def test_the_coachs_overview_and_the_page_on_absence_show_what_waits_no_more(client, world):
    handed_in(world)
    overview, carla = reverse("dashboard"), CoachAssignment.objects.get(coach=world.carla)
    assert "Übernehmen und lesen" in shown_to(client, world.carla, overview)
    assert any(row.hand_ins for row in meanwhile(carla, day(0), day(9)))
    world.team.withdraw(by=world.doris)
    assert "Übernehmen und lesen" not in shown_to(client, world.carla, overview)
    assert not any(row.hand_ins for row in meanwhile(carla, day(0), day(9)))


def test_what_a_team_left_waiting_is_neither_taken_nor_withdrawn(client, world):
    review = handed_in(world)
    before = Review.objects.select_related("application__team").get()
    world.team.withdraw(by=world.doris)
    for step in (lambda: before.take(by=world.carla), lambda: before.withdraw(by=world.amina)):
        with pytest.raises(GivenUp):
            step()
    log_in(client, world.carla)
    refused = client.post(url("take", review), follow=True)
    assert [str(message) for message in refused.context["messages"]] == [WAYS["team left"]]
    page = words_of(refused.text)
    assert "Niemand muss diese Abgabe mehr lesen." in page
    assert ("Übernehmen und lesen" in page, "zugesagt" in page) == (False, False)
    client.post(reverse("reviews:next"))
    assert not Review.objects.get().is_taken
    for page in (review.get_absolute_url(), reverse("applications:hand_in", args=[world.application.pk])):
        shown = shown_to(client, world.amina, page)
        assert ("Niemand muss" in shown, "zurückziehen" in shown) == (True, False)


@pytest.mark.parametrize("way", WAYS)
def test_what_was_taken_is_given_back_or_put_back_for_good(client, world, way):
    review = taken(world)
    give_up(world, way)
    assert "Weiterlesen" in shown_to(client, world.carla, reverse("reviews:queue"))
    page = shown_to(client, world.carla, review.get_absolute_url())
    assert ("Zurückgeben" in page, "Nicht weiterlesen" in page, "wartet dann wieder" in page) == (True, True, False)
    answer = client.post(url("release", review), follow=True)
    assert [str(message) for message in answer.context["messages"]] == [WAYS[way]]
    assert not queue_of(world.chris)
    assert call_off_given_up() == 1
    assert Review.objects.get().withdrawn_at


@pytest.mark.parametrize("way", WAYS)
def test_nobody_is_asked_to_read_what_a_coach_who_left_had_taken(world, way):
    taken(world)
    give_up(world, way)
    CoachAssignment.objects.filter(coach=world.carla).update(until=day(-1))
    asked = Message.objects.filter(kind="review_asked")
    before = asked.count()
    assert put_back_left_behind() == 1
    pass_on_for_absent(timezone.now())
    assert asked.count() == before
