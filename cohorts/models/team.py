from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Organisation, Record, User
from accounts.models.record import Person, roles

from .cohort import CoachAssignment, Cohort
from .registration import Registration


class TeamQuerySet(models.QuerySet["Team"]):
    def coached_by(self, user: Person) -> TeamQuerySet:
        """Teams on which this person is named first or second coach, while the assignment is in force."""
        mine = CoachAssignment.objects.of(user).filter(
            Q(pk=OuterRef("first_coach")) | Q(pk=OuterRef("second_coach")), cohort=OuterRef("cohort")
        )
        return self.filter(Exists(mine))

    def with_member(self, user: Person) -> TeamQuerySet:
        if not user.is_authenticated:
            return self.none()
        return self.filter(Exists(TeamMember.objects.current().filter(team=OuterRef("pk"), user=user)))

    def visible_to(self, user: Person) -> TeamQuerySet:
        """Names in teams: everybody of the cohort sees them, its coaches and organiser too; BAMF staff do not."""
        return self.filter(Exists(Cohort.objects.shared_with(user).filter(pk=OuterRef("cohort"))))


class Team(Record):
    """An organisation's place in a cohort, with its first and second coach."""

    cohort = models.ForeignKey(Cohort, models.PROTECT, related_name="teams", verbose_name=_("Projektschmiede"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="teams", verbose_name=_("Organisation"))
    registration = models.OneToOneField(
        Registration, models.SET_NULL, null=True, blank=True, editable=False, related_name="team"
    )
    first_coach = models.ForeignKey(
        CoachAssignment,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="first_teams",
        verbose_name=_("erste Coaching-Person"),
    )
    second_coach = models.ForeignKey(
        CoachAssignment,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="second_teams",
        verbose_name=_("zweite Coaching-Person"),
    )
    made_at = models.DateTimeField(_("zugelassen am"), default=timezone.now, editable=False)
    withdrawn_at = models.DateTimeField(_("ausgeschieden am"), null=True, blank=True, editable=False)

    objects = TeamQuerySet.as_manager()

    MAY = {
        "see": roles("owner", "writer", "reader", "fellow", "own coach", "coach", "organiser"),
        "start": roles("owner", "writer"),
        "tick": roles("owner", "writer"),
        "people": roles("owner", "organiser"),
        "edit": roles("organiser"),
    }

    class Meta:
        verbose_name = _("Team")
        verbose_name_plural = _("Teams")
        ordering = ["organisation__name"]
        constraints = [models.UniqueConstraint(fields=["cohort", "organisation"], name="team_unique")]

    def __str__(self) -> str:
        return self.organisation.title

    def get_absolute_url(self) -> str:
        return reverse("admin:cohorts_team_change", args=[self.pk])

    @property
    def cohort_uuid(self) -> UUID:
        return self.cohort_id

    @property
    def title(self) -> str:
        return self.organisation.title

    @property
    def is_current(self) -> bool:
        return self.withdrawn_at is None

    def people(self) -> models.QuerySet[TeamMember]:
        """The members of today, for messages."""
        return self.members.current().select_related("user")

    def coaches(self) -> list[CoachAssignment]:
        """First and second coach as far as named and in force."""
        return [coach for coach in (self.first_coach, self.second_coach) if coach and coach.is_current]

    def roles_of(self, user: Person) -> frozenset[str]:
        """owner/writer/reader in the team; own coach, coach, organiser, fellow (another team), bamf. One query."""
        if not user.is_authenticated:
            return frozenset()
        assignment = CoachAssignment.objects.of(user).filter(cohort=OuterRef("cohort"))
        own = assignment.filter(Q(pk=OuterRef("first_coach")) | Q(pk=OuterRef("second_coach")))
        members = TeamMember.objects.current().filter(user=user)
        found = (
            Team.objects.filter(pk=self.pk)
            .annotate(
                member_role=members.filter(team=OuterRef("pk")).values("role")[:1],
                is_coach=Exists(assignment),
                is_own_coach=Exists(own),
                is_organiser=Exists(
                    Membership.objects.organising(user).filter(organisation=OuterRef("cohort__organiser"))
                ),
                is_fellow=Exists(members.filter(team__cohort=OuterRef("cohort"))),
            )
            .values("member_role", "is_coach", "is_own_coach", "is_organiser", "is_fellow")
            .first()
        ) or {}
        names = {
            name.removeprefix("is_").replace("_", " ") for name, holds in found.items() if holds is True or holds == 1
        }
        if found.get("member_role"):
            names.add(found["member_role"])
        return frozenset(names | ({"bamf"} if user.is_bamf else set()))


class TeamMemberQuerySet(models.QuerySet["TeamMember"]):
    def current(self) -> TeamMemberQuerySet:
        return self.filter(left_on=None)

    def visible_to(self, user: Person) -> TeamMemberQuerySet:
        return self.filter(Exists(Team.objects.visible_to(user).filter(pk=OuterRef("team"))))


class TeamMember(Record):
    """Somebody in a team; `user` is empty until the invitation is accepted. Exactly one member is the owner."""

    class Role(models.TextChoices):
        OWNER = "owner", _("verantwortlich")
        WRITER = "writer", _("schreibt mit")
        READER = "reader", _("liest mit")

    team = models.ForeignKey(Team, models.CASCADE, related_name="members", verbose_name=_("Team"))
    first_name = models.CharField(_("Vorname"), max_length=100)
    last_name = models.CharField(_("Nachname"), max_length=100)
    email = models.EmailField(_("E-Mail-Adresse"))
    phone = models.CharField(_("Telefon"), max_length=40, blank=True)
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

    objects = TeamMemberQuerySet.as_manager()

    MAY = {"see": Team.MAY["see"], "edit": roles("organiser"), "hand over": roles("owner", "organiser")}

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
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def cohort_uuid(self) -> UUID:
        return self.team.cohort_id

    def roles_of(self, user: Person) -> frozenset[str]:
        return self.team.roles_of(user)

    def join(self, user: User) -> None:
        """The invited person becomes this member and belongs to the organisation from now on."""
        self.user = user
        self.save(update_fields=["user"])
        self.team.organisation.join(user)
