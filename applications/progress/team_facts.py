"""The facts of one team that decide whose turn it is, as plain values.

`applications.progress.facts.collect` reads them for many teams at once.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import cached_property
from uuid import UUID

from django.utils.functional import Promise

from applications.checks.base import no_deadline
from applications.deadline import OnPapers
from applications.progress.current_workshop import StepFacts
from applications.states import SectionFacts
from core.values import dataclass


@dataclass(frozen=True)
class AssignmentFacts:
    """An assignment the team has not ticked off."""

    uuid: UUID
    workshop: UUID
    title: str
    due_on: date | None
    changed_at: datetime | None = None
    sequence: int = 0
    is_later: bool = False
    """Does its workshop open later?"""


@dataclass(frozen=True)
class SubmissionFacts:
    """The current submission of the stage: the days of the steps on paper, and the kind of outcome."""

    uuid: UUID
    finished_at: datetime
    printed_on: date | None = None
    transferred_on: date | None = None
    signed_on: date | None = None
    posted_on: date | None = None
    received_on: date | None = None
    outcome: str = ""
    outcome_on: date | None = None
    papers: OnPapers | None = None
    """The deadline as it stands on them."""

    @property
    def is_printed(self) -> bool:
        """Who has transferred, signed or posted has printed before."""
        return any((self.printed_on, self.transferred_on, self.signed_on, self.posted_on))


@dataclass(frozen=True)
class TeamFacts:
    """Everything that decides whose turn it is, for one team."""

    team: UUID
    team_name: str
    deadline: date | None = None
    """The deadline that holds for this team (`applications.deadline`)."""
    deadline_counts: str | Promise = ""
    """What counts on that day, as a sentence; empty if it is not known."""
    must_arrive: bool = False
    """Must a letter be there on that day, or does nobody know that its postmark counts? Then it needs days to travel."""
    deadline_of: str = ""
    """The umbrella body that set the day; empty: the day is the call's."""
    via: str = ""
    """The umbrella body that the team submits to, with a day of its own or without; empty: the BAMF."""
    made_at: datetime | None = None
    withdrawn_at: datetime | None = None
    application: UUID | None = None
    stage: int = 1
    status: str = ""
    started_at: datetime | None = None
    call_open: bool = True
    steps: tuple[StepFacts, ...] = ()
    free_sections: tuple[SectionFacts, ...] = ()
    """Sections that no workshop opens."""
    assignments: tuple[AssignmentFacts, ...] = ()
    """What is not ticked off, in the order of the days; what has none comes last."""
    submission: SubmissionFacts | None = None
    signing: str = ""
    """How stage 2 is signed, as the call says; empty if nobody has entered it."""
    invited_on: date | None = None
    """The day of the invitation to stage 2, if that is the stage."""
    coach: str = ""
    """The team's coaches, as they are named in a sentence."""
    answer_days: int = 0
    """Within so many days a coach answers, as the cohort promises."""
    has_title: bool = True
    """Has the application a title?"""
    waits_for: str = ""
    """The coach that a hand-in of this team waits for today; empty: all coaches of the cohort."""
    waits_for_id: UUID | None = None
    is_deputy: bool = False
    """Does it wait for a coach who stands in for an absent one?"""
    is_over: bool = False
    """Has the cohort ended, or was it cancelled? Then no workshop and no assignment waits for anybody."""
    last_sign: datetime | None = None
    next_session: datetime | None = None

    @cached_property
    def sections(self) -> tuple[SectionFacts, ...]:
        """Each section once, in the order of the workshops, then the free ones."""
        sections: dict[str, SectionFacts] = {}
        for step in self.steps:
            for section in step.sections:
                sections.setdefault(section.key, section)
        for section in self.free_sections:
            sections.setdefault(section.key, section)
        return tuple(sections.values())

    @property
    def no_deadline(self) -> str:
        """The sentence in place of a deadline."""
        return no_deadline(self.stage, self.via)

    @property
    def is_withdrawn(self) -> bool:
        return bool(self.withdrawn_at) or self.status == "withdrawn"

    @property
    def has_texts(self) -> bool:
        return any(section.version for section in self.sections)

    @property
    def waits_for_a_grant(self) -> bool:
        """From the posting, or from the invitation to stage 2, until the funder has decided."""
        if self.is_withdrawn:
            return False
        submission = self.submission
        if submission and submission.outcome:
            return submission.outcome == "invited"
        return self.stage == 2 or bool(submission and submission.posted_on)
