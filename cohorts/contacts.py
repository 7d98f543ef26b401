"""Whom a team can ask: its coaches with number and hours, who stands in while they are away, the organiser's contact."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery
from django.utils import timezone

from accounts.addresses import NO_ADDRESS
from accounts.models import User
from core.statements import Statement, Today
from core.values import dataclass

from .models import CoachAbsence, CoachAssignment, Cohort, Team
from .models.absence import present


@dataclass(frozen=True)
class Contact:
    """A person to ask, as far as they have said how to reach them; what they have not said is empty."""

    name: str
    title: str
    """What the coach wants to be called, or the organisation of an organiser's contact."""
    phone: str = ""
    hours: str = ""
    """When they can be reached, in their own words."""
    email: str = ""
    away_until: date | None = None
    """The last day of an absence that is in force today."""
    is_invited: bool = False
    """Whether a coach has not accepted the invitation, and so reads nothing."""
    has_declined: bool = False

    @property
    def initials(self) -> str:
        """`Carla Weber` → `CW`; of more than two names the first and the last."""
        letters = [name[0].upper() for name in self.name.split() if name[0].isalpha()]
        return "".join(letters[:1] + letters[1:][-1:])

    @property
    def is_there(self) -> bool:
        return not self.away_until and not self.is_invited

    @property
    def back_on(self) -> date | None:
        return self.away_until and self.away_until + timedelta(days=1)


@dataclass(frozen=True)
class Contacts:
    """Whom one team can ask today."""

    organiser: Contact
    """The contact of the cohort: without a person's name its organisation, without an address nobody has been entered."""
    website: str
    """The organiser's, for the time that nobody is entered."""
    answer_days: int
    coaches: tuple[Contact, ...] = ()
    """The team's own coaches in force, the one whose turn it is today first; none once the team has withdrawn."""
    left: str = ""
    """The name of its coach who has left, while nobody has come instead."""
    is_over: bool = False
    """Whether the team has withdrawn or the cohort was called off: only the organiser answers."""
    has_ended: bool = False
    """Whether the cohort has ended and the team no longer writes, so that nobody promises an answer."""
    is_anybody_there: bool = True
    """Whether any coach of the cohort reads today."""

    @property
    def stands_in(self) -> Contact | None:
        """Return the team's coach who reads while the other one does not, if there is one."""
        there = [coach for coach in self.coaches if coach.is_there]
        return there[0] if there and len(there) < len(self.coaches) else None

    @property
    def is_nobody_there(self) -> bool:
        """Return whether none of the team's coaches reads, so that any coach of the cohort may answer."""
        return bool(self.coaches) and not any(coach.is_there for coach in self.coaches)


def contacts_of(team: Team) -> Contacts:
    """Return whom this team can ask. Three queries."""
    return contacts_of_teams([team])[team.pk]


def contacts_of_teams(teams: Iterable[Team]) -> dict[UUID, Contacts]:
    """Return for each of these teams whom it can ask. Three queries however many they are, one more where a cohort has ended."""
    teams = list(teams)
    named = {pk for team in teams for pk in (team.first_coach_id, team.second_coach_id) if pk}
    coaches = dict(_coaches(named))
    cohorts = {row["pk"]: row for row in READ_ORGANISERS(cohorts={team.cohort_id for team in teams})}
    today = timezone.localdate()
    ended = {team.pk for team in teams if cohorts[team.cohort_id]["ends_on"] < today}
    ended -= set(READ_WRITING(teams=ended)) if ended else set()
    return {
        team.pk: replace(_contacts(team, cohorts[team.cohort_id], coaches), has_ended=team.pk in ended)
        for team in teams
    }


def organisers_of(cohorts: Iterable[Cohort]) -> dict[UUID, Contact]:
    """Return the contact of each of these cohorts, for those who are in no team there. One query."""
    rows = READ_ORGANISERS(cohorts={cohort.pk for cohort in cohorts})
    return {row["pk"]: _organiser(row) for row in rows}


def coaches_of(cohorts: Iterable[Cohort]) -> dict[UUID, list[Contact]]:
    """Return the coaches of each of these cohorts who are in force, by name, for those who organise it. Three queries."""
    by_cohort: dict[UUID, list[Contact]] = {cohort.pk: [] for cohort in cohorts}
    named = CoachAssignment.objects.current().filter(cohort__in=by_cohort).order_by("first_name", "last_name")
    at = dict(named.values_list("pk", "cohort"))
    coaches = dict(_coaches(at))
    for assignment, cohort in at.items():
        by_cohort[cohort].append(coaches[assignment][0])
    return by_cohort


