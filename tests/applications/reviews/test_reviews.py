"""Handing in, reviewing and giving back: what each step does, when it is refused, and who may take it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.models import Event, Message
from applications.content.quotes import Quote
from applications.reviews.models import BegunComment, Comment, Review
from applications.reviews.page.queue import queue_of
from applications.reviews.steps import drafts_to_hand_in, hand_in, withdraw
from applications.reviews.windows import decision
from applications.writing.models import Revision
from core.writes import Stale
from tests.applications.coaching import given_back, handed_in, make_world, taken, verdicts, withdrawn
from tests.builders import (
    SECTIONS,
    day,
    fill,
    make_bamf,
    make_workshop,
    write,
)

pytestmark = pytest.mark.django_db


# What a team hands in


def test_handing_in_keeps_exactly_the_current_versions(world):
    write(world.application, "s4", "Wir erreichen 34 Gäste.", by=world.jonas)
    review = hand_in(world.application, ["s3", "s4"], by=world.jonas)
    assert review.asked_by == world.jonas
    assert review.promised_until == day(5)
    assert [(item.draft.key, item.revision.version, item.revision.value.text) for item in review.items.all()] == [
        ("s3", 1, "Im Viertel leben viele Menschen."),
        ("s4", 2, "Wir erreichen 34 Gäste."),
    ]
    assert {key: version for key, version in review.versions.items() if version} == {"s3": 1, "s4": 2}
    assert len(review.versions) == 18
    write(world.application, "s4", "Wir schreiben weiter.", by=world.amina)
    assert review.items.get(draft__key="s4").revision.value.text == "Wir erreichen 34 Gäste."


def test_handing_in_writes_the_revision_that_no_save_left(world):
    Revision.objects.filter(draft__application=world.application).delete()
    review = handed_in(world, "s4")
    revision = review.items.get().revision
    assert (revision.version, revision.why, revision.value.text) == (
        1,
        "handed in",
        "Wir erreichen viele über Freunde.",
    )


def test_handing_in_tells_the_teams_own_coach(world):
    review = handed_in(world, "s3", "s4")
    message = Message.objects.get()
    assert (message.email, message.link, message.cohort_id) == (
        "carla@example.org",
        f"/rueckmeldungen/{review.pk}/",
        world.cohort.pk,
    )
    assert "- Ausgangslage vor Ort\n- Zielgruppe und Ansprache\n" in message.text
    assert Event.objects.filter(what="review.asked").get().codes == {"sections": "s3 s4"}


def test_without_a_named_coach_all_coaches_of_the_cohort_are_told(world):
    type(world.team).objects.update(first_coach=None)
    handed_in(world)
    assert sorted(Message.objects.values_list("email", flat=True)) == ["carla@example.org", "chris@example.org"]


def test_a_coach_who_wants_no_mails_gets_none(world):
    type(world.carla).objects.filter(pk=world.carla.pk).update(wants_review_mails=False)
    handed_in(world)
    assert not Message.objects.exists()


@pytest.mark.parametrize("keys", [[], ["s5"], ["s4", "s5"], ["s99"]])
def test_only_what_is_begun_can_be_handed_in(world, keys):
    with pytest.raises(Stale):
        hand_in(world.application, keys, by=world.amina)
    assert not Review.objects.exists()


def test_what_waits_for_a_coach_cannot_be_handed_in_again(world):
    handed_in(world, "s4")
    with pytest.raises(Stale):
        hand_in(world.application, ["s3", "s4"], by=world.amina)
    assert [draft.key for draft in drafts_to_hand_in(world.application)] == ["s3"]


def test_a_section_that_is_not_open_yet_cannot_be_handed_in(world):
    make_workshop(world.cohort, 3, ["s4"], begins_at=timezone.now() + timedelta(days=3))
    assert [draft.key for draft in drafts_to_hand_in(world.application)] == ["s3"]
    with pytest.raises(Stale):
        hand_in(world.application, ["s4"], by=world.amina)


@pytest.mark.parametrize("status", ["finished", "withdrawn"])
def test_nothing_is_handed_in_once_the_application_is_not_written_any_more(world, status):
    type(world.application).objects.update(status=status, withdrawn_at=timezone.now())
    with pytest.raises(Stale):
        hand_in(world.application, ["s4"], by=world.amina)


# Every status × every step


STATES = {"waiting": handed_in, "taken": taken, "given back": given_back, "withdrawn": withdrawn}
STEPS = {
    "take": lambda world, review: review.take(by=world.carla),
    "release": lambda world, review: review.release(by=world.carla),
    "withdraw": lambda world, review: review.withdraw(by=world.amina),
    "comment": lambda world, review: review.items.get().comment(by=world.carla, kind="hint", text="Kürzer."),
    "give back": lambda world, review: review.give_back(by=world.carla, verdicts=verdicts(review)),
    "note": lambda world, review: review.note(by=world.carla, sent=decision("Schön.", None, {})),
    "begin": lambda world, review: BegunComment.objects.keep(review.items.get(), by=world.carla, typed=BEGUN),
    "pass on": lambda world, review: review.pass_on(),
    "put back": lambda world, review: review.put_back(),
}
BEGUN = {"words": "", "before": "", "row": "", "kind": "hint", "text": "Kürzer."}
POSSIBLE = {
    "waiting": ["take", "withdraw"],
    "taken": ["release", "comment", "give back", "note", "begin", "pass on", "put back"],
    "given back": [],
    "withdrawn": [],
}


def everything():
    return [
        list(model.objects.order_by("pk").values()) for model in (Review, Comment, BegunComment, Event, Message)
    ] + [list(item) for item in Review.objects.order_by("pk").values_list("items__verdict", "items__closed_at")]


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("step", STEPS)
def test_every_state_allows_only_its_steps(world, state, step):
    review = STATES[state](world)
    before = everything()
    review = Review.objects.get(pk=review.pk)
    if step in POSSIBLE[state]:
        STEPS[step](world, review)
        assert everything() != before
    else:
        with pytest.raises(Stale):
            STEPS[step](world, review)
        assert everything() == before


def test_what_was_chosen_goes_when_somebody_else_may_take_it(world):
    review = taken(world)
    item = review.items.get()
    review.note(by=world.carla, sent=decision("Schön.", day(3), {item.pk: "accepted"}))
    review.release(by=world.carla)
    review.refresh_from_db()
    item.refresh_from_db()
    assert (review.summary, review.again_by, item.verdict) == ("", None, "")
    with pytest.raises(Stale):
        review.note(by=world.carla, sent=decision("Noch da?", None, {}))


COMMENT_STEPS = {
    "change": lambda world, comment: comment.change(by=world.carla, kind="question", text="Woher?"),
    "discard": lambda world, comment: comment.discard(by=world.carla),
    "answer": lambda world, comment: comment.answer("Gezählt.", by=world.amina),
    "done": lambda world, comment: comment.mark_done(by=world.amina),
    "resolve": lambda world, comment: comment.resolve(by=world.carla),
}


@pytest.mark.parametrize("step", COMMENT_STEPS)
@pytest.mark.parametrize("given", [False, True])
def test_a_comment_is_changed_before_and_answered_after_giving_back(world, given, step):
    review = taken(world)
    comment = review.items.get().comment(by=world.carla, kind="must change", text="Wie viele?")
    if given:
        review.give_back(by=world.carla, verdicts=verdicts(review))
    comment = Comment.objects.get(pk=comment.pk)
    if given == (step in {"answer", "done", "resolve"}):
        COMMENT_STEPS[step](world, comment)
    else:
        before = everything()
        with pytest.raises(Stale):
            COMMENT_STEPS[step](world, comment)
        assert everything() == before


@pytest.mark.parametrize("step", ["done", "resolve"])
def test_done_and_resolved_happen_once(world, step):
    comment = given_back(world).items.get().comments.get()
    COMMENT_STEPS[step](world, comment)
    with pytest.raises(Stale):
        COMMENT_STEPS[step](world, Comment.objects.get(pk=comment.pk))


def test_only_the_coach_who_took_it_reads_it(world):
    review = taken(world)
    item = review.items.get()
    with pytest.raises(Stale):
        item.comment(by=world.chris, kind="hint", text="Auch ich.")
    with pytest.raises(Stale):
        review.release(by=world.chris)
    with pytest.raises(Stale):
        review.give_back(by=world.chris, verdicts=verdicts(review))


def test_releasing_deletes_what_was_begun_and_lets_another_coach_take_it(world):
    review = taken(world)
    review.items.get().comment(by=world.carla, kind="hint", text="Nur für mich.")
    review.release(by=world.carla)
    assert not Comment.objects.exists()
    review.take(by=world.chris)
    assert Review.objects.get().coach == world.chris


def test_what_was_withdrawn_can_be_handed_in_again(world):
    withdrawn(world)
    assert handed_in(world).items.count() == 1


def test_who_reads_hears_that_the_team_gives_its_application_up(world):
    review = handed_in(world)
    review.take(by=world.chris)
    Message.objects.all().delete()
    withdraw(world.application, by=world.amina)
    assert Message.objects.filter(user=world.chris).values_list("kind", flat=True).get() == "withdrawn"


# Giving back


def test_giving_back_closes_every_section_and_tells_the_team(world):
    review = taken(world, "s3", "s4")
    first, second = review.items.order_by("draft__key")
    second.comment(by=world.carla, kind="must change", text="Wie viele?")
    second.comment(by=world.carla, kind="praise")
    review.give_back(
        by=world.carla,
        verdicts={first.pk: "accepted", second.pk: "please change"},
        summary="Schon viel greifbarer.",
        again_by=day(7),
    )
    review = Review.objects.get()
    assert (review.is_open, review.summary, review.again_by) == (False, "Schon viel greifbarer.", day(7))
    assert [(item.draft.key, item.verdict, bool(item.closed_at)) for item in review.items.all()] == [
        ("s3", "accepted", True),
        ("s4", "please change", True),
    ]
    messages = Message.objects.filter(kind="review_given_back").order_by("email")
    assert [message.email for message in messages] == ["amina@example.org", "jonas@example.org", "rana@example.org"]
    text = messages[0].text
    assert "Schon viel greifbarer." in text
    assert (
        "- Ausgangslage vor Ort: aus Sicht der Coaching-Person rund\n- Zielgruppe und Ansprache: bitte ändern\n" in text
    )
    assert "Bei einer Anmerkung steht „Bitte ändern“." in text
    assert "keine Entscheidung und keine Zusage des BAMF" in text
    assert "Wie viele?" not in text


def test_every_section_needs_a_verdict(world):
    review = taken(world, "s3", "s4")
    first, _second = review.items.order_by("draft__key")
    for wrong in ({}, {first.pk: "accepted"}, dict.fromkeys(verdicts(review), "well")):
        with pytest.raises(ValueError):
            review.give_back(by=world.carla, verdicts=wrong)
        assert Review.objects.get().is_open


def test_a_must_change_of_this_review_blocks_rund(world):
    review = taken(world)
    review.items.get().comment(by=world.carla, kind="must change", text="Wie viele?")
    assert review.blocked() == {review.items.get().draft_id}
    with pytest.raises(Stale):
        review.give_back(by=world.carla, verdicts=verdicts(review, "accepted"))
    assert Review.objects.get().is_taken


@pytest.mark.parametrize("kind", ["question", "hint", "praise"])
def test_other_comments_do_not_block_rund(world, kind):
    review = taken(world)
    review.items.get().comment(by=world.carla, kind=kind, text="Gut zu wissen.")
    review.give_back(by=world.carla, verdicts=verdicts(review, "accepted"))
    assert review.items.get().verdict == "accepted"


def test_a_must_change_of_an_earlier_review_blocks_until_a_coach_resolves_it(world):
    comment = given_back(world).items.get().comments.get()
    comment.answer("Die Zahl steht jetzt im Text.", by=world.amina)
    comment.mark_done(by=world.amina)
    review = taken(world)
    with pytest.raises(Stale):
        review.give_back(by=world.carla, verdicts=verdicts(review, "accepted"))
    comment.resolve(by=world.carla)
    Review.objects.get(pk=review.pk).give_back(by=world.carla, verdicts=verdicts(review, "accepted"))
    assert review.items.get().verdict == "accepted"


def test_a_must_change_of_another_section_does_not_block(world):
    given_back(world)
    review = taken(world, "s3")
    assert review.blocked() == set()


# Who may


def test_who_may_do_what(world):
    review = given_back(world)
    comment = review.items.get().comments.get()
    people = ["amina", "jonas", "rana", "carla", "chris", "doris", "bilal"]

    def may(record, action):
        return [name for name in people if record.allows(getattr(world, name), action)]

    assert may(world.application, "hand in") == ["amina", "jonas"]
    assert may(review, "see") == ["amina", "jonas", "rana", "carla", "chris", "doris"]
    assert may(review, "withdraw") == ["amina", "jonas"]
    for action in ("take", "release", "comment", "give back"):
        assert may(review, action) == ["carla", "chris"]
    assert may(comment, "answer") == ["amina", "jonas", "carla", "chris"]
    assert may(comment, "done") == ["amina", "jonas"]
    assert may(comment, "resolve") == ["carla", "chris"]
    assert may(comment, "change") == ["carla"]


def test_a_step_refuses_who_may_not(world):
    review = handed_in(world)
    with pytest.raises(PermissionDenied):
        review.take(by=world.doris)
    with pytest.raises(PermissionDenied):
        review.withdraw(by=world.rana)
    with pytest.raises(PermissionDenied):
        hand_in(world.application, ["s3"], by=world.rana)


def test_who_sees_reviews_and_comments(world):
    review = taken(world)
    comment = review.items.get().comment(
        by=world.carla, kind="hint", text="Nur für mich.", quote=Quote("viele", "erreichen ", " über", 14)
    )
    people = ["amina", "jonas", "rana", "carla", "chris", "doris", "bilal"]

    def see(queryset_of):
        return [name for name in people if queryset_of(getattr(world, name)).exists()]

    members = ["amina", "jonas", "rana", "carla", "chris", "doris"]
    assert see(Review.objects.visible_to) == members
    for stranger in (make_bamf(), AnonymousUser()):
        assert not Review.objects.visible_to(stranger).exists()
        assert not Comment.objects.visible_to(stranger).exists()
        assert not Review.objects.queued_for(stranger).exists()
    assert see(Comment.objects.visible_to) == ["carla"]
    review.give_back(by=world.carla, verdicts=verdicts(review))
    assert see(Comment.objects.visible_to) == members
    Comment.objects.get(pk=comment.pk).answer("Danke.", by=world.amina)
    assert see(comment.replies.model.objects.visible_to) == members
    assert see(world.application.drafts.model.objects.visible_to) == ["amina", "jonas", "rana", "carla", "doris"]


def test_the_queue_holds_what_waits_in_ones_cohorts_longest_first(world):
    first = handed_in(world, "s4")
    second = handed_in(world, "s3")
    Review.objects.filter(pk=second.pk).update(asked_at=timezone.now() - timedelta(days=3))
    withdrawn_one = world.application.reviews.create(withdrawn_at=timezone.now())
    for person in (world.carla, world.chris, world.doris):
        assert list(Review.objects.queued_for(person)) == [second, first]
    for person in (world.amina, world.bilal):
        assert list(Review.objects.queued_for(person)) == []
    assert [row.is_own for row in queue_of(world.carla)] == [True, True]
    assert [row.is_own for row in queue_of(world.chris)] == [False, False]
    assert withdrawn_one not in Review.objects.queued_for(world.carla)


# Races


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_two_coaches_who_take_one_wins(at_once):
    world = make_world()
    for _round in range(10):
        review = handed_in(world)
        results = at_once(
            lambda key=review.pk: Review.objects.get(pk=key).take(by=world.carla),
            lambda key=review.pk: Review.objects.get(pk=key).take(by=world.chris),
        )
        assert sorted(type(result).__name__ for result in results) == ["NoneType", "Stale"]
        winner = world.carla if results[0] is None else world.chris
        review = Review.objects.get(pk=review.pk)
        assert review.coach == winner
        review.give_back(by=winner, verdicts=verdicts(review))


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_a_review_is_either_taken_or_withdrawn(at_once):
    world = make_world()
    for _round in range(10):
        review = handed_in(world)
        results = at_once(
            lambda key=review.pk: Review.objects.get(pk=key).withdraw(by=world.amina),
            lambda key=review.pk: Review.objects.get(pk=key).take(by=world.carla),
        )
        assert sorted(type(result).__name__ for result in results) == ["NoneType", "Stale"]
        review = Review.objects.get(pk=review.pk)
        assert review.is_taken != (review.withdrawn_at is not None)
        if review.is_taken:
            review.give_back(by=world.carla, verdicts=verdicts(review))


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_handing_in_twice_makes_one_review(at_once):
    world = make_world()
    for number in range(1, 11):
        results = at_once(
            lambda: hand_in(world.application, ["s4"], by=world.amina),
            lambda: hand_in(world.application, ["s4", "s3"], by=world.jonas),
        )
        assert sorted(type(result).__name__ for result in results) == ["Review", "Stale"]
        assert Review.objects.count() == number
        Review.objects.get(finished_at=None, withdrawn_at=None).withdraw(by=world.amina)


def test_handing_in_all_sections_asks_once_for_their_revisions(world, django_assert_max_num_queries):
    fill(world.application)
    with django_assert_max_num_queries(26):
        review = hand_in(world.application, list(SECTIONS), by=world.amina)
    assert [item.revision.version for item in review.items.all()] == [
        draft.version for draft in world.application.drafts.order_by("key")
    ]
