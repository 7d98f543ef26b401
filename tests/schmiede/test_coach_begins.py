"""A coach's first days on the overview: whom she coaches, what will wait, how reading works, whom to ask; what is hers is in sight."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from applications.reviews.forms import CommentForm
from applications.reviews.steps import hand_in
from cohorts.models import Conversation, Team
from tests.applications.coaching import words_of
from tests.builders import (
    log_in,
    make_application,
    make_coach,
    make_cohort,
    make_member,
    make_organiser,
    make_team,
    make_user,
    make_workshop,
    write,
)

pytestmark = pytest.mark.django_db

WELCOME = "Willkommen in „Nord“"


@pytest.fixture
def cohort():
    return make_cohort(make_organiser(make_user("Doris", "Lang")), title="Nord", answer_days=5)


@pytest.fixture
def carla(cohort, client):
    user = make_user("Carla", "Weber")
    make_coach(cohort, user)
    log_in(client, user)
    return user


def overview(client):
    return words_of(client.get(reverse("dashboard")).text)


def test_before_she_has_a_team_nothing_is_a_dead_end(cohort, carla, client):
    page = overview(client)
    assert WELCOME in page
    assert (
        "Noch ist Ihnen kein Team zugeordnet. Der Träger ordnet Ihnen Teams zu; Sie bekommen dann eine E-Mail." in page
    )
    assert "Noch nichts." in page
    assert "zugesagt ist eine Antwort innerhalb von 5 Tagen." in page
    assert "Für die Workshops steht noch kein Termin fest." in page
    assert page.index("Übernehmen:") < page.index("Anmerken:") < page.index("Zurückgeben:")
    assert cohort.contact_email in page
    for name in ("reviews:queue", "reviews:phrases", "reviews:absences"):
        assert client.get(reverse(name)).status_code == 200


def test_she_reads_whom_she_coaches_and_when_it_begins(cohort, carla, client):
    coach = cohort.coach_assignments.get(coach=carla)
    amina, jonas = make_user("Amina", "Haddad"), make_user("Jonas", "Petersen")
    first = make_team(cohort, amina, first_coach=coach)
    make_member(first, jonas, "reader")
    other = make_coach(cohort, make_user("Henrik"))
    second = make_team(cohort, make_user("Heike", "Brandt"), first_coach=other, second_coach=coach)
    make_workshop(cohort, 1, ["s1"], timezone.now() + timedelta(days=9), title="Ankommen")
    page = overview(client)
    assert f"{first.title} : Amina Haddad (verantwortlich), Jonas Petersen (liest mit)." in page
    assert "Abgaben dieses Teams warten auf Sie." in page
    assert f"{second.title} : Heike Brandt" in page
    assert "Sie sind die zweite Coaching-Person" in page
    assert "„Ankommen“" in page


def test_it_stays_below_what_waits_until_she_has_answered(cohort, carla, client):
    coach = cohort.coach_assignments.get(coach=carla)
    amina = make_user()
    application = make_application(make_team(cohort, amina, first_coach=coach))
    write(application, "s1", "Wir kochen.", by=amina)
    assert WELCOME in overview(client)
    review = hand_in(application, ["s1"], by=amina)
    page = overview(client)
    assert page.index("Das wartet auf Sie") < page.index(WELCOME)
    assert "Was gerade auf Sie wartet, steht oben." in page
    assert "Noch nichts." not in page
    review.take(by=carla)
    assert WELCOME in overview(client)
    review.give_back(by=carla, verdicts={item.pk: "accepted" for item in review.items.all()})
    Team.objects.update(withdrawn_at=timezone.now())
    assert WELCOME not in overview(client), "she has read here"


def test_a_question_that_waits_is_something_and_its_answer_ends_the_introduction(cohort, carla, client):
    amina = make_user()
    team = make_team(cohort, amina, first_coach=cohort.coach_assignments.get(coach=carla))
    Conversation.objects.write(team, "Wer liest?", by=amina)
    page = overview(client)
    assert "Noch nichts." not in page
    assert page.index("Wer liest?") < page.index(WELCOME)
    Conversation.objects.write(team, "Ich.", by=carla)
    assert WELCOME not in overview(client)


def test_the_only_coach_of_a_team_reads_that_hand_ins_wait_for_her(cohort, carla, client):
    make_team(cohort, make_user(), second_coach=cohort.coach_assignments.get(coach=carla))
    page = overview(client)
    assert "Abgaben dieses Teams warten auf Sie." in page
    assert "Sie sind die zweite" not in page


def test_while_she_is_absent_nothing_is_her_turn(cohort, carla, client):
    coach = cohort.coach_assignments.get(coach=carla)
    amina = make_user()
    application = make_application(make_team(cohort, amina, first_coach=coach))
    write(application, "s1", "Wir kochen.", by=amina)
    hand_in(application, ["s1"], by=amina)
    make_coach(cohort, make_user("Chris"))
    coach.absences.create(from_on=timezone.localdate(), until_on=timezone.localdate())
    queue = words_of(client.get(reverse("reviews:queue")).text)
    for page in (overview(client), queue):
        assert "Die Coaching-Person ist dran:" in page
        assert "Sie sind dran" not in page
    assert "Auf Sie wartet nichts, solange Sie als abwesend eingetragen sind." in queue


@pytest.mark.parametrize("number", [1, 50])
def test_the_first_day_costs_the_same_with_one_team_and_fifty(cohort, carla, client, django_assert_num_queries, number):
    coach = cohort.coach_assignments.get(coach=carla)
    for n in range(number):
        make_team(cohort, make_user(f"Mit{n}", "Glied"), first_coach=coach)
    with django_assert_num_queries(20):
        client.get(reverse("dashboard"))


def test_what_is_her_turn_is_not_folded_away(cohort, carla, client):
    coach = cohort.coach_assignments.get(coach=carla)
    amina = make_user()
    application = make_application(make_team(cohort, amina, first_coach=coach))
    make_workshop(cohort, 1, ["s1", "s2"])
    for key in ("s1", "s2"):
        write(application, key, "Wir kochen.", by=amina)
    review = hand_in(application, ["s1"], by=amina)
    review.take(by=carla)
    review.give_back(by=carla, verdicts={item.pk: "please change" for item in review.items.all()})
    waiting = hand_in(application, ["s2"], by=amina)
    page = overview(client)
    teams = page[page.index("Ihre Teams") :]
    assert "Das Team ist dran:" in teams
    assert "Sie sind dran: Rückmeldung zu" in teams.partition("Außerdem wart")[0]
    card = words_of(client.get(reverse("reviews:queue")).text)
    assert "Das Team ist dran" not in card, "the card of what waits for her says nothing of another section"
    assert str(waiting.pk) in client.get(reverse("reviews:queue")).text


def test_an_empty_comment_names_everything_that_is_missing():
    form = CommentForm({"kind": "", "text": " "}, passage=None, rows={})
    assert set(form.errors) == {"kind", "text"}


def test_a_coach_of_several_cohorts_is_one_choice_of_the_filter(cohort, carla, client):
    doris = cohort.organiser.memberships.get().user
    other = make_cohort(cohort.organiser, title="Süd")
    coaches = [cohort.coach_assignments.get(coach=carla), make_coach(other, carla)]
    teams = [
        make_team(coach.cohort, make_user(f"Mit{n}", "Glied"), first_coach=coach) for n, coach in enumerate(coaches)
    ]
    make_team(cohort, make_user("Ohne", "Coach"))
    log_in(client, doris)
    page = client.get(reverse("admin:cohorts_team_changelist"))
    choices = page.context["cl"].filter_specs[1].lookup_choices
    assert [name for _key, name in choices] == ["Carla Weber"]
    chosen = client.get(reverse("admin:cohorts_team_changelist"), {"coach": choices[0][0]})
    assert {team.pk for team in chosen.context["cl"].result_list} == {team.pk for team in teams}
    nobody = client.get(reverse("admin:cohorts_team_changelist"), {"coach": "niemand"})
    assert list(nobody.context["cl"].result_list) == []


def test_a_coach_who_has_read_elsewhere_is_not_told_again_how_while_something_waits(cohort, carla, client):
    elsewhere = make_cohort(make_organiser(make_user("Malin"), "Lernwerk Nord gGmbH"), cohort.call, title="Süd")
    review = handed_in(elsewhere, "Amina", make_coach(elsewhere, carla))
    assert "So lesen Sie" in overview(client)
    review.take(by=carla)
    review.give_back(by=carla, verdicts={item.pk: "accepted" for item in review.items.all()})
    assert WELCOME in overview(client), "nothing waits, and there she is new"
    handed_in(cohort, "Bilal", cohort.coach_assignments.get(coach=carla))
    assert "So lesen Sie" not in overview(client)


def handed_in(cohort, name, coach):
    owner = make_user(name)
    application = make_application(make_team(cohort, owner, first_coach=coach))
    write(application, "s1", "Wir kochen.", by=owner)
    return hand_in(application, ["s1"], by=owner)
