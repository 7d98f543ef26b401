"""Which roles a person has in the portal, and which of them need the second factor; read with the person of each request."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import AnonymousUser, Group
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, UUIDField
from django.http import HttpRequest

from accounts.models import Membership, User
from accounts.models.user import BAMF_GROUP
from applications.writing.models import Application
from cohorts.models import CoachAssignment, Cohort, Team, TeamMember
from core.statements import Statement
from core.values import dataclass

PREFIX = "standing_"  # of the annotations of a person that say where they stand


@dataclass(frozen=True)
class Standing:
    """Where a person stands, as far as every page needs it; records as their keys."""

    is_participant: bool = False
    is_coach: bool = False
    is_organiser: bool = False
    is_bamf_staff: bool = False
    second_factor_at: datetime | None = None
    application: Any = None
    team: Any = None
    cohort: str | None = None
    other_cohort: str | None = None
    organisation: Any = None

    @property
    def has_association(self) -> bool:
        """Does the person belong to an association that takes part or took part? It need not register again."""
        return self.is_participant or (self.organisation is not None and not self.is_organiser)

    @property
    def is_staff(self) -> bool:
        """Does the person hold a role that needs a second factor?"""
        return self.is_coach or self.is_organiser or self.is_bamf_staff


def standing_in(request: HttpRequest) -> Standing | None:
    """Where the person of this request stands, read once; None for a visitor."""
    if not hasattr(request, "standing"):
        request.standing = standing_of(getattr(request, "user", AnonymousUser()))  # type: ignore[attr-defined]
    return request.standing  # type: ignore[attr-defined]


def owes_second_factor(request: HttpRequest) -> bool:
    """Does somebody whose role needs a second factor act without one in this very session?

    It must be in the session's authentication records, and not be older than the one the person has now: what was
    proved with a lost device proves nothing.
    """
    standing = standing_in(request)
    if standing is None or not standing.is_staff:
        return False
    if standing.second_factor_at is None:
        return True
    records = get_authentication_records(request, request.user)
    proved_at = max((record["at"] for record in records if record.get("method") == "mfa"), default=0)
    return proved_at < standing.second_factor_at.timestamp()


def standing_of(user: User | AnonymousUser) -> Standing | None:
    """Every role of a person; nothing for a visitor. No query for the person of a session, one for anybody else.

    Whether they are BAMF staff or organise, which nearly every page asks, is answered for `user` on the way.
    """
    if not user.is_authenticated:
        return None
    person = user if hasattr(user, PREFIX + "application") else read_person(user.pk)
    if person is None:
        return None
    user.is_bamf = getattr(person, PREFIX + "is_bamf_staff")
    user.organises = getattr(person, PREFIX + "is_organiser")
    return Standing(**{field.name: getattr(person, PREFIX + field.name) for field in fields(Standing)})


def read_person(pk: UUID) -> User | None:
    """Return a person with their standing at hand. One query."""
    return READ_PERSON.first(user=pk)


class Backend(AuthenticationBackend):
    """Allauth's own, which reads the person of a session with their standing: every page asks for both."""

    def get_user(self, user_id: UUID) -> User | None:
        user = read_person(user_id)
        return user if user is not None and self.user_can_authenticate(user) else None


def _person(user: Any) -> QuerySet[User]:
    """Return the one row of a person and their standing."""
    memberships = TeamMember.objects.current().filter(user=user)
    own_team = Exists(memberships.filter(team=OuterRef("team")))
    begins = memberships.filter(role__in=Team.MAY["start"])
    cohorts = Cohort.objects.organised_by(user).values("slug")
    totp = Authenticator.objects.filter(user=OuterRef("pk"), type=Authenticator.Type.TOTP)
    standing: dict[str, Any] = {
        "is_participant": Exists(memberships),
        "is_coach": Exists(CoachAssignment.objects.of(user)),
        "is_organiser": Exists(Membership.objects.organising(user)),
        "is_bamf_staff": Exists(Group.objects.filter(user=user, name=BAMF_GROUP)) | Q(is_superuser=True),
        "second_factor_at": Subquery(totp.values("created_at")[:1]),
        "application": Subquery(Application.objects.running().filter(own_team).values("pk")[:1]),
        "team": Subquery(
            Team.objects.filter(Exists(begins.filter(team=OuterRef("pk"))), withdrawn_at=None)
            .order_by("-made_at")
            .values("pk")[:1]
        ),
        "cohort": Subquery(cohorts[:1]),
        "other_cohort": Subquery(cohorts[1:2]),
        "organisation": Subquery(
            Membership.objects.filter(user=user).order_by("joined_at").values("organisation")[:1],
            output_field=UUIDField(),  # SQLite keeps the bare text of a foreign key
        ),
    }
    return User.objects.filter(pk=user).annotate(**{PREFIX + name: value for name, value in standing.items()})


READ_PERSON = Statement(_person, "user")
