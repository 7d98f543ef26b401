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


def write(team, by):
    return Conversation.objects.write(Team.objects.get(pk=team.pk), f"Von {by}.", by=by).number


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_write_at_once_and_both_are_kept(people, at_once):
    team, carla, amina, jonas = people
    for _round in range(8):
        Conversation.objects.all().delete()
        Message.objects.all().delete()

        numbers = at_once(lambda: write(team, amina), lambda: write(team, jonas), lambda: write(team, carla))

        assert sorted(numbers) == [1, 2, 3]
        assert sorted(Entry.objects.values_list("text", flat=True)) == sorted(
            f"Von {who}." for who in (amina, jonas, carla)
        )
        talk = Conversation.objects.get()
        assert (talk.last, bool(talk.waits_since)) == (3, Entry.objects.get(number=3).is_from_team)
        assert ConversationSeen.objects.count() == 3


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
