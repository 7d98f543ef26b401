"""Who can read something of an application, in words and names: by the same roles that decide access (`MAY`)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Case, CharField, F, Value, When
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import gettext as _

from accounts.models import Membership
from accounts.models.record import Person
from applications.papers.models import Submission
from applications.reviews.models import Review
from applications.writing.models import Application
from cohorts.models import CoachAssignment, TeamMember

TEXT = Application.MAY["see"]
FILE = Application.MAY["see"]
NOTE = Application.MAY["see notes"]
REVIEW = Review.MAY["see"]
PAPERS = Submission.MAY["see"]


@dataclass(frozen=True)
class Someone:
    """A person around an application, with her roles towards it; without an account (`user`) nobody reads anything."""

    user: UUID | None
    name: str
    roles: frozenset[str]
    title: str
    """What a coach is called, or an organiser's organisation."""


@dataclass(frozen=True)
class Readers:
    """Those who can read one thing: in groups of a label and names, and by account."""

    groups: list[tuple[str, list[str]]]
    users: frozenset[UUID]


@dataclass(frozen=True)
class Circle:
    """Everybody around one application today."""

    people: list[Someone]

    @classmethod
    def of(cls, application: Application) -> Circle:
        """The team, the coaches of the cohort and the organiser's people. One query."""
        team = application.team
        named = [pk for pk in (team.first_coach_id, team.second_coach_id) if pk]
        members = TeamMember.objects.current().not_erased().filter(team=team)
        coaches = CoachAssignment.objects.current().filter(cohort=team.cohort_id)
        staff = Membership.objects.filter(organisation__cohorts=team.cohort_id, organisation__runs_cohorts=True)
        title = Coalesce(NullIf("organisation__short_name", Value("")), "organisation__name")
        own = Case(When(pk__in=named, then=Value("own coach")), default=Value("coach"), output_field=CharField())
        nothing = Value("", output_field=CharField())
        rows = members.order_by().values_list(
            Value(1), "last_name", "first_name", "user", F("role"), nothing
        ).union(
            coaches.order_by().values_list(Value(2), "last_name", "first_name", "coach", own, "form_of_address"),
            staff.order_by().values_list(
                Value(3), "user__last_name", "user__first_name", "user",
                Value("organiser", output_field=CharField()), title,
            ),
            all=True,
        )  # fmt: skip
        return cls([someone(*row) for row in sorted(rows, key=lambda row: row[:3])])

    def who(self, wanted: frozenset[str], user: Person) -> Readers:
        """Those with one of these roles; the person who looks is called "Sie" and stands first."""
        found = [one for one in self.people if one.roles & wanted]
        first = sorted(found, key=lambda one: not is_same(one, user))
        groups = [
            (_("Team"), [named(one, user) for one in first if one.roles & {"owner", "writer", "reader"}]),
            (_("Coaching"), [titled(one, user) for one in first if "own coach" in one.roles]),
            (
                _("Weitere Coaching-Personen der Projektschmiede"),
                [named(one, user) for one in first if one.roles == {"coach"}],
            ),
            *organisers(first, user),
        ]
        return Readers(
            [(label, names) for label, names in groups if names], frozenset(one.user for one in found if one.user)
        )


def someone(_order: int, last: str, first: str, user: UUID | None, role: str, title: str) -> Someone:
    roles = {"own coach", "coach"} if role == "own coach" else {role}
    return Someone(user, f"{first} {last}".strip(), frozenset(roles), title)


def is_same(one: Someone, user: Person) -> bool:
    return user.is_authenticated and one.user == user.pk


def named(one: Someone, user: Person) -> str:
    """`Sie`, `Rana Öz (liest mit)`, `Jonas Petersen (sobald die Einladung angenommen ist)`."""
    name = _("Sie") if is_same(one, user) else one.name
    if one.user is None:
        return _("%(name)s (sobald die Einladung angenommen ist)") % {"name": name}
    return _("%(name)s (liest mit)") % {"name": name} if "reader" in one.roles else name


def titled(one: Someone, user: Person) -> str:
    """`Carla Weber (Coachin)`"""
    return one.name and f"{named(one, user)} ({one.title})"


def organisers(people: Iterable[Someone], user: Person) -> list[tuple[str, list[str]]]:
    """The people of the organisation that runs the cohort, under its name."""
    found = [one for one in people if "organiser" in one.roles]
    return [(found[0].title, [named(one, user) for one in found])] if found else []
