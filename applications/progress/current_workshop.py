"""At which workshop a team is on its way.

`applications.progress.facts.collect` reads the facts of many teams at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from applications.states import SectionFacts, SectionState, state_of_all
from workshops.opening import has_come


class StepFacts(NamedTuple):
    """A workshop on the team's way."""

    workshop: UUID
    position: int
    title: str
    begins_at: datetime | None
    opens_at: datetime | None
    sections: tuple[SectionFacts, ...]

    def is_open(self, now: datetime) -> bool:
        return has_come(self.opens_at, now)

    @property
    def state(self) -> SectionState:
        return state_of_all(section.state for section in self.sections)

    @property
    def accepted(self) -> int:
        """The number of its sections that are rund."""
        return sum(section.state == SectionState.ACCEPTED for section in self.sections)


def current_step(steps: Iterable[StepFacts], now: datetime) -> StepFacts | None:
    """Return where the team is: the first open workshop with a section that is not rund, else the last open one."""
    opened = [step for step in steps if step.is_open(now)]
    for step in opened:
        if step.sections and step.accepted < len(step.sections):
            return step
    return opened[-1] if opened else None
