"""The days of a person's teams as dates for calendars: assignments, handing in again, the deadline."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from applications.progress.facts import collect
from applications.progress.team_facts import TeamFacts
from applications.states import ItemFacts, SectionFacts, SectionState
from cohorts.models import Cohort, Team
from core.calendars import CalendarEntry
from core.words import quoted
from workshops.calendar_entries import ENDED_STAYS, with_cohort_title


def days_of(user: User, now: datetime) -> list[CalendarEntry]:
    """Return the days that wait for the teams a person is in; what is done, withdrawn or long past has left.

    The queries of `collect`, and one for the teams.
    """
    teams = list(Team.objects.current().with_member(user).with_cohort())
    every = collect(teams, now) if teams else {}
    oldest = timezone.localdate(now) - ENDED_STAYS
    entries: list[CalendarEntry] = []
    for team in teams:
        facts = every[team.pk]
        if facts.is_withdrawn:
            continue
        cohort = team.cohort if len(teams) > 1 else None
        entries += _deadline(facts, cohort)
        entries += _again_by(facts, cohort)
        if not facts.is_over and not team.cohort.cancelled_at:
            entries += _assignments(facts, cohort)
    return [entry for entry in entries if entry.begins >= oldest]


def _title(title: str, cohort: Cohort | None) -> str:
    return with_cohort_title(title, cohort) if cohort else title


def _deadline(facts: TeamFacts, cohort: Cohort | None) -> Iterator[CalendarEntry]:
    """Yield the last day for posting, until it is noted that the papers are in the post."""
    if facts.deadline is None or (facts.submission and facts.submission.posted_on):
        return
    title = _("Einsendeschluss bei Ihrem Dachverband") if facts.deadline_of else _("Einsendeschluss beim BAMF")
    path = reverse("applications:workspace", args=[facts.application]) if facts.application else reverse("dashboard")
    yield CalendarEntry(uid=f"deadline-{facts.team}", title=_title(title, cohort), path=path, begins=facts.deadline)


def _again_by(facts: TeamFacts, cohort: Cohort | None) -> Iterator[CalendarEntry]:
    """Yield a day for each review that asks for sections once more, as long as one of them is not handed in again."""
    if facts.application is None or facts.status != "drafting":
        return
    asked: dict[UUID, tuple[ItemFacts, list[SectionFacts]]] = {}
    for section in facts.sections:
        if section.last and section.last.again_by and section.state == SectionState.PLEASE_CHANGE:
            asked.setdefault(section.last.review, (section.last, []))[1].append(section)
    for review, (item, sections) in asked.items():
        title = _("%(titles)s wieder zur Rückmeldung abgeben") % {"titles": quoted(part.title for part in sections)}
        path = reverse("applications:section", args=[facts.application, sections[0].key])
        if item.again_by:
            yield CalendarEntry(
                uid=f"review-{review}",
                title=_title(title, cohort),
                path=path,
                begins=item.again_by,
                changed_at=item.finished_at,
            )


def _assignments(facts: TeamFacts, cohort: Cohort | None) -> Iterator[CalendarEntry]:
    """Yield the days of the assignments that the team has not ticked off."""
    for assignment in facts.assignments:
        if assignment.due_on:
            title = _("Arbeitsauftrag: %(title)s") % {"title": assignment.title}
            yield CalendarEntry(
                uid=f"assignment-{assignment.uuid}",
                title=_title(title, cohort),
                path=reverse("workshops:detail", args=[assignment.workshop]),
                begins=assignment.due_on,
                changed_at=assignment.changed_at,
                sequence=assignment.sequence,
            )
