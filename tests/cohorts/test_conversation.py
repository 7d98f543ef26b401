"""What a team asks its coaches: who may write, what waits, „erledigt“, whom a mail goes to, when nobody answers any more."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.erasing import erase
from accounts.models import Event, Message, User
from applications.reviews import due
from cohorts.models import CoachAbsence, CoachAssignment, Cohort, Conversation, ConversationSeen, Entry, Team
from cohorts.models.conversation import WrittenSince, end_of_window, is_answered, unread_by
from core.writes import Stale
from tests.applications.coaching import make_world
from tests.builders import day, make_bamf, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return make_world()


def write(world, who="amina", text="Dürfen wir Honorare zahlen?", seen=None):
    team = Team.objects.get(pk=world.team.pk)
    return Conversation.objects.write(team, text, by=getattr(world, who), seen=seen)


def talk():
    return Conversation.objects.get()


def mails(kind):
    return sorted(Message.objects.filter(kind=kind).values_list("email", flat=True))


def test_a_team_asks_a_coach_answers_and_it_is_done(world):
    entry = write(world)
    assert (entry.number, entry.is_from_team, talk().waits_since == entry.at) == (1, True, True)

    again = write(world, "jonas", "Und wie hoch?")
    assert talk().waits_since == entry.at  # since the first question that has no answer
    answer = write(world, "carla", "Ja.")
    assert (talk().waits_since, answer.is_from_team, again.number, answer.number) == (None, False, 2, 3)

    talk().close(by=world.amina, seen=3)
    assert (talk().closed_by, talk().waits_since) == (world.amina, None)

    write(world, "rana", "Noch etwas.")
    assert (talk().closed_at, talk().closed_by) == (None, None)
    assert talk().waits_since == Entry.objects.get(number=4).at
    events = Event.objects.filter(what__startswith="conversation.").order_by("at").values_list("what", flat=True)
    assert list(events) == [f"conversation.{what}" for what in ("asked", "asked", "answered", "closed", "asked")]


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("amina", True),
        ("jonas", True),
        ("rana", True),
        ("carla", True),
        ("chris", True),
        ("doris", False),
        ("bilal", False),
    ],
)
def test_everybody_of_the_team_and_every_coach_of_the_cohort_writes(world, who, may):
    if may:
        assert write(world, who).by == getattr(world, who)
    else:
        with pytest.raises(PermissionDenied):
            write(world, who)
        assert not Conversation.objects.exists()


@pytest.mark.parametrize("who", ["amina", "rana", "carla", "chris"])
def test_either_side_marks_it_as_done(world, who):
    write(world)

    talk().close(by=getattr(world, who), seen=1)

    assert talk().closed_by == getattr(world, who)
    told = ["amina@example.org", "jonas@example.org", "rana@example.org"]
    assert mails("conversation_closed") == (told if who in {"carla", "chris"} else [])


def test_an_answered_question_is_done_without_a_mail(world):
    write(world)
    write(world, "carla", "Ja.")
    talk().close(by=world.carla, seen=2)
    assert mails("conversation_closed") == []


@pytest.mark.parametrize("seen", [0, 1, 3])
def test_what_was_written_since_is_not_closed_unread(world, seen):
    write(world)
    write(world, "jonas", "Und noch eine.")

    with pytest.raises(Stale):
        talk().close(by=world.carla, seen=seen)

    assert talk().closed_at is None


def test_closing_twice_is_too_late(world):
    write(world)
    talk().close(by=world.amina, seen=1)
    with pytest.raises(Stale):
        talk().close(by=world.carla, seen=1)


def test_the_own_coach_gets_one_mail_for_all_within_ten_minutes(world):
    entry = write(world)
    write(world, "jonas", "Und noch eine.")

    assert mails("conversation_asked") == ["carla@example.org"]
    message = Message.objects.get(kind="conversation_asked")
    assert message.not_before == end_of_window(entry.at)
    assert "Honorare" not in message.text
    assert f"/rueckmeldungen/fragen/{world.team.pk}/" in message.text


def test_the_whole_team_gets_one_mail_for_the_answers(world):
    write(world)
    for text in ("Ja.", "Aber wenig."):
        write(world, "carla", text)

    assert mails("conversation_answered") == ["amina@example.org", "jonas@example.org", "rana@example.org"]


def test_who_wants_no_mails_about_reviews_gets_none(world):
    User.objects.filter(email__in=["carla@example.org", "rana@example.org"]).update(wants_review_mails=False)
    write(world)
    write(world, "carla", "Ja.")

    assert mails("conversation_asked") == []
    assert mails("conversation_answered") == ["amina@example.org", "jonas@example.org"]


@pytest.mark.parametrize(("absent", "asked"), [([], ["carla"]), (["carla"], ["chris"]), (["carla", "chris"], [])])
def test_while_the_coach_is_away_others_are_asked(world, absent, asked):
    for name in absent:
        assignment = CoachAssignment.objects.get(coach=getattr(world, name))
        CoachAbsence.objects.create(assignment=assignment, from_on=day(0), until_on=day(3))

    write(world)

    assert mails("conversation_asked") == [f"{name}@example.org" for name in asked]
    assert mails("conversation_unread") == ([] if asked else ["doris@example.org"])
    due.pass_on_questions()
    assert Message.objects.filter(kind__startswith="conversation_").count() == 1


def test_the_timer_tells_who_stands_in_once(world):
    write(world)
    assert due.pass_on_questions() == 0
    assignment = CoachAssignment.objects.get(coach=world.carla)
    CoachAbsence.objects.create(assignment=assignment, from_on=day(0), until_on=day(3))

    assert (due.pass_on_questions(), due.pass_on_questions()) == (1, 0)

    assert mails("conversation_asked") == ["carla@example.org", "chris@example.org"]
    write(world, "chris", "Ich vertrete Carla.")
    assert due.pass_on_questions() == 0


def end(world, how):
    teams, cohorts = Team.objects.filter(pk=world.team.pk), Cohort.objects.filter(pk=world.cohort.pk)
    now = timezone.now()
    match how:
        case "withdrawn":
            teams.update(withdrawn_at=now)
        case "cancelled":
            cohorts.update(cancelled_at=now)
        case "no coach":
            CoachAssignment.objects.update(until=day(-1))
        case "nobody joined":
            CoachAssignment.objects.update(coach=None)
        case "ended":
            cohorts.update(begins_on=day(-90), ends_on=day(-30))
        case "own coach left":
            CoachAssignment.objects.filter(coach=world.carla).update(until=day(-1))


@pytest.mark.parametrize("how", ["withdrawn", "cancelled", "no coach"])
def test_nobody_writes_where_nobody_answers(world, how):
    write(world)
    end(world, how)

    with pytest.raises(Stale):
        write(world, "amina", "Noch da?")

    assert Entry.objects.count() == 1
    assert not is_answered(world.team)


@pytest.mark.parametrize("how", ["ended", "own coach left", "nobody joined"])
def test_as_long_as_somebody_coaches_or_is_invited_to_a_team_can_ask(world, how):
    end(world, how)
    assert write(world).number == 1


def test_a_question_asked_before_the_coach_accepts_is_mailed_when_she_has(world):
    end(world, "nobody joined")
    write(world)
    assert (mails("conversation_asked"), mails("conversation_unread")) == ([], ["doris@example.org"])

    CoachAssignment.objects.filter(pk=world.team.first_coach_id).update(coach=world.carla)

    assert (due.pass_on_questions(), mails("conversation_asked")) == (1, ["carla@example.org"])


def test_what_waits_is_what_somebody_can_answer(world):
    write(world)
    assert [talk.team for talk in Conversation.objects.waiting()] == [world.team]

    end(world, "withdrawn")

    assert list(Conversation.objects.waiting()) == []


def test_who_has_read_what(world):
    write(world)
    write(world, "carla", "Ja.")
    assert [bool(unread_by(getattr(world, who), [world.team])) for who in ("amina", "jonas", "carla")] == [
        True,
        True,
        False,
    ]

    talk().note_seen(world.amina)
    talk().note_seen(world.amina)

    assert not unread_by(world.amina, [world.team])
    assert ConversationSeen.objects.filter(user=world.amina).values_list("last", flat=True).get() == 2
    write(world, "jonas", "Danke!")
    assert not unread_by(world.amina, [world.team])  # a question of the team is no answer
    write(world, "chris", "Gern.")
    assert unread_by(world.amina, [world.team]) == {world.team.pk}


def test_who_joins_later_is_not_told_of_answers_from_before(world):
    write(world)
    write(world, "carla", "Ja.")
    member = world.team.add_member(by=world.amina, email="neu@example.org", role="writer", first_name="Nia")
    nia = make_user("Nia")
    member.join(nia)

    assert not unread_by(nia, [world.team])
    write(world, "carla", "Noch etwas.")
    assert unread_by(nia, [world.team]) == {world.team.pk}


def test_an_answer_leaves_waiting_what_its_writer_has_not_read(world):
    write(world)
    second = write(world, "jonas", "Und wie hoch?")
    write(world, "amina", "Und wie oft?")

    answer = write(world, "carla", "Ja.", seen=1)

    assert (answer.number, talk().waits_since) == (4, second.at)
    write(world, "carla", "Höchstens 500 Euro.", seen=4)
    assert talk().waits_since is None


def test_what_is_sent_twice_from_one_page_is_written_once(world):
    write(world, seen=0)
    write(world, "carla", "Ja.", seen=1)

    assert write(world, seen=0).number == 1
    assert write(world, "carla", "Ja.", seen=1).number == 2
    assert write(world, "carla", "Ja.", seen=2).number == 3  # from a page that showed the first


@pytest.mark.parametrize(("first", "then"), [("jonas", "amina"), ("chris", "carla"), ("chris", "amina")])
def test_an_old_page_does_not_write_past_what_others_wrote(world, first, then):
    write(world, "rana", "Wer liest?")
    write(world, first, "Inzwischen.")

    with pytest.raises(WrittenSince):
        write(world, then, "Passt das noch?", seen=1)

    assert Entry.objects.count() == 2


@pytest.mark.parametrize(
    ("asked", "subject"), [(True, "Antwort auf Ihre Frage"), (False, "Eine Nachricht von Carla Weber")]
)
def test_a_coach_who_writes_first_answers_nothing(world, asked, subject):
    if asked:
        write(world)
    write(world, "carla", "Guten Tag!")
    assert set(Message.objects.filter(kind="conversation_answered").values_list("subject", flat=True)) == {subject}


def test_erasing_a_person_leaves_the_question_without_them(world):
    write(world, "amina", "Fragt Amina Haddad.")
    talk().close(by=world.amina, seen=1)

    erased = erase(world.amina, by=make_bamf())

    entry = Entry.objects.get()
    assert (entry.by, entry.text, talk().closed_by) == (None, "Fragt Amina Haddad.", None)
    assert not ConversationSeen.objects.exists()
    kept = {str(stays.texts.where): stays.records for stays in erased.stays}
    assert kept["Fragen der Teams an ihre Coaching-Personen, mit den Antworten"] == 1


@pytest.mark.parametrize(("minute", "end"), [(0, 10), (9, 10), (10, 20), (59, 60)])
def test_ten_minutes_are_collected(minute, end):
    hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    assert end_of_window(hour + timedelta(minutes=minute)) == hour + timedelta(minutes=end)
