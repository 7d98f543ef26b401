"""Every status × every step of the records around the application; outside the table `Stale`, and nothing was written."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Event, Invitation, Membership, Organisation
from calls.models import Rule
from cohorts.models import Announcement, CoachAssignment, Cohort, Team, TeamMember
from cohorts.revoking import revoke_invitation
from core.writes import Stale
from tests.builders import (
    day,
    make_bamf,
    make_call,
    make_coach,
    make_cohort,
    make_member,
    make_organisation,
    make_organiser,
    make_team,
    make_user,
    make_workshop,
    taken_now,
)
from tests.states import assert_only
from workshops.models import Workshop

pytestmark = pytest.mark.django_db


@pytest.fixture
def doris():
    return make_user("Doris", "Lang")


@pytest.fixture
def cohort(doris):
    return make_cohort(make_organiser(doris))


def test_a_refused_step_that_has_written_is_found_out(cohort, doris):
    def half() -> None:
        Event.record("cohort.half", cohort, by=doris)
        raise Stale

    with pytest.raises(AssertionError, match="was refused and has written"):
        assert_only([], {"half": half})
    with pytest.raises(AssertionError, match="has written nothing"):
        assert_only(["none"], {"none": lambda: None})


@pytest.mark.parametrize(
    ("state", "possible"),
    [
        ({"published_at": None}, {"publish", "cancel"}),
        ({"published_at": timezone.now}, {"cancel"}),
        ({"published_at": timezone.now, "cancelled_at": timezone.now}, set()),
        ({"published_at": None, "cancelled_at": timezone.now}, set()),
        ({"published_at": timezone.now, "begins_on": lambda: day(-90), "ends_on": lambda: day(-60)}, {"cancel"}),
    ],
)
def test_cohort(cohort, doris, state, possible):
    Cohort.objects.update(**taken_now(state))
    steps = {
        "publish": lambda: Cohort.objects.get().publish(by=doris),
        "cancel": lambda: Cohort.objects.get().cancel(by=doris),
    }
    assert_only(possible, steps, Cohort)


@pytest.mark.parametrize(("published_at", "possible"), [(None, {"publish"}), (timezone.now, set())])
def test_announcement(cohort, doris, published_at, possible):
    make_team(cohort, make_user())
    cohort.announcements.create(title="Neues", text="Bitte lesen.", **taken_now({"published_at": published_at}))
    assert_only(possible, {"publish": lambda: Announcement.objects.get().publish(by=doris)}, Announcement)


@pytest.mark.parametrize(
    ("begins", "state", "possible"),
    [
        (3, {}, {"open early", "cancel"}),
        (3, {"opened_at": timezone.now, "opened_reason": "Auf Wunsch."}, {"cancel"}),
        (3, {"cancelled_at": timezone.now}, set()),
        (-3, {}, {"cancel"}),
        (-3, {"cancelled_at": timezone.now}, set()),
        (None, {}, {"open early", "cancel"}),
    ],
)
def test_workshop(cohort, doris, begins, state, possible):
    workshop = make_workshop(cohort, 1, begins_at=timezone.now() + timedelta(days=begins or 0), **taken_now(state))
    if begins is None:
        workshop.sessions.all().delete()
    steps = {
        "open early": lambda: Workshop.objects.get().open_early(by=doris, reason="Auf Wunsch."),
        "cancel": lambda: Workshop.objects.get().cancel(by=doris),
    }
    assert_only(possible, steps, Workshop)


@pytest.mark.parametrize(
    ("joined", "until", "possible"),
    [
        (False, None, {"invite", "join", "end"}),
        (False, 0, {"invite", "join", "end"}),
        (False, -1, {"end"}),
        (True, None, {"end"}),
        (True, -1, {"end"}),
    ],
)
def test_coach_assignment(cohort, doris, joined, until, possible):
    """A day that was set can be corrected, also afterwards. Joining again as oneself changes nothing."""
    carla = make_user("Carla", "Weber")
    coach = make_coach(cohort, carla, until=None if until is None else day(until))
    CoachAssignment.objects.update(coach=carla if joined else None)
    steps = {
        "invite": lambda: CoachAssignment.objects.get().invite(by=doris),
        "end": lambda: CoachAssignment.objects.get().end(by=doris, until=day(7)),
    }
    if not joined:
        steps["join"] = lambda: CoachAssignment.objects.get(pk=coach.pk).join(carla)
    assert_only(possible, steps, CoachAssignment, Invitation)


MEMBERS = {
    "owner": {"hand over"},
    "writer": {"change role", "leave", "be given it", "be offered it"},
    "reader": {"change role", "leave", "be given it", "be offered it"},
    "offered": {"change role", "leave", "be given it", "agree", "decline"},
    "invited": {"change role", "revoke", "invite", "join", "decline it"},
    "declined": {"change role", "revoke", "invite", "join", "add"},
    "left": {"add"},
    "team withdrawn": set(),
}


@pytest.mark.parametrize("state", MEMBERS)
def test_team_member(cohort, doris, state):
    """Amina is the owner; the steps are about her or about Jonas, in his state."""
    amina, jonas = make_user(), make_user("Jonas", "Petersen")
    team = make_team(cohort, amina)
    other = make_member(team, jonas, "reader" if state == "reader" else "writer")
    states = {"invited": {"user": None}, "left": {"left_on": day(-1)}, "offered": {"offered_at": timezone.now()}}
    states["declined"] = {"user": None, "declined_at": timezone.now()}
    changes = states.get(state, {})
    TeamMember.objects.filter(pk=other.pk).update(**changes)
    Team.objects.update(withdrawn_at=timezone.now() if state == "team withdrawn" else None)
    pk = team.members.get(user=amina).pk if state == "owner" else other.pk

    def one() -> TeamMember:
        return TeamMember.objects.get(pk=pk)

    steps = {
        "change role": lambda: one().change_role("reader" if one().role == "writer" else "writer", by=doris),
        "leave": lambda: one().leave(by=doris),
        "revoke": lambda: revoke_invitation(one(), by=doris),
        "invite": lambda: one().invite(by=doris),
        "hand over": lambda: one().hand_over(TeamMember.objects.get(pk=other.pk), by=doris),
        "be given it": lambda: TeamMember.objects.get(user=amina).hand_over(one(), by=doris),
        "be offered it": lambda: one().offer_ownership(by=amina),
        "add": lambda: Team.objects.get().add_member(by=doris, email=one().email, role="writer"),
    }
    if state not in {"owner", "invited", "declined"}:
        steps |= {"agree": lambda: one().agree(by=jonas), "decline": lambda: one().end_offer(by=jonas)}
    if state in {"invited", "declined"}:
        steps["join"] = lambda: one().join(jonas)
        steps["decline it"] = lambda: one().note_declined(timezone.now())
    assert_only(MEMBERS[state], steps, TeamMember, Team, Invitation)


@pytest.mark.parametrize(
    ("state", "possible"),
    [
        ({}, {"accept", "decline", "revoke"}),
        ({"accepted_at": timezone.now}, set()),
        ({"declined_at": timezone.now}, set()),
        ({"revoked_at": timezone.now}, set()),
        ({"expires_at": lambda: timezone.now() - timedelta(minutes=1)}, {"revoke"}),
    ],
)
def test_invitation(state, possible):
    emil, amina = make_bamf(), make_user()
    Invitation.make("amina@example.org", make_organisation(), by=emil)
    Invitation.objects.update(**taken_now(state))
    steps = {
        "accept": lambda: Invitation.objects.get().accept(amina),
        "decline": lambda: Invitation.objects.get().decline(amina),
        "revoke": lambda: Invitation.objects.get().revoke(by=emil),
    }
    assert_only(possible, steps, Invitation, Membership, Organisation)


@pytest.mark.parametrize(("lowered_at", "possible"), [(None, {"lower"}), (timezone.now, {"restore"})])
def test_rule(lowered_at, possible):
    emil, rule = make_bamf(), make_call().rules.get(code="C05")
    Rule.objects.filter(pk=rule.pk).update(**taken_now({"lowered_at": lowered_at}))
    steps = {
        "lower": lambda: Rule.objects.get(pk=rule.pk).lower(reason="Der Aufruf sagt nichts dazu.", by=emil),
        "restore": lambda: Rule.objects.get(pk=rule.pk).restore(by=emil),
    }
    assert_only(possible, steps, Rule)
