"""Inviting a new person to be responsible for a team whose owner does not answer or has vanished."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from accounts.addresses import one_address
from accounts.models import Event, Invitation, User
from cohorts.models import Team, TeamMember
from cohorts.models.member import tell_member, tell_new_owner
from core.writes import Stale, write_if

OWNER, WRITER = TeamMember.Role.OWNER, TeamMember.Role.WRITER


class InTheTeam(Stale):
    """The person is in the team, or was: nobody needs to be invited for that."""

    def __str__(self) -> str:
        return gettext(
            "Diese Person gehört schon zum Team oder war einmal dabei. Machen Sie sie auf ihrer eigenen Seite zur "
            "verantwortlichen Person, oder nehmen Sie sie dort zuerst wieder ins Team."
        )


@transaction.atomic
def invite_owner(team: Team, *, by: User, email: str, leaves: bool = False, **values: Any) -> TeamMember:
    """Make somebody new the owner, who is invited, and tell the team and its coaches. Returns the new owner's place.

    The owner of before writes along, or leaves the team with `leaves`; a place that nobody has taken, or whose person was
    erased, ends. Raises `InTheTeam`, `Stale` once the team has withdrawn, and `OnBothSides` for somebody who coaches or
    organises the cohort.
    """
    team.lock_with_cohort()
    before = team.owner()
    before.require(by, "hand over")
    address = one_address(email)
    earlier = team.members.filter(email=address).first()
    if earlier and (earlier.pk == before.pk or earlier.has_joined):
        raise InTheTeam
    end_ownership(before, by=by, leaves=leaves)
    again = {"role": OWNER, "left_on": None, "declined_at": None, **values}
    if earlier:
        write_if(earlier, {"user": None}, **again)
    owner = earlier or team.members.create(email=address, role=OWNER, **values)
    team.members.update(offered_at=None)
    Event.record("member.owner_invited", owner, by=by)
    owner.send_invitation(by=by)
    tell_new_owner(owner, by=by, link=team.workplace(), before=before)
    return owner


def stepping_down(before: TeamMember, name: str) -> list[str]:
    """Say of the owner of before what they are no longer, what they may still do, and what is left to the new one alone."""
    said = {"before": before.full_name or gettext("Eine gelöschte Person"), "name": name}
    sentences = [gettext("%(before)s ist dann nicht mehr verantwortlich.")]
    if before.has_joined:
        sentences.append(
            gettext("%(before)s schreibt weiter mit, gibt Abschnitte zur Rückmeldung ab und lädt Anlagen hoch.")
        )
    sentences.append(
        gettext(
            "Fertigstellen, zurückziehen, Schritte auf Papier eintragen und das Team ändern kann dann nur noch %(name)s."
        )
    )
    return [sentence % said for sentence in sentences]


def end_ownership(before: TeamMember, *, by: User, leaves: bool) -> None:
    """Let the owner of before write along or leave, and tell them; part of a step that has locked the team."""
    ends = leaves or not before.has_joined
    left_on = timezone.localdate() if ends else None
    write_if(before, {"role": OWNER, "left_on": None, "user": before.user_id}, role=WRITER, left_on=left_on)
    Invitation.objects.open().to(before).end(by=by)
    if not ends:
        return  # they are told with the others
    Event.record("member.left", before, by=by)
    if before.has_joined:
        tell_member(before, "member_taken_out", by=by, link=reverse("dashboard"))
    elif before.declined_at is None:
        tell_member(before, "member_invitation_revoked", by=by, link="")
