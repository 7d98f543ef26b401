"""Who does what on a deadline evening, and when: the load model in numbers, and the plan of everybody made from it.

All of the numbers are assumptions. Moments are seconds since the evening began, decided before it begins.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

PASSWORD = "Nur-zum-Messen-2026"  # noqa: S105  of people who are invented
ROLES = ("owner", "writer", "reader")
SECTIONS = ("s3", "s4")  # in which owner and writer write; open in every cohort of the dataset

TYPING = 0.30  # of the people write
TOGETHER_EVERY = 3  # of three pairs that write, one writes in the same section
HANDING_IN = 0.05  # of the people hand in a section
FINISHING = 0.02  # of the people finish their application
MISTYPING = 0.05  # of the people get their password wrong at first
IN_OFFICES, OFFICE = 0.20, 25  # of the people sit in offices, so many behind one address, and come within a minute

SAVE_EVERY = 10.0  # seconds, while somebody writes (static/js/saver.js)
BEAT_EVERY = 15.0  # seconds, while a section is open (static/js/presence.js), unless the server says otherwise
PAGE_EVERY = 60.0  # seconds
# What somebody looks at each minute, and how often of twenty times.
PAGES = {"section": 6, "dashboard": 4, "workspace": 4, "checks": 2, "history": 2, "workshops": 1, "members": 1}

# Seconds after somebody came.
LOGS_IN, MISTYPES, SEES_WORKSPACE, SEES_SECTION, FIRST_SAVE = 10.0, 8.0, 25.0, 40.0, 50.0
BEFORE_STEP = 70.0  # from then on somebody hands in or finishes, at the latest so long before the end:
AFTER_STEP = 20.0


@dataclass(frozen=True)
class Team:
    application: str
    members: dict[str, str]
    """The address of each member by role."""


@dataclass(frozen=True)
class Person:
    """Somebody who comes that evening; `network` is the address that the proxy forwards."""

    number: int
    email: str
    role: str
    application: str
    section: str
    network: str = ""
    comes_at: float = 0.0
    writes: bool = False
    mistypes: bool = False
    hands_in: bool = False
    finishes: bool = False
    step_at: float = 0.0
    visits: tuple[tuple[float, str], ...] = field(default=(), repr=False)
    """The pages that they look at, with the moments."""

    @property
    def writes_first(self) -> bool:
        """Do they write before what stood in the section? Otherwise after it, so that two people do not clash."""
        return self.role == "owner"


@dataclass(frozen=True)
class Evening:
    """How long it lasts, in seconds: people arrive, and stay until it ends."""

    arriving: float
    settled: float

    @property
    def end(self) -> float:
        return self.arriving + self.settled


def moments(first: float, every: float, end: float) -> list[float]:
    """Return when something is due that is repeated; it does not wait for answers."""
    return [first + number * every for number in range(math.ceil((end - first) / every))]


def make_plan(teams: Sequence[Team], people: int, evening: Evening, seed: int = 7) -> list[Person]:
    """Return what everybody does; the same numbers and seed give the same plan."""
    chance = random.Random(seed)  # noqa: S311  nothing is secret
    shuffled = chance.sample(list(teams), len(teams))
    crowd = [
        Person(number, team.members[role], role, team.application, SECTIONS[role == "writer"])
        for number, (team, role) in enumerate((team, role) for team in shuffled for role in ROLES)
    ][:people]
    crowd = _with_networks(_with_work(crowd, chance), evening, chance)
    return [_with_times(person, evening, chance) for person in crowd]


def share_of(share: float, people: int) -> int:
    return max(1, round(share * people))


def _with_work(crowd: list[Person], chance: random.Random) -> list[Person]:
    """Say who writes, hands in and finishes. Pairs write in the first teams, applications are finished in the last."""
    people = len(crowd)
    writing = {person.number for person in [p for p in crowd if p.role != "reader"][: share_of(TYPING, people)]}
    teams_that_write = {person.application for person in crowd if person.number in writing}
    owners = [person for person in crowd if person.role == "owner"]
    idle = [person for person in owners if person.application not in teams_that_write]
    finishing = {person.number for person in idle[-share_of(FINISHING, people) :]}
    others = [person for person in owners if person.number not in finishing]
    handing_in = {person.number for person in chance.sample(others, min(len(others), share_of(HANDING_IN, people)))}
    together = {person.application for person in owners[::TOGETHER_EVERY]}
    mistyping = set(chance.sample(range(people), share_of(MISTYPING, people)))
    return [
        replace(
            person,
            section=SECTIONS[0] if person.application in together else person.section,
            writes=person.number in writing,
            mistypes=person.number in mistyping,
            hands_in=person.number in handing_in,
            finishes=person.number in finishing,
        )
        for person in crowd
    ]


def _with_networks(crowd: list[Person], evening: Evening, chance: random.Random) -> list[Person]:
    """Give everybody an address and the moment they come; those in an office share one, and come within a minute."""
    in_offices = round(IN_OFFICES * len(crowd))
    opened = [chance.uniform(0, max(0.0, evening.arriving - 60)) for _ in range(0, in_offices, OFFICE)]
    placed = []
    for place, person in enumerate(chance.sample(crowd, len(crowd))):
        if place < in_offices:
            office = place // OFFICE
            comes_at = opened[office] + chance.uniform(0, min(60.0, evening.arriving))
            placed.append(replace(person, network=f"198.51.100.{office}", comes_at=comes_at))
        else:
            network = f"10.{place >> 16 & 255}.{place >> 8 & 255}.{place & 255}"
            placed.append(replace(person, network=network, comes_at=chance.uniform(0, evening.arriving)))
    return sorted(placed, key=lambda person: person.comes_at)


def _with_times(person: Person, evening: Evening, chance: random.Random) -> Person:
    """Say when they look at which page, and when they hand in or finish."""
    first = person.comes_at + SEES_SECTION + chance.uniform(0.5, 1) * PAGE_EVERY
    kinds, weights = list(PAGES), list(PAGES.values())
    visits = [(moment, chance.choices(kinds, weights)[0]) for moment in moments(first, PAGE_EVERY, evening.end)]
    latest = evening.end - AFTER_STEP
    step_at = chance.uniform(min(person.comes_at + BEFORE_STEP, latest), latest)
    return replace(person, visits=tuple(visits), step_at=step_at)
