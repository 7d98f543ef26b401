"""„Einladung zurückziehen“: taking back the invitation of somebody who has not joined the team, or a name that declined."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from accounts.models import Event, Invitation, Message, User
from accounts.models.message import topic_of
from cohorts.models import TeamMember
from cohorts.models.member import tell_member
from core.writes import write_if


@transaction.atomic
def revoke_invitation(member: TeamMember, *, by: User) -> None:
    """End the place of somebody who has not joined, and tell them unless they had declined or have not been sent it yet.

    Raises `Stale` for the owner, and once they have joined.
    """
    member.require(by, "invite")
    member.team.lock()
    others = [TeamMember.Role.WRITER, TeamMember.Role.READER]
    write_if(member, {"role__in": others, "left_on": None, "user": None}, left_on=timezone.localdate())
    unread = Message.objects.filter(
        topic=topic_of(member.team, "place"), email=member.email, kind="invitation"
    ).waiting()
    has_read = not unread.exists()
    Invitation.objects.open().to(member).end(by=by)
    Event.record("member.invitation_revoked", member, by=by)
    member.refresh_from_db(fields=["declined_at"])
    if has_read and member.declined_at is None:
        tell_member(member, "member_invitation_revoked", by=by, link="")
