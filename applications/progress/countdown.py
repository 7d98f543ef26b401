"""The last two weeks before the deadline: a plan for each day, which the team ticks off („Noch 14 Tage“).

The days are our advice, no rule of the funder: contents first, then the coach's answer, then papers, and the post some
days before the deadline. Where that does not fit any more, the plan says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.papers.easy_online import way_of
from applications.progress.plan_days import (
    LAST_DAYS,
    LEAST_PAPER_DAYS,
    PAPER_DAYS,
    goal_of,
    is_time_to_finish,
    is_weekday,
    last_day_to_post,
    paper_days,
    spread,
    weekday_until,
    working_days,
)
from applications.progress.team_facts import TeamFacts
from applications.states import SectionFacts, SectionState
from applications.writing.models.plan_tick import READ_TICKS
from core.values import dataclass

# So many sections are named one by one.
NAMED = 4
# A team writes so many sections on a day at the most; with more than that the plan gives them no days.
PER_DAY = 2
READY = {SectionState.ACCEPTED, SectionState.HANDED_IN}
# As on the card: what must be changed, then what is not begun.
FIRST = {SectionState.PLEASE_CHANGE: 0, SectionState.NOT_BEGUN: 1}


@dataclass(frozen=True)
class Tick:
    """Who has ticked a line off, and when."""

    by: str
    on: date


def read_ticks(application: UUID) -> dict[str, Tick]:
    """Return the team's ticks by the codes of their lines. One query."""
    rows = READ_TICKS(application=application)
    return {code: Tick(f"{first or ''} {last or ''}".strip(), timezone.localdate(at)) for code, first, last, at in rows}


@dataclass(frozen=True)
class Line:
    """A line of the plan. `is_done` where the portal knows it itself; a person ticks off what `can_be_ticked`."""

    code: str
    what: str
    is_done: bool = False
    day: date | None = None
    """None where it is done, or the days do not suffice."""
    tick: Tick | None = None
    can_be_ticked: bool = False
    detail: str = ""
    leads_to: tuple[Any, ...] = ()
    action: str = ""
    roles: tuple[str, ...] = ("owner", "writer", "reader")
    """Who is led there."""

    @property
    def url(self) -> str:
        """Where it is done; empty as long as there is no such page."""
        return reverse(self.leads_to[0], args=self.leads_to[1:]) if self.leads_to else ""


@dataclass(frozen=True)
class Days:
    """Which day each part of the plan gets; None for a part that has no day of its own."""

    contents: tuple[date, ...] | None
    papers: tuple[date, ...]
    hand_in: date | None = None
    feedback: date | None = None
    is_tight: bool = False


@dataclass(frozen=True)
class Countdown:
    """The plan of the last days. `goal` is the day to send by; on the days after it nothing is planned."""

    days: int
    """From today to the deadline."""
    goal: date
    deadline: date
    contents: tuple[Line, ...]
    papers: tuple[Line, ...]
    is_tight: bool = False
    """Is there no time left for the coach's answer? Then somebody should ring."""
    closed: int = 0
    """So many sections cannot be written yet, and are not in the plan."""
    opens_at: datetime | None = None
    """When the first of them opens."""
    may_arrive_late: bool = False
    """Are there too few days left for a letter that must arrive?"""

    @property
    def air(self) -> int:
        """Return how many days are left after the goal."""
        return (self.deadline - self.goal).days

    @property
    def lines(self) -> tuple[Line, ...]:
        return (*self.contents, *self.papers)

    @property
    def is_tickable(self) -> bool:
        return any(line.can_be_ticked for line in self.contents)

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
        return "" if is_weekday(day) else "free"


