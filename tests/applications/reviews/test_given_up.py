"""Reviews of an application that was withdrawn, or whose team has left: readable, and nobody is asked to go on."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Message
from applications.reviews.models import Comment, Reply
from applications.reviews.steps import withdraw
from applications.writing.models import Application, GivenUp
from tests.applications.coaching import given_back, make_world, url, words_of
from tests.builders import log_in

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
