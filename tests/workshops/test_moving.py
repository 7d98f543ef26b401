"""Several changes of a workshop's dates make one mail, which says the difference to what people were told."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from accounts import outbox
from accounts.models import Message
from accounts.waiting import withhold
from cohorts.models import Announcement
from tests.builders import day, log_in, make_cohort, make_organiser, make_team, make_user, make_workshop
from tests.cohorts.test_admin import act
from tests.forms import agree
from tests.workshops.test_admin import save
from workshops.models import Session, Workshop
from workshops.moving import tell_of_moves

FRIDAY = datetime(2031, 3, 7, 17, tzinfo=timezone.get_default_timezone())
# Statements for the first mail about a change, and for the one that replaces it, by day.
COST = {8: 7, 9: 8}
OLD = "Freitag, 7. März 2031, 17:00 bis 20:00 Uhr, vor Ort, Halle"


@pytest.fixture
def workshop(db):
    cohort = make_cohort(make_organiser(make_user("Doris")))
    make_team(cohort, make_user("Amina"))
    return make_workshop(cohort, 2, begins_at=FRIDAY, title="Bedarf")


@pytest.fixture
def doris(client, workshop):
    return log_in(client, workshop.cohort.organiser.memberships.get().user)


def move(doris, workshop, day, place="Halle"):
    """Save the workshop's page with its session on this day of March 2031; return what Doris reads."""
    on = f"{day:02}.03.2031"
    changes = {"sessions-0-begins_at_0": on, "sessions-0-ends_at_0": on, "sessions-0-place": place}
    return save(doris, workshop, **changes).text


def lines():
    """Old and new dates in what waits."""
    texts = [message.text for message in Message.objects.waiting().order_by("created_at")]
    return [[line for line in text.splitlines() if line.startswith(("bisher", "jetzt", "- "))] for text in texts]


def test_moved_twice_is_one_mail_with_the_first_date_and_the_last(doris, workshop):
    first = move(doris, workshop, 8)
    second = move(doris, workshop, 9, "Rathaus")

    assert lines() == [
        [f"bisher: {OLD}", "jetzt: Sonntag, 9. März 2031, 17:00 bis 20:00 Uhr, vor Ort, Rathaus"],
    ]
    assert "Eine E-Mail wartet bis " in first
    assert "Was noch nicht gesendet war, ist damit ersetzt." in second


def test_moved_twice_and_back_sends_nothing_and_the_organiser_reads_it(doris, workshop):
    move(doris, workshop, 8)
    move(doris, workshop, 9)

    page = move(doris, workshop, 7)

    assert not Message.objects.exists()
    assert "Es geht keine E-Mail hinaus: Für alle ist es wieder so, wie sie es zuletzt erfahren haben." in page


def test_a_change_of_the_title_leaves_what_waits(doris, workshop):
    move(doris, workshop, 8)
    waiting = Message.objects.get()

    save(doris, workshop, title="Bedarf klären")

    assert list(Message.objects.all()) == [waiting]


def test_moved_back_after_it_was_sent_is_a_second_mail(doris, workshop):
    move(doris, workshop, 8)
    Message.objects.update(not_before=timezone.now())
    outbox.send_due()

    move(doris, workshop, 7)

    assert lines() == [["bisher: Samstag, 8. März 2031, 17:00 bis 20:00 Uhr, vor Ort, Halle", f"jetzt: {OLD}"]]


def test_after_a_stopped_mail_the_next_says_what_people_know(doris, workshop):
    move(doris, workshop, 8)
    withhold(Message.objects.all(), by=workshop.cohort.organiser.memberships.get().user)
    move(doris, workshop, 7)
    assert lines() == []

    move(doris, workshop, 9)

    assert lines() == [[f"bisher: {OLD}", "jetzt: Sonntag, 9. März 2031, 17:00 bis 20:00 Uhr, vor Ort, Halle"]]


def test_a_session_that_came_and_went_is_not_told_of(doris, workshop):
    more = Session(workshop=workshop, begins_at=FRIDAY + timedelta(days=1), ends_at=FRIDAY + timedelta(days=1, hours=2))
    row = {
        "sessions-TOTAL_FORMS": 2, "sessions-1-format": "presence", "sessions-1-begins_at_0": "08.03.2031",
        "sessions-1-begins_at_1": "17:00:00", "sessions-1-ends_at_0": "08.03.2031", "sessions-1-ends_at_1": "19:00:00",
    }  # fmt: skip
    save(doris, workshop, **row)
    assert "neu: Samstag, 8. März 2031" in Message.objects.get().text
    more = workshop.sessions.get(begins_at=more.begins_at)
    more_row = {"sessions-INITIAL_FORMS": 2, "sessions-1-uuid": more.pk, "sessions-1-DELETE": "on"}
    first = workshop.sessions.exclude(pk=more.pk)
    address = f"/verwaltung/workshops/workshop/{workshop.pk}/change/"
    page = doris.post(address, form_of(workshop, first.get()) | row | more_row)
    assert "Das wird gelöscht" in page.text
    agree(doris, page)

    assert list(workshop.sessions.all()) == list(first)
    assert not Message.objects.exists()


