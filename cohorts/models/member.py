"""Members of a team and their roles („verantwortlich“, „schreibt mit“, „liest mit“), handing over responsibility, leaving."""

from __future__ import annotations

from collections import Counter
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import outbox
from accounts.addresses import NO_ADDRESS
from accounts.invitations import invite
from accounts.models import Event, Membership, User
from accounts.models.record import Person, roles
from accounts.models.traces import Traces, erased_person
from core.writes import Stale, write_if

from .both_sides import OnBothSides, is_the_organiser
from .coach import CoachAssignment
from .cohort import Cohort
from .invited_person import InvitedPerson

WITHOUT_OWNER = _(
    "Teams, in denen danach niemand verantwortlich ist (der Träger bekommt eine Nachricht und legt fest, wer es wird)"
)


class TeamMemberQuerySet(models.QuerySet["TeamMember"]):
    def current(self) -> TeamMemberQuerySet:
        """Return those who have not left: joined, invited, or declined."""
        return self.filter(left_on=None)

    def not_declined(self) -> TeamMemberQuerySet:
        return self.filter(declined_at=None)

    def has(self, user: User | None, *, beside: TeamMember) -> bool:
        """Is this person among those of today, with another address than that of the place `beside`?"""
        return user is not None and self.current().filter(user=user).exclude(pk=beside.pk).exists()

    def not_erased(self) -> TeamMemberQuerySet:
        """Leave out erased owners, who keep the place until somebody else is the owner."""
        return self.exclude(email__endswith=NO_ADDRESS)

    def organising(self, **membership: Any) -> TeamMemberQuerySet:
        """Return those of today, declined ones left out, who belong to the Träger of their cohort, too; `membership` narrows which are looked at."""
        own = Membership.objects.filter(
            is_the_organiser(),
            organisation=OuterRef("team__cohort__organiser"),
            organisation__runs_cohorts=True,
            **membership,
        )
        return self.current().not_declined().filter(Exists(own), team__withdrawn_at=None)

    def with_other_sides(self) -> TeamMemberQuerySet:
        """Annotate with `coaches_too` and `organises_too`; no step allows it any more, but there may be some from before."""
        coaching = CoachAssignment.objects.in_a_team(pk=OuterRef(OuterRef("pk")))
        organising = TeamMember.objects.filter(pk=OuterRef("pk")).organising()
        return self.annotate(
            coaches_too=Exists(coaching.filter(cohort=OuterRef("team__cohort"))), organises_too=Exists(organising)
        )

    def visible_to(self, user: Person) -> TeamMemberQuerySet:
        return self.filter(Exists(Cohort.objects.shared_with(user).filter(teams=OuterRef("team"))))


