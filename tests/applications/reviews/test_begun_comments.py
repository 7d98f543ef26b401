"""What a coach has begun to say: kept for her alone until it is saved; praise in one tap; her own sentences."""

from __future__ import annotations

import pytest
from django.urls import reverse

from applications.reviews.models import BegunComment, Comment, Phrase, Review, ReviewItem
from applications.reviews.models.phrase import MOST_PHRASES
from applications.reviews.models.review import StillBegun
from core.words import clock
from core.writes import Stale
from tests.applications.coaching import handed_in, make_world, taken, told, url, verdicts, words_of
from tests.builders import make_coach

pytestmark = pytest.mark.django_db

TYPED = {"words": "viele", "before": "Wir erreichen ", "kind": "question", "text": "Wie viele denn?"}


def keep(client, item, **sent):
    return client.post(url("keep", item), sent).json()


def test_what_was_begun_stands_in_the_form_again(world, enter):
    review = taken(world, "s3", "s4")
    client = enter(world.carla)
    answer = keep(client, review.items.get(draft__key="s4"), **TYPED, **{"verdict-s3": "accepted", "summary": "Gut."})
    assert answer.pop("version").startswith("summary:")
    assert answer == {"state": "saved", "same": True, "saved_at": clock(BegunComment.objects.get().at)}
    response = client.get(url("read", review, abschnitt="s4"))
    form = response.context["comment_form"]
    assert {name: form[name].value() for name in TYPED} == TYPED
    assert response.context["give_back_form"]["verdict-s3"].value() == "accepted"
    assert "begonnen, gespeichert" in words_of(response.text)
    other = client.get(url("read", review, abschnitt="s3"))
    assert other.context["comment_form"]["text"].value() in {None, ""}
    assert "Zielgruppe und Ansprache (Anmerkung begonnen)" in words_of(other.text)


@pytest.mark.parametrize("person", ["amina", "jonas", "rana", "chris", "doris"])
def test_nobody_else_ever_sees_it(world, enter, person):
    review = taken(world)
    item = review.items.get()
    BegunComment.objects.keep(item, by=world.carla, typed={**TYPED, "row": "", "text": "Schlehdorn?"})
    user = getattr(world, person)
    assert not BegunComment.objects.visible_to(user).exists()
    assert "Schlehdorn" not in enter(user).get(url("read", review)).text


def test_an_empty_form_keeps_nothing_and_takes_back_what_was_kept(world, enter):
    item = taken(world).items.get()
    client = enter(world.carla)
    seen = keep(client, item, **TYPED)["version"]
    assert BegunComment.objects.count() == 1
    keep(client, item, version=seen, words="viele", before="", kind="", text=" ")
    assert not BegunComment.objects.exists()


def test_what_cannot_be_stored_is_refused_with_a_sentence(world, enter):
    item = taken(world).items.get()
    client = enter(world.carla)
    assert keep(client, item, kind="hint", text="a\0b")["state"] == "invalid"
    answer = keep(client, item, kind="hint", text="a" * 5001)
    assert answer["sentence"].startswith("Das ist zu lang: 5.001 Zeichen.")
    assert not BegunComment.objects.exists()


def test_only_whoever_reads_begins_a_comment(world, enter):
    item = handed_in(world).items.get()
    assert keep(enter(world.carla), item, **TYPED)["state"] == "closed"
    Review.objects.get().take(by=world.carla)
    assert keep(enter(world.chris), item, **TYPED)["state"] == "closed"
    for person, status in {"amina": 403, "doris": 403, "bilal": 404}.items():
        assert enter(getattr(world, person)).post(url("keep", item), TYPED).status_code == status
    assert not BegunComment.objects.exists()


def test_the_script_of_somebody_who_may_not_comment_is_told_so_for_good(world, enter):
    item = taken(world).items.get()
    for person, status in {"amina": 403, "bilal": 404}.items():
        client = enter(getattr(world, person))
        response = client.post(url("keep", item), TYPED, headers={"accept": "application/json"})
        assert (response.status_code, response.json()["state"]) == (status, "denied")
        assert response.json()["sentence"]


def test_a_saved_comment_is_no_longer_begun(world, enter):
    item = taken(world).items.get()
    client = enter(world.carla)
    keep(client, item, **TYPED)
    client.post(url("comment", item), TYPED)
    assert (BegunComment.objects.count(), Comment.objects.get().text) == (0, "Wie viele denn?")


