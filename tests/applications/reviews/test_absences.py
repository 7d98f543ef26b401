"""A coach enters, changes and ends her own absence; before that she sees what it means; the organiser is told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from accounts.models import Event, Message
from applications.reviews.models import Review
from cohorts.models import CoachAbsence, CoachAssignment, Conversation, Overlaps
from core.writes import Stale
from tests.applications.coaching import handed_in, make_world, taken, told, words_of
from tests.builders import day, make_coach, make_cohort, make_team, make_user

pytestmark = pytest.mark.django_db

PAGE = "/rueckmeldungen/abwesenheit/"


def coach_of(world):
    return CoachAssignment.objects.get(coach=world.carla, cohort=world.cohort)


def days(first, last):
    return {"from_on": day(first), "until_on": day(last)}


def enter_absence(world, first, last):
    return CoachAbsence.objects.enter(coach_of(world), by=world.carla, **days(first, last))


def sent(world, first, last, **more):
    return {name: value.isoformat() for name, value in days(first, last).items()} | {
        "assignment": coach_of(world).pk, **more,
    }  # fmt: skip


def press_twice(client, data, page=PAGE):
    """Send the days, and then the page that tells what they mean."""
    asked = client.post(page, data)
    return asked, client.post(page, data | {"shown": asked.context["form"].shown}, follow=True)


def test_she_sees_what_it_means_and_then_enters_it(world, enter):
    chris = CoachAssignment.objects.get(coach=world.chris)
    world.team.second_coach = chris
    world.team.save(update_fields=["second_coach"])
    review = handed_in(world)
    client = enter(world.carla)
    assert "Abwesenheit eintragen" in client.get(PAGE).text
    asked, done = press_twice(client, sent(world, 1, 30))
    said = words_of(asked.text)
    assert f"{world.team.title} Abgaben und Fragen warten auf Chris Maurer, in Vertretung." in said
    assert "Zielgruppe und Ansprache" in said
    assert "Der Tag liegt in Ihrer Abwesenheit." in said
    assert review.promised_until <= day(30)
    assert told(done) == ["Ihre Abwesenheit ist eingetragen. Der Träger hat eine Nachricht bekommen."]
    absence = CoachAbsence.objects.get()
    assert (absence.from_on, absence.until_on) == (day(1), day(30))
    assert Event.objects.filter(what="absence.entered", record_id=absence.pk, by=world.carla).count() == 1
    mail = Message.objects.get(kind="coach_absence")
    assert (mail.user, mail.subject) == (world.doris, "Abwesenheit: Carla Weber")
    listed = enter(world.doris).get(reverse("admin:cohorts_coachabsence_changelist"))
    assert "Carla Weber" in listed.text


def test_nothing_is_entered_before_she_has_seen_the_days_she_sends(world, enter):
    client = enter(world.carla)
    asked = client.post(PAGE, sent(world, 1, 3))
    client.post(PAGE, sent(world, 1, 9, shown=asked.context["form"].shown))
    assert not CoachAbsence.objects.exists()


@pytest.mark.parametrize(
    ("first", "last", "sentence"),
    [
        (5, 3, "Der letzte Tag liegt vor dem ersten."),
        (-9, -3, "Diese Tage sind schon vorbei."),
        (8, 12, "Für diese Tage haben Sie schon eine Abwesenheit eingetragen:"),
    ],
)
def test_days_that_cannot_be_are_refused_with_a_sentence(world, enter, first, last, sentence):
    before = enter_absence(world, 10, 20)
    client = enter(world.carla)
    response = client.post(PAGE, sent(world, first, last))
    if response.status_code == 200:
        response = client.post(PAGE, sent(world, first, last, shown=response.context["form"].shown))
    assert response.status_code == 422
    assert sentence in response.text
    assert list(CoachAbsence.objects.all()) == [before]


def test_she_changes_it_and_ends_it_early(world, enter):
    client, absence = enter(world.carla), enter_absence(world, -2, 5)
    page = reverse("reviews:absence", args=[absence.pk])
    press_twice(client, sent(world, -2, 9, was=client.get(page).context["was"]), page)
    absence.refresh_from_db()
    assert absence.until_on == day(9)
    assert "läuft gerade" in client.get(PAGE).text
    assert not Review.objects.waiting_for(world.carla).exists()
    handed_in(world)
    assert not Review.objects.waiting_for(world.carla).exists()
    client.post(reverse("reviews:end_absence", args=[absence.pk]))
    absence.refresh_from_db()
    assert absence.until_on == day(-1)
    assert Review.objects.waiting_for(world.carla).count() == 1
    assert Message.objects.filter(kind="coach_absence").count() == 3


def test_one_that_has_not_begun_is_taken_back(world, enter):
    absence = enter_absence(world, 5, 9)
    response = enter(world.carla).post(reverse("reviews:end_absence", args=[absence.pk]), follow=True)
    assert told(response) == ["Die Abwesenheit ist gelöscht. Der Träger hat eine Nachricht bekommen."]
    assert not CoachAbsence.objects.exists()
    assert Event.objects.filter(what="absence.ended").count() == 1
    assert "nun doch nicht abwesend" in Message.objects.order_by("not_before").last().text


def test_what_she_has_begun_stays_and_who_else_is_away_is_said(world, enter):
    chris = CoachAssignment.objects.get(coach=world.chris)
    world.team.second_coach = chris
    world.team.save(update_fields=["second_coach"])
    CoachAbsence.objects.create(assignment=chris, **days(2, 4))
    review = taken(world)
    review.items.get().comment(by=world.carla, kind="hint", text="Kürzer.")
    said = words_of(enter(world.carla).post(PAGE, sent(world, 1, 5)).text)
    assert "Sie haben schon begonnen: Diese Abgabe bleibt bei Ihnen." in said
    assert "Chris Maurer ist vom" in said
    assert "auch abwesend" in said


def test_a_team_without_another_coach_waits_for_all(world, enter):
    said = words_of(enter(world.carla).post(PAGE, sent(world, 1, 5)).text)
    assert "Abgaben und Fragen warten auf alle Coaching-Personen der Projektschmiede, die da sind." in said
    assert "Im Moment liegt von diesem Team keine Abgabe bei Ihnen." in said
    assert "liest niemand" not in said


@pytest.mark.parametrize("how", ["alone", "all away", "not accepted", "some days"])
def test_before_nobody_reads_she_is_warned_and_the_organiser_is_told(world, enter, how):
    chris = CoachAssignment.objects.filter(coach=world.chris)
    match how:
        case "alone":
            chris.update(until=day(-1))
        case "not accepted":
            chris.update(coach=None)
        case "all away" | "some days":
            CoachAbsence.objects.create(assignment=chris.get(), **days(0, 9 if how == "all away" else 3))
    Conversation.objects.write(world.team, "Noch da?", by=world.amina)
    asked, _done = press_twice(enter(world.carla), sent(world, 1, 5))

    said, mail = words_of(asked.text), " ".join(Message.objects.get(kind="coach_absence").text.split())
    if how == "some days":
        assert "An einzelnen dieser Tage, zuerst am" in said
        assert "Dann liest niemand." in mail
    else:
        assert "In dieser Zeit liest niemand, was die Teams abgeben und fragen; Doris Lang hilft ihnen." in said
        assert "warten auf alle Coaching-Personen" not in said
        assert "In dieser Zeit liest niemand" in mail
    assert "Eine Frage des Teams wartet auf Sie." in said


def test_what_was_changed_meanwhile_is_not_overwritten(world, enter):
    client, absence = enter(world.carla), enter_absence(world, 5, 9)
    page = reverse("reviews:absence", args=[absence.pk])
    was = client.get(page).context["was"]
    absence.change(by=world.carla, **days(6, 12))

    late = press_late(client, page, sent(world, 5, 10, was=was))

    assert late.status_code == 422
    assert "Diese Abwesenheit wurde inzwischen geändert: jetzt" in late.text
    absence.refresh_from_db()
    assert (absence.from_on, absence.until_on) == (day(6), day(12))


def press_late(client, page, data):
    shown = f" {data['from_on']} {data['until_on']}"
    return client.post(page, data | {"shown": shown})


def test_what_is_ended_twice_is_told(world, enter):
    client, absence = enter(world.carla), enter_absence(world, 5, 9)
    for url in ("reviews:end_absence", "reviews:end_absence", "reviews:absence"):
        response = client.post(reverse(url, args=[absence.pk]), follow=True)
        assert response.status_code == 200
    assert told(response) == ["Diese Abwesenheit gibt es nicht mehr: Sie ist schon beendet oder gelöscht."]


@pytest.mark.parametrize("at", ["0001-01-01", "9999-12-31"])
def test_days_that_nobody_means_are_refused(world, enter, at):
    response = enter(world.carla).post(PAGE, sent(world, 1, 3) | {"from_on": at, "until_on": at})
    assert response.status_code == 422
    assert "Bitte geben Sie einen Tag zwischen dem" in response.text


def test_cohorts_that_are_over_are_not_offered(world, enter):
    other = make_cohort(world.cohort.organiser, title="Vorbei", begins_on=day(-90), ends_on=day(-30))
    make_coach(other, world.carla)
    assert "Vorbei" not in enter(world.carla).get(PAGE).text


def test_nobody_enters_the_absence_of_somebody_else(world, enter):
    absence = enter_absence(world, 5, 9)
    for person, status in {"amina": 403, "chris": 403, "doris": 403, "bilal": 404}.items():
        client = enter(getattr(world, person))
        assert client.post(reverse("reviews:end_absence", args=[absence.pk])).status_code == status
        with pytest.raises(PermissionDenied):
            CoachAbsence.objects.enter(coach_of(world), by=getattr(world, person), **days(20, 21))
    assert enter(world.amina).get(PAGE).status_code == 404
    other = sent(world, 20, 21) | {"assignment": CoachAssignment.objects.get(coach=world.chris).pk}
    assert enter(world.carla).post(PAGE, other).status_code == 422


def test_a_coach_of_two_cohorts_says_which(world, enter):
    other = make_cohort(world.cohort.organiser, title="Nord")
    make_coach(other, world.carla)
    client = enter(world.carla)
    page = client.get(PAGE)
    assert "In welchen Projektschmieden?" in page.text
    assert page.text.count("checked") == 2
    both = [assignment.pk for assignment in CoachAssignment.objects.filter(coach=world.carla)]
    none = client.post(PAGE, sent(world, 1, 3, assignment=[]))
    assert "Bitte wählen Sie mindestens eine Projektschmiede aus." in none.text

    asked, _done = press_twice(client, sent(world, 1, 3, assignment=both))

    said = words_of(asked.text)
    assert said.index("Nord") < said.index("liest niemand")  # she is alone there, not in the other
    assert said.count("liest niemand") == 1
    assert {absence.assignment_id for absence in CoachAbsence.objects.all()} == set(both)


def test_where_one_of_several_cannot_be_entered_none_is(world, enter):
    other = make_coach(make_cohort(world.cohort.organiser, title="Nord"), world.carla)
    CoachAbsence.objects.enter(other, by=world.carla, **days(2, 2))
    _asked, done = press_twice(enter(world.carla), sent(world, 1, 3, assignment=[world.team.first_coach_id, other.pk]))
    assert "„Nord“" in done.text
    assert CoachAbsence.objects.count() == 1


def test_an_ended_coach_and_a_page_that_is_old_are_told(world):
    absence = enter_absence(world, 5, 9)
    stale = CoachAbsence.objects.get(pk=absence.pk)
    absence.change(by=world.carla, **days(5, 12))
    with pytest.raises(Stale):
        stale.change(by=world.carla, **days(6, 7))
    with pytest.raises(Overlaps):
        enter_absence(world, 12, 13)
    assignment = coach_of(world)
    assignment.end(by=world.doris, until=day(-1))
    with pytest.raises(PermissionDenied):
        CoachAbsence.objects.enter(assignment, by=world.carla, **days(30, 31))


@pytest.mark.parametrize("number", [1, 50])
def test_the_consequences_cost_the_same_with_one_team_and_fifty(world, enter, django_assert_num_queries, number):
    coach = coach_of(world)
    for n in range(number - 1):
        make_team(world.cohort, make_user(f"Mit{n}", "Glied"), first_coach=coach)
    client = enter(world.carla)
    with django_assert_num_queries(11):
        client.post(PAGE, sent(world, 1, 5))


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_two_absences_at_once_that_share_a_day_one_is_entered(at_once):
    world = make_world()
    for step in range(10):
        first = 1 + 10 * step
        results = at_once(
            lambda first=first: enter_absence(world, first, first + 3),
            lambda first=first: enter_absence(world, first + 2, first + 5),
        )
        assert sorted(type(one).__name__ for one in results) == ["CoachAbsence", "Overlaps"]
        assert CoachAbsence.objects.touching(day(first), day(first) + timedelta(days=9)).count() == 1
