"""„Wer kann das lesen?“: the people and roles that can read a text, a file, a note, papers, by the tables `MAY`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Case, CharField, F, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import gettext as _

from accounts.models import Membership
from accounts.models.record import Person
from applications.papers.models import Submission
from applications.reviews.models import Review
from applications.writing.models import Application
from cohorts.models import CoachAssignment, Conversation, Team, TeamMember
from core.statements import Statement
from core.values import dataclass
from core.words import all_of

TEXT = Application.MAY["see"]
FILE = Application.MAY["see"]
NOTE = Application.MAY["see notes"]
REVIEW = Review.MAY["see"]
PAPERS = Submission.MAY["see"]
QUESTIONS = Conversation.MAY["see"]


@dataclass(frozen=True)
class PersonAround:
    """A person around an application, with their roles towards it; without an account (`user`) they read nothing."""

    user: UUID | None
    name: str
    roles: frozenset[str]
    title: str
    """What a coach is called, or an organiser's organisation."""


@dataclass(frozen=True)
class Audience:
    """Those who can read one thing: in groups of a label and names, and by account."""

    groups: list[tuple[str, list[str]]]
    users: frozenset[UUID]


@dataclass(frozen=True)
class PeopleAround:
    """Everybody around one application today."""

    people: list[PersonAround]

    @classmethod
    def of(cls, application: Application) -> PeopleAround:
        """Read the team, the coaches of the cohort and the organiser's people. One query."""
        return cls.of_team(application.team)

    @classmethod
    def of_team(cls, team: Team) -> PeopleAround:
        """Read the same for a team, which may have no application yet. One query."""
        rows = READ_PEOPLE(
            team=team.pk, cohort=team.cohort_id, first_coach=team.first_coach_id, second_coach=team.second_coach_id
        )
        return cls([person_around(*row) for row in sorted(rows, key=lambda row: row[:3])])

    def named(self, role: str) -> str:
        """The names of those with this role in a sentence: „Carla Weber und Henrik Thode“; empty without one."""
        return all_of(person.name for person in self.people if role in person.roles and person.name)

    def audience(self, wanted: frozenset[str], user: Person) -> Audience:
        """Return those with one of these roles; the person who looks is called "Sie" and stands first."""
        readers = [person for person in self.people if person.roles & wanted]
        readers.sort(key=lambda person: not is_same(person, user))
        team = [name_for(person, user) for person in readers if person.roles & {"owner", "writer", "reader"}]
        own_coaches = [name_with_title(person, user) for person in readers if "own coach" in person.roles]
        other_coaches = [name_for(person, user) for person in readers if person.roles == {"coach"}]
        groups = [
            (_("Team"), team),
            (_("Coaching"), own_coaches),
            (_("Weitere Coaching-Personen der Projektschmiede"), other_coaches),
            *organisers(readers, user),
        ]
        users = frozenset(person.user for person in readers if person.user)
        return Audience([(label, names) for label, names in groups if names], users)


def _people(team: Any, cohort: Any, first_coach: Any, second_coach: Any) -> QuerySet[Any, Any]:
    """Return the rows of `person_around`: of the team, the coaches of its cohort, the organiser's people."""
    members = TeamMember.objects.current().not_declined().not_erased().filter(team=team)
    coaches = CoachAssignment.objects.current().filter(cohort=cohort)
    staff = Membership.objects.filter(organisation__cohorts=cohort, organisation__runs_cohorts=True)
    title = Coalesce(NullIf("organisation__short_name", Value("")), "organisation__name")
    named = Q(pk=first_coach) | Q(pk=second_coach)
    own = Case(When(named, then=Value("own coach")), default=Value("coach"), output_field=CharField())
    nothing = Value("", output_field=CharField())
    return members.order_by().values_list(
        Value(1), "last_name", "first_name", "user", F("role"), nothing
    ).union(
        coaches.order_by().values_list(Value(2), "last_name", "first_name", "coach", own, "form_of_address"),
        staff.order_by().values_list(
            Value(3), "user__last_name", "user__first_name", "user",
            Value("organiser", output_field=CharField()), title,
        ),
        all=True,
    )  # fmt: skip


READ_PEOPLE = Statement(_people, "team", "cohort", "first_coach", "second_coach")


def person_around(_order: int, last: str, first: str, user: UUID | None, role: str, title: str) -> PersonAround:
    roles = {"own coach", "coach"} if role == "own coach" else {role}
    return PersonAround(user, f"{first} {last}".strip(), frozenset(roles), title)


def is_same(person: PersonAround, user: Person) -> bool:
    return user.is_authenticated and person.user == user.pk


def name_for(person: PersonAround, user: Person) -> str:
    """`Sie`, `Rana Öz (liest mit)`, `Jonas Petersen (sobald die Einladung angenommen ist)`."""
    name = _("Sie") if is_same(person, user) else person.name
    if person.user is None:
        return _("%(name)s (sobald die Einladung angenommen ist)") % {"name": name}
    return _("%(name)s (liest mit)") % {"name": name} if "reader" in person.roles else name


def name_with_title(person: PersonAround, user: Person) -> str:
    """`Carla Weber (Coachin)`"""
    return person.name and f"{name_for(person, user)} ({person.title})"


def organisers(people: Iterable[PersonAround], user: Person) -> list[tuple[str, list[str]]]:
    """Return the people of the organisation that runs the cohort, under its name."""
    staff = [person for person in people if "organiser" in person.roles]
    return [(staff[0].title, [name_for(person, user) for person in staff])] if staff else []
