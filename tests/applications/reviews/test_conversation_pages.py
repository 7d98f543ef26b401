"""The page „Fragen und Antworten“, and open questions beside the queue and on a coach's overview."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from applications.reviews.models import Review
from applications.reviews.page.questions import questions_of
from cohorts.models import CoachAbsence, CoachAssignment, Cohort, Conversation, Entry, Team
from core.writes import Stale
from tests.applications.coaching import make_world, words_of
from tests.builders import day, log_in, make_coach, make_organisation, make_team, make_user

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script> {{ user }} \u202e verdreht 'quotes' \"doppelt\""


@pytest.fixture
def world():
    return make_world()


def address(world):
    return reverse("reviews:conversation", args=[world.team.pk])


def browser(world, who):
    return log_in(Client(), getattr(world, who))


def ask(world, who="amina", text="Dürfen wir Honorare zahlen?", seen=None):
    """Send a text from a page that shows the entries up to `seen`, by default all."""
    seen = Entry.objects.count() if seen is None else seen
    return browser(world, who).post(address(world), {"text": text, "seen": seen}, follow=True)


def page(world, who):
    return words_of(browser(world, who).get(address(world)).text)


def test_a_question_and_its_answer(world):
    sent = ask(world)
    assert "Ihre Frage ist gesendet." in sent.text
    assert "wartet auf Antwort, gefragt" in page(world, "carla")
    assert "Amina" in page(world, "carla")

    assert words_of(sent.text).count("Dürfen wir Honorare zahlen?") == 1
    assert 'name="seen" value="1"' in browser(world, "carla").get(address(world)).text
    assert "Ihre Antwort ist gesendet." in ask(world, "carla", "Ja, in Grenzen.").text

    shown = page(world, "jonas")
    assert "beantwortet" in shown
    assert "Ja, in Grenzen." in shown
    assert "Beratung, keine Entscheidung und keine Zusage des BAMF" in shown


def test_an_answer_to_the_first_question_does_not_swallow_the_second(world):
    ask(world)
    ask(world, "jonas", "Und wie hoch?")

    sent = words_of(ask(world, "carla", "Ja.", seen=1).text)

    assert "Inzwischen hat das Team noch geschrieben: Das wartet noch auf Antwort." in sent
    assert "wartet auf Antwort, gefragt" in sent
    assert "Und wie hoch?" in words_of(browser(world, "carla").get(reverse("reviews:queue")).text)


def test_a_text_from_an_old_page_stays_with_a_hint(world):
    ask(world)
    ask(world, "chris", "Ja.")

    held = ask(world, "carla", "Nein.", seen=1)

    assert held.status_code == 409
    assert "Inzwischen hat jemand geschrieben. Ihr Text ist noch nicht gesendet" in held.text
    assert "Nein.</textarea>" in held.text
    assert 'name="seen" value="2"' in held.text
    assert Entry.objects.count() == 2
    assert ask(world, "carla", "Nein.", seen=2).status_code == 200
    assert Entry.objects.count() == 3


def test_a_coach_who_writes_first_sends_a_message(world):
    assert "Nachricht senden" in page(world, "carla")
    assert "Ihre Nachricht ist gesendet." in ask(world, "carla", "Guten Tag!").text
    assert "beantwortet" not in page(world, "amina")


def test_before_the_coach_has_accepted_the_team_can_ask(world):
    CoachAssignment.objects.update(coach=None)
    assert "Schreiben Sie Ihre erste Frage." in page(world, "amina")
    CoachAssignment.objects.update(until=day(-1))
    shown = page(world, "amina")
    assert "Sobald jemand genannt ist, können Sie hier schreiben." in shown
    assert "Hier antwortet niemand mehr" not in shown
    assert ask(world).status_code == 409


@pytest.mark.parametrize(
    ("who", "writes"),
    [
        ("amina", "Frage senden"),
        ("rana", "Frage senden"),
        ("carla", "Antwort senden"),
        ("chris", "Antwort senden"),
        ("doris", ""),
    ],
)
def test_each_role_finds_its_form(world, who, writes):
    ask(world)
    shown = page(world, who)

    assert (writes or "Hier schreiben nur das Team und die Coaching-Personen.") in shown
    assert ("Das ist erledigt" in shown) == bool(writes)
    assert "Dürfen wir Honorare zahlen?" in shown
    if not writes:
        assert ask(world, who).status_code == 403


def test_it_says_who_can_read_it(world):
    shown = page(world, "amina")
    assert "Wer kann das lesen?" in shown
    assert "Carla Weber (Coachin)" in shown
    assert "Chris Maurer" in shown
    assert "Doris Lang" in shown
    assert "Sonst niemand, auch nicht das BAMF." in shown


def test_what_is_too_long_or_empty_is_refused_with_a_sentence(world):
    long = ask(world, text="x" * 2001)
    assert long.status_code == 422
    assert "Das ist zu lang: 2.001 Zeichen. Möglich sind bis zu 2.000." in long.text
    assert "x" * 2001 in long.text
    for empty in ("", "  \n ", "\u200b"):
        assert "Bitte schreiben Sie Ihre Frage oder Antwort." in ask(world, text=empty).text
    assert not Entry.objects.exists()
    assert ask(world, text="ä" * 2000).status_code == 200


def test_hostile_text_is_shown_as_it_was_typed(world):
    ask(world, text=HOSTILE)
    shown = browser(world, "carla").get(address(world)).text
    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ user }}" in shown
    assert "<script>alert" not in browser(world, "carla").get(reverse("reviews:queue")).text


def test_a_text_sent_after_the_login_expired_is_still_there(world):
    client = Client()
    response = client.post(address(world), {"text": "Mein langer Text."})
    assert response.url.startswith("/konto/login/")

    log_in(client, world.amina)
    shown = client.get(address(world)).text

    assert "Mein langer Text." in shown
    assert "Ihr Text ist noch nicht gesendet" in shown
    assert not Entry.objects.exists()
    client.post(address(world), {"text": "Mein langer Text."})
    assert Entry.objects.get().text == "Mein langer Text."
    assert client.get(address(world)).text.count("Mein langer Text.") == 1


def test_done_and_open_again(world):
    ask(world)
    closing = reverse("reviews:close_conversation", args=[world.team.pk])
    late = browser(world, "carla")
    ask(world, "jonas", "Und noch eine.")

    assert "Inzwischen hat jemand geschrieben" in late.post(closing, {"seen": "1"}, follow=True).text
    assert "Das ist erledigt. Wer weiterfragen möchte" in late.post(closing, {"seen": "2"}, follow=True).text
    assert "markiert von Carla Weber" in page(world, "amina")
    assert late.post(closing, {"seen": "unsinn"}, follow=True).status_code == 200

    ask(world, "amina", "Doch noch offen.")

    assert "wartet auf Antwort" in page(world, "amina")


def test_without_a_question_there_is_nothing_to_close(world):
    closing = reverse("reviews:close_conversation", args=[world.team.pk])
    assert browser(world, "amina").post(closing, {"seen": "0"}).status_code == 404
    assert "Schreiben Sie Ihre erste Frage." in page(world, "amina")
    assert "Das Team hat noch nichts gefragt." in page(world, "doris")


def test_a_withdrawn_team_reads_and_keeps_what_it_typed(world):
    ask(world)
    Team.objects.filter(pk=world.team.pk).update(withdrawn_at=timezone.now())

    shown = page(world, "amina")
    assert "Hier antwortet niemand mehr" in shown
    assert "Dürfen wir Honorare zahlen?" in shown
    assert 'name="text"' not in shown
    refused = ask(world, text="Zu spät getippt.")
    assert (refused.status_code, "Zu spät getippt." in refused.text) == (409, True)


def test_nobody_is_called_on_to_write_once_the_team_has_left(world):
    ask(world)
    assert "Hier fragen Sie Ihre Coaching-Person" in page(world, "amina")
    Team.objects.filter(pk=world.team.pk).update(withdrawn_at=timezone.now())
    for who in ("amina", "carla", "doris"):
        shown = page(world, who)
        assert "Dürfen wir Honorare zahlen?" in shown
        assert "Hier fragen Sie Ihre Coaching-Person" not in shown
        assert "wartet auf Antwort" not in shown
        assert "beantwortet" not in shown
        assert "Hier schreiben nur das Team und die Coaching-Personen." not in shown
        assert ("Hier schreibt niemand mehr." in shown) == (who != "amina")


@pytest.mark.parametrize("gone", ["team", "cohort"])
def test_where_nobody_answers_nothing_is_closed_and_the_page_says_why(world, gone):
    ask(world)
    if gone == "team":
        Team.objects.filter(pk=world.team.pk).update(withdrawn_at=timezone.now())
    else:
        Cohort.objects.filter(pk=world.cohort.pk).update(cancelled_at=timezone.now())
    with pytest.raises(Stale):
        Conversation.objects.get().close(by=world.carla, seen=1)
    closing = reverse("reviews:close_conversation", args=[world.team.pk])
    refused = browser(world, "carla").post(closing, {"seen": "1"}, follow=True).text
    assert "Hier antwortet niemand. Was geschrieben ist, bleibt lesbar." in refused
    assert Conversation.objects.get().closed_at is None


def test_only_the_latest_are_shown_at_once(world):
    for number in range(33):
        Conversation.objects.write(world.team, f"Frage {number:02}.", by=world.amina)
    shown = page(world, "carla")
    assert ("Frage 02." in shown, "Frage 03." in shown, "Frage 32." in shown) == (False, True, True)
    assert "3 frühere Beiträge zeigen" in shown
    assert "Frage 00." in browser(world, "carla").get(address(world) + "?alle").text


def test_the_queue_and_the_overview_show_open_questions_beside_hand_ins(world):
    ask(world)
    for client, url in [(browser(world, "carla"), "reviews:queue"), (browser(world, "carla"), "dashboard")]:
        shown = words_of(client.get(reverse(url)).text)
        assert "Fragen der Teams" in shown
        assert "Dürfen wir Honorare zahlen?" in shown
    assert "Fragen der Teams" in browser(world, "chris").get(reverse("reviews:queue")).text
    assert "Fragen der Teams" not in browser(world, "chris").get(reverse("dashboard")).text
    assert "Fragen der Teams" in browser(world, "doris").get(reverse("reviews:queue")).text
    assert not Review.objects.exists()

    ask(world, "carla", "Ja.")

    assert "Fragen der Teams" not in browser(world, "carla").get(reverse("reviews:queue")).text


def test_a_question_waits_for_who_stands_in(world):
    ask(world)
    assert [[row.is_for_you for row in questions_of(user)] for user in (world.carla, world.chris)] == [[True], [False]]

    CoachAbsence.objects.create(
        assignment=CoachAssignment.objects.get(coach=world.carla), from_on=day(0), until_on=day(2)
    )

    assert [[row.is_for_you for row in questions_of(user)] for user in (world.carla, world.chris)] == [[False], [True]]


def test_nobody_else_sees_or_answers(world):
    ask(world)
    stranger = make_coach(
        make_team(world.team.cohort.organiser.cohorts.exclude(pk=world.cohort.pk).get()).cohort, make_user("Gustav")
    )
    for user in (world.bilal, stranger.coach):
        client = log_in(Client(), user)
        assert client.get(address(world)).status_code == 404
        assert client.post(address(world), {"text": "Hallo?"}).status_code == 404
    assert Entry.objects.count() == 1
    assert questions_of(stranger.coach) == []


@pytest.mark.parametrize("count", [1, 30])
def test_the_queries_do_not_grow(world, count, django_assert_num_queries):
    for number in range(count):
        Conversation.objects.write(world.team, f"Frage {number}.", by=world.amina)
        team = make_team(
            world.cohort, make_user(f"Person{number}"), organisation=make_organisation(f"Verein {number} e. V.")
        )
        Conversation.objects.write(team, "Frage?", by=team.members.get().user)
    client = browser(world, "jonas")
    client.get(address(world))

    with django_assert_num_queries(11):
        client.get(address(world))
    questions_of(world.carla)
    with django_assert_num_queries(1):
        assert len(questions_of(world.carla)) == count + 1
