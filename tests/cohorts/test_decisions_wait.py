"""Decisions about registrations and teams wait some minutes: taken back in time, nobody reads of them."""

from __future__ import annotations

import pytest
from django.utils import timezone

from accounts import outbox
from accounts.models import Invitation, Message
from accounts.waiting import withhold
from cohorts.by_hand import make_by_hand
from cohorts.deciding import accept, decline, put_on_waiting_list, reopen
from cohorts.models import Registration, Team, TeamMember
from cohorts.readmitting import readmit
from cohorts.revoking import revoke_invitation
from cohorts.taking_back import take_acceptance_back
from cohorts.taking_in_again import take_in_again
from tests.accounts.admin_world import change
from tests.builders import log_in, make_coach, make_cohort, make_organiser, make_team, make_user, window
from tests.cohorts.test_admin import act
from tests.cohorts.test_registration_steps import make_registration
from tests.workshops.test_waiting_mails import page_of
from tests.workshops.test_when_mails_leave import link_to_stop, shown

AMINA, JONAS = "amina@example.org", "jonas@example.org"
NOT_SENT = "2 E-Mails, die noch warten, werden nicht gesendet."
NOTHING = "Es geht keine E-Mail hinaus: Für alle ist es wieder so, wie sie es zuletzt erfahren haben."


@pytest.fixture
def doris(db):
    return make_user("Doris")


@pytest.fixture
def cohort(doris):
    return make_cohort(make_organiser(doris), title="Harz", places=3, **window())


@pytest.fixture
def registration(cohort):
    registration = make_registration(cohort)
    Message.objects.all().delete()
    return registration


@pytest.fixture
def doris_client(client, doris):
    return log_in(client, doris)


def fresh():
    return Registration.objects.get()


def waiting():
    """Kind and address of all that will leave by itself, none of which has left."""
    rows = Message.objects.filter(sent_at=None, withheld_at=None)
    assert all(row.waits_until for row in rows), [row.kind for row in rows if not row.waits_until]
    return sorted(rows.values_list("kind", "email"))


def both(*kinds):
    return sorted((kind, email) for kind in kinds for email in (AMINA, JONAS))


def let_all_leave():
    Message.objects.filter(withheld_at=None).update(not_before=timezone.now())
    outbox.send_due()


# Declining, waiting list


@pytest.mark.parametrize(
    ("step", "kind"), [(decline, "registration_declined"), (put_on_waiting_list, "registration_waiting")]
)
def test_a_decision_waits_on_the_page_of_its_registration(doris_client, registration, step, kind):
    form = {"text": "Wir melden uns."}
    url = page_of(registration)
    sent = {"CHANGE_FORM-action": step.__name__, "_selected_action": [str(registration.pk)], "_asked": "1", **form}
    page = doris_client.post(url, sent, follow=True)
    name = str(registration)
    assert shown(page) == [f"Wartet fünf Minuten. Bis dahin können Sie sie bei „{name}“ anhalten oder sofort senden."]

    page = act(doris_client, Registration, step.__name__, registration, on_form=True, form=form)

    assert waiting() == both(kind)
    assert "unterwegs" not in page.text
    _said, url = link_to_stop(page)
    assert url == page_of(registration) + "#waiting-mails"
    assert [group.count for group in doris_client.get(url).context["waiting_mails"]] == [2]


@pytest.mark.parametrize("in_time", [True, False])
def test_a_refusal_taken_back_in_time_is_read_by_nobody(registration, doris, in_time):
    decline(registration, by=doris, text="Nein.")
    if not in_time:
        let_all_leave()

    told = reopen(fresh(), by=doris, text="Ein Versehen.")

    assert waiting() == ([] if in_time else both("registration_reopened"))
    assert told.sentence == (NOTHING if in_time else "")


def test_the_page_says_that_the_refusal_is_not_sent(doris_client, registration, doris):
    decline(registration, by=doris, text="Nein.")
    sent = {"CHANGE_FORM-action": "reopen", "_selected_action": [str(registration.pk)], "_asked": "1", "text": "Doch."}

    page = doris_client.post(page_of(registration), sent, follow=True)

    assert NOT_SENT in page.text
    assert "Es wird keine E-Mail verschickt." in page.text


def test_who_was_put_on_the_waiting_list_and_accepted_reads_of_the_place_alone(registration, doris):
    put_on_waiting_list(registration, by=doris, text="Bald.")

    accept(fresh(), by=doris, text="Ja.")

    assert waiting() == both("registration_accepted", "invitation")


