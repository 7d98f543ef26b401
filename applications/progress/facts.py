"""The facts that decide whose turn it is, read for many teams at once with a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet
from django.utils import timezone

from applications.deadline import Deadline, OnPapers, Routes, must_arrive, umbrella_body
from applications.papers.easy_online import goes_on_paper
from applications.papers.models import Submission
from applications.progress.current_workshop import StepFacts
from applications.progress.team_applications import applications_of, sections_by_edition
from applications.progress.team_facts import AssignmentFacts, SubmissionFacts, TeamFacts
from applications.reviews.models import Reply
from applications.reviews.section_facts import DraftFacts, items_of, section_facts
from applications.states import SectionFacts
from applications.writing.models import Application, Draft, Revision
from calls.models import FundingCall
from calls.terms import SectionTerm
from cohorts.models import Team, read_absences
from core.statements import Statement
from core.words import all_of
from workshops.models import Assignment, Completion, Session, Workshop
from workshops.opening import Opening, has_come, moments_of


def collect(
    teams: Iterable[Team],
    now: datetime | None = None,
    *,
    applications: dict[UUID, Application] | None = None,
    with_signs: bool = False,
) -> dict[UUID, TeamFacts]:
    """Read the facts by team. The teams should come with organisation, cohort, call and coaches (`with_cohort`).

    Nine queries, whatever the number of teams; seven if the teams' applications are at hand with their editions.
    One more for umbrella routes if a team has an umbrella body, one if an application is for an earlier call, one for absences if something waits for a named coach,
    and one for the last signs of life if they are asked for.
    """
    teams = list(teams)
    known = applications_of(teams) if applications is None else applications
    return _Collector(teams, now or timezone.now(), known, with_signs=with_signs).all()


def facts_of(application: Application, now: datetime | None = None) -> TeamFacts:
    """Read the facts of the team of an application that comes with team and edition (`with_team`): seven queries."""
    team = application.team
    return _Collector([team], now or timezone.now(), {team.pk: application}).all()[team.pk]


class _Collector:
    """Reads each table once and puts the rows together per team."""

    def __init__(
        self, teams: list[Team], now: datetime, applications: dict[UUID, Application], *, with_signs: bool = False
    ) -> None:
        self.teams, self.now, self.applications = teams, now, applications
        self.next_sessions: dict[UUID, datetime | None] = {}
        self.deadlines: dict[tuple[Any, ...], Deadline] = {}
        keys = [team.pk for team in teams]
        cohorts = {team.cohort_id for team in teams}
        self.editions = sections_by_edition(applications.values())
        written = {application.pk for application in applications.values()}
        self.drafts = _drafts(written)
        self.items = items_of(written)
        self.submissions = _submissions(written)
        self.sessions, self.openings = _plans(cohorts)
        self.moments = {cohort: moments_of(plan, self.now) for cohort, plan in self.openings.items()}
        opened = {o.workshop for plan in self.openings.values() for o in plan if has_come(o.opens_at, self.now)}
        self.assignments = _assignments(cohorts, opened)
        self.done = set(READ_DONE(teams=keys))
        named = any(self.umbrella_body(team) for team in teams)
        self.routes = Routes.read(self.call(team).pk for team in teams) if named else Routes({})
        self.signs = _signs(keys) if with_signs else {}
        read_absences(team for team in teams if self.waits(applications.get(team.pk)))

    def all(self) -> dict[UUID, TeamFacts]:
        return {team.pk: self.team_facts(team) for team in self.teams}

    def team_facts(self, team: Team) -> TeamFacts:
        application = self.applications.get(team.pk)
        sections = self.sections(team, application)
        plan = self.openings.get(team.cohort_id, [])
        steps = tuple(_step(opening, sections) for opening in plan)
        bound = {key for opening in plan for key in opening.keys}
        coach = team.coach_today() if self.waits(application) else None
        submission = self.submissions.get((application.pk, application.stage)) if application else None
        deadline = self.deadline(team, application, submission)
        stage, signing = application.stage if application else 1, self.call(team).signing
        return TeamFacts(
            team=team.pk,
            team_name=team.title,
            deadline=deadline.day,
            deadline_counts=FundingCall.DeadlineCounts(deadline.counts).label if deadline.counts else "",
            must_arrive=must_arrive(deadline.counts) and goes_on_paper(stage, signing),
            deadline_of=deadline.of_body,
            via=deadline.via,
            made_at=team.made_at,
            withdrawn_at=team.withdrawn_at or (application.withdrawn_at if application else None),
            application=application.pk if application else None,
            stage=stage,
            status=application.status if application else "",
            started_at=application.started_at if application else None,
            call_open=team.cohort.call.is_open(timezone.localdate(self.now)),
            steps=steps,
            free_sections=tuple(facts for key, facts in sections.items() if key not in bound),
            assignments=self.open_assignments(team),
            submission=submission,
            coach=all_of(each.full_name for each in team.coaches()),
            answer_days=team.cohort.answer_days,
            has_title=bool(application and application.title),
            waits_for=coach.full_name if coach else "",
            waits_for_id=coach.coach_id if coach else None,
            is_deputy=coach is not None and team.first_coach_id in team.coaches_away,
            is_over=bool(team.cohort.cancelled_at) or team.cohort.ends_on < timezone.localdate(self.now),
            signing=signing,
            invited_on=self.invited_on(application),
            last_sign=self.last_sign(team, application),
            next_session=None if team.cohort.cancelled_at else self.next_session(team.cohort_id),
        )

    def sections(self, team: Team, application: Application | None) -> dict[str, SectionFacts]:
        moments = self.moments.get(team.cohort_id, {})
        if application is None:
            return {
                key: section_facts(SectionTerm(key, key, ""), None, (), moment, self.now)
                for key, moment in moments.items()
            }
        drafts, items = self.drafts.get(application.pk, {}), self.items.get(application.pk, {})
        return {
            term.key: section_facts(
                term,
                drafts.get(term.key),
                tuple(items.get(term.key, ())),
                moments.get(term.key, self.now),
                self.now,
            )
            for term in self.editions[application.edition_id]
        }

    def next_session(self, cohort: UUID) -> datetime | None:
        """Return when the next session of the cohort's workshops begins."""
        if cohort not in self.next_sessions:
            coming = [begins_at for begins_at in self.sessions.get(cohort, []) if begins_at > self.now]
            self.next_sessions[cohort] = min(coming, default=None)
        return self.next_sessions[cohort]

    def waits(self, application: Application | None) -> bool:
        """Does anything wait that no coach has taken yet?"""
        items = self.items.get(application.pk, {}) if application else {}
        return any(item.is_open and not item.taken_at for rows in items.values() for item in rows)

    def call(self, team: Team) -> FundingCall:
        """Return the call of the team's application: the cohort may have got another one since."""
        application = self.applications.get(team.pk)
        return application.call if application else team.cohort.call

    def deadline(self, team: Team, application: Application | None, submission: SubmissionFacts | None) -> Deadline:
        """Return the deadline that holds today; once the application is finished, the one on its papers.

        Most teams have the same one, so it is worked out once for each call, umbrella body, stage and day on papers.
        """
        stage = application.stage if application else 1
        papers = submission.papers if submission and application and application.is_finished else None
        call, body = self.call(team), self.umbrella_body(team)
        key = (call.pk, body, stage, papers)
        if key not in self.deadlines:
            self.deadlines[key] = self.routes.deadline(call, body, stage, papers)
        return self.deadlines[key]

    def umbrella_body(self, team: Team) -> str:
        application = self.applications.get(team.pk)
        return umbrella_body(application.umbrella_body if application else "", team.organisation)

    def invited_on(self, application: Application | None) -> date | None:
        """Return the day of the invitation to stage 2."""
        if application is None or application.stage == 1:
            return None
        first = self.submissions.get((application.pk, 1))
        return first.outcome_on if first else None

    def open_assignments(self, team: Team) -> tuple[AssignmentFacts, ...]:
        every = self.assignments.get(team.cohort_id, [])
        return tuple(assignment for assignment in every if (team.pk, assignment.uuid) not in self.done)

    def last_sign(self, team: Team, application: Application | None) -> datetime | None:
        """Return when a member last saved, handed in, answered or ticked off something; a login does not count."""
        moments = list(self.signs.get(team.pk, []))
        if application:
            moments += [draft.at for draft in self.drafts.get(application.pk, {}).values() if draft.at]
            moments += [item.asked_at for items in self.items.get(application.pk, {}).values() for item in items]
        return max(moments, default=None)


