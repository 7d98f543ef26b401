"""The last two weeks before the deadline: a plan for each day, which the team ticks off („Noch 14 Tage“).

The days are our advice, no rule of the funder: contents first, then papers, and the post some days before the deadline.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.papers.easy_online import way_of
from applications.progress.team_facts import TeamFacts
from applications.states import SectionState

# From so many days before the deadline the plan is shown.
LAST_DAYS = 14
# Of the days that are left, so large a part stays free before the deadline: five of fourteen, one of three.
AIR = 3
# So many sections are named one by one.
NAMED = 4
SATURDAY = 5
READY = {SectionState.ACCEPTED, SectionState.HANDED_IN}


@dataclass(frozen=True)
class Tick:
    """Who has ticked a line off, and when."""

    by: str
    on: date


@dataclass(frozen=True)
class Line:
    """A line of the plan. `is_done` where the portal knows it itself; otherwise a person ticks it off."""

    code: str
    what: str
    is_done: bool = False
    day: date | None = None
    tick: Tick | None = None


@dataclass(frozen=True)
class Countdown:
    """The plan of the last days. `goal` is the day to send by; on the days after it nothing is planned."""

    days: int
    """From today to the deadline."""
    goal: date
    deadline: date
    contents: tuple[Line, ...]
    papers: tuple[Line, ...]

    @property
    def air(self) -> int:
        """Return how many days are left after the goal."""
        return (self.deadline - self.goal).days

    @property
    def lines(self) -> tuple[Line, ...]:
        return (*self.contents, *self.papers)

    @property
    def strip(self) -> list[tuple[date, str]]:
        """Each day from today to the deadline, and what it is: "today", "goal", "end", "free" or ""."""
        today = self.deadline - timedelta(days=self.days)
        return [(day, self._kind(day, today)) for day in (today + timedelta(days=n) for n in range(self.days + 1))]

    def _kind(self, day: date, today: date) -> str:
        if day == self.deadline:
            return "end"
        if day == today:
            return "today"
        if day == self.goal:
            return "goal"
        return "free" if day.weekday() >= SATURDAY else ""


def countdown(facts: TeamFacts, today: date, ticks: Mapping[str, Tick]) -> Countdown | None:
    """Return the plan from `today`, the day in Germany, to the deadline; None outside the last days and once all is sent."""
    if facts.deadline is None or facts.application is None or facts.is_withdrawn or facts.status == "withdrawn":
        return None
    days = (facts.deadline - today).days
    sent = facts.submission is not None and facts.submission.posted_on and facts.status == "finished"
    if sent or not 0 <= days <= LAST_DAYS:
        return None
    goal = goal_of(today, facts.deadline)
    contents, papers = _contents(facts), _papers(facts)
    first, second = share(today, goal, len(contents), len(papers))
    return Countdown(days, goal, facts.deadline, _dated(contents, first, ticks), _dated(papers, second, ticks))


def goal_of(today: date, deadline: date) -> date:
    """Return the day to send by: some days before the deadline, and on a weekday while one is left."""
    goal = deadline - timedelta(days=((deadline - today).days + 1) // AIR)
    while goal.weekday() >= SATURDAY:
        goal -= timedelta(days=1)
    return goal if goal > today else deadline


def share(today: date, goal: date, contents: int, papers: int) -> tuple[list[date], list[date]]:
    """Return a day for each line: the last weekdays up to the goal are for the papers, those before for the contents."""
    every = [today + timedelta(days=number) for number in range((goal - today).days + 1)]
    days = [day for day in every if day.weekday() < SATURDAY or day in (today, goal)]
    early = days[: max(1, len(days) - papers)]
    late = days[-papers:]
    return _spread(early, contents), _spread(late, papers)


def _spread(days: Sequence[date], lines: int) -> list[date]:
    return [days[min(number * len(days) // max(lines, 1), len(days) - 1)] for number in range(lines)]


def _dated(lines: Sequence[Line], days: Sequence[date], ticks: Mapping[str, Tick]) -> tuple[Line, ...]:
    return tuple(replace(line, day=day, tick=ticks.get(line.code)) for line, day in zip(lines, days, strict=True))


def _contents(facts: TeamFacts) -> list[Line]:
    """The sections that are not handed in yet, the first by name, and the hand-in."""
    if facts.status == "finished":
        return []
    left = [section for section in facts.sections if section.state not in READY]
    named = left if len(left) <= NAMED + 1 else left[:NAMED]
    lines = [Line(f"section {one.key}", _("„%(title)s“ fertig schreiben") % {"title": one.title}) for one in named]
    if more := len(left) - len(named):
        sentence = ngettext(
            "Noch %(count)d Abschnitt fertig schreiben", "Noch %(count)d Abschnitte fertig schreiben", more
        )
        lines.append(Line("sections", sentence % {"count": more}))
    return [*lines, Line("hand in", _("Alles zur Rückmeldung abgeben"), is_done=not left)]


def _papers(facts: TeamFacts) -> list[Line]:
    submission = facts.submission if facts.status == "finished" else None
    is_finished = submission is not None
    transfer, sign, post = (
        map(str, way_of(facts.signing).tasks)
        if facts.stage == 2
        else (_("Angaben in die Formulare übertragen"), _("Unterschreiben lassen"), _("Zur Post geben"))
    )
    accepted = bool(facts.sections) and all(one.state == SectionState.ACCEPTED for one in facts.sections)
    return [
        Line("feedback", _("Rückmeldung einarbeiten"), is_done=accepted or is_finished),
        Line("finish", _("Fertigstellen und ausdrucken"), is_done=is_finished),
        Line("transfer", transfer, is_done=bool(submission and submission.transferred_on)),
        Line("sign", sign, is_done=bool(submission and submission.signed_on)),
        Line("post", post, is_done=bool(submission and submission.posted_on)),
    ]
