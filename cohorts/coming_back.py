"""The way back for somebody who was taken out of a team by mistake („Wieder ins Team nehmen“)."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext

from accounts.models import Event, User
from cohorts.models import TeamMember
from cohorts.models.member import tell_member
from core.writes import Stale, write_if


@transaction.atomic
def come_back(member: TeamMember, *, by: User) -> None:
    """Give somebody their place in the team back, with the role they had, and tell them.

    Who had never joined is invited again. Raises `Stale` if they have not left, are in the team with another address, or
    were erased, and `OnBothSides` if they coach or organise the cohort by now.
    """
    member.require(by, "invite")
    member.team.lock_with_cohort()
    if member.is_erased:
        raise Stale
    if member.team.members.has(member.user, beside=member):
        raise Stale(gettext("Diese Person gehört schon zum Team, mit einer anderen Adresse."))
    others = [TeamMember.Role.WRITER, TeamMember.Role.READER]
    write_if(member, {"left_on__isnull": False, "role__in": others, "user": member.user_id}, left_on=None)
    Event.record("member.came_back", member, by=by)
    if member.user is None:
        member.send_invitation(by=by)
        return
    member.refuse_other_side()
    member.team.organisation.join(member.user, cohort=member.team.cohort_id)
    tell_member(member, "member_came_back", by=by, link=member.team.workplace())