def _drafts(applications: set[UUID]) -> dict[UUID, dict[str, DraftFacts]]:
    drafts: dict[UUID, dict[str, DraftFacts]] = defaultdict(dict)
    for application, key, version, at, is_taken in READ_DRAFTS(applications=applications):
        drafts[application][key] = DraftFacts(version, at, is_taken)
    return drafts


def _submissions(applications: set[UUID]) -> dict[tuple[UUID, int], SubmissionFacts]:
    submissions = {}
    for row in READ_SUBMISSIONS(applications=applications):
        outcome = getattr(row, "outcome", None)
        submissions[(row.application_id, row.stage)] = SubmissionFacts(
            uuid=row.pk,
            finished_at=row.finished_at,
            printed_on=row.printed_on,
            transferred_on=row.transferred_on,
            signed_on=row.signed_on,
            posted_on=row.posted_on,
            received_on=row.received_on,
            outcome=outcome.kind if outcome else "",
            outcome_on=outcome.on if outcome else None,
            papers=OnPapers.of(row.frozen_deadline, row.frozen_counts, row.frozen_via),
        )
    return submissions


def _plans(cohorts: set[UUID]) -> tuple[dict[UUID, list[datetime]], dict[UUID, list[Opening]]]:
    """Return by cohort when its sessions begin, and when its workshops open."""
    sessions: dict[UUID, list[datetime]] = defaultdict(list)
    first_session: dict[UUID, datetime] = {}
    for cohort, workshop, begins_at in READ_SESSIONS(cohorts=cohorts):
        sessions[cohort].append(begins_at)
        first_session[workshop] = min(begins_at, first_session.get(workshop, begins_at))
    plans: dict[UUID, list[Opening]] = defaultdict(list)
    for cohort, workshop, position, title, keys, opened_at in READ_WORKSHOPS(cohorts=cohorts):
        opening = Opening(workshop, position, title, tuple(keys), first_session.get(workshop), opened_at)
        plans[cohort].append(opening)
    return sessions, plans


