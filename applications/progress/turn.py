"""Whose turn it is: one line that all sides see, a plain function over values.

The first match of the order in `turn_of` decides; everything else that waits is listed beneath it (`rest_of`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from applications.checks.base import no_deadline
from applications.papers.easy_online import way_of
from applications.progress.journey import StepFacts
from applications.states import ItemFacts, SectionFacts, SectionState
from core.days import beginning_of


class Who(StrEnum):
    TEAM = "team"
    OWNER = "owner"
    COACH = "coach"
    NOBODY = "nobody"

    @property
    def label(self) -> str | Promise:
        return WHO_LABELS[self]


WHO_LABELS = {
    Who.TEAM: gettext_lazy("Team"),
    Who.OWNER: gettext_lazy("Team"),
    Who.COACH: gettext_lazy("Coaching-Person"),
    Who.NOBODY: gettext_lazy("niemand"),
}


@dataclass(frozen=True)
class AssignmentFacts:
    """An assignment the team has not ticked off."""

    uuid: UUID
    workshop: UUID
    title: str
    due_on: date | None


@dataclass(frozen=True)
class SubmissionFacts:
    """The current submission of the stage; dates of the steps on paper, and the outcome's kind."""

    uuid: UUID
    finished_at: datetime
    transferred_on: date | None = None
    signed_on: date | None = None
    posted_on: date | None = None
    received_on: date | None = None
    outcome: str = ""
    outcome_on: date | None = None
    deadline: date | None = None
    """The deadline on the papers, as it was frozen, and what counts on it."""
    deadline_counts: str = ""
    via: str | None = ""
    """The umbrella body on the papers; None on those made before it was kept."""


@dataclass(frozen=True)
class TeamFacts:
    """All that decides whose turn it is, for one team."""

    team: UUID
    team_name: str
    deadline: date | None = None
    """The one that holds for this team (`applications.deadline`)."""
    deadline_counts: str | Promise = ""
    """What counts on that day, as a sentence; empty where it is not known."""
    deadline_of: str = ""
    """The umbrella body whose day it is; empty: the call's."""
    via: str = ""
    """The umbrella body that the team submits to and asks, with a day or without; empty: the BAMF."""
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
    submission: SubmissionFacts | None = None
    signing: str = ""
    """How stage 2 is signed, as the call says; empty where nobody has entered it."""
    invited_on: date | None = None
    """The day of the invitation to stage 2, if that is the stage."""
    coach: str = ""
    """The team's coaches, as one says them in a sentence."""
    waits_for: str = ""
    """Whom what it hands in waits for today; empty: all coaches of the cohort."""
    waits_for_id: UUID | None = None
    is_deputy: bool = False
    """It waits for somebody who stands in for an absent coach."""
    is_over: bool = False
    """The cohort has ended: no workshop and no assignment waits for anybody."""
    last_sign: datetime | None = None
    next_session: datetime | None = None

    @property
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
        """What is said in place of a deadline."""
        return no_deadline(self.stage, self.via)


@dataclass(frozen=True)
class Turn:
    """Who must act, what, since when, until when, where; `code` names the case."""

    code: str
    who: Who
    what: str
    url: str = ""
    action: str = ""
    since: datetime | None = None
    until: date | None = None
    detail: str = ""
    reader: UUID | None = None
    """The coach who has taken the review, or whom it waits for; without one it is every coach's turn."""
    rest: tuple[Turn, ...] = field(default=())
    late: bool = False
    names: UUID | None = None
    """The person `detail` names, who is told `own_detail` instead."""
    own_detail: str = ""
    begin_nothing: bool = False
    """Must be said beside it that nothing may begin before the grant."""
    is_yours: bool = False
    """Is it the turn of the person who looks? Known once `said_to` has been asked."""

    def said_to(self, role: str, user: UUID | None) -> Turn:
        """The same line and its rest as this person reads it: nobody reads of themselves as of somebody else."""
        detail = self.own_detail if self.names and self.names == user else self.detail
        rest = tuple(turn.said_to(role, user) for turn in self.rest)
        return replace(self, detail=detail, rest=rest, is_yours=self.addresses(role, user))

    def is_late(self, today: date) -> bool:
        return self.until is not None and self.until < today and self.who != Who.NOBODY

    def addresses(self, role: str, user: UUID | None) -> bool:
        """Is it the turn of the person who looks ("Sie sind dran")? `role` is one in the team, "coach" or ""."""
        if self.who == Who.COACH:
            return role == "coach" and self.reader in {None, user}
        return self.who in ACTS_AS.get(role, ())

    def sort_key(self) -> tuple[int, float]:
        """Whoever has waited longest first; nobody's turn last."""
        order = 1 if self.who == Who.NOBODY else 0
        return (order, self.since.timestamp() if self.since else float("inf"))