class TeamMember(InvitedPerson):
    """Somebody in a team; `user` is empty until the invitation is accepted. Exactly one member is the owner."""

    class Role(models.TextChoices):
        OWNER = "owner", _("verantwortlich")
        WRITER = "writer", _("schreibt mit")
        READER = "reader", _("liest mit")

    team = models.ForeignKey("Team", models.CASCADE, related_name="members", verbose_name=_("Team"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="team_memberships",
        verbose_name=_("Konto"),
    )
    role = models.CharField(_("Rolle"), max_length=8, choices=Role, default=Role.WRITER)
    left_on = models.DateField(_("ausgeschieden am"), null=True, blank=True)
    offered_at = models.DateTimeField(_("Verantwortung angeboten am"), null=True, blank=True, editable=False)

    coaches_too: bool  # by `with_other_sides()`
    organises_too: bool

    ACCOUNT = "user"
    FORGETS = _("Plätze in Teams, mit der Anwesenheit bei Terminen")

    objects = TeamMemberQuerySet.as_manager()

    MAY = {
        "add": roles(),
        "edit": roles("organiser"),
        "invite": roles("owner", "organiser"),
        "change role": roles("owner", "organiser"),
        "leave": roles("self", "owner", "organiser"),
        "offer": roles("owner"),
        "agree": roles("self"),
        "end offer": roles("self", "owner"),
        "hand over": roles("organiser"),
    }

    class Meta:
        verbose_name = _("Teammitglied")
        verbose_name_plural = _("Teammitglieder")
        ordering = ["last_name", "first_name"]
        constraints = [
            models.UniqueConstraint(
                fields=["team"],
                condition=Q(role="owner", left_on=None),
                name="team_one_owner",
                violation_error_message=_("Ein Team hat genau eine verantwortliche Person."),
            ),
            models.UniqueConstraint(
                "team",
                Lower("email"),
                name="team_member_email_unique",
                violation_error_message=_("Diese Adresse gehört schon zu diesem Team."),
            ),
            models.CheckConstraint(condition=Q(declined_at=None) | Q(user=None), name="team_member_joined_or_declined"),
        ]

    @property
    def cohort_uuid(self) -> UUID:
        return self.team.cohort_id

    def roles_of(self, user: Person) -> frozenset[str]:
        """Return the roles towards the team, and `self` towards the person's own place in it."""
        own = {"self"} if user.is_authenticated and user.pk == self.user_id else set()
        return frozenset(own | self.team.roles_of(user))

    @property
    def invited_to(self) -> str:
        said = {"team": self.team.title, "cohort": self.team.cohort.title}
        if self.role == self.Role.OWNER:
            return (
                gettext("im Team „%(team)s“ an „%(cohort)s“ teilzunehmen und für das Team verantwortlich zu sein")
                % said
            )
        return gettext("im Team „%(team)s“ an „%(cohort)s“ teilzunehmen") % said

    def invited_from(self, user: User) -> str:
        """Return the path where this organiser or owner sees the member, and invites again."""
        if user.pk != self.team.owner().user_id:
            return reverse("admin:cohorts_teammember_change", args=[self.pk])
        application = self.team.applications.running().first()
        return reverse("applications:members", args=[application.pk]) if application else reverse("dashboard")

    def hold(self) -> None:
        """Lock cohort, Träger and team, before somebody joins. Raises `Stale` once the team has withdrawn."""
        self.team.lock_with_cohort()

    def join(self, user: User) -> None:
        """Part of accepting an invitation: the person becomes this member and belongs to the organisation from now on.

        Raises `Stale` if the member has left, if somebody else took the place meanwhile, or if they are in the team by another
        address, and `OnBothSides` if they coach or organise the cohort.
        """
        if self.team.members.has(user, beside=self):
            raise Stale(gettext("Sie gehören schon zu diesem Team."))
        write_if(self, {"left_on": None, "user": self.user_id}, user=user, declined_at=None)
        self.refuse_other_side()
        self.team.organisation.join(user, cohort=self.team.cohort_id)
        if hasattr(self.team, "conversation"):
            self.team.conversation.note_seen(user)  # answers from before are no news to them

    def refuse_other_side(self) -> None:
        """Raise `OnBothSides` if the person coaches or organises the cohort.

        Part of a step that has locked the cohort and its Träger, after it has written.
        """
        if CoachAssignment.objects.filter(cohort=self.team.cohort_id).in_a_team(pk=self.pk).exists():
            raise OnBothSides
        if TeamMember.objects.filter(pk=self.pk).organising().exists():
            raise OnBothSides

    @classmethod
    def forget(cls, traces: Traces) -> Counter[str | Promise]:
        return forget_members(traces)

    def send_invitation(self, *, by: User, **fields: Any) -> None:
        """Invite the member as written down; part of a step that has locked cohort and team. `fields` are for the outbox."""
        self.note_invited({"left_on": None})
        self.refuse_other_side()
        invite(self.email, self, by=by, **fields)

    @transaction.atomic
    def change_role(self, role: str, *, by: User) -> None:
        """Let a member write or only read, and tell them; the owner changes by handing over.

        Raises `Stale` if they have this role already.
        """
        self.require(by, "change role")
        self.team.lock()
        others = [self.Role.WRITER, self.Role.READER]
        if role not in others:
            raise Stale
        write_if(self, {"role__in": [other for other in others if other != role], "left_on": None}, role=role)
        Event.record("member.role_changed", self, by=by, role=role)
        if self.user_id:
            tell_member(self, "member_role", by=by, link=self.team.workplace())

    @transaction.atomic
    def offer_ownership(self, *, by: User) -> None:
        """Ask this member to become the owner; nothing changes until they agree, and an earlier offer ends.

        Raises `Stale` for the owner and for a member who has not joined or has left.
        """
        self.require(by, "offer")
        self.team.lock()
        self.team.members.exclude(pk=self.pk).update(offered_at=None)
        others = {"role__in": [self.Role.WRITER, self.Role.READER], "left_on": None, "user__isnull": False}
        write_if(self, {"offered_at": None, **others}, offered_at=timezone.now())
        Event.record("member.offered", self, by=by)
        tell_member(self, "ownership_offered", by=by, link=self.team.workplace())

    @transaction.atomic
    def agree(self, *, by: User) -> None:
        """Become the owner, as was offered. Raises `Stale` if the offer ended."""
        self.require(by, "agree")
        self.team.lock()
        write_if(self, {"offered_at__isnull": False, "left_on": None}, offered_at=None)
        owner = self.team.owner()
        owner.give_ownership(self, by=by)
        tell_member(owner, "ownership_taken", by=by, link=self.team.workplace())

    @transaction.atomic
    def end_offer(self, *, by: User) -> None:
        """Decline the offer, or take it back. Raises `Stale` if there is none."""
        self.require(by, "end offer")
        self.team.lock()
        write_if(self, {"offered_at__isnull": False}, offered_at=None)
        Event.record("member.offer_ended", self, by=by)
        if by.pk == self.user_id:
            tell_member(self.team.owner(), "ownership_declined", by=by, link=self.team.workplace())

    @transaction.atomic
    def hand_over(self, to: TeamMember, *, by: User) -> None:
        """Make another member the owner, who must have joined, and tell everybody; this one writes along."""
        self.require(by, "hand over")
        if to.pk == self.pk:
            raise Stale
        self.team.lock()
        self.give_ownership(to, by=by)
        link = self.team.workplace()
        tell_member(to, "member_owns", by=by, link=link)
        tell_new_owner(to, by=by, link=link, before=self)

    def give_ownership(self, to: TeamMember, *, by: User) -> None:
        """Make `to` the owner, and let this one write along; part of a step that has locked the team."""
        write_if(self, {"role": self.Role.OWNER, "left_on": None}, role=self.Role.WRITER)
        others = {"role__in": [self.Role.WRITER, self.Role.READER], "left_on": None, "user__isnull": False}
        write_if(to, {"team": self.team_id, **others}, role=self.Role.OWNER)
        self.team.members.update(offered_at=None)
        Event.record("member.handed_over", self, by=by, to=to.pk)

    @transaction.atomic
    def leave(self, *, by: User) -> None:
        """Leave the team, or be taken out of it and told.

        Raises `Stale` for the owner, who hands over first, and for somebody who has not joined (cohorts/revoking.py).
        """
        self.require(by, "leave")
        self.team.lock()
        others = [self.Role.WRITER, self.Role.READER]
        joined = {"role__in": others, "left_on": None, "user__isnull": False}
        write_if(self, joined, left_on=timezone.localdate())
        Event.record("member.left", self, by=by)
        tell_member(self, "member_taken_out", by=by, link=reverse("dashboard"))


def tell_member(member: TeamMember, kind: str, *, by: User, link: str) -> None:
    """Mail this person what somebody else did with their place in the team."""
    if by.pk == member.user_id:
        return
    outbox.post(
        [member],
        f"cohorts/mails/{kind}.txt",
        dedup=f"{member.pk}:{timezone.now().isoformat()}",
        link=link,
        cohort=member.team.cohort_id,
        member=member,
        team=member.team,
        who=str(by),
    )


def tell_new_owner(owner: TeamMember, *, by: User, link: str, before: TeamMember) -> None:
    """Tell all others in the team, and its coaches, who is responsible now, or is invited to be, and what `before` still is."""
    team = owner.team
    people = [*team.joined().exclude(pk=owner.pk), *team.coaches()]
    stays = before.left_on is None and before.has_joined
    dedup = f"{owner.pk}:{timezone.now().isoformat()}"
    values: dict[str, Any] = {"owner": owner, "before": before, "stays": stays, "team": team, "who": str(by)}
    for is_own in (True, False):
        outbox.post(
            [one for one in people if (one.pk == before.pk) == is_own],
            "cohorts/mails/owner_changed.txt",
            dedup=dedup,
            link=link,
            cohort=team.cohort_id,
            is_own=is_own,
            **values,
        )


def forget_members(traces: Traces) -> Counter[str | Promise]:
    """Take an erased person's name out of their places in teams, and end those.

    An owner keeps the place until the organiser hands over; the people of the organiser are told.
    """
    theirs = list(TeamMember.objects.filter(traces.is_theirs("user")).select_related("team__cohort__organiser"))
    count: Counter[str | Promise] = Counter({TeamMember.FORGETS: len(theirs)})
    for member in theirs:
        is_owner = member.role == TeamMember.Role.OWNER
        is_left_open = is_owner and member.left_on is None and member.team.withdrawn_at is None
        left = member.left_on or (None if is_owner else timezone.localdate())
        write_if(member, {}, **erased_person(member.pk), left_on=left)
        if is_left_open:
            count[WITHOUT_OWNER] += 1
            _tell_without_owner(member)
    return count


def _tell_without_owner(member: TeamMember) -> None:
    """Tell the organiser, who alone can name another owner.

    The mail names no team: what an association is called may hold the person's name.
    """
    people = member.team.cohort.organiser.memberships.select_related("user")
    outbox.post(
        [membership.user for membership in people],
        "cohorts/mails/team_without_owner.txt",
        dedup=member.pk,
        link=reverse("admin:cohorts_team_change", args=[member.team_id]),
        cohort=member.team.cohort_id,
    )
