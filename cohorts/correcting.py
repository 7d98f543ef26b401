"""A person's address that was wrong or is dead: in a team, and in a registration that waits for an answer."""

from __future__ import annotations

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from accounts.addresses import one_address
from accounts.models import Event, Invitation, User
from accounts.models.invitation import hashed, new_token
from cohorts.models import Registration, RegistrationPerson, TeamMember
from cohorts.models.member import tell_member
from cohorts.readdressing import redirect_unsent
from core.writes import Stale, write_if


class AddressTaken(Stale):
    """Somebody with this address is, or was, in the same place already."""

    def __str__(self) -> str:
        return gettext("Diese Adresse steht hier schon, vielleicht bei einer Person, die nicht mehr dabei ist.")


@transaction.atomic
def correct_address(member: TeamMember, *, by: User, email: str) -> None:
    """Invite somebody who has not joined at another address; the invitation to the old one ends, other unsent mails follow.

    Raises `AddressTaken`, `Stale` once they have joined or left, and `OnBothSides` if the address belongs to somebody who
    coaches or organises the cohort.
    """
    member.require(by, "invite")
    member.team.lock_with_cohort()
    old = member.email
    email = _free_address(member, email)
    write_if(member, {"user": None, "left_on": None, "email": old}, email=email)
    Invitation.objects.open().to(member).end(by=by)
    Event.record("member.address_corrected", member, by=by)
    member.send_invitation(by=by)
    redirect_unsent(old, email, cohort=member.team.cohort_id, name=member.full_name)


@transaction.atomic
def invite_anew(member: TeamMember, *, by: User, email: str) -> TeamMember:
    """End the place of somebody whose mailbox is dead, and invite them at another address, with the same role.

    Nobody but its owner changes the address of an account, so the new place needs an account of its own, or theirs with
    the address added. The old address is told that its place has ended. Raises as `correct_address` does, and `Stale`
    for somebody who has not joined. Returns the new place.
    """
    member.require(by, "edit")
    member.team.lock_with_cohort()
    email = _free_address(member, email)
    role = TeamMember.objects.get(pk=member.pk).role
    ends = {"role": TeamMember.Role.WRITER if role == TeamMember.Role.OWNER else role, "offered_at": None}
    here = {"left_on": None, "user__isnull": False, "role": role}
    write_if(member, here, left_on=timezone.localdate(), **ends)
    names = {name: getattr(member, name) for name in ("first_name", "last_name", "phone")}
    new = member.team.members.create(email=email, role=role, **names)
    Event.record("member.invited_anew", new, by=by, instead_of=member.pk)
    new.send_invitation(by=by)
    if member.user:
        old, cohort = member.user.email, member.team.cohort_id
        redirect_unsent(old, email, cohort=cohort, name=member.full_name, account=member.user)
    tell_member(member, "member_taken_out", by=by, link=reverse("dashboard"))
    return new


def _free_address(member: TeamMember, email: str) -> str:
    """Return the address as it is stored. Raises `AddressTaken` if any place of the team has it; the team is locked."""
    address = one_address(email)
    if member.team.members.filter(email=address).exists():
        raise AddressTaken
    return address


@transaction.atomic
def correct_registered_address(person: RegistrationPerson, *, by: User, email: str) -> None:
    """Correct an address in a registration that waits for an answer, and send all its people a new link; the earlier one ends.

    Raises `AddressTaken`, and `Stale` once it is decided or withdrawn, or the address was changed meanwhile.
    """
    registration = person.registration
    registration.require(by, "edit")
    address = one_address(email)
    token = new_token()
    write_if(registration, {"status__in": Registration.Status.undecided()}, token_hash=hashed(token))
    if registration.persons.filter(email=address).exists():
        raise AddressTaken
    old = person.email
    write_if(person, {"email": old}, email=address)
    Event.record("registration.address_corrected", registration, by=by)
    Event.record("registration.link_renewed", registration, by=by)
    registration.mail("registration_link", registration.persons.all(), dedup=registration.token_hash, token=token)
    redirect_unsent(old, address, cohort=registration.cohort_id, name=person.full_name)