# Whose turns a member of the team can take; a reader only looks.
ACTS_AS = {"owner": {Who.TEAM, Who.OWNER}, "writer": {Who.TEAM}}


@dataclass(frozen=True)
class Card:
    """What is shown to one person: their own next step, if they have one, else the line that all sides see."""

    turn: Turn
    you: bool
    beside: tuple[Turn, ...]
    """What coaches are doing meanwhile."""
    rest: tuple[Turn, ...]
    """What else waits for the team."""


def card_of(turn: Turn, role: str, user: UUID | None) -> Card:
    """The card for a person in this role ("owner", "writer", "reader", "coach", "")."""
    turn = turn.said_to(role, user)
    steps = (turn, *turn.rest)
    own = next((step for step in steps if step.is_yours), None) if role != "coach" else None
    shown = own or turn
    others = [step for step in steps if step is not shown]
    return Card(
        turn=shown,
        you=shown.is_yours,
        beside=tuple(step for step in others if step.who == Who.COACH),
        rest=tuple(step for step in others if step.who != Who.COACH),
    )


def turn_of(team: TeamFacts, now: datetime, today: date) -> Turn:
    """The one line. `today` is the day in Germany."""
    waits = waits_for_a_grant(team)
    first, *rest = (replace(turn, late=turn.is_late(today), begin_nothing=waits) for turn in _turns(team, now, today))
    return replace(first, rest=tuple(turn for turn in rest if turn.who != Who.NOBODY))


def waits_for_a_grant(team: TeamFacts) -> bool:
    """From the posting, or from the invitation to stage 2, until the funder has decided."""
    if team.withdrawn_at or team.status == "withdrawn":
        return False
    submission = team.submission
    if submission and submission.outcome:
        return submission.outcome == "invited"
    return team.stage == 2 or bool(submission and submission.posted_on)


def _turns(team: TeamFacts, now: datetime, today: date) -> Iterator[Turn]:
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
    sections = [section for section in team.sections if section.is_open or section.items]
    yield from (
        _must_change(team, section, section.last)
        for section in sections
        if section.last and section.state == SectionState.PLEASE_CHANGE
    )
    yield from _reviews(team, sections)
    yield from _overdue(team, today)
    yield from _to_write(team, sections)
    if all(section.state == SectionState.ACCEPTED for section in team.sections) and team.sections:
        yield Turn(
            code="finish",
            who=Who.OWNER,
            what=_("Vorhaben prüfen und fertigstellen"),
            url=reverse("applications:finish", args=[team.application]),
            action=_("Zum Fertigstellen"),
            since=_rund_since(team),
            until=team.deadline,
        )
    yield _nobody(team)


def _rund_since(team: TeamFacts) -> datetime | None:
    """When the last section became rund; in stage 2 not before the invitation to it."""
    moments = [section.last.finished_at for section in team.sections if section.last and section.last.finished_at]
    if team.invited_on:
        moments.append(beginning_of(team.invited_on))
    return max(moments, default=None)


def _ended(team: TeamFacts) -> Turn | None:
    if team.withdrawn_at or team.status == "withdrawn":
        return Turn(
            code="withdrawn", who=Who.NOBODY, what=_("Das Vorhaben ist zurückgezogen."), since=team.withdrawn_at
        )
    submission = team.submission
    if submission and submission.outcome and not (submission.outcome == "invited" and team.status == "drafting"):
        said = {
            "invited": _("Das Ergebnis ist da: zum Antrag eingeladen."),
            "declined": _("Das Ergebnis ist da: abgelehnt."),
            "granted": _("Das Ergebnis ist da: bewilligt."),
            "not granted": _("Das Ergebnis ist da: nicht bewilligt."),
        }
        return Turn(
            code="outcome",
            who=Who.NOBODY,
            what=said[submission.outcome],
            url=reverse("papers:detail", args=[submission.uuid]),
            action=_("Unterlagen ansehen"),
        )
    return None


def _before_the_application(team: TeamFacts, today: date) -> Iterator[Turn]:
    opened = [step for step in team.steps if any(section.is_open for section in step.sections)]
    if team.call_open and (opened or not team.steps):
        yield Turn(
            code="start",
            who=Who.TEAM,
            what=_("Vorhaben beginnen"),
            url=reverse("applications:start", args=[team.team]),
            action=_("Vorhaben beginnen"),
            since=max(
                (
                    moment
                    for moment in (team.made_at, min((s.opens_at for s in opened if s.opens_at), default=None))
                    if moment
                ),
                default=None,
            ),
            until=team.deadline,
        )
    if team.call_open:
        yield from _overdue(team, today)
    yield _nobody(team)