def _contacts(team: Team, row: dict[str, Any], coaches: dict[UUID, tuple[Contact, date | None]]) -> Contacts:
    both = [coaches[pk] for pk in (team.first_coach_id, team.second_coach_id) if pk in coaches]
    today = timezone.localdate()
    in_force = [coach for coach, until in both if until is None or until >= today]
    is_over = bool(team.withdrawn_at or row["cancelled_at"])
    there = row["is_anybody_there"]
    frame = Contacts(_organiser(row), row["website"], row["answer_days"], is_over=is_over, is_anybody_there=there)
    if is_over:
        return frame
    if in_force:
        return replace(frame, coaches=tuple(sorted(in_force, key=lambda coach: not coach.is_there)))
    return replace(frame, left=next((coach.name for coach, _until in both if coach.name), ""))


def _organiser(row: dict[str, Any]) -> Contact:
    """Return the contact with the number of the cohort, else with their own where the address is theirs."""
    phone, hours = row["contact_phone"], row["contact_hours"]
    if not phone:
        phone, hours = row["own_phone"] or "", hours or row["own_hours"] or ""
    title = row["short_name"] or row["organisation"]
    return Contact(row["contact_name"] or title, title, phone, hours, row["contact_email"])


def _coaches(keys: Iterable[UUID]) -> Iterator[tuple[UUID, tuple[Contact, date | None]]]:
    """Yield assignments with the contact they mean and their last day; an erased person has no name.

    Their own address is there only if they show it to teams.
    """
    keys = list(keys)
    away = _away_until(keys) if keys else {}
    for row in READ_COACHES(assignments=keys) if keys else []:
        contact = Contact(
            "" if row["email"].endswith(NO_ADDRESS) else f"{row['first_name']} {row['last_name']}".strip(),
            row["form_of_address"],
            row["own_phone"] or "",
            row["own_hours"] or "",
            row["own_email"] if row["wants_answers"] else "",
            away.get(row["pk"]),
            is_invited=row["coach"] is None,
            has_declined=row["declined_at"] is not None,
        )
        yield row["pk"], (contact, row["until"])


def _away_until(assignments: list[UUID]) -> dict[UUID, date]:
    """Return the last day away of those who are absent today; days that follow on each other count as one absence."""
    spans: dict[UUID, list[tuple[date, date]]] = defaultdict(list)
    for assignment, begins, ends in READ_SPANS(assignments=assignments):
        spans[assignment].append((begins, ends))
    return {pk: last for pk, days in spans.items() if (last := _end_of(days))}


def _end_of(days: list[tuple[date, date]]) -> date | None:
    """Return the day on which an absence that holds today ends; `days` are sorted by their beginning."""
    before = reached = timezone.localdate() - timedelta(days=1)
    for begins, ends in days:
        if begins <= reached + timedelta(days=1):
            reached = max(reached, ends)
    return reached if reached > before else None


def _read_coaches(assignments: Any) -> QuerySet[Any, Any]:
    own = {"own_phone": F("coach__phone"), "own_hours": F("coach__phone_hours"), "own_email": F("coach__email")}
    rows = CoachAssignment.objects.filter(pk__among=assignments).order_by()
    fields = ("pk", "first_name", "last_name", "email", "form_of_address", "until", "coach", "declined_at")
    return rows.values(*fields, wants_answers=F("coach__wants_answers"), **own)


READ_COACHES = Statement(_read_coaches, "assignments")


def _read_spans(assignments: Any) -> QuerySet[Any, Any]:
    rows = CoachAbsence.objects.filter(assignment__pk__among=assignments, until_on__gte=Today())
    return rows.order_by("from_on").values_list("assignment", "from_on", "until_on")


READ_SPANS = Statement(_read_spans, "assignments")


def _read_organisers(cohorts: Any) -> QuerySet[Any, Any]:
    staff = User.objects.filter(email=OuterRef("contact_email"), memberships__organisation=OuterRef("organiser"))
    fields = (
        "pk",
        "cancelled_at",
        "ends_on",
        "answer_days",
        "contact_name",
        "contact_email",
        "contact_phone",
        "contact_hours",
    )
    organiser = {name: F(f"organiser__{name}") for name in ("short_name", "website")}
    rows: Any = Cohort.objects.filter(pk__among=cohorts).order_by()
    return rows.values(
        *fields,
        organisation=F("organiser__name"),
        own_phone=Subquery(staff.order_by().values("phone")[:1]),
        own_hours=Subquery(staff.order_by().values("phone_hours")[:1]),
        is_anybody_there=Exists(present().filter(cohort=OuterRef("pk"))),
        **organiser,
    )


READ_ORGANISERS = Statement(_read_organisers, "cohorts")


def _read_writing(teams: Any) -> QuerySet[Any, Any]:
    return Team.objects.filter(pk__among=teams, applications__status="drafting").order_by().values_list("pk", flat=True)


READ_WRITING = Statement(_read_writing, "teams")