def _assignments(cohorts: set[UUID], opened: set[UUID]) -> dict[UUID, list[AssignmentFacts]]:
    assignments: dict[UUID, list[AssignmentFacts]] = defaultdict(list)
    for cohort, uuid, workshop, title, due_on, changed_at, sequence in READ_ASSIGNMENTS(cohorts=cohorts):
        facts = AssignmentFacts(uuid, workshop, title, due_on, changed_at, sequence, workshop not in opened)
        assignments[cohort].append(facts)
    for every in assignments.values():
        every.sort(key=lambda facts: facts.due_on or date.max)
    return assignments


def _signs(teams: list[UUID]) -> dict[UUID, list[datetime]]:
    """Return the last answer and the last tick of each team's members (one query: a union)."""
    signs: dict[UUID, list[datetime]] = defaultdict(list)
    for team, moment in READ_SIGNS(teams=teams):
        signs[team].append(moment)
    return signs


def _step(opening: Opening, sections: dict[str, SectionFacts]) -> StepFacts:
    return StepFacts(
        workshop=opening.workshop,
        position=opening.position,
        title=opening.title,
        begins_at=opening.begins_at,
        opens_at=opening.opens_at,
        sections=tuple(sections[key] for key in opening.keys if key in sections),
    )


# The queries, each built once.


def _papers(applications: Any) -> QuerySet[Any]:
    rows = Submission.objects.current().filter(application__pk__among=applications)
    return (
        rows.select_related("outcome")
        .defer("frozen")
        .annotate(
            frozen_deadline=F("frozen__deadline"),
            frozen_counts=F("frozen__deadline_counts"),
            frozen_via=F("frozen__via"),
        )
    )


def _held(cohorts: Any) -> QuerySet[Any, Any]:
    rows = Workshop.objects.held().filter(cohort__pk__among=cohorts).order_by("position")
    return rows.values_list("cohort", "pk", "position", "title", "section_keys", "opened_at")


def _sessions(cohorts: Any) -> QuerySet[Any, Any]:
    rows = Session.objects.filter(workshop__cohort__pk__among=cohorts, workshop__cancelled_at=None)
    return rows.order_by().values_list("workshop__cohort", "workshop", "begins_at")


def _of_workshops(cohorts: Any) -> QuerySet[Any, Any]:
    rows = Assignment.objects.filter(workshop__cohort__pk__among=cohorts, workshop__cancelled_at=None)
    facts = ("pk", "workshop", "title", "due_on", "changed_at", "sequence")
    return rows.order_by("due_on", "position").values_list("workshop__cohort", *facts)


def _last_moments(teams: Any) -> QuerySet[Any, Any]:
    answers = (
        Reply.objects.filter(
            comment__item__review__application__team__pk__among=teams,
            by__team_memberships__team=F("comment__item__review__application__team"),
        )
        .order_by()
        .values_list("comment__item__review__application__team")
        .annotate(last=Max("at"))
    )
    ticks = Completion.objects.filter(team__pk__among=teams).order_by().values_list("team").annotate(last=Max("at"))
    return answers.union(ticks).order_by()


# What was taken over is always a section's first version, so no other needs the look into its revision.
TAKEN_OVER = Q(version=1) & Exists(
    Revision.objects.filter(draft=OuterRef("pk"), version=OuterRef("version"), why=Revision.Why.COPIED)
)
READ_DRAFTS = Statement(
    lambda applications: (
        Draft.objects.filter(application__pk__among=applications, version__gt=0)
        .order_by()
        .values_list("application", "key", "version", "at", TAKEN_OVER)
    ),
    "applications",
)
READ_SUBMISSIONS = Statement(_papers, "applications")
READ_WORKSHOPS = Statement(_held, "cohorts")
READ_SESSIONS = Statement(_sessions, "cohorts")
READ_ASSIGNMENTS = Statement(_of_workshops, "cohorts")
READ_DONE = Statement(
    lambda teams: Completion.objects.filter(team__pk__among=teams).values_list("team", "assignment"), "teams"
)
READ_SIGNS = Statement(_last_moments, "teams")