def form_of(workshop, session):
    begins, ends = timezone.localtime(session.begins_at), timezone.localtime(session.ends_at)
    return {
        "position": workshop.position, "title": workshop.title, "goal": workshop.goal, "sessions-0-uuid": session.pk,
        "sessions-0-workshop": workshop.pk, "sessions-0-format": session.format, "sessions-0-place": session.place,
        "sessions-0-begins_at_0": begins.strftime("%d.%m.%Y"), "sessions-0-begins_at_1": begins.strftime("%H:%M:%S"),
        "sessions-0-ends_at_0": ends.strftime("%d.%m.%Y"), "sessions-0-ends_at_1": ends.strftime("%H:%M:%S"),
        "sessions-1-workshop": workshop.pk, "assignments-TOTAL_FORMS": 0, "assignments-INITIAL_FORMS": 0,
        "materials-TOTAL_FORMS": 0, "materials-INITIAL_FORMS": 0,
    }  # fmt: skip


def test_cancelling_replaces_the_move_and_names_the_date_that_people_know(doris, workshop):
    move(doris, workshop, 8)

    page = act(doris, Workshop, "cancel", workshop, form={})

    waiting = Message.objects.get()
    assert (waiting.kind, lines()) == ("cancelled", [["- Freitag, 7. März 2031, 17:00 Uhr"]])
    assert "Der Workshop ist abgesagt. Was noch nicht gesendet war, ist damit ersetzt." in page.text
    assert "Eine E-Mail wartet bis " in page.text


def test_a_cohort_called_off_is_told_of_nothing_else(doris, workshop):
    move(doris, workshop, 8)
    workshop.cohort.cancel(by=workshop.cohort.organiser.memberships.get().user)

    assert [message.kind for message in Message.objects.waiting()] == ["cohort_cancelled"]
    assert Message.objects.get(kind="moved").stage == "nicht gesendet"


@pytest.mark.parametrize("kind", ["opened_early", "cancelled", "announcement", "cohort_cancelled", "moved"])
def test_what_goes_to_all_waits(doris, workshop, kind):
    by = workshop.cohort.organiser.memberships.get().user
    if kind == "moved":
        move(doris, workshop, 8)
    elif kind == "announcement":
        news = Announcement.objects.create(cohort=workshop.cohort, title="Neues", text="Neu.")
        assert "wartet bis" in agree(doris, act(doris, Announcement, "publish", news)).text
    else:
        steps = {"cancelled": workshop.cancel, "cohort_cancelled": workshop.cohort.cancel}
        told = steps[kind](by=by) if kind in steps else workshop.open_early(by=by, reason="Alle sind schneller.")
        assert told.count == 1

    message = Message.objects.get()
    assert (message.kind, message.is_waiting) == (kind, True)
    assert message.not_before > timezone.now() + timedelta(minutes=4)
    assert outbox.send_due() == 0


def test_who_is_invited_and_has_not_answered_is_told_too_and_what_they_knew(doris, workshop):
    """They have the dates from the mail with their acceptance; who has declined or left is told nothing."""
    team = workshop.cohort.teams.get()
    for name, fields in {"neu": {}, "nein": {"declined_at": timezone.now()}, "weg": {"left_on": day(-1)}}.items():
        team.members.create(email=f"{name}@example.org", first_name=name, role="writer", **fields)

    move(doris, workshop, 8)
    move(doris, workshop, 9)

    assert sorted(Message.objects.values_list("email", flat=True)) == ["amina@example.org", "neu@example.org"]
    assert {line for mail in lines() for line in mail if line.startswith("bisher")} == {f"bisher: {OLD}"}
    move(doris, workshop, 7)
    assert not Message.objects.waiting().exists()


def test_a_change_costs_the_same_for_one_person_and_fifty(doris, workshop, django_assert_num_queries):
    for count in (1, 50):
        for number in range(count):
            make_team(workshop.cohort, make_user(f"Person{count}-{number}"))
        workshop.sessions.update(begins_at=FRIDAY, ends_at=FRIDAY + timedelta(hours=3))
        for date, cost in COST.items():
            before = workshop.lock_sessions()
            workshop.sessions.update(begins_at=FRIDAY.replace(day=date), ends_at=FRIDAY.replace(day=date, hour=20))
            with django_assert_num_queries(cost):
                tell_of_moves(workshop, before)
        Message.objects.all().delete()
