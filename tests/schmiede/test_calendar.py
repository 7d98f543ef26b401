"""„Kalender abonnieren“: whose dates stand at the secret address and when they leave it, its steps, and that nobody else learns it."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from accounts.account_steps import deactivate
from accounts.erasing import erase
from accounts.models import CalendarSubscription, Event
from applications.papers.models import Submission
from applications.reviews.models import Review
from applications.reviews.steps import withdraw
from applications.writing.models import Application
from calls.models import UmbrellaRoute
from core.writes import Stale
from schmiede.views import calendars as page
from tests.builders import (
    day,
    log_in,
    make_application,
    make_bamf,
    make_coach,
    make_cohort,
    make_member,
    make_organiser,
    make_team,
    make_user,
    make_workshop,
    write,
)
from tests.written_again import WrittenAgain
from workshops.models import Assignment, Session

pytestmark = pytest.mark.django_db


class World(metaclass=WrittenAgain):
    """Amina owns, Lea reads; Carla coaches, Doris organises; Bilal takes part elsewhere. A workshop lies ahead."""

    def __init__(self) -> None:
        self.amina, self.lea, self.bilal = make_user(), make_user("Lea", "Kern"), make_user("Bilal", "Yildiz")
        self.carla, self.doris, self.emil = make_user("Carla", "Weber"), make_user("Doris", "Lang"), make_bamf()
        self.cohort = make_cohort(make_organiser(self.doris))
        self.coach = make_coach(self.cohort, self.carla)
        self.team = make_team(self.cohort, self.amina, first_coach=self.coach)
        self.reader = make_member(self.team, self.lea, "reader")
        self.workshop = make_workshop(
            self.cohort, 1, ["s1", "s2"], timezone.now() + timedelta(days=9), title="Ankommen"
        )
        self.workshop.sessions.update(online_url="https://raum.example.org/geheim", place="Hintereingang")
        self.assignment = Assignment.objects.create(
            workshop=self.workshop, title="Drei Gespräche", text="Nur für uns.", due_on=day(20)
        )
        self.application = make_application(self.team)
        other = make_cohort(make_organiser(make_user("Malin"), "Lernwerk Nord gGmbH"), self.cohort.call)
        make_team(other, self.bilal)
        make_workshop(other, 1, title="Anderswo")

    def ask_again(self) -> Review:
        """Carla has given the first section back, to be handed in again in eleven days."""
        draft = write(self.application, "s1", "Wir kochen.", by=self.amina)
        now = timezone.now()
        review = Review.objects.create(
            application=self.application, asked_by=self.amina, coach=self.carla, taken_at=now, finished_at=now,
            again_by=day(11), summary="Bitte konkreter.",
        )  # fmt: skip
        review.items.create(draft=draft, revision=draft.revisions.get(), verdict="please change", closed_at=now)
        return review

    def finish(self, **days) -> Submission:
        Application.objects.update(status="finished")
        return Submission.objects.create(
            application=self.application, stage=1, number=1, frozen={"deadline": day(30).isoformat()}, checksum="0" * 64,
            grant_cents=1, receipt_number="PS-1", finished_by=self.amina, **days,
        )  # fmt: skip


WORKSHOP, ASSIGNMENT, DEADLINE = "Workshop 1: Ankommen", "Arbeitsauftrag: Drei Gespräche", "Einsendeschluss beim BAMF"
AGAIN = "„Kurzbeschreibung“ wieder zur Rückmeldung abgeben"


@pytest.fixture
def world():
    return World()


def address(user) -> str:
    return reverse("calendar_feed", args=[CalendarSubscription.objects.subscribe(by=user).token])


def feed(user) -> list:
    """What this person's calendar reads, without a login."""
    response = Client().get(address(user))
    assert (response.status_code, response["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    return Calendar.from_ical(response.content).walk("VEVENT")


def titles(user) -> list[str]:
    return [str(event["SUMMARY"]) for event in feed(user)]


def test_each_reads_the_dates_of_what_they_are_in(world):
    world.ask_again()
    assert {name: titles(getattr(world, name)) for name in ("amina", "lea", "carla", "doris", "bilal", "emil")} == {
        "amina": [WORKSHOP, AGAIN, ASSIGNMENT, DEADLINE],
        "lea": [WORKSHOP, AGAIN, ASSIGNMENT, DEADLINE],
        "carla": [WORKSHOP],
        "doris": [WORKSHOP],
        "bilal": ["Workshop 1: Anderswo", DEADLINE],
        "emil": [],
    }


def test_every_date_leads_to_its_page_and_says_no_more_than_its_title(world):
    world.ask_again()
    events = feed(world.amina)
    workshop, section = world.workshop.get_absolute_url(), ["applications:section", world.application.pk, "s1"]
    assert [str(event["URL"]) for event in events] == [
        f"{settings.PORTAL_URL}{path}"
        for path in (workshop, reverse(section[0], args=section[1:]), workshop, world.application.get_absolute_url())
    ]
    text = Client().get(address(world.amina)).content.decode().replace("\r\n ", "")
    secrets = ("raum.example.org", "Hintereingang", "Nur für uns", "konkreter", "Amina", "Haddad", "Carla", "Verein")
    assert [word for word in secrets if word in text] == []
    assert {name for event in events for name in event} == {
        "UID", "DTSTAMP", "LAST-MODIFIED", "SEQUENCE", "SUMMARY", "DESCRIPTION", "URL", "STATUS", "DTSTART", "DTEND", "TRANSP",
    }  # fmt: skip


def test_in_two_projektschmieden_each_date_says_in_which(world):
    other = make_cohort(world.cohort.organiser, world.cohort.call, title="Projektschmiede Harz")
    make_workshop(other, 1, title="Idee")
    assert sorted(titles(world.doris)) == [
        "Workshop 1: Ankommen · Projektschmiede Mitteldeutschland",
        "Workshop 1: Idee · Projektschmiede Harz",
    ]


def test_a_move_keeps_the_date_and_counts(world):
    [before, *_] = feed(world.carla)
    Session.objects.filter(workshop=world.workshop).update(
        sequence=1, begins_at=timezone.now() + timedelta(days=12), ends_at=timezone.now() + timedelta(days=12, hours=2)
    )
    [after, *_] = feed(world.carla)
    assert (before["UID"], before["SEQUENCE"] + 1) == (after["UID"], after["SEQUENCE"])
    assert after["DTSTART"].dt > before["DTSTART"].dt


@pytest.mark.parametrize("what", ["workshop", "cohort"])
def test_what_is_called_off_says_so_for_a_while_and_then_leaves(world, what):
    record = getattr(world, what)
    Session.objects.update(changed_at=timezone.now() - timedelta(minutes=1))  # a calendar knows no parts of a second
    [before] = feed(world.carla)
    record.cancel(by=world.doris)
    [event] = feed(world.carla)
    assert (str(event["SUMMARY"]), event["STATUS"]) == (f"Abgesagt: {WORKSHOP}", "CANCELLED")
    assert event["SEQUENCE"] == before["SEQUENCE"] + 1
    assert event["LAST-MODIFIED"].dt > before["LAST-MODIFIED"].dt
    assert titles(world.amina) == [f"Abgesagt: {WORKSHOP}", DEADLINE]

    type(record).objects.filter(pk=record.pk).update(cancelled_at=timezone.now() - timedelta(days=61))
    assert titles(world.carla) == []


def test_what_was_held_before_the_cohort_was_called_off_was_held(world):
    make_workshop(world.cohort, 2, title="Gewesen")
    world.cohort.cancel(by=world.doris)
    assert titles(world.carla) == ["Workshop 2: Gewesen", f"Abgesagt: {WORKSHOP}"]


def test_who_leaves_the_team_loses_its_dates_at_the_next_look(world):
    world.reader.leave(by=world.lea)
    assert titles(world.lea) == []
    assert titles(world.amina) == [WORKSHOP, ASSIGNMENT, DEADLINE]


def test_a_team_that_withdraws_loses_its_dates(world):
    world.team.withdraw(by=world.amina)
    assert titles(world.amina) == []


def test_a_coach_loses_the_dates_once_coaching_has_ended(world):
    world.coach.end(by=world.doris, until=day(-1))
    assert titles(world.carla) == []


def test_of_a_withdrawn_application_only_the_workshops_stay(world):
    withdraw(world.application, by=world.amina)
    assert titles(world.amina) == [WORKSHOP]


def test_what_is_done_leaves(world):
    review = world.ask_again()
    world.assignment.tick(world.team, by=world.amina)
    review.items.update(verdict="accepted")
    assert titles(world.amina) == [WORKSHOP, DEADLINE]


def test_what_is_handed_in_again_leaves(world):
    world.ask_again()
    second = Review.objects.create(application=world.application, asked_by=world.amina)
    draft = world.application.drafts.get(key="s1")
    second.items.create(draft=draft, revision=draft.revisions.get())
    assert AGAIN not in titles(world.amina)


def test_the_deadline_leaves_once_the_papers_are_in_the_post(world):
    submission = world.finish()
    assert DEADLINE in titles(world.amina)
    Submission.objects.filter(pk=submission.pk).update(transferred_on=day(), signed_on=day(), posted_on=day())
    assert DEADLINE not in titles(world.amina)


def test_the_deadline_is_the_one_of_the_umbrella_body_without_its_name(world):
    UmbrellaRoute.objects.create(call=world.cohort.call, umbrella_body="Landesverband Lupe", submit_until=day(25))
    Application.objects.update(umbrella_body="Landesverband Lupe")
    [deadline] = [event for event in feed(world.amina) if str(event["UID"]).startswith("deadline-")]
    assert (str(deadline["SUMMARY"]), deadline["DTSTART"].dt) == ("Einsendeschluss bei Ihrem Dachverband", day(25))


def test_a_team_without_an_application_reads_the_deadline_too(world):
    Application.objects.all().delete()
    assert titles(world.amina) == [WORKSHOP, ASSIGNMENT, DEADLINE]


def test_a_cohort_that_ended_long_ago_leaves(world):
    type(world.cohort).objects.filter(pk=world.cohort.pk).update(begins_on=day(-300), ends_on=day(-90))
    assert titles(world.amina) == [WORKSHOP, DEADLINE]  # its assignments wait for nobody
    type(world.cohort).objects.filter(pk=world.cohort.pk).update(ends_on=day(-91))
    assert titles(world.carla) == titles(world.doris) == []
    assert titles(world.amina) == [DEADLINE]  # the call is still open
    type(world.cohort.call).objects.update(deadline=day(-91))
    assert titles(world.amina) == []


def test_a_hostile_title_breaks_nothing(world):
    type(world.workshop).objects.filter(pk=world.workshop.pk).update(
        title="Kosten, ja; nein\r\nEND:VCALENDAR\r\n\x1b\u202eX"
    )
    Assignment.objects.update(title="Ä" * 200)
    assert titles(world.amina)[:2] == ["Workshop 1: Kosten, ja; nein END:VCALENDAR X", f"Arbeitsauftrag: {'Ä' * 200}"]


def test_it_costs_the_same_with_one_date_and_with_fifty(world, django_assert_num_queries):
    url = address(world.amina)
    Client().get(url)
    with django_assert_num_queries(13):
        Client().get(url)
    for number in range(2, 51):
        workshop = make_workshop(world.cohort, number, [], timezone.now() + timedelta(days=number))
        Assignment.objects.create(workshop=workshop, title="Mehr", due_on=day(number))
    with django_assert_num_queries(13):
        response = Client().get(url)
    assert response.content.count(b"BEGIN:VEVENT") == 101
    nothing = address(world.emil)
    with django_assert_num_queries(3):
        Client().get(nothing)


def test_another_source_adds_its_dates(world, monkeypatch):
    monkeypatch.setattr(page, "SOURCES", (*page.SOURCES, lambda user, now: page.sessions_of(world.bilal, now)))
    assert titles(world.carla) == ["Workshop 1: Anderswo", WORKSHOP]


# The address


def test_a_wrong_address_answers_like_one_that_was_renewed_ended_or_erased(world):
    client, renewed, ended, erased, closed = Client(), *(address(user) for user in (world.amina, world.lea, world.carla, world.doris))  # fmt: skip
    world.amina.calendar_subscription.renew(by=world.amina, seen=1)
    world.lea.calendar_subscription.end(by=world.lea)
    erase(world.carla, by=world.emil)
    deactivate(world.doris, by=world.emil)
    unsigned = reverse("calendar_feed", args=["a.b"])
    forged = renewed[:-8] + "xxxx.ics"
    answers = [client.get(url) for url in (unsigned, forged, renewed, ended, erased, closed)]

    assert {answer.status_code for answer in answers} == {404}
    assert {answer["Cache-Control"] for answer in answers} == {
        "max-age=0, no-cache, no-store, must-revalidate, private"
    }
    assert len({answer.content for answer in answers}) == 1
    assert not CalendarSubscription.objects.filter(user=world.carla.pk).exists()


def test_what_nobody_signed_costs_no_query(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert Client().get(reverse("calendar_feed", args=["a.b"])).status_code == 404
        assert Client().get("/kalender/%00.ics").status_code == 404


def test_nobody_keeps_a_calendar_on_its_way(world):
    response = Client().get(address(world.amina))
    assert {name: response[name] for name in ("Cache-Control", "Referrer-Policy", "X-Robots-Tag", "X-Content-Type-Options")} == {
        "Cache-Control": "private, no-store, max-age=0, no-cache, must-revalidate",
        "Referrer-Policy": "no-referrer",
        "X-Robots-Tag": "noindex",
        "X-Content-Type-Options": "nosniff",
    }  # fmt: skip
    assert not response.cookies
    assert "Disallow: /kalender/" in Client().get("/robots.txt").text


def test_the_address_stands_in_no_line_of_the_log(world, caplog):
    caplog.set_level(logging.DEBUG)
    url = address(world.amina)
    token = CalendarSubscription.objects.get().token
    Client().get(url)
    world.amina.calendar_subscription.renew(by=world.amina, seen=1)
    Client().get(url)
    Client().post(url)
    lines = [record.getMessage() for record in caplog.records if record.name.startswith(("portal", "django.request"))]
    assert len([line for line in lines if "/kalender/***.ics" in line]) >= 3
    assert [line for line in lines if token in line or token[:12] in line] == []


def test_the_database_alone_does_not_make_the_address(world):
    subscription = CalendarSubscription.objects.subscribe(by=world.amina)
    stored = CalendarSubscription.objects.values().get()
    assert subscription.token not in str(stored)
    assert Client().get(reverse("calendar_feed", args=[stored["key"]])).status_code == 404


def test_somebody_who_asks_too_often_waits(world, monkeypatch):
    monkeypatch.setattr(page, "PER_ADDRESS", 2)
    monkeypatch.setattr(page, "PER_NETWORK", 1)
    url, other = address(world.amina), address(world.lea)
    wrong = reverse("calendar_feed", args=["a.b"])
    assert [Client().get(url).status_code for _ in range(3)] == [200, 200, 429]
    assert [Client().get(wrong).status_code for _ in range(2)] == [404, 429]
    assert Client().get(url)["Retry-After"] == "3600"
    assert Client().get(other).status_code == 200  # who shares a network with somebody who guesses still reads


# The page and its steps


def enter(user) -> Client:
    return log_in(Client(), user)


def test_first_it_says_what_is_in_it_and_who_can_read_it(world):
    text = enter(world.amina).get(reverse("calendar")).text
    for words in (
        "der Einsendeschluss für Ihr Vorhaben",
        "Wer kann das lesen?",
        "Wer die Adresse kennt",
        "Kalender abonnieren",
    ):
        assert words in text
    assert "webcal://" not in text
    assert not CalendarSubscription.objects.exists()


def test_subscribing_shows_the_address_for_this_device_and_for_others(world):
    client = enter(world.amina)
    text = client.post(reverse("calendar_subscribe"), follow=True).text
    path = reverse("calendar_feed", args=[CalendarSubscription.objects.get().token])
    host = settings.PORTAL_URL.split("://")[1]
    assert f'href="webcal://{host}{path}"' in text
    assert f"data-address>{settings.PORTAL_URL}{path}</code>" in text
    assert client.get(path).status_code == 200
    assert Event.objects.get(what="calendar.subscribed").by == world.amina


def test_the_page_is_kept_nowhere(world):
    response = enter(world.amina).get(reverse("calendar"))
    assert "no-store" in response["Cache-Control"]


def test_subscribing_twice_changes_nothing(world):
    client = enter(world.amina)
    before = address(world.amina)
    client.post(reverse("calendar_subscribe"))
    assert address(world.amina) == before
    assert Event.objects.filter(what="calendar.subscribed").count() == 1


def test_a_new_address_ends_the_one_of_before_at_once(world):
    client, before = enter(world.amina), address(world.amina)
    text = client.post(reverse("calendar_renew"), {"seen": "1"}, follow=True).text
    after = address(world.amina)
    assert "Das ist Ihre neue Adresse." in text
    assert "Diese Adresse gilt seit der Erneuerung" in text
    assert [Client().get(url).status_code for url in (before, after)] == [404, 200]


@pytest.mark.parametrize("seen", ["1", "", "0", "-1", "²", "9" * 50])
def test_an_old_window_renews_nothing(world, seen):
    client = enter(world.amina)
    CalendarSubscription.objects.subscribe(by=world.amina).renew(by=world.amina, seen=1)
    current = address(world.amina)
    text = client.post(reverse("calendar_renew"), {"seen": seen}, follow=True).text
    assert "nicht noch einmal geändert" in text
    assert address(world.amina) == current


def test_ending_it_leads_back_to_the_beginning(world):
    client, before = enter(world.amina), address(world.amina)
    text = client.post(reverse("calendar_end"), follow=True).text
    assert "Das Abo ist beendet." in text
    assert Client().get(before).status_code == 404
    assert "Das Abo war schon beendet." in client.post(reverse("calendar_end"), follow=True).text
    assert "das Abo beendet" in client.post(reverse("calendar_renew"), {"seen": "1"}, follow=True).text
    assert address(world.amina) != before
    steps = Event.objects.filter(what__startswith="calendar.").order_by("at").values_list("what", flat=True)
    assert list(steps) == ["calendar.subscribed", "calendar.ended", "calendar.subscribed"]


def test_nobody_renews_or_ends_for_somebody_else(world):
    subscription = CalendarSubscription.objects.subscribe(by=world.amina)
    for step in (lambda: subscription.renew(by=world.bilal, seen=1), lambda: subscription.end(by=world.bilal)):
        with pytest.raises(PermissionDenied):
            step()
    for name in ("calendar_renew", "calendar_end"):
        enter(world.bilal).post(reverse(name), {"seen": "1"})
    assert CalendarSubscription.objects.get().key == subscription.key


def test_the_page_asks_few_queries(world, django_assert_num_queries):
    CalendarSubscription.objects.subscribe(by=world.amina)
    client = enter(world.amina)
    client.get(reverse("calendar"))
    with django_assert_num_queries(3):
        client.get(reverse("calendar"))


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_two_who_renew_at_once_one_is_told(at_once):
    amina = make_user()
    CalendarSubscription.objects.subscribe(by=amina)

    def renew(seen: int) -> str:
        subscription = CalendarSubscription.objects.get()
        try:
            subscription.renew(by=amina, seen=seen)
        except Stale:
            return "told"
        return subscription.key

    for seen in range(1, 13):
        results = at_once(lambda seen=seen: renew(seen), lambda seen=seen: renew(seen))
        assert sorted(result == "told" for result in results) == [False, True]
        assert CalendarSubscription.objects.get().key in results
    assert Event.objects.filter(what="calendar.renewed").count() == 12


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_two_who_subscribe_at_once_both_get_the_same_address(at_once):
    amina = make_user()
    for _round in range(12):
        CalendarSubscription.objects.all().delete()
        Event.objects.all()._raw_delete("default")
        results = at_once(
            lambda: CalendarSubscription.objects.subscribe(by=amina).token,
            lambda: CalendarSubscription.objects.subscribe(by=amina).token,
        )
        assert results[0] == results[1]
        assert Event.objects.filter(what="calendar.subscribed").count() == 1