def countdown(facts: TeamFacts, today: date, ticks: Mapping[str, Tick]) -> Countdown | None:
    """Return the plan from `today`, the day in Germany, to the deadline; None outside the last days and once all is sent."""
    if facts.deadline is None or facts.application is None or facts.is_withdrawn:
        return None
    left = (facts.deadline - today).days
    sent = facts.submission is not None and facts.submission.posted_on and facts.status == "finished"
    if sent or not 0 <= left <= LAST_DAYS:
        return None
    goal = goal_of(today, facts.deadline, must_arrive=facts.must_arrive)
    days = _days(facts, today, goal)
    contents = (*_contents(facts, days, ticks), *_feedback(facts, days, ticks))
    closed = [one for one in facts.sections if one.state == SectionState.CLOSED] if facts.status == "drafting" else []
    opens_at = min((one.opens_at for one in closed if one.opens_at), default=None)
    return Countdown(
        left,
        goal,
        facts.deadline,
        contents,
        _papers(facts, days),
        is_tight=days.is_tight,
        closed=len(closed),
        opens_at=opens_at,
        may_arrive_late=facts.must_arrive and goal > last_day_to_post(facts.deadline),
    )


def to_write(facts: TeamFacts) -> list[SectionFacts]:
    """Return the sections that can be written and are not handed in, in the order of the card."""
    left = [section for section in facts.sections if section.state not in {*READY, SectionState.CLOSED}]
    return sorted(left, key=lambda section: FIRST.get(section.state, len(FIRST)))


def _days(facts: TeamFacts, today: date, goal: date) -> Days:
    """Fit writing, the coach's answer and the papers into the days; if they do not fit, leave the answer out and say so."""
    if facts.status == "finished":
        return Days((), tuple(paper_days(today, goal, PAPER_DAYS)))
    left = to_write(facts)
    promises = [one.last.promised_until for one in _being_read(facts) if one.last and one.last.promised_until]
    promised = max(promises, default=today)
    for most in range(PAPER_DAYS, LEAST_PAPER_DAYS - 1, -1):
        papers = paper_days(today, goal, most)
        feedback = papers[0]
        hand_in = weekday_until(feedback - timedelta(days=facts.answer_days))
        if len(papers) < most or promised > feedback:
            continue
        if not left:
            return Days((), tuple(papers), feedback=feedback)
        if hand_in >= today and (days := _enough(today, hand_in, len(left))):
            return Days(days, tuple(papers), hand_in, feedback)
    papers = paper_days(today, goal, LEAST_PAPER_DAYS)
    is_time = facts.deadline is not None and is_time_to_finish(today, facts.deadline, must_arrive=facts.must_arrive)
    days = None if is_time else _enough(today, papers[0], len(left))
    return Days(days, tuple(papers), is_tight=bool(left or _being_read(facts)))


def _enough(first: date, last: date, sections: int) -> tuple[date, ...] | None:
    """Return the days for so many sections; None if they would be too many for a day."""
    days = working_days(first, last)
    return tuple(days) if sections <= PER_DAY * len(days) else None


def _being_read(facts: TeamFacts) -> list[SectionFacts]:
    return [section for section in facts.sections if section.state == SectionState.HANDED_IN]


def _contents(facts: TeamFacts, days: Days, ticks: Mapping[str, Tick]) -> tuple[Line, ...]:
    """The sections that are not handed in yet, the first by name, and the hand-in where an answer can still come in time."""
    if facts.status == "finished":
        return ()
    left = to_write(facts)
    named = left if len(left) <= NAMED + 1 else left[:NAMED]
    lines = [_section(facts, section) for section in named]
    if rest := left[len(named) :]:
        sentence = ngettext(
            "Noch %(count)d Abschnitt fertig schreiben", "Noch %(count)d Abschnitte fertig schreiben", len(rest)
        )
        lines.append(
            Line(
                "sections",
                sentence % {"count": len(rest)},
                can_be_ticked=True,
                detail=", ".join(f"„{section.title}“" for section in rest),
                leads_to=("applications:workspace", facts.application),
                action=_("Zum Vorhaben"),
            )
        )
    given = _dated(lines, spread(days.contents, len(lines)) if days.contents else [], ticks)
    closed = any(section.state == SectionState.CLOSED for section in facts.sections)
    if not left and not closed:
        return (*given, Line("hand in", _("Alles zur Rückmeldung abgeben"), is_done=True))
    if not left or days.hand_in is None:
        return given
    hand_in = Line(
        "hand in",
        _("Zur Rückmeldung abgeben, was geschrieben ist") if closed else _("Alles zur Rückmeldung abgeben"),
        can_be_ticked=True,
        leads_to=("applications:hand_in", facts.application),
        action=_("Zum Abgeben"),
        roles=("owner", "writer"),
    )
    return (*given, *_dated([hand_in], [days.hand_in], ticks))


