"""A team in a Projektschmiede: its coaches, leaving it, what its roles may do; `has_role` makes a condition of roles for querysets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from functools import reduce
from operator import or_
from typing import Any, Literal
from uuid import UUID

from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import outbox
from accounts.addresses import one_address
from accounts.models import Event, Membership, Organisation, Record, User
from accounts.models.record import Person, roles
from accounts.names import FULL_NAME
from accounts.waiting import Told
from core.statements import Statement
from core.values import dataclass
from core.writes import Stale, write_if

from .absence import absent_today
from .both_sides import OnBothSides
from .coach import CoachAssignment
from .cohort import Cohort
from .member import TeamMember
from .place_mails import tell_of_leaving

# What a choice of coaches leaves alone.
AS_IT_IS: Literal["as it is"] = "as it is"
type Choice = CoachAssignment | Literal["as it is"] | None


class TeamQuerySet(models.QuerySet["Team"]):
    def coached_by(self, user: Person) -> TeamQuerySet:
        """Return teams whose first or second coach this person is, while the assignment is in force."""
        own = CoachAssignment.objects.of(user)
        first = own.filter(first_teams__cohort=F("cohort")).values("first_teams")
        second = own.filter(second_teams__cohort=F("cohort")).values("second_teams")
        return self.filter(Q(pk__among=first) | Q(pk__among=second))

    def with_member(self, user: Person) -> TeamQuerySet:
        if not user.is_authenticated:
            return self.none()
        return self.filter(Exists(TeamMember.objects.current().filter(team=OuterRef("pk"), user=user)))

    def with_cohort(self) -> TeamQuerySet:
        """Read with organisation, cohort, call and coaches, which pages and the facts of a team name."""
        return self.for_lists().select_related("cohort__call")

    def for_lists(self) -> TeamQuerySet:
        """Read with organisation and coaches: many teams have the same few cohorts, which `read_cohorts` gives them."""
        return self.select_related("organisation", "first_coach", "second_coach")

    def with_other_sides(self) -> TeamQuerySet:
        """Annotate with `coach_inside` and `organiser_inside`, the name of a member who coaches or organises the cohort.

        No step allows it any more, but there may be some from before.
        """
        inside = CoachAssignment.objects.in_a_team(team=OuterRef(OuterRef("pk"))).filter(cohort=OuterRef("cohort"))
        name = inside.values(name=FULL_NAME)
        organising = TeamMember.objects.filter(team=OuterRef("pk")).organising()
        return self.annotate(
            coach_inside=Subquery(name[:1]), organiser_inside=Subquery(organising.values(name=FULL_NAME)[:1])
        )

    def current(self) -> TeamQuerySet:
        """Return those that have not withdrawn: each takes a place."""
        return self.filter(withdrawn_at=None)

    def visible_to(self, user: Person) -> TeamQuerySet:
        """Return teams for everybody of the cohort, its coaches and its organiser; BAMF staff read no names in teams."""
        return self.filter(Exists(Cohort.objects.shared_with(user).filter(pk=OuterRef("cohort"))))


@dataclass
class ReadAhead:
    """What a list or a page has read with a team, so that the team asks no query of its own; gone with the request."""

    roles: dict[UUID, frozenset[str]] = field(default_factory=dict)
    coaches_away: set[UUID] | None = None


class Team(Record):
    """An organisation's place in a cohort, with its first and second coach."""

    cohort = models.ForeignKey(Cohort, models.PROTECT, related_name="teams", verbose_name=_("Projektschmiede"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="teams", verbose_name=_("Organisation"))
    registration = models.OneToOneField(
        "Registration", models.SET_NULL, null=True, blank=True, editable=False, related_name="team"
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

    coach_inside: str | None  # by `with_other_sides()`
    organiser_inside: str | None

    objects = TeamQuerySet.as_manager()

    MAY = {
        "start": roles("owner", "writer"),
        "tick": roles("owner", "writer"),
        "people": roles("owner", "organiser"),
        "add": roles("organiser"),
        "edit": roles("organiser"),
        "readmit": roles("organiser"),
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
        """Return the members of today, invited ones too; nobody who has declined."""
        return self.members.current().not_declined().select_related("user")

    def joined(self) -> models.QuerySet[TeamMember]:
        """Return those of today who have accepted: what the team and its coach write goes to nobody else."""
        return self.people().exclude(user=None)

    def workplace(self) -> str:
        """Return the path of the running application, or of the overview before there is one."""
        application = self.applications.running().first()
        return application.get_absolute_url() if application else reverse("dashboard")

    def owner(self) -> TeamMember:
        """Return the member who is responsible."""
        return self.members.current().get(role=TeamMember.Role.OWNER)

    def coaches(self) -> list[CoachAssignment]:
        """Return first and second coach, as far as they are named, in force and have not declined."""
        named = (self.first_coach, self.second_coach)
        return [coach for coach in named if coach and coach.is_current and coach.declined_at is None]

    @cached_property
    def read_ahead(self) -> ReadAhead:
        return ReadAhead()

    @cached_property
    def coaches_away(self) -> set[UUID]:
        """Return which of its coaches are absent today: one query, none after `read_absences`."""
        away = self.read_ahead.coaches_away
        return absent_today([coach.pk for coach in self.coaches()]) if away is None else away

    def coach_today(self) -> CoachAssignment | None:
        """Return the coach its hand-ins wait for today: the first, while they cannot read the second; None for all coaches.

        Those who are absent, or invited and have not accepted yet, cannot read.
        """
        there = (coach for coach in self.coaches() if coach.coach_id and coach.pk not in self.coaches_away)
        return next(there, None)

    def roles_of(self, user: Person) -> frozenset[str]:
        """Return owner, writer or reader in the team; own coach, coach, organiser, fellow (in another team), bamf.

        One query, none for a person whose roles were read with the row (`know_roles`).
        """
        if not user.is_authenticated:
            return frozenset()
        if user.pk in self.read_ahead.roles:
            return self.read_ahead.roles[user.pk]
        return roles_by(READ_SIGNS.first(team=self.pk, user=user.pk) or {}, user)

    def know_roles(self, user: User, row: models.Model) -> frozenset[str]:
        """Keep the roles that a row tells which was annotated with `signs_of` this person, and return them."""
        held = roles_by({name: getattr(row, name) for name in SIGNS}, user)
        self.read_ahead.roles[user.pk] = held
        return held

    # Steps. Each locks the team's row first.

    def lock(self) -> None:
        """Lock the team's row. Raises `Stale` once it has withdrawn.

        Without the usual order, which joins the organisation: its row would be held as well, after the team's.
        """
        if not Team.objects.select_for_update().filter(pk=self.pk, withdrawn_at=None).order_by():
            raise Stale

    def lock_with_cohort(self) -> None:
        """Lock the cohort, the organisations and the team, for steps by which somebody comes into the team.

        Joining locks the team's organisation as well, which may be a Träger itself: both at once, always in the same order.
        """
        cohort = Cohort.objects.lock(self.cohort_id)
        Organisation.objects.lock(cohort.organiser_id, self.organisation_id)
        self.lock()

    @transaction.atomic
    def add_member(self, *, by: User, email: str, role: str, **values: Any) -> TeamMember:
        """Invite a person to write or read along; somebody who had left comes back, somebody who had declined is asked again.

        Raises `Stale` if they are there or invited already, also by another address, and `OnBothSides` if they coach or
        organise the cohort.
        """
        self.require(by, "people")
        if role == TeamMember.Role.OWNER:
            raise ValueError("Somebody becomes the owner by handing over.")
        self.lock_with_cohort()
        email = one_address(email)
        earlier = self.members.filter(email=email).first()
        if earlier:
            over = "declined_at" if earlier.left_on is None else "left_on"
            back = {f"{over}__isnull": False, "role__in": [TeamMember.Role.WRITER, TeamMember.Role.READER]}
            write_if(earlier, back, left_on=None, declined_at=None, role=role, **values)
        member = earlier or self.members.create(email=email, role=role, **values)
        Event.record("member.added", member, by=by, role=role)
        if member.user_id is None:
            member.send_invitation(by=by)
        elif self.members.has(member.user, beside=member):
            raise Stale(gettext("Diese Person gehört schon zum Team, mit einer anderen Adresse."))
        else:
            member.refuse_other_side()
        return member

    @transaction.atomic
    def name_coaches(self, first: Choice, second: Choice, *, by: User) -> None:
        """Name the coaches of this team, an assignment, None for nobody or `AS_IT_IS`; tell those who are new, and the team.

        Raises `Stale` if one person would be both, and `OnBothSides` for somebody who is in a team of the cohort.
        """
        self.require(by, "edit")
        Cohort.objects.lock(self.cohort_id)
        now = Team.objects.select_related("first_coach", "second_coach").get(pk=self.pk)
        first = now.first_coach if isinstance(first, str) else first
        second = now.second_coach if isinstance(second, str) else second
        if any(coach and coach.cohort_id != self.cohort_id for coach in (first, second)):
            raise ValueError("A coach of another cohort.")
        if first and first == second:
            raise Stale(gettext("Eine Person wäre dort erste und zweite Coaching-Person. Es ist nichts geändert."))
        before = {now.first_coach_id, now.second_coach_id}
        write_if(self, {"withdrawn_at": None}, first_coach=first, second_coach=second)
        had = {"had_first": now.first_coach_id, "had_second": now.second_coach_id}
        Event.record("team.coaches_named", self, by=by, first=first and first.pk, second=second and second.pk, **had)
        new = [coach for coach in (first, second) if coach and coach.pk not in before]
        members = CoachAssignment.objects.filter(pk__in=[coach.pk for coach in new]).in_a_team()
        if on_both_sides := [coach.full_name for coach in members]:
            raise OnBothSides(*on_both_sides)
        values: dict[str, Any] = {"cohort": self.cohort_id, "team": self, "link": reverse("dashboard")}
        for coach in new:
            dedup = f"{self.pk}:{coach.pk}:{timezone.now().isoformat()}"
            outbox.post([coach], "cohorts/mails/coach_named.txt", dedup=dedup, **values | {"link": self.workplace()})
            outbox.post(self.people(), "cohorts/mails/team_has_coach.txt", dedup=dedup, coach=coach, **values)

    @transaction.atomic
    def withdraw(self, *, by: User) -> Told:
        """Leave the cohort, so that the place is free again. What the team wrote stays its own."""
        self.require(by, "people")
        Cohort.objects.lock(self.cohort_id)
        write_if(self, {"withdrawn_at": None}, withdrawn_at=timezone.now())
        Event.record("team.withdrawn", self, by=by)
        return tell_of_leaving(self)


def has_role(user: Person, wanted: frozenset[str], team: str) -> Q:
    """Return the condition that a person has one of these roles towards the team at this path, e.g. `team__`.

    With it the `visible_to` of a queryset says the same as a table `MAY`. BAMF staff have no role towards a team.
    """
    if not user.is_authenticated:
        return Q(pk=None)
    teams: list[models.QuerySet[Any]] = []
    if member := wanted & set(TeamMember.Role.values):
        teams += [Team.objects.filter(members__user=user, members__left_on=None, members__role__in=member)]
    if "coach" in wanted:
        teams += [Team.objects.filter(cohort__in=Cohort.objects.coached_by(user))]
    elif "own coach" in wanted:
        teams += [Team.objects.coached_by(user)]
    if "organiser" in wanted:
        teams += [Team.objects.filter(cohort__in=Cohort.objects.organised_by(user))]
    return reduce(or_, (Q(**{f"{team}pk__among": some.values("pk")}) for some in teams), Q(pk=None))


SIGNS = ("member_role", "is_coach", "is_own_coach", "is_organiser", "is_fellow")


def signs_of(user: User, team: str = "") -> dict[str, Any]:
    """Return annotations that say what a person is to a team; `team` is the path to it from the rows, e.g. `team__`."""
    assignment = CoachAssignment.objects.of(user).filter(cohort=OuterRef(f"{team}cohort"))
    own = Q(pk=OuterRef(f"{team}first_coach")) | Q(pk=OuterRef(f"{team}second_coach"))
    members = TeamMember.objects.current().filter(user=user)
    organising = Membership.objects.organising(user).filter(organisation=OuterRef(f"{team}cohort__organiser"))
    return {
        "member_role": members.filter(team=OuterRef(f"{team}pk")).values("role")[:1],
        "is_coach": Exists(assignment),
        "is_own_coach": Exists(assignment.filter(own)),
        "is_organiser": Exists(organising),
        "is_fellow": Exists(members.filter(team__cohort=OuterRef(f"{team}cohort"))),
    }


def _signs(team: Any, user: Any) -> models.QuerySet[Team, dict[str, Any]]:
    return Team.objects.filter(pk=team).annotate(**signs_of(user)).values(*SIGNS).order_by()


READ_SIGNS = Statement(_signs, "team", "user")


def roles_by(signs: Mapping[str, Any], user: User) -> frozenset[str]:
    """Return the roles that the values of `signs_of` mean, with `bamf` for BAMF staff."""
    names = {sign.removeprefix("is_").replace("_", " ") for sign, holds in signs.items() if holds is True or holds == 1}
    member = {signs["member_role"]} if signs.get("member_role") else set()
    return frozenset(names | member | ({"bamf"} if user.is_bamf else set()))