def _paper_step(team: TeamFacts, submission: SubmissionFacts) -> Turn:
    """The next step on paper: transfer, sign, post, wait. In stage 2 the application is made in easy-Online."""
    url = reverse("applications:papers", args=[team.application])
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
    for done_on, code, what in steps:
        if done_on is None:
            return Turn(
                code=code,
                who=Who.OWNER,
                what=what,
                url=url,
                action=_("Zu den Unterlagen"),
                since=submission.finished_at,
                until=team.deadline,
            )
    what = (
        _("Eingereicht. Das Ergebnis steht noch aus.")
        if submission.received_on
        else _("Eingereicht. Die Bestätigung des Eingangs steht noch aus.")
    )
    return Turn(code="waiting", who=Who.NOBODY, what=what, url=url, action=_("Zu den Unterlagen"))


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
        url=_section_url(team, section),
        action=_("Weiterschreiben"),
        since=last.finished_at,
        until=last.again_by,
        detail=detail,
        names=last.reviewer,
        own_detail=by % {"count": count, "coach": _("Ihnen")} if count else "",
    )


def _reviews(team: TeamFacts, sections: list[SectionFacts]) -> Iterator[Turn]:
    """One line for each review that waits or is taken, the longest waiting first."""
    open_items: dict[UUID, ItemFacts] = {}
    titles_of: dict[UUID, list[str]] = {}
    for section in sections:
        if section.last and section.last.is_open:
            open_items.setdefault(section.last.review, section.last)
            titles_of.setdefault(section.last.review, []).append(f"„{section.title}“")
    for review, item in sorted(open_items.items(), key=lambda pair: pair[1].asked_at):
        titles = ", ".join(titles_of[review])
        if item.taken_at:
            detail = _("%(coach)s liest gerade.") % {"coach": item.coach} if item.coach else _("Jemand liest gerade.")
            own_detail = _("Sie lesen gerade.")
        elif team.waits_for and team.is_deputy:
            detail = _("Liegt bei %(coach)s, in Vertretung.") % {"coach": team.waits_for}
            own_detail = _("Liegt bei Ihnen, in Vertretung.")
        elif team.waits_for:
            detail = _("Liegt bei %(coach)s.") % {"coach": team.waits_for}
            own_detail = _("Liegt bei Ihnen.")
        else:
            detail = own_detail = _("Wartet auf eine Coaching-Person.")
        reader = item.reviewer if item.taken_at else team.waits_for_id
        yield Turn(
            code="read",
            who=Who.COACH,
            what=_("Rückmeldung zu %(titles)s geben") % {"titles": titles},
            url=reverse("reviews:read", args=[review]),
            action=_("Lesen"),
            since=item.asked_at,
            until=item.promised_until,
            detail=detail,
            reader=reader,
            names=reader,
            own_detail=own_detail,
        )


def _overdue(team: TeamFacts, today: date) -> Iterator[Turn]:
    """What should have been done by now; nothing once the cohort has ended."""
    due = [] if team.is_over else [facts for facts in team.assignments if facts.due_on and facts.due_on < today]
    for assignment in sorted(due, key=lambda facts: facts.due_on or today):
        yield Turn(
            code="assignment",
            who=Who.TEAM,
            what=_("Arbeitsauftrag „%(title)s“ erledigen") % {"title": assignment.title},
            url=reverse("workshops:detail", args=[assignment.workshop]),
            action=_("Zum Arbeitsauftrag"),
            since=beginning_of(assignment.due_on + timedelta(days=1)) if assignment.due_on else None,
            until=assignment.due_on,
        )


def _to_write(team: TeamFacts, sections: list[SectionFacts]) -> Iterator[Turn]:
    for section in sections:
        if section.state == SectionState.NOT_BEGUN:
            yield Turn(
                code="write",
                who=Who.TEAM,
                what=_("„%(title)s“ beginnen") % {"title": section.title},
                url=_section_url(team, section),
                action=_("Schreiben"),
                since=section.opens_at or team.started_at,
            )
    for section in sections:
        if section.state in (SectionState.WRITING, SectionState.CHANGED_SINCE):
            yield Turn(
                code="hand in",
                who=Who.TEAM,
                what=_("„%(title)s“ zur Rückmeldung abgeben") % {"title": section.title},
                url=_section_url(team, section),
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


def _section_url(team: TeamFacts, section: SectionFacts) -> str:
    return reverse("applications:section", args=[team.application, section.key])
