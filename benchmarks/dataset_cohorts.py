"""Cohorts with their workshops, announcements and registrations, and which of them a dataset has."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import Organisation, User
from benchmarks.dataset_words import moment, words
from calls.models import FundingCall
from cohorts.models import Announcement, CoachAssignment, Cohort, Registration, RegistrationPerson
from schmiede.demo.batch import Batch
from workshops.models import Assignment, Session, Workshop

# The sections that each workshop of a cohort opens.
SIX_WORKSHOPS = [
    ["s0", "s1", "s2"],
    ["s3", "s9"],
    ["s4", "s10"],
    ["s5", "s6", "s12"],
    ["s7", "s8", "s14", "s17"],
    ["s11", "s13", "s15", "s16"],
]
EIGHT_WORKSHOPS = [
    ["s0", "s1"],
    ["s2", "s3"],
    ["s4", "s9"],
    ["s10"],
    ["s5", "s6"],
    ["s12", "s7"],
    ["s8", "s14", "s17"],
    ["s11", "s13", "s15", "s16"],
]
TWELVE, FORTY = "bench-zwoelf", "bench-vierzig"  # the cohorts whose cockpits are measured
SMALL_COHORTS = 40
UNDECIDED = 38  # registrations of the cohort of twelve beside those of its teams, fifty in all


@dataclass(frozen=True)
class Plan:
    """What a cohort is to be like."""

    slug: str
    organiser: Organisation
    coaches: list[User]
    workshops: list[list[str]]
    teams: int


@dataclass
class MadeCohort:
    """A cohort with what its teams refer to."""

    cohort: Cohort
    coaches: list[CoachAssignment] = field(default_factory=list)
    sessions: list[Session] = field(default_factory=list)
    assignments: list[Assignment] = field(default_factory=list)


def make_plans(teams: int, organiser: Organisation, others: list[Organisation], coaches: list[User]) -> list[Plan]:
    """Return plans for that many teams: twelve in one cohort, forty in the next, the rest spread over small ones.

    The first of the coaches has the cohort of twelve and three small ones alone. The organiser runs these and the cohort
    of forty, the others run the rest.
    """
    twelve = min(12, teams)
    forty = min(40, teams - twelve)
    rest = teams - twelve - forty
    plans = [
        Plan(TWELVE, organiser, coaches[:1], SIX_WORKSHOPS, twelve),
        Plan(FORTY, organiser, coaches[1:3], EIGHT_WORKSHOPS, forty),
    ]
    for number in range(SMALL_COHORTS):
        is_near = number < 3
        coach = coaches[0] if is_near else coaches[1 + number % (len(coaches) - 1)]
        share = rest // SMALL_COHORTS + (number < rest % SMALL_COHORTS)
        runs_it = organiser if is_near else others[number % len(others)]
        plans.append(Plan(f"bench-{number:02d}", runs_it, [coach], SIX_WORKSHOPS, share))
    return plans


def make_cohort(plan: Plan, call: FundingCall, batch: Batch) -> MadeCohort:
    """Add a published cohort in the middle of its workshops, which are 15 days apart."""
    today = timezone.localdate()
    cohort = batch.add(
        Cohort(
            title=f"Projektschmiede {plan.slug.title()}",
            slug=plan.slug,
            region=f"Region {words(2)}",
            call=call,
            organiser=plan.organiser,
            places=max(12, plan.teams),
            begins_on=today - timedelta(days=60),
            ends_on=today + timedelta(days=120),
            registration_from=today - timedelta(days=120),
            registration_until=today - timedelta(days=70),
            contact_name="Doris Lang",
            contact_email="doris@example.org",
            public_text=f"{words(120)}\n\n{words(80)}",
            published_at=moment(-130),
        )
    )
    made = MadeCohort(cohort, coaches=[_add_coach(cohort, coach, batch) for coach in plan.coaches])
    for place, keys in enumerate(plan.workshops):
        _add_workshop(made, place, keys, moment(15 * (place - len(plan.workshops) + 2)), batch)
    for number in range(4):
        published_at = moment(-9 * number - 1)
        title = f"Mitteilung {number} {words(3)}"
        batch.add(Announcement(cohort=cohort, title=title, text=words(40), published_at=published_at))
    return made


def _add_coach(cohort: Cohort, user: User, batch: Batch) -> CoachAssignment:
    return batch.add(
        CoachAssignment(
            cohort=cohort,
            coach=user,
            first_name=user.first_name,
            last_name=user.last_name,
            email=user.email,
            form_of_address="Coachin",
        )
    )


def _add_workshop(made: MadeCohort, place: int, keys: list[str], begins_at: datetime, batch: Batch) -> None:
    """Add a workshop of one session with two assignments."""
    title = f"Workshop {place + 1}: {words(2)}"
    workshop = batch.add(
        Workshop(cohort=made.cohort, position=place + 1, title=title, goal=words(12), section_keys=keys)
    )
    ends_at, hall = begins_at + timedelta(hours=3), "Haus der Vereine, Halle (Saale)"
    made.sessions.append(batch.add(Session(workshop=workshop, begins_at=begins_at, ends_at=ends_at, place=hall)))
    for position in (1, 2):
        assignment = Assignment(
            workshop=workshop,
            position=position,
            title=f"Auftrag {place + 1}.{position} {words(2)}",
            text=words(20),
            section_keys=keys[:1],
            due_on=begins_at.date() + timedelta(days=12),
        )
        made.assignments.append(batch.add(assignment))


def make_registration(cohort: Cohort, number: int, name: str, status: str, batch: Batch) -> Registration:
    """Add a registration of two people; all but a received one are decided."""
    decided_at = None if status == Registration.Status.RECEIVED else moment(-66)
    registration = batch.add(
        Registration(
            cohort=cohort,
            organisation_name=name,
            legal_form="ev",
            city="Halle (Saale)",
            land="ST",
            charitable="yes",
            idea=words(90),
            not_begun=True,
            attendance_promised=True,
            status=status,
            token_hash=f"bench{number:059d}",
            created_at=moment(-100),
            confirmed_at=moment(-100) + timedelta(hours=number % 24),
            decided_at=decided_at,
            decision_text="Willkommen." if decided_at else "",
        )
    )
    for place in range(2):
        person = RegistrationPerson(
            registration=registration, position=place + 1, email=f"reg{number}-{place}@example.org"
        )
        person.first_name, person.last_name = f"Person{place}", f"Nummer{number}"
        batch.add(person)
    return registration


def make_undecided(cohort: Cohort, batch: Batch) -> None:
    """Add registrations that led to no team."""
    for number in range(UNDECIDED):
        status = (Registration.Status.RECEIVED, Registration.Status.WAITING, Registration.Status.DECLINED)[number % 3]
        make_registration(cohort, 10_000 + number, f"{words(2)} Anmeldung {number} e. V.", status, batch)