def test_a_second_refusal_with_other_words_replaces_what_waits(registration, doris):
    decline(registration, by=doris, text="Nein.")
    let_all_leave()
    reopen(fresh(), by=doris, text="Ein Versehen.")

    decline(fresh(), by=doris, text="Leider wirklich nicht.")

    assert waiting() == both("registration_declined")
    texts = Message.objects.filter(sent_at=None).values_list("text", flat=True)
    assert all("Leider wirklich nicht." in text for text in texts)


def test_who_withdraws_reads_no_decision_afterwards(registration, doris):
    put_on_waiting_list(registration, by=doris, text="Bald.")

    fresh().withdraw()

    kinds = {message.kind for message in Message.objects.filter(sent_at=None, withheld_at=None)}
    assert kinds == {"registration_withdrawn"}


# Places


def test_the_invitations_wait_with_the_acceptance_they_belong_to(doris_client, registration, cohort):
    page = act(doris_client, Registration, "accept", registration, on_form=True, form={"text": "Ja."})

    assert waiting() == both("registration_accepted", "invitation")
    said, url = link_to_stop(page)
    assert (said.startswith("4 E-Mails warten bis "), url) == (True, page_of(cohort) + "#waiting-mails")
    assert [group.count for group in doris_client.get(url).context["waiting_mails"]] == [2, 2]
    assert [group.count for group in doris_client.get(page_of(registration)).context["waiting_mails"]] == [2]
    assert [group.count for group in doris_client.get(page_of(Team.objects.get())).context["waiting_mails"]] == [2]


def test_an_invitation_that_somebody_waits_for_leaves_at_once(registration, doris):
    accept(registration, by=doris, text="Ja.")
    member = TeamMember.objects.get(email=JONAS)

    member.invite(by=doris)

    [invitation] = Message.objects.filter(kind="invitation", email=JONAS)
    assert invitation.waits_until is None


def test_teams_without_a_registration_wait_as_well(cohort, doris):
    owner = TeamMember(first_name="Neu", last_name="Gast", email="neu@example.org")
    team = make_by_hand(cohort, by=doris, text="Willkommen.", owner=owner, name="Verein")
    assert waiting() == [("invitation", "neu@example.org"), ("team_made", "neu@example.org")]

    other = make_cohort(cohort.organiser, slug="zwei")
    readmit(team, other, by=doris, text="Wieder.", owner=team.owner(), people=[])

    assert {kind for kind, _email in waiting()} == {"invitation", "team_made", "team_readmitted"}


def test_a_place_taken_back_in_time_is_read_by_nobody(doris_client, registration, doris):
    accept(registration, by=doris, text="Ja.")
    team = Team.objects.get()
    assert "4 E-Mails, die noch warten, werden nicht gesendet." in act(doris_client, Team, "withdraw", team).text

    act(doris_client, Team, "withdraw", team, form={})

    assert waiting() == []
    let_all_leave()
    assert not Message.objects.exclude(sent_at=None).exists()


def test_and_given_again_is_read_with_the_words_of_the_acceptance(registration, doris):
    accept(registration, by=doris, text="Herzlich willkommen.")
    Team.objects.get().withdraw(by=doris)

    take_in_again(Team.objects.get(), by=doris)

    assert waiting() == both("registration_accepted", "invitation")
    assert "Herzlich willkommen." in Message.objects.filter(kind="registration_accepted", withheld_at=None)[0].text
    assert Message.objects.filter(kind="invitation").count() == 2


def test_an_acceptance_that_a_person_stopped_stays_stopped_when_the_team_comes_back(registration, doris):
    accept(registration, by=doris, text="Herzlich willkommen.")
    withhold(Message.objects.filter(kind="registration_accepted"), by=doris)
    Team.objects.get().withdraw(by=doris)

    take_in_again(Team.objects.get(), by=doris)

    assert not Message.objects.filter(kind="registration_accepted", withheld_at=None).exists()


