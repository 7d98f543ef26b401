"""Coaches in the admin: teams handed over and swapped, an end taken back, illness entered once; nobody learns of other Träger."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from zeal import zeal_ignore

from accounts.models import Event, Invitation, Message
from cohorts.deciding import make_team as make_team_of_acceptance
from cohorts.models import CoachAbsence, CoachAssignment, OnBothSides, Overlaps, Team
from cohorts.reassigning import TwoAlready, hand_teams_over, swap_order, swap_teams, take_up_again, teams_of_before
from core.writes import Stale
from tests.builders import day, log_in, make_coach, make_cohort, make_organisation, make_organiser, make_team, make_user
from tests.cohorts.test_admin import act, words_of


def make_world():
    """Carla coaches A and, with Henrik, B; Henrik coaches C; Nele has no team; Doris organises two cohorts, Carla is in both."""
    doris, carla, henrik, nele = (make_user(name) for name in ("Doris", "Carla", "Henrik", "Nele"))
    organiser = make_organiser(doris)
    cohort = make_cohort(organiser, title="Schmiede Harz")
    other = make_cohort(organiser, cohort.call, title="Schmiede Elbe")
    carla_here, henrik_here, nele_here = (make_coach(cohort, user) for user in (carla, henrik, nele))
    world = SimpleNamespace(doris=doris, cohort=cohort, carla=carla_here, henrik=henrik_here, nele=nele_here)
    world.carla_there = make_coach(other, carla)
    world.a, world.b, world.c = (
        make_team(cohort, make_user(owner), organisation=make_organisation(f"Verein {title}"), **coaches)
        for owner, title, coaches in (
            ("Amina", "A", {"first_coach": carla_here}),
            ("Bilal", "B", {"first_coach": henrik_here, "second_coach": carla_here}),
            ("Selma", "C", {"first_coach": henrik_here}),
        )
    )
    return world


@pytest.fixture
def world(db):
    return make_world()


@pytest.fixture
def doris_client(world):
    return log_in(Client(), world.doris)


def coaches(world):
    """Of each team its first and second coach."""
    teams = Team.objects.order_by("organisation__name").select_related("first_coach", "second_coach")
    both = ((team.first_coach, team.second_coach) for team in teams)
    return [" ".join(coach.first_name if coach else "-" for coach in named) for named in both]


def told(kind):
    return sorted(Message.objects.filter(kind=kind).values_list("email", flat=True))


def records():
    models = (Team, CoachAssignment, CoachAbsence, Event, Message, Invitation)
    return [list(model.objects.order_by("pk").values()) for model in models]


def refused(step, error=Stale):
    before = records()
    with pytest.raises(error):
        step()
    return records() == before


def run(step):
    with zeal_ignore():  # several teams at once are what was asked for
        return step()


# Handing over and swapping


def test_all_teams_of_one_coach_go_to_another(world):
    teams = run(lambda: hand_teams_over(world.carla, world.nele, by=world.doris))

    assert coaches(world) == ["Nele -", "Henrik Nele", "Henrik -"]
    assert {team.title for team in teams} == {"Verein A", "Verein B"}
    assert told("coach_teams") == ["carla@example.org", "nele@example.org"]
    assert told("team_coaches") == ["amina@example.org", "bilal@example.org"]
    nele = " ".join(Message.objects.get(kind="coach_teams", email="nele@example.org").text.split())
    assert "Als erste Coaching-Person begleiten Sie: - Verein A" in nele
    assert "Als zweite Coaching-Person begleiten Sie: - Verein B" in nele
    carla = Message.objects.get(kind="coach_teams", email="carla@example.org").text
    assert "Ein eigenes Team haben Sie dort im Augenblick nicht." in carla
    assert Event.objects.filter(what="team.coaches_named", by=world.doris).count() == 2


def test_whoever_is_the_other_coach_already_has_the_team_alone(world):
    run(lambda: hand_teams_over(world.carla, world.henrik, by=world.doris))

    assert coaches(world) == ["Henrik -", "Henrik -", "Henrik -"]


def test_what_stands_against_handing_over_writes_nothing(world):
    assert refused(lambda: hand_teams_over(world.nele, world.carla, by=world.doris))  # no team
    assert refused(lambda: hand_teams_over(world.carla, world.nele, by=world.carla.coach), PermissionDenied)
    assert refused(lambda: hand_teams_over(world.carla, world.carla_there, by=world.doris), ValueError)
    world.a.members.create(first_name="N", email="n@example.org", user=world.nele.coach)
    assert refused(lambda: hand_teams_over(world.carla, world.nele, by=world.doris), OnBothSides)
    CoachAssignment.objects.filter(pk=world.henrik.pk).update(until=day(-1))
    assert refused(lambda: hand_teams_over(world.carla, world.henrik, by=world.doris))


def test_two_coaches_swap_their_teams_and_back(world):
    run(lambda: swap_teams(world.carla, world.henrik, by=world.doris))

    assert coaches(world) == ["Henrik -", "Carla Henrik", "Carla -"]
    assert told("coach_teams") == ["carla@example.org", "henrik@example.org"]
    assert told("team_coaches") == ["amina@example.org", "bilal@example.org", "selma@example.org"]
    run(lambda: swap_teams(world.carla, world.henrik, by=world.doris))
    assert coaches(world) == ["Carla -", "Henrik Carla", "Henrik -"]


def test_first_and_second_coach_of_a_team_change_places(world):
    run(lambda: swap_order(world.b, by=world.doris))

    assert coaches(world)[1] == "Carla Henrik"
    assert told("coach_teams") == ["carla@example.org", "henrik@example.org"]
    assert told("team_coaches") == ["bilal@example.org"]
    assert refused(lambda: swap_order(world.a, by=world.doris))


def test_page_names_the_teams_and_the_mails_before_one_button(world, doris_client):
    page = run(lambda: act(doris_client, CoachAssignment, "hand_teams_over", world.carla, on_form=True)).text
    assert "„Verein A“ begleitet dann die neue Person." in page
    assert "„Verein B“ begleitet dann die neue Person; Henrik Haddad bleibt." in page
    assert not Message.objects.exists()

    form = {"to": str(world.nele.pk)}
    page = run(lambda: act(doris_client, CoachAssignment, "hand_teams_over", world.carla, on_form=True, form=form))
    assert "Die Teams sind übergeben" in words_of(page)
    assert coaches(world) == ["Nele -", "Henrik Nele", "Henrik -"]

    page = run(lambda: act(doris_client, CoachAssignment, "swap_teams", world.nele, world.henrik))
    assert "Henrik Haddad begleitet danach: „Verein A“, „Verein B“." in page.text
    run(lambda: act(doris_client, CoachAssignment, "swap_teams", world.nele, world.henrik, form={}))
    assert coaches(world) == ["Henrik -", "Nele Henrik", "Nele -"]

    page = run(lambda: act(doris_client, Team, "swap_order", world.b))
    assert "„Verein B“: Abgaben und Fragen warten auf Henrik Haddad statt auf Nele Haddad." in page.text
    run(lambda: act(doris_client, Team, "swap_order", world.b, form={}))
    assert coaches(world)[1] == "Henrik Nele"


def test_swapping_takes_two_of_one_cohort(world, doris_client):
    for chosen in ([world.carla], [world.carla, world.carla_there], [world.carla, world.henrik, world.nele]):
        page = act(doris_client, CoachAssignment, "swap_teams", *chosen)
        assert "Bitte wählen Sie genau zwei Coaching-Personen derselben Projektschmiede aus." in words_of(page)


def test_two_coaches_without_teams_have_nothing_to_swap(world, doris_client):
    other = make_coach(world.cohort, make_user("Pia"))

    page = run(lambda: act(doris_client, CoachAssignment, "swap_teams", world.nele, other))

    assert "oder es gibt kein Team zu übergeben." in words_of(page)


# Back after an end


def test_a_coach_who_returns_has_the_teams_that_nobody_else_got(world):
    world.a.name_coaches(world.carla, None, by=world.doris)
    world.c.name_coaches(world.henrik, world.carla, by=world.doris)
    world.c.name_coaches(world.henrik, world.nele, by=world.doris)
    CoachAssignment.objects.filter(pk=world.carla.pk).update(until=day(-2))
    world.carla.refresh_from_db()
    Message.objects.all().delete()

    assert {team.title for team in teams_of_before(world.carla)} == {"Verein A", "Verein B", "Verein C"}
    assert refused(lambda: take_up_again(world.carla, by=world.doris, teams=[world.a, world.c]), TwoAlready)
    run(lambda: take_up_again(world.carla, by=world.doris, teams=[world.a]))

    assert coaches(world) == ["Carla -", "Henrik -", "Henrik Nele"]
    assert CoachAssignment.objects.get(pk=world.carla.pk).until is None
    assert told("coach_teams") == ["carla@example.org"]
    assert "Sie begleiten wieder Teams" in Message.objects.get(kind="coach_teams").subject
    assert told("team_coaches") == ["bilal@example.org"]  # the other one was never told of the end
    assert refused(lambda: take_up_again(world.carla, by=world.doris))


@pytest.mark.parametrize("last", [0, 5])
def test_an_end_is_taken_back_on_the_same_day_and_nobody_hears_of_it(world, doris_client, last):
    run(lambda: act(doris_client, CoachAssignment, "end", world.carla, on_form=True, form={"until": str(day(last))}))
    url = reverse("admin:cohorts_coachassignment_change", args=[world.carla.pk])
    assert 'value="take_up_again"' in doris_client.get(url).text

    page = run(lambda: act(doris_client, CoachAssignment, "take_up_again", world.carla, on_form=True))
    assert "Die Begleitung endet nicht mehr. Carla Haddad behält ihre Teams." in page.text
    assert "Niemand bekommt eine E-Mail, denn vom Ende hat niemand erfahren." in page.text
    assert "teams" not in page.context["form"].fields
    page = run(lambda: act(doris_client, CoachAssignment, "take_up_again", world.carla, on_form=True, form={}))

    assert "Begleitet die Projektschmiede weiter." in words_of(page)
    assert CoachAssignment.objects.get(pk=world.carla.pk).until is None
    assert coaches(world) == ["Carla -", "Henrik Carla", "Henrik -"]
    assert not Message.objects.exists()
    assert 'value="take_up_again"' not in doris_client.get(url).text


def test_page_of_returning_names_the_teams_that_are_told(world, doris_client):
    world.c.name_coaches(world.henrik, world.carla, by=world.doris)
    world.c.name_coaches(world.henrik, None, by=world.doris)
    CoachAssignment.objects.filter(pk=world.carla.pk).update(until=day(-2))
    Message.objects.all().delete()

    page = run(lambda: act(doris_client, CoachAssignment, "take_up_again", world.carla, on_form=True)).text

    assert (
        "Wo Carla Haddad noch eingetragen ist, hat das Team vom Ende keine E-Mail bekommen: „Verein A“, „Verein B“."
        in page
    )
    assert "Es bekommt auch jetzt keine, wenn Sie es angekreuzt lassen." in page


def test_who_was_replaced_since_the_acceptance_is_offered_the_team_again(world):
    new = make_cohort(world.cohort.organiser, title="Schmiede Saale", places=3)
    carla, henrik = (make_coach(new, one.coach) for one in (world.carla, world.henrik))
    with_place = Team(cohort=new, organisation=make_organisation("Verein D"))
    team = make_team_of_acceptance(with_place, [], by=world.doris, first_coach=carla)
    old = make_team(new, make_user("Omar"), organisation=make_organisation("Verein E"), first_coach=carla)
    for one in (team, old):
        one.name_coaches(henrik, None, by=world.doris)
    CoachAssignment.objects.filter(pk=carla.pk).update(until=day(-2))
    carla.refresh_from_db()

    assert {one.title for one in teams_of_before(carla)} == {"Verein D", "Verein E"}


def test_who_is_in_a_team_by_now_does_not_return(world):
    CoachAssignment.objects.filter(pk=world.carla.pk).update(until=day(-2))
    world.carla.refresh_from_db()
    world.c.members.create(first_name="C", email="c@example.org", user=world.carla.coach)

    assert refused(lambda: take_up_again(world.carla, by=world.doris), OnBothSides)


def test_pages_of_ending_and_returning_say_which_teams_are_left_and_offered(world, doris_client):
    page = run(lambda: act(doris_client, CoachAssignment, "end", world.carla, on_form=True)).text
    assert "Carla Haddad begleitet 2 Teams." in page
    assert "Ohne eigene Coaching-Person sind dann: „Verein A“." in page
    assert "Es wird keine E-Mail verschickt." in page

    run(lambda: act(doris_client, CoachAssignment, "end", world.carla, on_form=True, form={"until": str(day(-1))}))
    world.b.name_coaches(world.henrik, world.nele, by=world.doris)
    Message.objects.all().delete()
    page = run(lambda: act(doris_client, CoachAssignment, "take_up_again", world.carla, on_form=True))
    assert [team.title for team in page.context["form"].fields["teams"].queryset] == ["Verein A"]

    form = {"teams": [str(world.a.pk)]}
    run(lambda: act(doris_client, CoachAssignment, "take_up_again", world.carla, on_form=True, form=form))
    assert coaches(world) == ["Carla -", "Henrik Nele", "Henrik -"]
    assert "coach" in world.cohort.roles_of(world.carla.coach)


def test_page_of_a_coach_says_how_the_address_is_changed(world, doris_client):
    def page_of(coach):
        return doris_client.get(reverse("admin:cohorts_coachassignment_change", args=[coach.pk])).text

    assert "Sie ändert sie selbst unter „Mein Konto“." in page_of(world.carla)
    invited = world.cohort.coach_assignments.create(first_name="Neu", email="neu@example.org")
    assert "beim Speichern geht eine neue Einladung hinaus." in page_of(invited)


# Illness


def test_illness_is_entered_once_for_all_cohorts_and_she_is_told_once(world):
    absences = run(
        lambda: CoachAbsence.objects.enter_for(
            [world.carla, world.carla_there], by=world.doris, from_on=day(), until_on=day(14)
        )
    )

    assert {absence.assignment for absence in absences} == {world.carla, world.carla_there}
    message = Message.objects.get()
    assert (message.kind, message.email, message.link) == (
        "coach_is_away",
        "carla@example.org",
        "/rueckmeldungen/abwesenheit/",
    )
    assert "- Schmiede Harz" in message.text
    assert "- Schmiede Elbe" in message.text
    assert Event.objects.filter(what="absence.entered", by=world.doris).count() == 2


def test_all_or_nothing_and_only_by_the_organiser(world):
    CoachAbsence.objects.create(assignment=world.carla_there, from_on=day(3), until_on=day(4))
    both, days = [world.carla, world.carla_there], {"from_on": day(), "until_on": day(14)}

    assert refused(lambda: CoachAbsence.objects.enter_for(both, by=world.doris, **days), Overlaps)
    assert refused(lambda: CoachAbsence.objects.enter_for(both, by=world.carla.coach, **days), PermissionDenied)
    assert refused(
        lambda: CoachAbsence.objects.enter_for([world.carla, world.nele], by=world.doris, **days), ValueError
    )


def test_page_offers_her_own_cohorts_and_says_who_reads_meanwhile(world, doris_client):
    foreign = make_coach(
        make_cohort(make_organiser(make_user("Malin"), "Lernwerk Nord gGmbH"), title="Fremd"), world.carla.coach
    )
    page = run(lambda: act(doris_client, CoachAssignment, "enter_absence", world.carla, on_form=True))
    assert set(page.context["form"].fields["cohorts"].queryset) == {world.carla, world.carla_there}
    assert "„Schmiede Harz“: begleitet 2 Teams." in page.text
    assert "Ohne andere Coaching-Person sind dort: „Verein A“." in page.text
    assert "Fremd" not in page.text

    form = {"cohorts": [str(world.carla.pk), str(foreign.pk)], "until_on": str(day(3))}
    page = run(lambda: act(doris_client, CoachAssignment, "enter_absence", world.carla, on_form=True, form=form))
    assert (page.status_code, CoachAbsence.objects.count()) == (422, 0)

    both = [str(world.carla.pk), str(world.carla_there.pk)]
    form = {"cohorts": both, "from_on": str(day(1)), "until_on": str(day(3))}
    run(lambda: act(doris_client, CoachAssignment, "enter_absence", world.carla, on_form=True, form=form))
    assert CoachAbsence.objects.count() == 2
    page = run(lambda: act(doris_client, CoachAssignment, "enter_absence", world.carla, on_form=True, form=form))
    assert page.status_code == 409
    assert "ist für diese Tage schon eine Abwesenheit eingetragen" in page.text


def test_who_is_well_again_is_back_in_all_cohorts_with_one_step(world, doris_client):
    away = {world.carla: (day(-14), day(5)), world.carla_there: (day(), day(5))}
    for coach, (begins, ends) in away.items():
        CoachAbsence.objects.create(assignment=coach, from_on=begins, until_on=ends)
    later = CoachAbsence.objects.create(assignment=world.carla, from_on=day(30), until_on=day(40))

    page = act(doris_client, CoachAssignment, "end_absence", world.carla, on_form=True).text
    assert page.count("endet, Abgaben und Fragen warten wieder.") == 2
    act(doris_client, CoachAssignment, "end_absence", world.carla, on_form=True, form={})

    assert set(CoachAbsence.objects.values_list("from_on", "until_on")) == {
        (day(-14), day(-1)),
        (later.from_on, later.until_on),
    }
    assert told("coach_is_back") == ["carla@example.org"]
    assert refused(lambda: CoachAbsence.objects.end_for([world.carla], by=world.doris))
    assert refused(lambda: CoachAbsence.objects.end_for([world.carla], by=world.carla.coach), PermissionDenied)


@pytest.mark.parametrize("action", ["end_absence", "hand_teams_over", "take_up_again", "enter_absence", "end"])
def test_another_organiser_learns_nothing_of_the_coach(world, action):
    malin = make_user("Malin")
    make_cohort(make_organiser(malin, "Lernwerk Nord gGmbH"))
    client, before = log_in(Client(), malin), records()

    assert act(client, CoachAssignment, action, world.carla, on_form=True).status_code == 404
    assert "Carla" not in act(client, CoachAssignment, "swap_teams", world.carla, world.henrik).text
    assert records() == before


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_handing_over_and_naming_at_once_lose_nobody(at_once):
    world = make_world()
    seen = Team.objects.get(pk=world.a.pk)

    with zeal_ignore():
        answers = at_once(
            lambda: hand_teams_over(world.carla, world.nele, by=world.doris),
            lambda: seen.name_coaches("as it is", world.henrik, by=world.doris),
        )

    assert not [answer for answer in answers if isinstance(answer, Exception)]
    assert coaches(world) == ["Nele Henrik", "Henrik Nele", "Henrik -"]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_who_take_an_end_back_at_once_do_it_once(at_once):
    world = make_world()
    CoachAssignment.objects.filter(pk=world.carla.pk).update(until=day(-2))
    seen = [CoachAssignment.objects.get(pk=world.carla.pk) for _person in range(2)]

    answers = at_once(*(lambda coach=coach: take_up_again(coach, by=world.doris) for coach in seen))

    assert [type(answer) for answer in answers if answer] == [Stale]
    assert told("coach_teams") == ["carla@example.org"]
