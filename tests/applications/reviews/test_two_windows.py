"""Two windows of one coach on one review: neither writes over the words of the other, and where both wrote she sees both texts."""

from __future__ import annotations

import pytest

from applications.reviews.models import BegunComment, Comment, Review, ReviewItem
from applications.reviews.models.review import Verdict
from applications.reviews.windows import (
    COMMENT,
    SUMMARY,
    Difference,
    WrittenElsewhere,
    comment_part,
    decision,
    mark,
    marks_of,
    seen_of,
    settle,
    version_of,
)
from core.typed import is_typed
from tests.applications.coaching import make_world, taken, url, verdicts, words_of

pytestmark = pytest.mark.django_db

QUESTION = {"words": "", "before": "", "row": "", "kind": "question", "text": "Wie viele?"}
HINT = {"words": "", "before": "", "row": "", "kind": "hint", "text": "Nennen Sie Zahlen."}


class Window:
    """A page of a review that is open in a browser: it sends what it shows, with the version it has seen."""

    def __init__(self, client, review, key="s4"):
        self.client, self.review, self.key = client, review, key
        self.take(client.get(url("read", review, abschnitt=key)))

    def take(self, response):
        self.page = response
        desk = response.context["desk"]
        comment, end = response.context["comment_form"], response.context["give_back_form"]
        self.item = desk.item
        self.fields = {
            name: form[name].value() or "" for form in (comment, end) for name in form.fields if name != "phrase"
        }
        self.fields["version"] = response.context["version"]

    def types(self, **fields):
        self.fields |= {name.replace("_", "-") if name.startswith("verdict") else name: v for name, v in fields.items()}
        return self

    def keeps(self):
        answer = self.client.post(url("keep", self.item), self.fields).json()
        self.fields["version"] = answer.get("version", self.fields.get("version", ""))
        return answer

    def gives_back(self):
        return self._press("give_back", self.review)

    def comments(self, **fields):
        return self._press("comment", self.item, **fields)

    def _press(self, name, record, **fields):
        response = self.client.post(url(name, record, abschnitt=self.key), self.fields | fields)
        if response.status_code in {409, 422}:
            self.take(response)
        return response


@pytest.fixture
def two(world, enter):
    review = taken(world, "s3", "s4")
    return Window(enter(world.carla), review), Window(enter(world.carla), review)


def stored():
    review = Review.objects.get()
    return review.summary, {item.draft.key: item.verdict for item in review.items.all()}


def test_a_window_that_did_not_touch_a_part_leaves_it_as_it_is(two):
    first, second = two
    first.types(summary="Schon sehr lebendig.", verdict_s3="accepted").keeps()
    assert second.types(verdict_s4="please change").keeps()["state"] == "saved"
    assert stored() == ("Schon sehr lebendig.", {"s3": "accepted", "s4": "please change"})


def test_an_untouched_comment_field_deletes_nothing_that_another_window_has_begun(two):
    first, second = two
    first.types(**QUESTION).keeps()
    second.types(summary="Gut.").keeps()
    assert BegunComment.objects.get().text == "Wie viele?"


def test_where_both_wrote_the_second_is_told_and_sees_both_texts(two):
    first, second = two
    first.types(summary="Bitte kürzen.").keeps()
    answer = second.types(summary="Sehr lebendig.", verdict_s3="accepted").keeps()
    assert (answer["state"], "in einem anderen Fenster" in answer["sentence"]) == ("invalid", True)
    assert stored() == ("Bitte kürzen.", {"s3": "accepted", "s4": ""}), "everything else is kept"
    page = second.types(verdict_s4="accepted").gives_back()
    assert page.status_code == 409
    assert Review.objects.get().is_taken
    said = words_of(page.text)
    assert "In diesem Fenster Sehr lebendig. Im anderen Fenster Bitte kürzen." in said
    assert second.fields["summary"] == "Sehr lebendig.\n\nBitte kürzen."
    second.types(summary="Sehr lebendig, aber bitte kürzen.").gives_back()
    assert Review.objects.get().finished_at
    assert stored()[0] == "Sehr lebendig, aber bitte kürzen."


def test_both_texts_pressed_on_at_once_are_both_given_to_the_team(two):
    first, second = two
    first.types(summary="Bitte kürzen.").keeps()
    second.types(summary="Sehr lebendig.", verdict_s3="accepted", verdict_s4="accepted").gives_back()
    second.gives_back()
    assert Review.objects.get().finished_at
    assert stored()[0] == "Sehr lebendig.\n\nBitte kürzen."


