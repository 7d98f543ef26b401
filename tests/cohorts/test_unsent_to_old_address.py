"""Mails that wait, or have failed, for an address that turns out to be wrong: they follow to the right one, links that have ended do not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import outbox
from accounts.models import Message
from cohorts.correcting import correct_address, correct_registered_address, invite_anew
from cohorts.models import CoachAssignment, Registration, TeamMember
from cohorts.registering import correct
from tests.builders import log_in, make_workshop
from tests.cohorts.test_admin import act
from tests.cohorts.test_registration_steps import PERSONS, VALUES, make_registration
from tests.cohorts.test_repairs import make_world, member
from tests.forms import form_of

WRONG, RIGHT = "neu@example.org", "gast@example.org"


@pytest.fixture
def world(db):
    """Doris calls a workshop off while Neu is still invited at a wrong address; that mail waits."""
    world = make_world()
    world.workshop = make_workshop(world.cohort, 2, begins_at=timezone.now() + timedelta(days=9), title="Bedarf")
    member(world, "Neu").invite(by=world.doris)
    world.workshop.cancel(by=world.doris)
    return world


def unsent():
    """Kind and address of what somebody may still get who is no account."""
    rows = Message.objects.filter(sent_at=None, withheld_at=None, user=None)
    return sorted(rows.values_list("kind", "email"))


def test_what_waits_follows_a_member_to_the_right_address_and_the_ended_link_does_not(world):
    assert unsent() == [("cancelled", WRONG), ("invitation", WRONG)]

    correct_address(member(world, "Neu"), by=world.doris, email=RIGHT)

    assert unsent() == [("cancelled", RIGHT), ("invitation", RIGHT)]
    Message.objects.update(not_before=timezone.now())
    outbox.send_due()
    assert WRONG not in {address for sent in mail.outbox for address in sent.to}
    assert Message.objects.get(kind="cancelled", email=RIGHT).sent_at


def test_what_has_failed_follows_so_that_sending_it_again_reaches_the_person(world):
    failed = {"claimed_at": timezone.now(), "failed_at": timezone.now(), "attempts": 4}
    Message.objects.filter(email=WRONG).update(**failed)

    correct_address(member(world, "Neu"), by=world.doris, email=RIGHT)

    message = Message.objects.get(kind="cancelled", user=None)
    assert (message.email, message.stage) == (RIGHT, "gescheitert")
    message.send_again(by=world.doris)
    outbox.send_due()
    assert [RIGHT] in [sent.to for sent in mail.outbox]


@pytest.mark.parametrize("how", ["sent_at", "claimed_at", "withheld_at"])
def test_what_is_out_or_stopped_stays_as_it_was(world, how):
    Message.objects.filter(kind="cancelled", email=WRONG).update(**{how: timezone.now()})

    correct_address(member(world, "Neu"), by=world.doris, email=RIGHT)

    assert Message.objects.get(kind="cancelled", user=None).email == WRONG


def test_a_later_change_says_what_is_new_to_the_person_at_the_right_address(world):
    correct_address(member(world, "Neu"), by=world.doris, email=RIGHT)

    world.workshop.hold(by=world.doris)

    assert unsent() == [("invitation", RIGHT)]


def test_an_address_that_several_share_moves_only_the_mails_of_the_one(world):
    """Neu has given the address of the office, as has Ana of another association."""
    other = {"first_name": "Ana", "last_name": "Lima", "email": WRONG, "phone": ""}
    registration = make_registration(world.cohort, persons=[other], organisation_name="Andere e. V.")
    registration.mail("registration_waiting", registration.persons.all(), dedup="x", text="Bald.")

    correct_address(member(world, "Neu"), by=world.doris, email=RIGHT)

    assert unsent() == [
        ("cancelled", RIGHT), ("invitation", RIGHT), ("registration_confirm", WRONG), ("registration_waiting", WRONG),
    ]  # fmt: skip


def test_mails_of_other_cohorts_stay(world):
    Message.objects.filter(kind="cancelled").update(cohort_id=None)

    correct_address(member(world, "Neu"), by=world.doris, email=RIGHT)

    assert ("cancelled", WRONG) in unsent()


def test_what_waits_follows_somebody_of_a_registration(world):
    registration = make_registration(world.cohort)
    registration.mail("registration_waiting", registration.persons.all(), dedup="x", text="Bald.")
    person = registration.persons.get(email="jonas@example.org")
    Message.objects.filter(kind="registration_confirm").delete()

    correct_registered_address(person, by=world.doris, email="wiese@example.org")

    mails = [pair for pair in unsent() if pair[0].startswith("registration")]
    assert mails == [
        ("registration_link", "amina@example.org"), ("registration_link", "wiese@example.org"),
        ("registration_waiting", "amina@example.org"), ("registration_waiting", "wiese@example.org"),
    ]  # fmt: skip


def test_what_waits_follows_who_corrects_the_own_registration(world):
    registration = make_registration(world.cohort)
    registration.mail("registration_waiting", registration.persons.all(), dedup="x", text="Bald.")
    persons = [PERSONS[0], PERSONS[1] | {"email": "wiese@example.org"}]

    correct(registration, "token", seen=None, values=VALUES, persons=persons)

    mails = [email for kind, email in unsent() if kind == "registration_waiting"]
    assert mails == ["amina@example.org", "wiese@example.org"]


def test_who_is_invited_anew_gets_there_what_is_told_to_all(world):
    """Jonas has lost his mailbox: what waits about dates is read in the new one; what is about his account stays."""
    outbox.post([world.jonas], "accounts/mails/second_factor_reset.txt", dedup="1", by="x", cohort=world.cohort.pk)

    invite_anew(member(world, "Jonas"), by=world.doris, email="j@example.org")

    rows = Message.objects.filter(sent_at=None, email__in=["jonas@example.org", "j@example.org"])
    assert sorted(rows.values_list("kind", "email", "user")) == [
        ("cancelled", "j@example.org", None),
        ("invitation", "j@example.org", None),
        ("member_taken_out", "jonas@example.org", world.jonas.pk),
        ("second_factor_reset", "jonas@example.org", world.jonas.pk),
    ]


def test_what_waits_follows_a_coach_and_the_page_says_so(world):
    TeamMember.objects.filter(first_name="Neu").delete()
    Message.objects.filter(kind="invitation").delete()
    coach = CoachAssignment.objects.create(cohort=world.cohort, first_name="Cem", last_name="Ak", email=WRONG)
    coach.invite(by=world.doris)
    doris = log_in(Client(), world.doris)
    url = reverse("admin:cohorts_coachassignment_change", args=[coach.pk])
    sent = form_of(doris.get(url), "coachassignment_form") | {"email": RIGHT, "_save": "1"}
    Message.objects.filter(kind="cancelled", email=WRONG).update(text="Guten Tag Cem Ak,\n\nabgesagt")

    page = doris.post(url, sent, follow=True)

    assert f"Eine E-Mail, die noch nicht gesendet ist, geht nicht an {WRONG}, sondern an {RIGHT}." in page.text
    assert f"Eine E-Mail an {WRONG} wird nicht mehr gesendet: Ihr Link gilt nicht mehr." in page.text
    doris.post(page.context["back"], form_of(page, "consequences"), follow=True)
    assert unsent() == [("cancelled", RIGHT), ("invitation", RIGHT)]


def test_the_page_of_consequences_says_what_becomes_of_unsent_mails(world):
    doris = log_in(Client(), world.doris)
    page = act(doris, TeamMember, "correct_address", member(world, "Neu"), on_form=True, form={"email": RIGHT})

    assert "Die Adresse ist berichtigt" in page.text
    assert unsent() == [("cancelled", RIGHT), ("invitation", RIGHT)]


def test_the_page_of_a_registration_says_it_too(world):
    registration = make_registration(world.cohort)
    registration.mail("registration_waiting", registration.persons.all(), dedup="x", text="Bald.")
    doris = log_in(Client(), world.doris)
    url = reverse("admin:cohorts_registration_change", args=[registration.pk])
    person = registration.persons.get(email="jonas@example.org")
    data = {"CHANGE_FORM-action": "correct_address", "_selected_action": [str(registration.pk)], "_asked": "1"}

    page = doris.post(url, data | {"person": str(person.pk), "email": "wiese@example.org"}, follow=True)

    assert page.template_name == "admin/consequences.html"
    assert (
        "Eine E-Mail, die noch nicht gesendet ist, geht nicht an jonas@example.org, sondern an wiese@example.org."
        in page.text
    )
    assert Registration.objects.get().persons.filter(email="jonas@example.org").exists()
