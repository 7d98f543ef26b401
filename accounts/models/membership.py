"""Who belongs to an organisation, and who of them is responsible; leaving, removing, handing over."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from accounts import outbox
from core.writes import Stale, write_if

from .event import Event
from .record import Person, Record, roles
from .user import User


class MembershipQuerySet(models.QuerySet["Membership"]):
    def visible_to(self, user: Person) -> MembershipQuerySet:
        """Members of an organisation see its members; BAMF staff see all."""
        if not user.is_authenticated:
            return self.none()
        if user.is_bamf:
            return self
        fellow = self.model.objects.filter(user=user, organisation=models.OuterRef("organisation"))
        return self.filter(models.Exists(fellow))

    def responsible(self) -> MembershipQuerySet:
        return self.filter(role=Membership.Role.RESPONSIBLE)

    def organising(self, user: Person) -> MembershipQuerySet:
        """Return memberships that make this person an organiser: in organisations that run cohorts."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(user=user, organisation__runs_cohorts=True)


class Membership(Record):
    """A person in an organisation. The last responsible person cannot leave without handing over."""

    class Role(models.TextChoices):
        RESPONSIBLE = "responsible", _("verantwortlich")
        MEMBER = "member", _("Mitglied")

    organisation = models.ForeignKey(
        "Organisation", models.CASCADE, related_name="memberships", verbose_name=_("Organisation")
    )
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships", verbose_name=_("Person"))
    role = models.CharField(_("Rolle"), max_length=12, choices=Role, default=Role.MEMBER)
    joined_at = models.DateTimeField(_("dabei seit"), auto_now_add=True)

    objects = MembershipQuerySet.as_manager()

    MAY = {
        "hand over": roles("self", "bamf"),
        "be handed over to": roles("responsible"),
        "leave": roles("self"),
        "remove": roles("responsible", "bamf"),
    }

    class Meta:
        verbose_name = _("Mitgliedschaft")
        verbose_name_plural = _("Mitgliedschaften")
        constraints = [models.UniqueConstraint(fields=["organisation", "user"], name="membership_unique")]

    def __str__(self) -> str:
        return f"{self.user} – {self.organisation}"

    def roles_of(self, user: Person) -> frozenset[str]:
        own = {"self"} if user.is_authenticated and user.pk == self.user_id else set()
        return frozenset(own | self.organisation.roles_of(user))

    @transaction.atomic
    def hand_over(self, to: Membership, *, by: User) -> None:
        """Make another member responsible, and become a member. Raises `Stale` if this one is not responsible."""
        self.require(by, "hand over")
        if to.pk == self.pk:
            raise Stale
        self.organisation.hold()
        write_if(to, {"organisation": self.organisation_id}, role=self.Role.RESPONSIBLE)
        write_if(self, {"role": self.Role.RESPONSIBLE}, role=self.Role.MEMBER)
        event = Event.record("membership.handed_over", self, by=by, to=to.pk)
        to.tell("responsible", [to, self], event)

    @transaction.atomic
    def leave(self, *, by: User) -> None:
        """Leave or be removed. Raises `Stale` for the last responsible person, and for a person who has left already."""
        self.require(by, "leave" if by.pk == self.user_id else "remove")
        self.organisation.hold()
        there = self.organisation.memberships
        if not there.filter(pk=self.pk).exists():
            raise Stale
        if not there.responsible().exclude(pk=self.pk).exists() and there.responsible().exists():
            raise Stale
        event = Event.record("membership.left", self, by=by)
        self.tell("left", [self, *there.responsible().exclude(pk=self.pk).select_related("user")], event)
        self.delete()

    def tell(self, kind: str, members: Iterable[Membership], event: Event) -> None:
        """Mail each of these what happened to this membership."""
        outbox.post(
            [member.user for member in members],
            f"accounts/mails/membership_{kind}.txt",
            dedup=event.pk,
            link=self.organisation.get_absolute_url(),
            person=self.user,
            organisation=self.organisation.title,
            by=event.by,
        )