def test_giving_back_shows_first_what_stands_only_in_the_other_window(two):
    first, second = two
    first.types(summary="Bitte kürzen.", again_by="2031-05-06").keeps()
    page = second.types(verdict_s3="accepted", verdict_s4="accepted").gives_back()
    assert (page.status_code, Review.objects.get().finished_at) == (422, None)
    assert (second.fields["summary"], second.fields["again_by"]) == ("Bitte kürzen.", "2031-05-06")
    second.gives_back()
    review = Review.objects.get()
    assert (bool(review.finished_at), review.summary, str(review.again_by)) == (True, "Bitte kürzen.", "2031-05-06")


def test_two_verdicts_are_decided_once_more(two):
    first, second = two
    first.types(verdict_s3="accepted").keeps()
    page = second.types(verdict_s3="please change", verdict_s4="accepted").gives_back()
    assert "Im anderen Fenster steht: „aus Sicht der Coaching-Person rund“." in page.text
    assert Review.objects.get().is_taken
    second.gives_back()
    assert stored()[1] == {"s3": "please change", "s4": "accepted"}


def test_a_comment_begun_in_two_windows_keeps_both_texts(two):
    first, second = two
    first.types(**QUESTION).keeps()
    assert second.types(**HINT).keeps()["state"] == "invalid"
    assert BegunComment.objects.get().text == "Wie viele?"
    page = second.comments(praise="1")
    assert (page.status_code, Comment.objects.count()) == (409, 0)
    assert second.fields["text"] == "Nennen Sie Zahlen.\n\nWie viele?"
    assert second.keeps()["state"] == "saved"
    assert BegunComment.objects.get().text == "Nennen Sie Zahlen.\n\nWie viele?"


def test_saving_a_comment_leaves_the_one_begun_in_the_other_window(two):
    first, second = two
    first.types(**QUESTION).keeps()
    second.types(**HINT).comments()
    assert (Comment.objects.get().text, BegunComment.objects.get().text) == ("Nennen Sie Zahlen.", "Wie viele?")


def test_what_was_saved_in_one_window_is_not_begun_again_by_the_other(two):
    first, second = two
    first.types(**QUESTION).keeps()
    second.take(second.client.get(url("read", second.review, abschnitt="s4")))
    assert second.fields["text"] == "Wie viele?"
    first.comments()
    assert second.types(summary="Gut.").keeps()["state"] == "saved"
    assert (Comment.objects.count(), BegunComment.objects.count()) == (1, 0)


def test_a_comment_is_saved_and_the_sentence_that_clashes_is_shown(two):
    first, second = two
    first.types(summary="Bitte kürzen.").keeps()
    page = second.types(summary="Sehr lebendig.", **HINT).comments()
    assert (page.status_code, Comment.objects.get().text) == (409, "Nennen Sie Zahlen.")
    assert "Die Anmerkung ist gespeichert." in page.text
    assert second.fields["summary"] == "Sehr lebendig.\n\nBitte kürzen."
    assert second.fields["text"] == ""


def test_a_sentence_that_is_too_long_leaves_the_one_before(two):
    first, _second = two
    first.types(summary="Gut.").keeps()
    answer = first.types(summary="a" * 5001).keeps()
    assert (answer["state"], stored()[0]) == ("invalid", "Gut.")
    assert answer["sentence"].startswith("Das ist zu lang: 5.001 Zeichen.")


def test_a_form_without_a_version_has_seen_nothing(two):
    first, second = two
    first.types(summary="Bitte kürzen.").keeps()
    del second.fields["version"]
    assert second.types(summary="Anders.").keeps()["state"] == "invalid"
    assert stored()[0] == "Bitte kürzen."


def test_a_lost_answer_is_no_second_window(two):
    first, _second = two
    before = first.fields["version"]
    first.types(summary="Gut.").keeps()
    first.fields["version"] = before
    assert first.types(summary="Gut. Weiter so.").keeps()["state"] == "saved"
    assert stored()[0] == "Gut. Weiter so."


def test_rewording_a_comment_in_two_windows_keeps_both_wordings(world, enter):
    comment = taken(world).items.get().comment(by=world.carla, kind="hint", text="Kürzer.")
    client = enter(world.carla)
    seen = comment.version
    client.post(url("change", comment), {"kind": "hint", "text": "Bitte halb so lang.", "version": seen})
    page = client.post(url("change", comment), {"kind": "question", "text": "Geht es kürzer?", "version": seen})
    assert page.status_code == 409
    assert Comment.objects.get().text == "Bitte halb so lang."
    form = page.context["form"]
    assert form["text"].value() == "Geht es kürzer?\n\nBitte halb so lang."
    with pytest.raises(WrittenElsewhere):
        comment.change(by=world.carla, kind="hint", text="Drittens.", seen=seen)
    now = {"kind": "hint", "text": form["text"].value(), "version": Comment.objects.get().version}
    client.post(url("change", comment), now)
    assert Comment.objects.get().text == "Geht es kürzer?\n\nBitte halb so lang."


