"""Whose turn it is and what is to be done first: the order of all cases, each with its sentence.

The first match of the order in `_turns` and `_to_do` decides; everything else that waits is listed beneath it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.papers.easy_online import way_of
from applications.progress.team_facts import AssignmentFacts, SubmissionFacts, TeamFacts
from applications.progress.turn import Turn, Who
from applications.states import ItemFacts, SectionFacts, SectionState
from core.days import beginning_of


def turn_of(team: TeamFacts, today: date) -> Turn:
    """Return the line that all sides see, with what else waits as its `rest`. `today` is the day in Germany."""
    turns = _dated_turns(team, today)
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


def _dated_turns(team: TeamFacts, today: date) -> Iterator[Turn]:
    waits = team.waits_for_a_grant
    for turn in _turns(team, today):
        yield replace(turn, late=turn.is_late(today), begin_nothing=waits)


def _turns(team: TeamFacts, today: date) -> Iterator[Turn]:
    """Yield everything that waits; the first line decides."""
    ended = _ended(team)
    if ended:
        yield ended
        return
    if team.application is None:
        yield from _before_the_application(team, today)
        return
    if team.submission and team.status == "finished":
        yield _paper_step(team, team.submission)
        return
    yield from _to_do(team, today)
    yield _nobody(team)


def _to_do(team: TeamFacts, today: date) -> Iterator[Turn]:
    """Yield what waits while the application is being written, the most urgent first."""
    sections = [section for section in team.sections if section.is_open or section.items]
    for section in sections:
        if section.last and section.state == SectionState.PLEASE_CHANGE:
            yield _must_change(team, section, section.last)
    yield from _reviews(team, sections)
    yield from _overdue(team, today)
    yield from _to_write(team, sections)
    yield from _coming(team, today)
    if team.sections and all(section.state == SectionState.ACCEPTED for section in team.sections):
        yield Turn(
            code="finish",
            who=Who.OWNER,
            what=_("Vorhaben prüfen und fertigstellen"),
            leads_to=("applications:finish", team.application),
            action=_("Zum Fertigstellen"),
            since=_rund_since(team),
            until=team.deadline,
        )


def _rund_since(team: TeamFacts) -> datetime | None:
    """Return when the last section became rund; in stage 2 not before the invitation to it."""
    moments = [section.last.finished_at for section in team.sections if section.last and section.last.finished_at]
    if team.invited_on:
        moments.append(beginning_of(team.invited_on))
    return max(moments, default=None)


def _ended(team: TeamFacts) -> Turn | None:
    if team.is_withdrawn:
        return Turn(
            code="withdrawn", who=Who.NOBODY, what=_("Das Vorhaben ist zurückgezogen."), since=team.withdrawn_at
        )
    submission = team.submission
    if submission and submission.outcome and not (submission.outcome == "invited" and team.status == "drafting"):
        sentences = {
            "invited": _("Das Ergebnis ist da: zum Antrag eingeladen."),
            "declined": _("Das Ergebnis ist da: abgelehnt."),
            "granted": _("Das Ergebnis ist da: bewilligt."),
            "not granted": _("Das Ergebnis ist da: nicht bewilligt."),
        }
        return Turn(
            code="outcome",
            who=Who.NOBODY,
            what=sentences[submission.outcome],
            leads_to=("papers:detail", submission.uuid),
            action=_("Unterlagen ansehen"),
        )
    return None


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


def _paper_step(team: TeamFacts, submission: SubmissionFacts) -> Turn:
    """Return the next step on paper: transfer, sign, post, wait. In stage 2 the application is made in easy-Online."""
    papers = ("applications:papers", team.application)
    transfer, sign, post = (
        map(str, way_of(team.signing).tasks)
        if team.stage == 2
        else (
            _("Angaben in die Formulare des BAMF übertragen"),
            _("Unterlagen unterschreiben lassen"),
            _("Unterlagen zur Post geben"),
        )
    )
    steps = [
        (submission.transferred_on, "transfer", transfer),
        (submission.signed_on, "sign", sign),
        (submission.posted_on, "post", post),
    ]
    for done_on, code, task in steps:
        if done_on is None:
            return Turn(
                code=code,
                who=Who.OWNER,
                what=task,
                leads_to=papers,
                action=_("Zu den Unterlagen"),
                since=submission.finished_at,
                until=team.deadline,
            )
    sentence = (
        _("Eingereicht. Das Ergebnis steht noch aus.")
        if submission.received_on
        else _("Eingereicht. Die Bestätigung des Eingangs steht noch aus.")
    )
    return Turn(code="waiting", who=Who.NOBODY, what=sentence, leads_to=papers, action=_("Zu den Unterlagen"))


def _must_change(team: TeamFacts, section: SectionFacts, last: ItemFacts) -> Turn:
    count = last.comments
    by = ngettext("%(count)d Anmerkung von %(coach)s", "%(count)d Anmerkungen von %(coach)s", count)
    if count and last.coach:
        detail = by % {"count": count, "coach": last.coach}
    else:
        detail = ngettext("%(count)d Anmerkung", "%(count)d Anmerkungen", count) % {"count": count} if count else ""
    return Turn(
        code="change",
        who=Who.TEAM,
        what=_("„%(title)s“ überarbeiten") % {"title": section.title},
        leads_to=("applications:section", team.application, section.key),
        action=_("Weiterschreiben"),
        since=last.finished_at,
        until=last.again_by,
        detail=detail,
        names=last.reviewer,
        own_detail=by % {"count": count, "coach": _("Ihnen")} if count else "",
    )


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
    return () if team.is_over else team.assignments


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


def _to_write(team: TeamFacts, sections: list[SectionFacts]) -> Iterator[Turn]:
    for section in sections:
        if section.state == SectionState.NOT_BEGUN:
            yield Turn(
                code="write",
                who=Who.TEAM,
                what=_("„%(title)s“ beginnen") % {"title": section.title},
                leads_to=("applications:section", team.application, section.key),
                action=_("Schreiben"),
                since=section.opens_at or team.started_at,
            )
    for section in sections:
        if section.state in (SectionState.WRITING, SectionState.CHANGED_SINCE):
            yield Turn(
                code="hand in",
                who=Who.TEAM,
                what=_("„%(title)s“ zur Rückmeldung abgeben") % {"title": section.title},
                leads_to=("applications:section", team.application, section.key),
                action=_("Ansehen und zur Rückmeldung abgeben"),
                since=section.changed_at,
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