def test_putting_back_takes_away_what_was_begun(world):
    review = taken(world)
    BegunComment.objects.keep(review.items.get(), by=world.carla, typed={**TYPED, "row": ""})
    review.release(by=world.carla)
    assert not BegunComment.objects.exists()


def test_a_coach_who_has_begun_keeps_the_review_while_she_is_absent(world):
    review = taken(world)
    BegunComment.objects.keep(review.items.get(), by=world.carla, typed={**TYPED, "row": ""})
    assert review.pass_on() is False


def test_giving_back_waits_for_what_was_begun_on_another_section(world, enter):
    review = taken(world, "s3", "s4")
    client = enter(world.carla)
    seen = keep(client, review.items.get(draft__key="s4"), **TYPED)["version"]
    data = {"verdict-s3": "accepted", "verdict-s4": "accepted"}
    response = client.post(url("give_back", review, abschnitt="s3"), data)
    assert "Sie steht bei: Zielgruppe und Ansprache." in response.text
    assert Review.objects.get().is_taken
    with pytest.raises(StillBegun):
        review.give_back(by=world.carla, verdicts=verdicts(review, "accepted"))
    keep(client, review.items.get(draft__key="s4"), version=seen, kind="", text="")
    client.post(url("give_back", review, abschnitt="s3"), data)
    assert Review.objects.get().finished_at


def test_words_that_were_only_marked_do_not_hold_up_giving_back(world, enter):
    review = taken(world)
    data = {"verdict-s4": "accepted", "words": "viele", "before": "", "kind": "", "text": ""}
    enter(world.carla).post(url("give_back", review), data)
    assert Review.objects.get().finished_at


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_what_is_kept_while_giving_back_is_either_refused_or_holds_it_up(at_once):
    world = make_world()
    for _round in range(10):
        review = taken(world)
        item, chosen = review.items.get(), verdicts(review)
        kept, given = at_once(
            lambda item=item: BegunComment.objects.keep(
                ReviewItem.objects.get(pk=item.pk), by=world.carla, typed={**TYPED, "row": ""}
            ),
            lambda key=review.pk, chosen=chosen: Review.objects.get(pk=key).give_back(by=world.carla, verdicts=chosen),
        )
        assert sorted([type(kept).__name__, type(given).__name__]) in (
            ["NoneType", "Stale"],
            ["Settled", "StillBegun"],
        )
        review.refresh_from_db()
        assert bool(review.finished_at) == isinstance(kept, Stale) == (not BegunComment.objects.exists())
        if review.is_open:
            review.release(by=world.carla)
            review.withdraw(by=world.amina)


# Praise


def test_praise_is_one_tap(world, enter):
    item = taken(world).items.get()
    response = enter(world.carla).post(url("comment", item), {"words": "viele", "kind": "", "praise": "1"}, follow=True)
    comment = Comment.objects.get()
    assert (comment.kind, comment.quote, comment.text) == ("praise", "viele", "")
    assert told(response) == ["Das Lob ist gespeichert. Das Team sieht es, sobald Sie zurückgeben."]


def test_praise_may_say_something(world, enter):
    item = taken(world).items.get()
    enter(world.carla).post(url("comment", item), {"text": "Sehr lebendig!", "kind": "praise", "praise": "1"})
    assert Comment.objects.get().text == "Sehr lebendig!"


def test_praise_leaves_the_question_that_was_begun(world, enter):
    item = taken(world).items.get()
    enter(world.carla).post(url("comment", item), {**TYPED, "praise": "1"})
    assert [(one.kind, one.text) for one in Comment.objects.all()] == [("praise", "")]
    assert BegunComment.objects.get().text == "Wie viele denn?"


# Own phrases


