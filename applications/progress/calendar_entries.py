"""The days of a person's teams as dates for calendars: assignments, handing in again, the deadline."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from applications.progress.facts import collect
from applications.progress.team_facts import TeamFacts
from applications.progress.told_days import counted
from applications.states import ItemFacts, SectionFacts, SectionState
from cohorts.models import Cohort, Team
from core.calendars import CalendarEntry
from core.words import quoted
from workshops.calendar_entries import ENDED_STAYS, with_cohort_title


def days_of(user: User, now: datetime) -> list[CalendarEntry]:
    """Return the days that wait for the teams a person is in; what is done, withdrawn or long past has left.

    The queries of `collect`, one for the teams, and those of `counted`. The title of the cohort comes last: it stands
    there for who is in several teams, and a team's days are told alike to all of its people.
    """
    teams = list(Team.objects.current().with_member(user).with_cohort())
    every = collect(teams, now) if teams else {}
    oldest = timezone.localdate(now) - ENDED_STAYS
    teams = [team for team in teams if not every[team.pk].is_withdrawn]
    uncounted = {team.pk: [*_deadline(every[team.pk]), *_again_by(every[team.pk])] for team in teams}
    moved = counted({team: [day for day in days if day.begins >= oldest] for team, days in uncounted.items()}, now)
    entries: list[CalendarEntry] = []
    for team in teams:
        facts = every[team.pk]
        days = [*moved[team.pk], *([] if facts.is_over else _assignments(facts))]
        entries += [_named(day, team.cohort) for day in days] if len(every) > 1 else days
    return [entry for entry in entries if entry.begins >= oldest]


def _named(entry: CalendarEntry, cohort: Cohort) -> CalendarEntry:
    return replace(entry, title=with_cohort_title(entry.title, cohort))


def _deadline(facts: TeamFacts) -> Iterator[CalendarEntry]:
    """Yield the last day for posting, until it is noted that the papers are in the post."""
    if facts.deadline is None or (facts.submission and facts.submission.posted_on):
        return
    title = _("Einsendeschluss bei Ihrem Dachverband") if facts.deadline_of else _("Einsendeschluss beim BAMF")
    path = reverse("applications:workspace", args=[facts.application]) if facts.application else reverse("dashboard")
    yield CalendarEntry(uid=f"deadline-{facts.team}", title=title, path=path, begins=facts.deadline)


def _again_by(facts: TeamFacts) -> Iterator[CalendarEntry]:
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
                title=title,
                path=path,
                begins=item.again_by,
            )


def _assignments(facts: TeamFacts) -> Iterator[CalendarEntry]:
    """Yield the days of the assignments that the team has not ticked off."""
    for assignment in facts.assignments:
        if assignment.due_on:
            title = _("Arbeitsauftrag: %(title)s") % {"title": assignment.title}
            yield CalendarEntry(
                uid=f"assignment-{assignment.uuid}",
                title=title,
                path=reverse("workshops:detail", args=[assignment.workshop]),
                begins=assignment.due_on,
                changed_at=assignment.changed_at,
                sequence=assignment.sequence,
            )
