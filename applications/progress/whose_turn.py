"""Whose turn it is and what is to be done first: the order of all cases, each with its sentence.

The first match of the order in `_turns` and `_to_do` decides; everything else that waits is listed beneath it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.progress.paper_turns import ended, paper_step
from applications.progress.plan_days import is_time_to_finish
from applications.progress.section_turns import must_change, to_complete, to_write
from applications.progress.team_facts import AssignmentFacts, TeamFacts
from applications.progress.turn import Turn, Who
from applications.states import ItemFacts, SectionFacts, SectionState
from core.days import beginning_of

# So many sections are named where more are not rund.
NAMED = 3


NOTHING_KNOWN: Mapping[str, int] = {}


def turn_of(team: TeamFacts, today: date, open_places: Mapping[str, int] = NOTHING_KNOWN) -> Turn:
    """Return the line that all sides see, with what else waits as its `rest`. `today` is the day in Germany.

    `open_places` says by section how many places the checks find missing, on pages that have run them: nobody is told to
    hand in what is not complete.
    """
    turns = _dated_turns(team, today, open_places)
    return replace(next(turns), rest=tuple(_of_somebody(turns)))


def first_turn_of(team: TeamFacts, today: date) -> Turn:
    """Return the line alone, for lists that do not show what else waits."""
    return next(_dated_turns(team, today))


def rest_of(team: TeamFacts, today: date) -> Iterator[Turn]:
    """Return what else waits, for lists that say no more than who must act and what to do: without the days."""
    turns = _turns(team, today)
    next(turns)
    return _of_somebody(turns)


def _of_somebody(turns: Iterator[Turn]) -> Iterator[Turn]:
    return (turn for turn in turns if turn.who != Who.NOBODY)


def _dated_turns(team: TeamFacts, today: date, open_places: Mapping[str, int] = NOTHING_KNOWN) -> Iterator[Turn]:
    waits = team.waits_for_a_grant
    for turn in _turns(team, today, open_places):
        yield replace(turn, late=turn.is_late(today), begin_nothing=waits)


def _turns(team: TeamFacts, today: date, open_places: Mapping[str, int] = NOTHING_KNOWN) -> Iterator[Turn]:
    """Yield everything that waits; the first line decides."""
    over = ended(team)
    if over:
        yield over
        return
    if team.application is None:
        yield from _before_the_application(team, today)
        return
    if team.submission and team.status == "finished":
        yield paper_step(team, team.submission)
        if not team.submission.posted_on:
            yield from _overdue(team, today)
            yield from _coming(team, today)
        return
    yield from _to_do(team, today, open_places)
    yield _nobody(team)


def _to_do(team: TeamFacts, today: date, open_places: Mapping[str, int]) -> Iterator[Turn]:
    """Yield what waits while the application is being written, the most urgent first."""
    sections = [section for section in team.sections if section.is_open or section.items]
    is_rund = bool(team.sections) and all(section.state == SectionState.ACCEPTED for section in team.sections)
    is_last_chance = not is_rund and _must_finish_now(team, today)
    if is_last_chance:
        yield _finish(team)
    for section in sections:
        if section.last and section.state == SectionState.PLEASE_CHANGE:
            yield must_change(team, section, section.last)
    yield from _reviews(team, sections)
    yield from _overdue(team, today)
    yield from to_write(team, sections, open_places)
    yield from _coming(team, today)
    yield from to_complete(team, sections, open_places)
    if is_rund:
        yield _finish(team)


def _must_finish_now(team: TeamFacts, today: date) -> bool:
    """Is everything begun, and are only the days left that papers and post need? Then reading once more comes too late."""
    if team.deadline is None or not team.sections:
        return False
    is_begun = all(one.state not in {SectionState.CLOSED, SectionState.NOT_BEGUN} for one in team.sections)
    return is_begun and is_time_to_finish(today, team.deadline, must_arrive=team.must_arrive)


def _finish(team: TeamFacts) -> Turn:
    left = [f"„{section.title}“" for section in team.sections if section.state != SectionState.ACCEPTED]
    named = ", ".join(left[:NAMED])
    if more := len(left) - len(left[:NAMED]):
        rest = ngettext("%(count)d weiterer Abschnitt", "%(count)d weitere Abschnitte", more) % {"count": more}
        named = _("%(titles)s und %(rest)s") % {"titles": named, "rest": rest}
    sentence = _("Noch nicht „rund“: %(titles)s. Fertigstellen können Sie trotzdem, wenn keine Pflichtangabe fehlt.")
    return Turn(
        code="finish",
        who=Who.OWNER,
        what=_("Vorhaben prüfen und fertigstellen"),
        leads_to=("applications:finish", team.application),
        action=_("Zum Fertigstellen"),
        since=None if left else _rund_since(team),
        until=team.deadline,
        detail=sentence % {"titles": named} if left else "",
    )


def _rund_since(team: TeamFacts) -> datetime | None:
    """Return when the last section became rund; in stage 2 not before the invitation to it."""
    moments = [section.last.finished_at for section in team.sections if section.last and section.last.finished_at]
    if team.invited_on:
        moments.append(beginning_of(team.invited_on))
    return max(moments, default=None)


def _before_the_application(team: TeamFacts, today: date) -> Iterator[Turn]:
    opened = [step for step in team.steps if any(section.is_open for section in step.sections)]
    # Some sections are open before the first workshop: then it waits since the team was made.
    moments = [step.opens_at for step in opened if step.opens_at and timezone.localdate(step.opens_at) <= today]
    first_opening = min(moments, default=None)
    if team.call_open and (opened or not team.steps):
        yield Turn(
            code="start",
            who=Who.TEAM,
            what=_("Vorhaben beginnen"),
            leads_to=("applications:start", team.team),
            action=_("Vorhaben beginnen"),
            since=max(filter(None, (team.made_at, first_opening)), default=None),
            until=team.deadline,
        )
    if team.call_open:
        yield from _overdue(team, today)
        yield from _coming(team, today)
    yield _nobody(team)


def _reviews(team: TeamFacts, sections: list[SectionFacts]) -> Iterator[Turn]:
    """Yield a line for each review that waits or is taken, the longest waiting first."""
    open_items: dict[UUID, ItemFacts] = {}
    titles_of: dict[UUID, list[str]] = {}
    for section in sections:
        if section.last and section.last.is_open:
            open_items.setdefault(section.last.review, section.last)
            titles_of.setdefault(section.last.review, []).append(f"„{section.title}“")
    for review, item in sorted(open_items.items(), key=lambda pair: pair[1].asked_at):
        detail, own_detail = _whom_it_waits_for(team, item)
        coach = item.reviewer if item.taken_at else team.waits_for_id
        yield Turn(
            code="read",
            who=Who.COACH,
            what=_("Rückmeldung zu %(titles)s geben") % {"titles": ", ".join(titles_of[review])},
            leads_to=("reviews:read", review),
            action=_("Lesen"),
            since=item.asked_at,
            until=item.promised_until,
            detail=detail,
            coach=coach,
            names=coach,
            own_detail=own_detail,
        )


def _whom_it_waits_for(team: TeamFacts, item: ItemFacts) -> tuple[str, str]:
    """Return the sentence on the coach of a review, for everybody else and for that coach."""
    if item.taken_at:
        others = _("%(coach)s liest gerade.") % {"coach": item.coach} if item.coach else _("Jemand liest gerade.")
        return others, _("Sie lesen gerade.")
    if team.waits_for and team.is_deputy:
        others = _("Liegt bei %(coach)s, in Vertretung.") % {"coach": team.waits_for}
        return others, _("Liegt bei Ihnen, in Vertretung.")
    if team.waits_for:
        return _("Liegt bei %(coach)s.") % {"coach": team.waits_for}, _("Liegt bei Ihnen.")
    everybody = _("Wartet auf eine Coaching-Person.")
    return everybody, everybody


def _overdue(team: TeamFacts, today: date) -> Iterator[Turn]:
    """Yield a line for each assignment whose day has passed; none once the cohort has ended."""
    for assignment in _assignments(team):
        if assignment.due_on and assignment.due_on < today:
            yield _assignment(assignment, since=beginning_of(assignment.due_on))


def _coming(team: TeamFacts, today: date) -> Iterator[Turn]:
    """Yield a line for each assignment whose day comes, or that has none; not before its workshop, nor once the cohort has ended."""
    for assignment in _assignments(team):
        if not assignment.is_later and (assignment.due_on is None or assignment.due_on >= today):
            yield _assignment(assignment)


def _assignments(team: TeamFacts) -> tuple[AssignmentFacts, ...]:
    """Return what is not ticked off: none once the cohort has ended, in stage 2 nothing that was due before the invitation."""
    if team.is_over:
        return ()
    invited_on = team.invited_on
    return tuple(one for one in team.assignments if not (invited_on and one.due_on and one.due_on < invited_on))


def _assignment(assignment: AssignmentFacts, since: datetime | None = None) -> Turn:
    return Turn(
        code="assignment",
        who=Who.TEAM,
        what=_("Arbeitsauftrag „%(title)s“ erledigen") % {"title": assignment.title},
        short=assignment.title,
        leads_to=("workshops:detail", assignment.workshop),
        action=_("Zum Arbeitsauftrag"),
        since=since,
        until=assignment.due_on,
    )


def _nobody(team: TeamFacts) -> Turn:
    return Turn(
        code="nothing",
        who=Who.NOBODY,
        what=_("Im Moment ist nichts zu tun.")
        if team.next_session is None
        else _("Bis zum nächsten Workshop ist nichts zu tun."),
        until=timezone.localdate(team.next_session) if team.next_session else None,
    )
