"""Who coaches a Projektschmiede, and until when; inviting and ending."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.account_steps import reset_second_factor
from accounts.invitations import invite
from accounts.models import Event, Invitation, User
from accounts.models.record import Person, roles
from accounts.models.traces import Traces, erased_person
from accounts.models.user import BAMF_GROUP
from core.writes import Stale, write_if

from .both_sides import OnBothSides, is_the_coach
from .cohort import IN_A_TEAM, Cohort, in_force
from .invited_person import InvitedPerson

FORM_OF_ADDRESS = "Coaching-Person"


class CoachAssignmentQuerySet(models.QuerySet["CoachAssignment"]):
    def current(self) -> CoachAssignmentQuerySet:
        """Return those in force today: accepted or invited, neither declined nor ended."""
        return self.filter(in_force(), declined_at=None)

    def of(self, user: Person) -> CoachAssignmentQuerySet:
        """Return those in force of a person with an account."""
        return self.current().filter(coach=user) if user.is_authenticated else self.none()

    def in_a_team(self, **member: Any) -> CoachAssignmentQuerySet:
        """Return those in force whose person is in a team of the cohort, too; `member` narrows which members are looked at."""
        path = "teams__members__"
        chosen = {f"{path}{name}": value for name, value in member.items()}
        own = Cohort.objects.filter(is_the_coach(path), pk=OuterRef("cohort"), **IN_A_TEAM, **chosen)
        return self.current().filter(Exists(own))

    def with_other_roles(self) -> CoachAssignmentQuerySet:
        """Annotate with `is_in_team`, of the same cohort, and `is_at_bamf`, which decides later."""
        bamf = Q(groups__name=BAMF_GROUP) | Q(is_superuser=True)
        in_team = CoachAssignment.objects.filter(pk=OuterRef("pk")).in_a_team()
        return self.annotate(
            is_in_team=Exists(in_team), is_at_bamf=Exists(User.objects.filter(bamf, pk=OuterRef("coach")))
        )

    def visible_to(self, user: Person) -> CoachAssignmentQuerySet:
        return self.filter(Exists(Cohort.objects.shared_with(user).filter(pk=OuterRef("cohort"))))


class CoachAssignment(InvitedPerson):
    """A coach in a cohort, until the day it ends; `coach` is empty until the invitation is accepted."""

    cohort = models.ForeignKey(
        Cohort, models.CASCADE, related_name="coach_assignments", verbose_name=_("Projektschmiede")
    )
    coach = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="coach_assignments",
        verbose_name=_("Konto"),
    )
    form_of_address = models.CharField(
        _("Anrede auf den Seiten"),
        max_length=20,
        default=FORM_OF_ADDRESS,
        help_text=_("zum Beispiel „Coachin“ oder „Coach“: „Ihre Coachin Carla Weber“."),
    )
    until = models.DateField(_("bis einschließlich"), null=True, blank=True)

    is_in_team: bool  # by `with_other_roles()`
    is_at_bamf: bool

    ACCOUNT = "coach"
    FORGETS = _("Begleitungen von Projektschmieden")

    objects = CoachAssignmentQuerySet.as_manager()

    MAY = {"edit": roles("organiser"), "invite": roles("organiser"), "be away": roles("self")}

    class Meta:
        verbose_name = _("Coaching-Person")
        verbose_name_plural = _("Coaching-Personen")
        ordering = ["last_name", "first_name"]
        constraints = [
            models.UniqueConstraint(
                "cohort",
                Lower("email"),
                name="coach_assignment_unique",
                violation_error_message=_("Diese Person begleitet die Projektschmiede schon."),
            ),
            models.CheckConstraint(
                condition=Q(declined_at=None) | Q(coach=None), name="coach_assignment_joined_or_declined"
            ),
        ]

    @property
    def user(self) -> User | None:
        return self.coach

    @property
    def cohort_uuid(self) -> UUID:
        return self.cohort_id

    @property
    def is_current(self) -> bool:
        return self.until is None or self.until >= timezone.localdate()

    def roles_of(self, user: Person) -> frozenset[str]:
        """Return the roles towards the cohort, and "self" for the coach's own record while it is in force."""
        is_own = user.is_authenticated and self.coach_id == user.pk and self.is_current
        return self.cohort.roles_of(user) | ({"self"} if is_own else set())

    @property
    def invited_to(self) -> str:
        return gettext("Teams der „%(cohort)s“ zu begleiten") % {"cohort": self.cohort.title}

    def invited_from(self, _user: User) -> str:
        """Return the path where the organiser sees the coach, and invites again."""
        return reverse("admin:cohorts_coachassignment_change", args=[self.pk])

    def hold(self) -> None:
        """Lock the cohort, before somebody joins."""
        Cohort.objects.lock(self.cohort_id)

    def join(self, user: User) -> None:
        """Become this coach; part of accepting an invitation, which has locked the cohort. The name is that of the account now.

        Raises `Stale` if the assignment ended, somebody else took it or they coach the cohort by another address, and
        `OnBothSides` if they are in a team there.
        """
        if not self.is_current:
            raise Stale
        names = {"first_name": user.first_name, "last_name": user.last_name} if user.get_full_name() else {}
        write_if(self, {"coach": self.coach_id}, coach=user, declined_at=None, **names)
        self.refuse_twice()
        self.refuse_member()

    def refuse_twice(self) -> None:
        """Raise `Stale` if the person coaches the cohort by another address; part of a step that has locked the cohort.

        Nothing in the database can refuse it: what was in force once stays, and being in force depends on the day.
        """
        others = CoachAssignment.objects.current().filter(cohort=self.cohort_id, coach=self.coach)
        if self.coach and others.exclude(pk=self.pk).exists():
            raise Stale(gettext("Sie begleiten diese Projektschmiede schon."))

    def refuse_member(self) -> None:
        """Raise `OnBothSides` if the person is in a team; part of a step that has locked the cohort, after it has written."""
        if CoachAssignment.objects.filter(pk=self.pk).in_a_team().exists():
            raise OnBothSides

    @classmethod
    def forget(cls, traces: Traces) -> int:
        """Take an erased coach's name out, and end what is in force."""
        today = timezone.localdate()
        theirs = list(cls.objects.filter(traces.is_theirs("coach")))
        for assignment in theirs:
            until = min(filter(None, [assignment.until, today]))
            fields = erased_person(assignment.pk) | {"form_of_address": FORM_OF_ADDRESS}
            write_if(assignment, {}, **fields, until=until)
        return len(theirs)

    def send_invitation(self, *, by: User) -> None:
        """Invite the address as it is now; part of a step that has locked the cohort."""
        if not self.is_current:
            raise Stale
        self.note_invited({})
        self.refuse_member()
        Invitation.objects.open().to(self).end(by=by)
        invite(self.email, self, by=by)

    @transaction.atomic
    def reset_second_factor(self, *, by: User) -> None:
        """Help after a lost device. Raises `Stale` without an account or a second factor, and for staff of other Träger."""
        self.require(by, "edit")
        if self.coach is None or not self.coach.allows(by, "reset second factor"):
            raise Stale
        reset_second_factor(self.coach, by=by)

    @transaction.atomic
    def end(self, *, by: User, until: date) -> None:
        """Let the coach read until this day, and end open invitations.

        Raises `OnBothSides` if it had ended before and they have come into a team since, and `Stale` if they coach the
        cohort by another address since.
        """
        self.require(by, "edit")
        self.hold()
        had_ended = not self.is_current
        write_if(self, {"until": self.until}, until=until)
        if had_ended:
            if self.is_current:
                self.refuse_twice()
            self.refuse_member()
        Invitation.objects.open().to(self).end(by=by)
        Event.record("coach.ended", self, by=by, until=until)
