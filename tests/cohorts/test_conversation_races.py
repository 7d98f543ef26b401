"""Two people write at once, and somebody closes while somebody writes: no word is lost, and none is closed unread."""

from __future__ import annotations

import pytest

from accounts.models import Message
from cohorts.models import Conversation, ConversationSeen, Entry, Team
from core.writes import Stale
from tests.builders import make_coach, make_cohort, make_organiser, make_team, make_user


@pytest.fixture
def people(db):
    doris, carla, amina, jonas = (make_user(name) for name in ("Doris", "Carla", "Amina", "Jonas"))
    cohort = make_cohort(make_organiser(doris))
    return make_team(cohort, amina, jonas, first_coach=make_coach(cohort, carla)), carla, amina, jonas


def write(team, by, seen=None):
    return Conversation.objects.write(Team.objects.get(pk=team.pk), f"Von {by}.", by=by, seen=seen).number


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_write_at_once_and_both_are_kept(people, at_once):
    team, carla, amina, jonas = people
    for _round in range(8):
        Conversation.objects.all().delete()
        Message.objects.all().delete()

        numbers = at_once(lambda: write(team, amina), lambda: write(team, jonas), lambda: write(team, carla, seen=0))

        assert sorted(numbers) == [1, 2, 3]
        assert sorted(Entry.objects.values_list("text", flat=True)) == sorted(
            f"Von {who}." for who in (amina, jonas, carla)
        )
        talk = Conversation.objects.get()
        assert talk.last == 3
        assert talk.waits_since == Entry.objects.filter(is_from_team=True).first().at  # she had read neither
        assert ConversationSeen.objects.count() == 3


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_an_answer_at_the_moment_of_a_question_leaves_that_waiting(people, at_once):
    team, carla, amina, jonas = people
    for _round in range(8):
        Conversation.objects.all().delete()
        Message.objects.all().delete()
        write(team, amina)

        at_once(lambda: write(team, carla, seen=1), lambda: write(team, jonas))

        asked = Entry.objects.get(by=jonas)
        assert Conversation.objects.get().waits_since in {asked.at, Entry.objects.get(by=amina).at}
        write(team, carla, seen=3)
        assert Conversation.objects.get().waits_since is None


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_what_is_sent_twice_at_once_is_written_once(people, at_once):
    team, _carla, amina, _jonas = people
    for _round in range(8):
        Conversation.objects.all().delete()
        Message.objects.all().delete()

        assert at_once(lambda: write(team, amina, seen=0), lambda: write(team, amina, seen=0)) == [1, 1]

        assert Entry.objects.count() == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_closing_while_somebody_writes_never_closes_what_was_not_read(people, at_once):
    team, carla, amina, jonas = people
    ends = set()
    for _round in range(12):
        Conversation.objects.all().delete()
        write(team, amina)
        talk = Conversation.objects.get()

        def close(talk=talk):
            try:
                talk.close(by=carla, seen=1)
            except Stale:
                return "late"
            return "closed"

        ended, number = at_once(close, lambda: write(team, jonas))
        ends.add(ended)

        talk.refresh_from_db()
        assert number == 2
        assert (talk.closed_at, talk.waits_since is None) == (None, False)  # the later text is open either way
        assert Entry.objects.count() == 2
    assert ends <= {"closed", "late"}


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_close_at_once_and_one_is_told(people, at_once):
    team, carla, amina, _jonas = people
    write(team, amina)
    talk = Conversation.objects.get()

    def close(by):
        try:
            Conversation.objects.get(pk=talk.pk).close(by=by, seen=1)
        except Stale:
            return "late"
        return "closed"

    assert sorted(at_once(lambda: close(carla), lambda: close(amina))) == ["closed", "late"]
