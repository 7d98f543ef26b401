"""What the queue, a review and its comments cost: the same literal number of queries with one and with many."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.models import Organisation
from applications.content import Cover, Goal, Goals
from applications.content.sheets import Names
from applications.reviews.models import BegunComment, Comment, Reply, Review, ReviewItem
from applications.reviews.page.notes import section_notes
from applications.writing.models import Application, Draft, Revision
from cohorts.models import Team
from tests.applications.coaching import given_back, handed_in, taken, url, verdicts
from tests.builders import make_workshop, write

pytestmark = pytest.mark.django_db


def many(world, reviews, comments):
    """More teams whose text waits, and more comments on what Carla reads; made in bulk."""
    clubs = Organisation.objects.bulk_create(Organisation(name=f"Verein {number}") for number in range(reviews))
    teams = Team.objects.bulk_create(Team(cohort=world.cohort, organisation=club) for club in clubs)
    edition = world.application.edition
    applications = Application.objects.bulk_create(
        Application(team=team, call=edition.call, edition=edition) for team in teams
    )
    text = {"content": {"format": 1, "text": "Ein Text."}, "version": 1}
    drafts = Draft.objects.bulk_create(Draft(application=one, key="s3", kind="text", **text) for one in applications)
    revisions = Revision.objects.bulk_create(Revision(draft=draft, **text) for draft in drafts)
    asked = Review.objects.bulk_create(Review(application=one) for one in applications)
    ReviewItem.objects.bulk_create(
        ReviewItem(review=one, draft=revision.draft, revision=revision)
        for one, revision in zip(asked, revisions, strict=True)
    )
    review = Review.objects.get(coach=world.carla, finished_at=None)
    item = review.items.first()
    Comment.objects.bulk_create(
        Comment(item=item, by=world.carla, kind="hint", text=f"Hinweis {number}") for number in range(comments)
    )
    return review


@pytest.mark.parametrize("number", [1, 200])
def test_the_queue_costs_the_same_with_one_and_two_hundred(world, enter, django_assert_num_queries, number):
    taken(world)
    workshop = make_workshop(world.cohort, 1)
    workshop.assignments.create(title="Zielgruppe beschreiben", position=1)
    many(world, number, 0)
    client = enter(world.carla)
    with django_assert_num_queries(15):
        client.get(reverse("reviews:queue"))


@pytest.mark.parametrize("number", [1, 50])
def test_comments_beside_a_section_cost_the_same_with_one_and_fifty(world, django_assert_num_queries, number):
    review = taken(world)
    many(world, 0, number)
    review.give_back(by=world.carla, verdicts=verdicts(review))
    draft = world.application.drafts.get(key="s4")
    with django_assert_num_queries(2):
        notes = section_notes(draft, world.amina, frozenset({"owner"}), Names())
        assert [note.number for note in notes] == list(range(1, number + 1))
        assert all(note.may == {"answer", "done"} for note in notes)
        assert [reply for note in notes for reply in note.comment.replies.all()] == []


def test_handing_in_costs_few_queries(world, enter, django_assert_num_queries):
    page = reverse("applications:hand_in", args=[world.application.pk])
    handed_in(world, "s3")
    client = enter(world.amina)
    with django_assert_num_queries(10):
        client.get(page)


@pytest.mark.parametrize("number", [1, 100])
def test_a_review_costs_the_same_with_one_and_a_hundred_comments(world, enter, django_assert_num_queries, number):
    write(world.application, "s5", Goals(rows=(Goal(id="g1", goal="Sie kennen sich"),)), by=world.amina)
    given_back(world)
    write(world.application, "s0", Cover(title="Tischgespräche", umbrella_body="Beispielverband"), by=world.amina)
    review = taken(world, "s5", "s4", "s3", "s0")
    BegunComment.objects.create(item=review.items.get(draft__key="s3"), by=world.carla, kind="hint", text="Ja.")
    many(world, number, number)
    for comment in Comment.objects.filter(item__review__finished_at__isnull=False):
        Reply.objects.bulk_create(Reply(comment=comment, text="Ja.", by=world.amina) for _answer in range(number))
    client = enter(world.carla)
    with django_assert_num_queries(14):
        client.get(url("read", review, abschnitt="s4"))
    with django_assert_num_queries(13):
        client.get(url("read", review, abschnitt="s5"))
    with django_assert_num_queries(15):
        client.get(url("read", review, abschnitt="s0"))
    with django_assert_num_queries(15):
        client.get(url("read", review, abschnitt="s4", daneben="s5"))
