"""A team's part of the page „Übersicht“: the card, what lies with her, the countdown, the first day (`NEXT_DATES`, `NEWS`)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from applications.progress.checked import checked, open_places
from applications.progress.countdown import Countdown, countdown, read_ticks
from applications.progress.current_workshop import StepFacts, current_step
from applications.progress.facts import collect
from applications.progress.own_list import later, own_list
from applications.progress.plan_days import LAST_DAYS
from applications.progress.team_applications import application_of
from applications.progress.team_facts import TeamFacts
from applications.progress.turn import Turn, card_of
from applications.progress.whose_turn import turn_of
from applications.states import SectionState
from applications.writing.earlier import REFUSED
from applications.writing.models import Application
from cohorts.contacts import Contact, Contacts, contacts_of
from cohorts.models import Announcement, Cohort, Team, TeamMember
from cohorts.models.conversation import address_of, unread_by
from core.statements import Now, Statement
from core.values import dataclass
from schmiede.first_day import first_day_of, is_first_day
from workshops.models import Session

NEXT_DATES = 3
NEWS = 4


@dataclass(frozen=True)
class Coming:
    """Something with a day that lies ahead: a session; without one it is the deadline."""

    day: date
    session: Session | None = None


def participant(user: User, now: datetime, chosen: str) -> dict[str, object]:
    """What a member of a team sees; with several teams the newest, or the one chosen."""
    teams = READ_TEAMS(user=user.pk)
    team = next((team for team in teams if str(team.pk) == chosen), teams[0])
    application = application_of(team)
    facts = collect([team], now, applications={team.pk: application} if application else {})[team.pk]
    report = checked(application, facts) if application else None
    today = timezone.localdate(now)
    places = open_places(report) if report and not facts.is_withdrawn else {}
    turn = turn_of(facts, today, places)
    members = READ_MEMBERS(team=team.pk)
    role = next((member.role for member in members if member.user_id == user.pk), "")
    card = card_of(turn, role, user.pk)
    own = own_list(card, role, places, facts)
    contacts = contacts_of(team)
    return {
        "team": team,
        "teams": teams,
        "facts": facts,
        "turn": turn,
        "card": card,
        "role": role,
        "own": own,
        "report": report,
        "ask_url": address_of(team.pk),
        "unread": team.pk in unread_by(user, [team]),
        "accepted": sum(section.state == SectionState.ACCEPTED for section in facts.sections),
        "later": later(facts.steps, now) if facts.status != "finished" and not facts.is_withdrawn else [],
        "countdown": countdown_of(facts, today),
        "first_day": first_day_of(team, facts, application) if is_first_day(facts, now) else None,
        "steps": way(facts, card.turn, now),
        "members": members,
        "owner": next((one.full_name for one in members if one.role == TeamMember.Role.OWNER and one.has_joined), ""),
        "again": again(user, team, application, facts),
        "second_attempt": second_attempt(teams, team, facts),
        "knows_it": any(one.organisation_id == team.organisation_id for one in teams if one is not team),
        "absent": [member for member in members if member.user_id is None],
        "has_passed": facts.deadline is not None and facts.deadline < today,
        "dates": next_dates(facts, team.cohort, now),
        "news": READ_NEWS(cohort=team.cohort_id),
        "application": application,
        "contacts": contacts,
        "to_call": to_call(contacts),
    }


def to_call(contacts: Contacts) -> Contact:
    """Return whom the team rings when time is short: its coach who is there and has a number, else the organiser."""
    there = (coach for coach in contacts.coaches if coach.phone and not coach.away_until)
    return next(there, contacts.organiser)


def again(user: User, team: Team, application: Application | None, facts: TeamFacts) -> str:
    """Say whether the team can begin again after its application was withdrawn: "yes", "others", or "" if nobody can."""
    if application is None or not application.is_withdrawn or team.withdrawn_at or not facts.call_open:
        return ""
    return "yes" if team.allows(user, "start") else "others"


def second_attempt(teams: list[Team], team: Team, facts: TeamFacts) -> Team | None:
    """Return the newer team of the same organisation that this person is in, where this one was turned down."""
    if facts.submission is None or facts.submission.outcome not in REFUSED:
        return None
    newer = teams[: teams.index(team)]
    return next((one for one in newer if one.organisation_id == team.organisation_id and not one.withdrawn_at), None)


def countdown_of(facts: TeamFacts, today: date) -> Countdown | None:
    """Return the plan of the last days with the team's ticks; the ticks are read only then."""
    if facts.application is None or facts.deadline is None or not 0 <= (facts.deadline - today).days <= LAST_DAYS:
        return None
    return countdown(facts, today, read_ticks(facts.application))


def way(facts: TeamFacts, shown: Turn, now: datetime) -> list[tuple[StepFacts, str]]:
    """Each workshop with how it is drawn: done, now, open or closed; all are done once the application is finished.

    „Hier sind Sie gerade“ stands where the section of the card belongs, if it belongs to a workshop.
    """
    if facts.status == "finished":
        return [(step, "done") for step in facts.steps]
    here = None if shown.code == "finish" else step_of(facts, shown) or current_step(facts.steps, now)
    drawn = []
    for step in facts.steps:
        if step is here and not facts.withdrawn_at:
            drawn.append((step, "now"))
        elif not step.is_open(now):
            drawn.append((step, "closed"))
        elif step.sections and step.accepted == len(step.sections):
            drawn.append((step, "done"))
        else:
            drawn.append((step, "open"))
    return drawn


def step_of(facts: TeamFacts, shown: Turn) -> StepFacts | None:
    """Return the workshop that the card leads to, itself or by its section."""
    where = shown.leads_to[-1] if shown.leads_to else None
    for step in facts.steps:
        if where in {step.workshop, *(section.key for section in step.sections)}:
            return step
    return None


def next_dates(facts: TeamFacts, cohort: Cohort, now: datetime) -> list[Coming]:
    """The next sessions and the team's deadline, in order; none once it is out, and no deadline once all is sent."""
    if facts.is_withdrawn:
        return []
    today = timezone.localdate(now)
    sessions = [] if cohort.cancelled_at else READ_SESSIONS(cohort=cohort.pk)
    dates = [Coming(timezone.localdate(session.begins_at), session) for session in sessions]
    sent = facts.submission is not None and facts.submission.posted_on
    if facts.deadline and facts.deadline >= today and not sent:
        dates.append(Coming(facts.deadline))
    return sorted(dates, key=lambda entry: entry.day)


# The queries, each built once.


def _teams(user: Any) -> QuerySet[Team]:
    return Team.objects.with_member(user).with_cohort().order_by("-made_at")


def _news(cohort: Any) -> QuerySet[Announcement]:
    return Announcement.objects.published().filter(cohort=cohort).select_related("by").order_by("-published_at")[:NEWS]


def _sessions(cohort: Any) -> QuerySet[Session]:
    coming = Session.objects.filter(workshop__cohort=cohort, workshop__cancelled_at=None, ends_at__gte=Now())
    return coming.select_related("workshop").order_by("begins_at")[:NEXT_DATES]


READ_TEAMS = Statement(_teams, "user")
READ_MEMBERS = Statement(lambda team: TeamMember.objects.current().not_declined().filter(team=team), "team")
READ_NEWS = Statement(_news, "cohort")
READ_SESSIONS = Statement(_sessions, "cohort")
