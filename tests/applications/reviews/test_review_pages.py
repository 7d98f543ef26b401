"""The pages of a review: taking, comments, giving back, the second time. Forms are sent as a browser would."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.urls import reverse

from accounts.models import Message
from applications.content import Activity, Budget, Cover, Expense, Goal, Goals, WorkPlan
from applications.content.quotes import quoted
from applications.reviews.models import Comment, Review
from applications.reviews.steps import hand_in
from tests.applications.coaching import (
    ADVICE,
    given_back,
    handed_in,
    taken,
    told,
    url,
    verdicts,
    words_of,
)
from tests.builders import make_application, make_team, make_user, write

pytestmark = pytest.mark.django_db


# Taking and reviewing


def test_a_coach_takes_and_reads_exactly_what_was_handed_in(world, enter):
    review = handed_in(world)
    write(world.application, "s4", "Wir erreichen 34 Gäste über Freunde.", by=world.amina)
    client = enter(world.carla)
    response = client.post(url("take", review), follow=True)
    assert response.redirect_chain == [(url("read", review), 302)]
    said = words_of(response.text)
    assert "Was gehört zu „Zielgruppe und Ansprache“?" in said
    assert "Wir erreichen viele über Freunde." in said
    assert "Fassung 1, zur Rückmeldung abgegeben von Amina Haddad" in said
    assert "Das Team schreibt weiter: 2 Wörter neu, 1 Wort entfernt seit der Abgabe" in said
    assert "Sie lesen gerade" in said
    own = words_of(enter(world.amina).get(url("read", review)).text)
    assert "Seit der Abgabe geändert: 2 Wörter neu, 1 Wort entfernt" in own
    assert "Das Team schreibt weiter" not in own


def test_the_second_coach_is_told_that_somebody_was_faster(world, enter):
    review = taken(world)
    response = enter(world.chris).post(url("take", review), follow=True)
    assert told(response) == ["Diese Abgabe liest jetzt jemand anders."]
    assert "Carla Weber liest gerade" in words_of(response.text)
    assert Review.objects.get().coach == world.carla


def test_another_coach_of_the_cohort_sees_the_review_but_not_what_is_written_since(world, enter):
    review = handed_in(world)
    write(world.application, "s4", "Ein Geheimnis seit der Abgabe.", by=world.amina)
    text = enter(world.chris).get(url("read", review)).text
    assert "Wir erreichen viele über Freunde." in text
    assert "Geheimnis" not in text
    assert "Das Team schreibt weiter" not in text
    assert world.application.get_absolute_url() not in text


def test_rows_refer_to_titles_of_sections_that_were_not_handed_in(world, enter):
    plan = WorkPlan(rows=(Activity(id="a1", title="Tischgespräche", description="Geheime Beschreibung"),))
    write(world.application, "s7", plan, by=world.amina)
    write(world.application, "s5", Goals(rows=(Goal(id="g1", goal="Sie kennen sich", activities=("a1",)),)))
    review = handed_in(world, "s5")
    text = enter(world.chris).get(url("read", review)).text
    assert "Tischgespräche" in text
    assert "Geheime Beschreibung" not in text


def test_the_checks_and_the_guidance_stand_beside_what_was_handed_in(world, enter):
    write(world.application, "s0", Cover(title="Tischgespräche"), by=world.amina)
    review = handed_in(world, "s0", "s4")
    write(world.application, "s0", Cover(title="Tischgespräche", places="Halle", months=12), by=world.amina)
    page = words_of(enter(world.carla).get(url("read", review, abschnitt="s0")).text)
    assert "Vorprüfung dieses Abschnitts" in page
    assert "Geprüft ist, was zur Rückmeldung abgegeben wurde." in page
    assert "Worum geht es?" in page
    before = page[page.index("Vorprüfung dieses Abschnitts") :]
    assert "die Laufzeit in Monaten" in before  # missing in the version handed in, though written since


def test_another_coach_reads_the_checks_of_what_was_handed_in_and_of_nothing_else(world, enter):
    write(world.application, "s0", Cover(title="Tischgespräche"), by=world.amina)
    write(world.application, "s5", Goals(rows=(Goal(id="g1", goal="Sie kennen sich"),)), by=world.amina)
    write(world.application, "s7", WorkPlan(rows=(Activity(id="a1", title="Kochabende"),)), by=world.amina)
    review = handed_in(world, "s0", "s5")
    write(world.application, "s0", Cover(title="Tischgespräche", places="Halle", months=12), by=world.amina)
    pages = {
        (person, key): enter(getattr(world, person)).get(url("read", review, abschnitt=key))
        for person in ("carla", "chris")
        for key in ("s0", "s5")
    }
    other = words_of(pages["chris", "s0"].text)
    assert "die Laufzeit in Monaten" in other  # missing in the version handed in, though written since
    assert "Geprüft sind nur die Abschnitte dieser Abgabe" in other
    found = {
        place: {finding.code for one in page.context["desk"].handed_in.places for finding in one.findings}
        for place, page in pages.items()
    }
    assert found["chris", "s0"] <= found["carla", "s0"]
    assert found["chris", "s5"] < found["carla", "s5"], "what the work plan is needed for is not checked"


def test_rows_are_read_beside_a_text_with_what_changed(world, enter):
    write(world.application, "s7", WorkPlan(rows=(Activity(id="a1", title="Kochabende"),)), by=world.amina)
    write(world.application, "s17", Budget(expenses=(Expense(id="e1", year=2027, title="Miete", unit_price=100_00),)))
    given_back(world)
    write(
        world.application, "s7", WorkPlan(rows=(Activity(id="a1", title="Kochabende"), Activity(id="a2", title="Fest")))
    )
    write(world.application, "s17", Budget(expenses=(Expense(id="e1", year=2027, title="Miete", unit_price=200_00),)))
    review = taken(world, "s4")
    write(world.application, "s7", WorkPlan(rows=(Activity(id="a3", title="Nach der Abgabe"),)), by=world.amina)
    client = enter(world.carla)
    page = client.get(url("read", review, abschnitt="s4")).text
    assert "Daneben lesen:" in words_of(page)
    assert "Kochabende" not in page
    plan = client.get(url("read", review, abschnitt="s4", daneben="s7")).text
    assert "Kochabende" in plan
    assert re.search(r"sheet__line--added[^>]*>\s*<h4>\s*Fest", plan)
    assert "Nach der Abgabe" not in plan
    money = words_of(client.get(url("read", review, abschnitt="s4", daneben="s17")).text)
    assert "100,00 € → 200,00 €" in money
    for key in ("s4", "s99", "<b>"):
        assert client.get(url("read", review, abschnitt="s4", daneben=key)).context["desk"].beside is None
    other = enter(world.chris).get(url("read", review, abschnitt="s4", daneben="s7")).text
    assert "Kochabende" not in other
    assert "Daneben lesen" not in other


def test_strangers_see_nothing(world, enter):
    review = given_back(world)
    comment = review.items.get().comments.get()
    client = enter(world.bilal)
    assert client.get(url("read", review)).status_code == 404
    for name in ("take", "release", "withdraw", "give_back"):
        assert client.post(url(name, review)).status_code == 404
    for name in ("answer", "done", "resolve", "discard", "change"):
        assert client.post(url(name, comment)).status_code == 404
    assert client.post(url("comment", review.items.get())).status_code == 404


def test_who_may_only_look_gets_403(world, enter):
    review = given_back(world)
    comment, item = review.items.get().comments.get(), review.items.get()
    forbidden = {
        "rana": ["take", "release", "withdraw", "give_back", "comment", "answer", "done", "resolve", "change"],
        "doris": ["take", "release", "withdraw", "give_back", "comment", "answer", "done", "resolve", "change"],
        "amina": ["take", "release", "give_back", "comment", "resolve", "discard", "change"],
        "carla": ["withdraw", "done"],
    }
    for person, names in forbidden.items():
        client = enter(getattr(world, person))
        for name in names:
            record = {"comment": item}.get(
                name, comment if name in {"answer", "done", "resolve", "change", "discard"} else review
            )
            assert client.post(url(name, record)).status_code == 403, (person, name)


def test_a_change_needs_a_form(world, enter):
    review = handed_in(world)
    client = enter(world.carla)
    for name in ("take", "release", "withdraw"):
        assert client.get(url(name, review)).status_code == 405


def test_loading_the_page_of_a_refused_form_again_leads_back_to_the_review(world, enter):
    review = taken(world)
    client = enter(world.carla)
    for address in (url("give_back", review), url("comment", review.items.get())):
        assert client.get(address).url == url("read", review, abschnitt="s4")


def test_several_sections_are_tabs(world, enter):
    review = taken(world, "s3", "s4")
    client = enter(world.carla)
    first = client.get(url("read", review)).text
    assert "Im Viertel leben viele Menschen." in first
    assert "Wir erreichen" not in first
    second = client.get(url("read", review, abschnitt="s4")).text
    assert "Wir erreichen viele über Freunde." in second
    assert "Im Viertel leben" not in second


def test_releasing_puts_it_back_into_the_queue(world, enter):
    review = taken(world)
    response = enter(world.carla).post(url("release", review), follow=True)
    assert response.redirect_chain == [(reverse("reviews:queue"), 302)]
    assert told(response) == ["Die Abgabe wartet wieder auf alle Coaching-Personen."]
    assert not Review.objects.get().is_taken


def test_the_team_withdraws_until_somebody_reads(world, enter):
    client, review = enter(world.amina), handed_in(world)
    assert "Abgabe zurückziehen" in client.get(url("read", review)).text
    client.post(url("withdraw", review), follow=True)
    assert Review.objects.get().withdrawn_at
    again = taken(world)
    response = client.post(url("withdraw", again), follow=True)
    assert told(response) == [
        "Das lässt sich nicht mehr zurückziehen: Es wird schon gelesen oder ist schon zurückgegeben."
    ]
    assert "Abgabe zurückziehen" not in response.text


# Comments


def test_a_comment_on_quoted_words_marks_them_in_the_text(world, enter):
    review = taken(world)
    item = review.items.get()
    response = enter(world.carla).post(
        url("comment", item),
        {"words": "viele über", "before": "Wir erreichen ", "kind": "must change", "text": "Wie viele?"},
        follow=True,
    )
    assert response.redirect_chain == [(url("read", review) + "?abschnitt=s4#anmerkungen", 302)]
    comment = Comment.objects.get()
    assert (comment.quote, comment.before, comment.after, comment.position) == (
        "viele über",
        "Wir erreichen ",
        " Freunde.",
        14,
    )
    assert '<mark>viele über</mark><a class="number" id="stelle-1" href="#anmerkung-1"' in response.text
    assert "Bitte ändern – noch nicht gegeben" in words_of(response.text)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"words": "steht nicht da", "kind": "hint", "text": "Hm."}, "Diese Worte stehen so nicht im Text."),
        ({"words": "viele", "kind": "", "text": "Wie viele?"}, "Bitte wählen Sie, was für eine Anmerkung das ist."),
        ({"words": "viele", "kind": "question", "text": " "}, "Bitte schreiben Sie, was Sie sagen möchten."),
        ({"words": "", "kind": "hint", "text": "a\x00b"}, "Der Text enthält ein Zeichen, das sich nicht speichern lässt."),
        ({"words": "", "kind": "hint", "text": "x" * 5001}, "Das ist zu lang: 5.001 Zeichen."),
    ],
)  # fmt: skip
def test_a_comment_that_cannot_be_stored_keeps_what_was_typed(world, enter, data, sentence):
    item = taken(world).items.get()
    response = enter(world.carla).post(url("comment", item), data)
    assert sentence in response.text
    assert not Comment.objects.exists()
    form = response.context["comment_form"]
    assert form["words"].value() == data["words"]
    assert form["text"].value() == data["text"]


def test_praise_needs_no_words(world, enter):
    item = taken(world).items.get()
    enter(world.carla).post(url("comment", item), {"words": "viele über Freunde", "kind": "praise", "text": ""})
    assert [(comment.kind, comment.text) for comment in Comment.objects.all()] == [("praise", "")]


def test_a_comment_on_a_row_stands_beside_it(world, enter):
    budget = Budget(expenses=(Expense(id="e1", title="Raum", year=2027, quantity="2", unit_price=120_000),))
    write(world.application, "s17", budget, by=world.amina)
    item = taken(world, "s17").items.get()
    response = enter(world.carla).post(
        url("comment", item), {"row": "e1", "kind": "question", "text": "Warum zwei?"}, follow=True
    )
    assert (Comment.objects.get().row_id, Comment.objects.get().quote) == ("e1", "Raum")
    assert 'id="zeile-e1"' in response.text
    assert '<a href="#zeile-e1">Raum</a>' in response.text
    assert "2.400,00\N{NO-BREAK SPACE}€" in response.text


def test_nobody_but_its_author_sees_a_comment_before_it_is_given(world, enter):
    review = taken(world)
    comment = review.items.get().comment(by=world.carla, kind="hint", text="Nur für mich.")
    assert "Nur für mich." in enter(world.carla).get(url("read", review)).text
    for person in ("amina", "jonas", "rana", "chris", "doris"):
        client = enter(getattr(world, person))
        assert "Nur für mich." not in client.get(url("read", review)).text
        assert client.post(url("answer", comment), {"text": "Ich sehe dich."}).status_code == 404


def test_a_comment_is_changed_and_deleted_before_giving_back(world, enter):
    review = taken(world)
    item = review.items.get()
    first = item.comment(by=world.carla, kind="hint", text="Kürzer.")
    second = item.comment(by=world.carla, kind="hint", text="Weg damit.")
    client = enter(world.carla)
    assert "Kürzer." in client.get(url("change", first)).text
    client.post(url("change", first), {"kind": "must change", "text": "Bitte kürzen.", "version": first.version})
    client.post(url("discard", second))
    assert [(comment.kind, comment.text) for comment in Comment.objects.all()] == [("must change", "Bitte kürzen.")]


def test_the_fields_that_change_a_comment_belong_to_the_form_they_stand_in(world, enter):
    comment = taken(world).items.get().comment(by=world.carla, kind="hint", text="Kürzer.")
    client = enter(world.carla)
    assert 'form="lesung"' not in client.get(url("change", comment)).text
    assert client.get(url("read", comment.item.review)).text.count('form="lesung"') >= 4


def test_only_what_one_reads_can_be_commented_on(world, enter):
    item = handed_in(world).items.get()
    response = enter(world.carla).post(url("comment", item), {"kind": "hint", "text": "Das fehlt noch."})
    assert response.status_code == 409
    assert "Anmerken können Sie nur, was Sie gerade lesen." in response.text
    assert "Das fehlt noch.</textarea>" in response.text, "it can be copied"
    assert not Comment.objects.exists()


def gives_back(review, world):
    item = review.items.get()
    review.give_back(by=world.carla, verdicts={item.pk: "accepted"}, summary="", again_by=None)


def is_withdrawn(review, world):
    review.release(by=world.carla)
    review.withdraw(by=world.amina)


def is_taken_by_another(review, world):
    review.release(by=world.carla)
    review.take(by=world.chris)


@pytest.mark.parametrize(
    ("happens", "sentence"),
    [
        (gives_back, "Diese Abgabe ist schon zurückgegeben. Daran lässt sich nichts mehr ändern."),
        (is_withdrawn, "Diese Abgabe ist zurückgezogen. Sie wird nicht mehr gelesen."),
        (is_taken_by_another, "Diese Abgabe liest jetzt jemand anders."),
    ],
)
def test_what_is_no_longer_read_says_so_whatever_is_tried(world, enter, happens, sentence):
    review = taken(world)
    happens(review, world)
    item, client = review.items.get(), enter(world.carla)
    typed = {"kind": "hint", "text": "Wer genau?"}
    kept = client.post(url("keep", item), typed, headers={"Accept": "application/json"})
    assert kept.json() == {"state": "closed", "sentence": sentence}
    for address in (url("comment", item), url("give_back", review)):
        page = client.post(address, typed)
        assert (page.status_code, sentence in page.text) == (409, True), address
        assert "Bitte übernehmen Sie die Abgabe zuerst" not in page.text
        assert "Wer genau?</textarea>" in page.text
    assert told(client.post(url("take", review), follow=True)) == [sentence]


def test_a_review_taken_twice_by_the_same_person_says_so(world, enter):
    review = taken(world)
    assert told(enter(world.carla).post(url("take", review), follow=True)) == ["Diese Abgabe lesen Sie schon."]


def test_praise_that_is_refused_leaves_the_comment_that_was_begun(world, enter):
    item = taken(world).items.get()
    typed = {"kind": "must change", "text": "Das ist zu wenig.", "words": "Steht nicht im Text", "praise": "1"}
    page = enter(world.carla).post(url("comment", item), typed)
    assert "Diese Worte stehen so nicht im Text." in page.text
    assert "Steht nicht im Text</textarea>" in page.text
    assert "Das ist zu wenig.</textarea>" in page.text
    assert not Comment.objects.exists()


# Giving back


def test_giving_back_leads_to_what_waits_longest(world, enter):
    review = taken(world, "s3", "s4")
    bilal = make_user("Bassam", "Aziz")
    other = make_application(make_team(world.cohort, bilal))
    write(other, "s3", "Auch wir.", by=bilal)
    waiting = hand_in(other, ["s3"], by=bilal)
    client = enter(world.carla)
    page = words_of(client.get(url("read", review)).text)
    assert "Danach kommt:" in page
    assert ADVICE in page
    data = {"verdict-s3": "accepted", "verdict-s4": "please change", "summary": "Schön.", "again_by": "2099-12-11"}
    response = client.post(url("give_back", review), data | {"next": "1"}, follow=True)
    assert response.redirect_chain == [(url("read", waiting), 302)]
    review = Review.objects.get(pk=review.pk)
    assert [(item.draft.key, item.verdict) for item in review.items.all()] == [
        ("s3", "accepted"),
        ("s4", "please change"),
    ]
    assert (review.summary, str(review.again_by)) == ("Schön.", "2099-12-11")


def test_a_comment_does_not_throw_away_what_was_chosen_for_giving_back(world, enter):
    review = taken(world, "s3", "s4")
    item = review.items.get(draft__key="s4")
    chosen = {"verdict-s3": "accepted", "summary": "Schön.", "again_by": "2099-12-11"}
    client = enter(world.carla)
    refused = client.post(url("comment", item), {"kind": "hint", "text": "", **chosen})
    assert "Bitte schreiben Sie, was Sie sagen möchten." in refused.text
    assert refused.context["give_back_form"]["summary"].value() == "Schön."
    client.post(url("comment", item), {"kind": "hint", "text": "Kürzer.", **chosen})
    form = client.get(url("read", review)).context["give_back_form"]
    assert [form[name].value() for name in chosen] == ["accepted", "Schön.", date(2099, 12, 11)]
    assert form["verdict-s4"].value() is None
    assert "Schön." not in enter(world.amina).get(url("read", review)).text


def test_a_comment_that_was_begun_is_not_lost_by_giving_back(world, enter):
    review = taken(world)
    data = {"verdict-s4": "accepted", "kind": "must change", "text": "Wie viele?"}
    response = enter(world.carla).post(url("give_back", review, abschnitt="s4"), data)
    assert "Sie haben eine Anmerkung begonnen, die noch nicht gespeichert ist." in response.text
    assert response.context["comment_form"]["text"].value() == "Wie viele?"
    assert response.context["give_back_form"]["verdict-s4"].value() == "accepted"
    assert Review.objects.get().is_taken


def test_after_the_last_one_comes_the_queue(world, enter):
    review = taken(world)
    response = enter(world.carla).post(url("give_back", review), {"verdict-s4": "accepted"}, follow=True)
    assert response.redirect_chain == [(reverse("reviews:queue"), 302)]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"summary": "Schön."}, "Bitte entscheiden Sie: rund oder bitte ändern?"),
        ({"verdict-s4": "accepted", "summary": "Schön."}, "Hier ist noch eine Anmerkung „Bitte ändern“ offen."),
        (
            {"verdict-s4": "please change", "again_by": "2020-01-01", "summary": "Schön."},
            "Dieser Tag ist schon vorbei.",
        ),
    ],
)
def test_giving_back_incompletely_keeps_what_was_typed(world, enter, data, sentence):
    review = taken(world)
    review.items.get().comment(by=world.carla, kind="must change", text="Wie viele?")
    response = enter(world.carla).post(url("give_back", review), data)
    assert sentence in response.text
    assert response.context["give_back_form"]["summary"].value() == "Schön."
    assert Review.objects.get().is_taken


def test_the_team_sees_what_was_given_back(world, enter):
    review = taken(world)
    review.items.get().comment(by=world.carla, kind="must change", text="Wie viele?")
    review.give_back(by=world.carla, verdicts=verdicts(review), summary="Schon gut greifbar.")
    for person in ("amina", "rana", "doris"):
        said = words_of(enter(getattr(world, person)).get(url("read", review)).text)
        assert "Bitte ändern – noch offen" in said
        assert "Wie viele?" in said
        assert "Schon gut greifbar." in said
        assert ADVICE in said
        assert ("Antwort speichern" in said) == (person == "amina")


# The second review


def second_review(world):
    """Amina answers, revises and hands in again; Carla takes it."""
    review = taken(world)
    words = review.items.get().revision.value.text
    item = review.items.get()
    item.comment(by=world.carla, kind="must change", text="Wie viele?", quote=quoted(words, "viele"))
    review.give_back(by=world.carla, verdicts=verdicts(review))
    write(world.application, "s4", "Wir erreichen 34 Gäste über Freunde.", by=world.amina)
    return review, taken(world)


def test_the_coach_sees_what_changed_since_her_last_review(world, enter):
    _first, second = second_review(world)
    client = enter(world.carla)
    text = client.get(url("read", second, ansicht="neu")).text
    assert "Neu seit Ihrer letzten Lesung" in text
    assert "Wir erreichen <del>viele</del><ins>34 Gäste</ins> über Freunde." in re.sub(
        r"</?mark>|<a class=.number.*?</a>", "", text
    )
    plain = client.get(url("read", second, ansicht="text")).text
    assert "<ins>34" not in plain
    assert "seit Fassung 1" in words_of(text)


def test_earlier_comments_with_answers_stand_beside_and_are_resolved_there(world, enter):
    first, second = second_review(world)
    comment = first.items.get().comments.get()
    client = enter(world.amina)
    client.post(url("answer", comment), {"text": "Die Zahl steht jetzt im Text."})
    client.post(url("done", comment))
    client = enter(world.carla)
    page = client.get(url("read", second)).text
    assert f'name="next" value="{url("read", second)}?abschnitt=s4#anmerkung-1"' in page
    said = words_of(page)
    assert "Bitte ändern – vom Team erledigt" in said
    assert "Die Zahl steht jetzt im Text." in said
    assert "„Rund“ geht, sobald" in said
    response = client.post(url("resolve", comment), {"next": url("read", second)}, follow=True)
    assert response.redirect_chain == [(url("read", second), 302)]
    said = words_of(response.text)
    assert "Bitte ändern – erledigt" in said
    assert "„Rund“ geht, sobald" not in said
    client.post(url("give_back", second), {"verdict-s4": "accepted"})
    assert second.items.get().verdict == "accepted"


def test_an_answer_leads_back_to_where_it_was_written_and_nowhere_else(world, enter):
    comment = given_back(world).items.get().comments.get()
    client = enter(world.amina)
    section = f"{world.application.get_absolute_url()}abschnitte/s4/#anmerkung-1"
    assert client.post(url("answer", comment), {"text": "Ja.", "next": section}).url == section
    elsewhere = client.post(url("answer", comment), {"text": "Ja.", "next": "https://example.org/"}).url
    assert elsewhere == url("read", comment.item.review) + "?abschnitt=s4#anmerkungen"


def test_an_empty_answer_is_asked_for_again(world, enter):
    comment = given_back(world).items.get().comments.get()
    response = enter(world.amina).post(url("answer", comment), {"text": " "})
    assert "Bitte schreiben Sie Ihre Antwort." in response.text
    assert not comment.replies.exists()


def test_what_was_marked_done_by_mistake_is_open_again(world, enter):
    comment = given_back(world).items.get().comments.get()
    client = enter(world.amina)
    client.post(url("done", comment))
    page = client.get(f"{world.application.get_absolute_url()}abschnitte/s4/")
    assert "Doch noch offen" in page.text

    answer = client.post(url("done", comment), {"undo": "1"}, follow=True)

    comment.refresh_from_db()
    assert (told(answer), comment.done_at, comment.done_by) == (["Die Anmerkung ist wieder offen."], None, None)
    comment.resolve(by=world.carla)
    late = client.post(url("done", comment), {"undo": "1"}, follow=True)
    assert told(late) == ["Diese Anmerkung ist schon offen, oder Ihre Coaching-Person hat sie abgehakt."]


def test_a_coach_takes_resolving_back_and_the_team_is_told(world, enter):
    comment = given_back(world).items.get().comments.get()
    comment.resolve(by=world.carla)
    Message.objects.all().delete()
    client = enter(world.carla)
    assert "Wieder öffnen" in client.get(url("read", comment.item.review)).text

    answer = client.post(url("resolve", comment), {"undo": "1"}, follow=True)

    comment.refresh_from_db()
    assert told(answer) == ["Die Anmerkung ist wieder offen."]
    assert comment.is_blocking
    assert {mail.kind for mail in Message.objects.all()} == {"comment_reopened"}
    assert enter(world.rana).post(url("resolve", comment), {"undo": "1"}).status_code in {403, 404}
