"""Who has declined a place in a team or in coaching: no mail of the team, no other side, no question left to them."""

from __future__ import annotations

import pytest
from django.utils import timezone

from accounts.models import Message
from cohorts.admin.decision_forms import AcceptForm
from cohorts.models import CoachAssignment, Team
from cohorts.models.conversation import is_answered
from tests.cohorts.test_both_sides import World, registered

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    """Hanna was named as the team's first coach and has declined."""
    world = World()
    world.hanna = world.assignment("hanna@example.org")
    world.team.name_coaches(world.hanna, None, by=world.doris)
    world.hanna.note_declined(timezone.now())
    Message.objects.all().delete()
    world.team = Team.objects.get(pk=world.team.pk)
    return world


def test_a_coach_who_declined_gets_no_mail_of_the_team(world):
    assert world.team.coaches() == []
    world.team.withdraw(by=world.doris)
    assert {mail.email for mail in Message.objects.all()} == {"amina@example.org", "jonas@example.org"}


def test_a_coach_who_declined_is_not_offered_to_a_new_team(world):
    form = AcceptForm(registrations=[registered(world, "neu@example.org")])
    assert list(form.fields["first_coach"].queryset) == [world.coach]


def test_nobody_answers_where_the_only_coach_has_declined(world):
    assert is_answered(world.team)
    world.coach.delete()
    assert not is_answered(world.team)


def test_who_declined_to_coach_can_come_into_a_team(world):
    member = world.team.add_member(by=world.amina, email="hanna@example.org", role="reader", first_name="Hanna")
    assert member.left_on is None


def test_who_declined_a_place_in_a_team_can_coach_and_organise(world):
    guest = world.team.add_member(by=world.amina, email="lea@example.org", role="reader", first_name="Lea")
    guest.note_declined(timezone.now())
    world.assignment("lea@example.org").invite(by=world.doris)
    world.cohort.organiser.refuse("lea@example.org")
    assert not CoachAssignment.objects.filter(email="lea@example.org").in_a_team().exists()
    assert not world.team.members.filter(pk=guest.pk).with_other_sides().get().coaches_too