def test_who_last_read_a_refusal_reads_that_it_is_taken_back(registration, doris):
    decline(registration, by=doris, text="Leider nein.")
    let_all_leave()
    reopen(fresh(), by=doris, text="Doch noch offen.")
    accept(fresh(), by=doris, text="Herzlich willkommen.")

    take_acceptance_back(fresh(), by=doris, text="Die Zusage war ein Versehen.")

    assert waiting() == [("registration_reopened", AMINA), ("registration_reopened", JONAS)]
    text = Message.objects.filter(kind="registration_reopened").last().text
    assert "Die Zusage" not in text
    assert "wir haben Ihnen abgesagt. Das war ein Versehen" in text


@pytest.fixture
def team(cohort, doris):
    """Amina and Jonas are in it, Neu is invited and knows it, Carla coaches it."""
    team = make_team(cohort, make_user("Amina"), make_user("Jonas"), first_coach=make_coach(cohort, make_user("Carla")))
    team.add_member(by=doris, email="neu@example.org", role="reader", first_name="Neu", last_name="Gast")
    let_all_leave()
    Message.objects.all().delete()
    return team


TOLD = [("team_withdrawn", email) for email in (AMINA, "carla@example.org", JONAS, "neu@example.org")]


def test_a_team_that_leaves_and_comes_back_in_time_reads_nothing(team, doris):
    team.withdraw(by=doris)
    assert waiting() == TOLD

    take_in_again(Team.objects.get(), by=doris)

    assert waiting() == []


def test_a_team_that_comes_back_later_reads_both(team, doris):
    team.withdraw(by=doris)
    let_all_leave()

    take_in_again(Team.objects.get(), by=doris)

    assert waiting() == [
        ("invitation", "neu@example.org"),
        *[("team_taken_in_again", email) for email in (AMINA, "carla@example.org", JONAS)],
    ]
    Team.objects.get().withdraw(by=doris)
    assert waiting() == []


def test_who_is_invited_reads_other_words_than_the_team_and_its_coach(team, doris):
    invited_coach = team.cohort.coach_assignments.create(first_name="Cem", email="cem@example.org")
    Team.objects.update(second_coach=invited_coach)

    Team.objects.get().withdraw(by=doris)

    texts = dict(Message.objects.values_list("email", "text"))
    assert [email for email, text in texts.items() if "Ihre Einladung in dieses Team" in text] == ["neu@example.org"]


# A cohort that is called off meanwhile


def test_calling_off_reaches_who_is_invited_in_place_of_the_acceptance_and_not_who_was_refused(cohort, doris):
    accept(make_registration(cohort), by=doris, text="Ja.")
    one = {"first_name": "Ana", "last_name": "Lima", "email": "ana@example.org", "phone": ""}
    decline(make_registration(cohort, persons=[one], organisation_name="Andere e. V."), by=doris, text="Nein.")
    Message.objects.filter(kind="registration_confirm").delete()

    cohort.cancel(by=doris)

    assert waiting() == [*both("cohort_cancelled"), ("registration_declined", "ana@example.org")]


# Invitations that end before they are sent


def test_an_invitation_that_is_taken_back_in_time_is_read_by_nobody(registration, doris):
    accept(registration, by=doris, text="Ja.")

    revoke_invitation(TeamMember.objects.get(email=JONAS), by=doris)

    assert [kind for kind, email in waiting() if email == JONAS] == ["registration_accepted"]


def test_the_mail_of_an_ended_invitation_is_not_sent(team, doris):
    member = team.members.get(email="neu@example.org")
    member.invite(by=doris)

    member.invite(by=doris)

    assert Message.objects.filter(kind="invitation").count() == 1
    Invitation.objects.open().get(email="neu@example.org").revoke(by=doris)
    assert not Message.objects.filter(kind="invitation").exists()


@pytest.mark.parametrize("named", ["registration_accepted", "invitation"])
def test_an_acceptance_and_its_invitations_are_stopped_together(registration, doris, doris_client, named):
    accept(registration, by=doris, text="Herzlich willkommen.")
    mail = Message.objects.filter(kind=named).first()
    record = fresh() if named == "registration_accepted" else Team.objects.get()
    url = f"{change(record)}".replace("change/", "mails/")
    sent = {"step": "stop", "topic": mail.topic, "until": mail.not_before.isoformat()}

    asked = doris_client.post(url, sent)
    done = doris_client.post(url, sent | {"_asked": "1"}, follow=True)

    assert "2 Personen bekommen diese E-Mail dann nicht" in asked.text
    assert asked.text.count("Die E-Mail, wie") == 2
    assert "2 Personen werden nicht benachrichtigt." in done.text
    assert waiting() == []
