"""The teams of a deadline evening: a third member who reads, passwords, and answers without which nothing can be finished."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import F

from accounts.models import Membership, User
from applications.checks import limits, run
from applications.content import Answer, Budget, Content, Declarations
from applications.papers.finishing import blocking, read_state
from applications.writing.models import Application, Draft, Revision
from benchmarks.dataset_teams import make_person
from benchmarks.evening_plan import PASSWORD, ROLES
from calls.terms import Kind, Terms
from cohorts.models import Team, TeamMember
from schmiede.demo.batch import Batch

OWNER = "team{}-0@example.org"  # the address of a team's owner (benchmarks/dataset_teams.py)


class NotFinishable(Exception):
    """The checks find something for which an application of the dataset cannot be finished."""


@transaction.atomic
def prepare_teams(people: int) -> list[dict[str, Any]]:
    """Prepare as many teams of the dataset as these people need.

    Return for each its application and the addresses of its members by role, as fields of `evening_plan.Team`.
    """
    teams = teams_that_come(people)
    add_readers(teams)
    give_passwords(teams)
    applications = list(Application.objects.with_team().filter(team__in=teams))
    make_finishable(applications)
    members: dict[Any, dict[str, str]] = {}
    for member in TeamMember.objects.filter(team__in=teams):
        members.setdefault(member.team_id, {})[member.role] = member.email
    keys = {application.team_id: str(application.pk) for application in applications}
    return [{"application": keys[team.pk], "members": members[team.pk]} for team in teams]


def teams_that_come(people: int) -> list[Team]:
    """Return the first teams of the dataset, as many as are needed. Raises `ValueError` if there are fewer."""
    count = -(-people // len(ROLES))
    addresses = [OWNER.format(number) for number in range(count)]
    owners = {owner.email: owner for owner in TeamMember.objects.filter(email__in=addresses).select_related("team")}
    if len(owners) < count:
        raise ValueError(f"{people} people need {count} teams, and the dataset has {len(owners)}.")
    return [owners[address].team for address in addresses]


def add_readers(teams: Iterable[Team]) -> None:
    batch = Batch()
    for number, team in enumerate(teams):
        user = make_person("Person2", f"Nummer{number}", f"team{number}-2@example.org", batch)
        batch.add(Membership(organisation_id=team.organisation_id, user=user, role=Membership.Role.MEMBER))
        names = {"first_name": user.first_name, "last_name": user.last_name, "email": user.email}
        batch.add(TeamMember(team=team, user=user, role=TeamMember.Role.READER, phone="0171 0000000", **names))
    batch.save()


def give_passwords(teams: Iterable[Team]) -> None:
    """Give everybody the same password and hash: hashing it for each would take minutes."""
    members = TeamMember.objects.filter(team__in=teams)
    User.objects.filter(pk__in=members.values("user")).update(password=make_password(PASSWORD))


def make_finishable(applications: list[Application]) -> None:
    """Answer all questions of the call, and take out what may not be paid for. Raises `NotFinishable` if that is not enough."""
    first = applications[0]
    dossier = read_state(first).dossier
    late = limits.late_investments(dossier.terms.limit("investment_years"), dossier.budget, dossier.years)
    put(applications, Kind.DECLARATIONS, answered(dossier.terms))
    put(applications, Kind.BUDGET, without(dossier.budget, set(late)))
    if findings := blocking(run(read_state(first).dossier)):
        raise NotFinishable(*(finding.sentence for finding in findings))


def answered(terms: Terms) -> Declarations:
    return Declarations(tuple(Answer(id=question.key, answer=question.wanted or "no") for question in terms.questions))


def without(budget: Budget, rows: set[Any]) -> Budget:
    return replace(budget, expenses=tuple(row for row in budget.expenses if row not in rows))


def put(applications: Iterable[Application], kind: Kind, value: Content) -> None:
    """Put a content into the sections of that kind, and into the version of it that is current."""
    current = Revision.objects.filter(
        draft__application__in=applications, draft__kind=kind, version=F("draft__version")
    )
    current.update(content=value.data, length=value.length)
    Draft.objects.filter(application__in=applications, kind=kind).update(content=value.data, length=value.length)