def _section(facts: TeamFacts, section: SectionFacts) -> Line:
    what = (
        _("„%(title)s“ überarbeiten")
        if section.state == SectionState.PLEASE_CHANGE
        else _("„%(title)s“ fertig schreiben")
    )
    return Line(
        f"section {section.key}",
        what % {"title": section.title},
        can_be_ticked=True,
        leads_to=("applications:section", facts.application, section.key),
        action=_("Zum Abschnitt"),
    )


def _papers(facts: TeamFacts, days: Days) -> tuple[Line, ...]:
    """The steps that the portal knows: their days are entered with the papers, not here."""
    submission = facts.submission if facts.status == "finished" else None
    ready, transfer, sign, post = (
        (_("Angaben bereitlegen"), *map(str, way_of(facts.signing).tasks))
        if facts.stage == 2
        else (
            _("Ausdrucken"),
            _("Angaben in die Formulare übertragen"),
            _("Unterschreiben lassen"),
            _("Zur Post geben"),
        )
    )
    done_on = (
        (submission.is_printed, submission.transferred_on, submission.signed_on, submission.posted_on)
        if submission
        else (None,) * 4
    )
    where = ("applications:papers" if submission else "applications:finish", facts.application)
    entered = zip(("print", "transfer", "sign", "post"), (ready, transfer, sign, post), done_on, strict=True)
    steps = [
        _step("finish", _("Fertigstellen"), submission, where, _("Zum Fertigstellen")),
        *(
            _step(code, what, is_done, where if submission else (), _("Bei den Unterlagen eintragen"))
            for code, what, is_done in entered
        ),
    ]
    open_steps = [step for step in steps if not step.is_done]
    dates = iter(spread(days.papers[-len(open_steps) :], len(open_steps)) if open_steps else [])
    return tuple(step if step.is_done else replace(step, day=next(dates)) for step in steps)


def _step(code: str, what: str, is_done: object, where: tuple[Any, ...], action: str) -> Line:
    """Return a step that the owner takes elsewhere; `where` is empty before it can be."""
    return Line(code, what, bool(is_done), leads_to=where, action=action, roles=("owner",))


def _feedback(facts: TeamFacts, days: Days, ticks: Mapping[str, Tick]) -> tuple[Line, ...]:
    """The line on the coach's answer: none once it is finished, nor where none can come; without a day where it is tight."""
    if facts.status == "finished":
        return ()
    if facts.sections and all(one.state == SectionState.ACCEPTED for one in facts.sections):
        return (Line("feedback", _("Rückmeldung einarbeiten"), is_done=True),)
    if days.is_tight and not _being_read(facts):
        return ()
    line = Line(
        "feedback",
        _("Rückmeldung einarbeiten, wenn Zeit bleibt") if days.is_tight else _("Rückmeldung einarbeiten"),
        can_be_ticked=True,
        leads_to=("applications:workspace", facts.application),
        action=_("Zum Vorhaben"),
    )
    return _dated([line], [days.feedback] if days.feedback else [], ticks)


def _dated(lines: Sequence[Line], days: Sequence[date], ticks: Mapping[str, Tick]) -> tuple[Line, ...]:
    """Return the lines with their days, if there are any, and with their ticks."""
    given: Sequence[date | None] = days or [None] * len(lines)
    return tuple(replace(line, day=day, tick=ticks.get(line.code)) for line, day in zip(lines, given, strict=True))