# As values


@pytest.mark.parametrize(
    ("stands", "sent", "seen", "kept", "clashes"),
    [
        ("", "Neu", "", "Neu", False),
        ("Alt", "Neu", "Alt", "Neu", False),
        ("Alt", "Alt", "", "Alt", False),
        ("Anders", "Alt", "Alt", "Anders", False),
        ("Anders", "", "Alt", "Anders", False),
        ("", "Neu", "Alt", "Neu", False),
        ("Anders", "Neu", "Alt", "Anders", True),
        ("Neu", "Neu und mehr", "Alt", "Neu und mehr", False),
        ("Neu und mehr", "Neu", "Alt", "Neu und mehr", False),
    ],
)
def test_a_part_is_taken_kept_or_decided(stands, sent, seen, kept, clashes):
    settled = settle({SUMMARY: stands}, {SUMMARY: sent}, marks_of({SUMMARY: seen}))
    assert settled.values == {SUMMARY: kept}
    assert bool(settled.clashes) is clashes
    assert settled.seen_when_shown({}) == {SUMMARY: mark(kept)}


def test_choices_are_never_part_of_one_another():
    settled = settle({"a": "accepted"}, {"a": "accepted too"}, {})
    assert settled.differences == (Difference("a", "accepted too", "accepted", is_clash=True),)


def test_the_marks_of_a_page_travel_in_one_field_that_nobody_takes_for_typed():
    marks = marks_of({SUMMARY: "Gut.", COMMENT: comment_part(HINT), "again_by": ""})
    version = version_of(marks)
    assert seen_of(version) == marks == {SUMMARY: mark("Gut."), COMMENT: mark(comment_part(HINT))}
    assert not is_typed(version)
    assert seen_of("Unsinn summary: :x") == {"summary": "", "": "x"}


# At the same moment


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_two_windows_at_once_one_is_kept_and_the_other_is_told(at_once):
    world = make_world()
    for _round in range(10):
        review = taken(world)
        item = review.items.get()

        def noted(text, key=review.pk):
            return Review.objects.get(pk=key).note(by=world.carla, sent=decision(text, None, {}), seen={})

        def begun(typed, key=item.pk):
            return BegunComment.objects.keep(ReviewItem.objects.get(pk=key), by=world.carla, typed=typed, seen={})

        settled = at_once(lambda: noted("Bitte kürzen."), lambda: noted("Sehr lebendig."))
        kept = at_once(lambda: begun(QUESTION), lambda: begun(HINT))
        assert sorted(len(one.clashes) for one in settled) == sorted(len(one.clashes) for one in kept) == [0, 1]
        told = next(one.clashes[0] for one in settled if one.clashes)
        assert {told.here, told.elsewhere} == {"Bitte kürzen.", "Sehr lebendig."}
        assert Review.objects.get(pk=review.pk).summary == told.elsewhere
        clash = next(one.clashes[0] for one in kept if one.clashes)
        assert {clash.words_here, clash.words_elsewhere} == {"Wie viele?", "Nennen Sie Zahlen."}
        assert BegunComment.objects.get().text == clash.words_elsewhere
        review.refresh_from_db()
        review.release(by=world.carla)
        review.withdraw(by=world.amina)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_giving_back_never_drops_what_the_other_window_keeps_at_that_moment(at_once):
    world = make_world()
    for _round in range(10):
        review = taken(world)
        chosen, key = verdicts(review, Verdict.PLEASE_CHANGE), review.pk
        noted, given = at_once(
            lambda key=key: Review.objects.get(pk=key).note(
                by=world.carla, sent=decision("Bitte kürzen.", None, {}), seen={}
            ),
            lambda key=key, chosen=chosen: Review.objects.get(pk=key).give_back(
                by=world.carla, verdicts=chosen, summary="Sehr lebendig.", seen={}
            ),
        )
        review.refresh_from_db()
        outcome = (type(noted).__name__, type(given).__name__, review.summary, bool(review.finished_at))
        assert outcome in {
            ("Settled", "WrittenElsewhere", "Bitte kürzen.", False),
            ("Stale", "NoneType", "Sehr lebendig.", True),
        }
        if review.is_open:
            review.release(by=world.carla)
            review.withdraw(by=world.amina)