def test_a_sentence_is_kept_while_commenting_and_used_with_one_choice(world, enter):
    item = taken(world).items.get()
    client = enter(world.carla)
    client.post(url("comment", item), {"kind": "hint", "text": "Bitte nennen Sie Zahlen.", "remember": "on"})
    phrase = Phrase.objects.get()
    assert (phrase.by, phrase.kind, phrase.text) == (world.carla, "hint", "Bitte nennen Sie Zahlen.")
    page = client.get(url("read", item.review)).text
    assert 'data-text="Bitte nennen Sie Zahlen."' in page
    client.post(url("comment", item), {"kind": "question", "text": "Woher wissen Sie das?", "phrase": phrase.pk})
    assert Comment.objects.get(kind="question").text == "Woher wissen Sie das?\nBitte nennen Sie Zahlen."
    client.post(url("comment", item), {"kind": "must change", "text": "", "phrase": phrase.pk})
    assert Comment.objects.get(kind="must change").text == "Bitte nennen Sie Zahlen."


def test_the_same_sentence_is_kept_once(world):
    first = Phrase.objects.remember("Bitte kürzen.", by=world.carla)
    assert Phrase.objects.remember("Bitte kürzen.", by=world.carla) == first


def test_there_is_an_end_to_them(world, enter):
    Phrase.objects.bulk_create(Phrase(by=world.carla, text=f"Satz {number}") for number in range(MOST_PHRASES))
    with pytest.raises(Stale):
        Phrase.objects.remember("Noch einer.", by=world.carla)
    response = enter(world.carla).post(reverse("reviews:phrases"), {"text": "Noch einer.", "kind": ""})
    assert "Sie haben schon 100 eigene Sätze." in response.text
    assert "Noch einer." in response.text


def test_a_comment_longer_than_a_phrase_is_not_remembered(world, enter):
    item = taken(world).items.get()
    response = enter(world.carla).post(url("comment", item), {"kind": "hint", "text": "a" * 501, "remember": "on"})
    assert "Ein eigener Satz hat höchstens 500 Zeichen." in response.text
    assert not Comment.objects.exists()


def test_phrases_are_managed_on_a_page_of_their_own(world, enter):
    client = enter(world.carla)
    page = reverse("reviews:phrases")
    assert "Bitte schreiben Sie den Satz." in client.post(page, {"text": " \n "}).text
    client.post(page, {"text": "Bitte nennen Sie Zahlen. 🙂 شكرا", "kind": "hint"})
    client.post(page, {"text": "Bitte kürzen."})
    assert "Bitte nennen Sie Zahlen. 🙂 شكرا" in client.get(page).text
    phrase = Phrase.objects.get(kind="hint")
    doubled = client.post(url("phrase", phrase), {"text": "Bitte kürzen.", "kind": ""})
    assert "Diesen Satz haben Sie schon." in doubled.text
    client.post(url("phrase", phrase), {"text": "Wie viele sind es?", "kind": "question"})
    assert set(Phrase.objects.values_list("kind", "text")) == {
        ("", "Bitte kürzen."),
        ("question", "Wie viele sind es?"),
    }
    client.post(url("discard_phrase", phrase))
    assert Phrase.objects.get().text == "Bitte kürzen."


def test_phrases_are_their_authors_alone(world, enter):
    phrase = Phrase.objects.remember("Schlehdorn.", by=world.carla)
    make_coach(world.cohort, world.jonas)
    client = enter(world.chris)
    assert "Schlehdorn" not in client.get(reverse("reviews:phrases")).text
    for name in ("phrase", "discard_phrase"):
        assert client.post(url(name, phrase), {"text": "Anders."}).status_code == 404
    assert enter(world.amina).get(reverse("reviews:phrases")).status_code == 404
    assert Phrase.objects.get().text == "Schlehdorn."


@pytest.mark.parametrize("number", [1, 50])
def test_the_page_of_phrases_costs_the_same_with_one_and_fifty(world, enter, django_assert_num_queries, number):
    Phrase.objects.bulk_create(Phrase(by=world.carla, text=f"Satz {one}") for one in range(number))
    client = enter(world.carla)
    with django_assert_num_queries(4):
        client.get(reverse("reviews:phrases"))


@pytest.mark.parametrize("sections", [("s4",), ("s3", "s4")])
def test_keeping_costs_the_same_however_much_was_handed_in(world, enter, django_assert_num_queries, sections):
    item = taken(world, *sections).items.get(draft__key="s4")
    client = enter(world.carla)
    seen = keep(client, item, **TYPED, summary="Gut.")["version"]
    with django_assert_num_queries(17):
        keep(client, item, version=seen, **TYPED | {"text": "Wie viele denn genau?"}, summary="Gut so.")
    assert BegunComment.objects.get().text == "Wie viele denn genau?"
