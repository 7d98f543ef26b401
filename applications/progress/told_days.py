"""What calendars were last told of a team's days, so that a day that moved is told as a change (RFC 5545, 3.8.7.4).

The deadline of a team depends on its call, on the routes of umbrella bodies, on the cover, the organisation and the
papers; what is to be handed in again, on every review since. No one moment tells of all of them, and some are gone once
they are undone. So the count is derived from what was told: it grows when the next reading says something else, and
only then. It never falls, whatever the day is made of.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import models, transaction

from accounts.models import Record
from accounts.models.record import Person
from cohorts.models import Team
from core.calendars import CalendarEntry
from core.statements import Statement


class ToldDayQuerySet(models.QuerySet["ToldDay"]):
    def visible_to(self, user: Person) -> ToldDayQuerySet:
        """Nobody reads it: it is the portal's own note."""
        return self.none()

    @transaction.atomic
    def tell(self, team: UUID, entries: Iterable[CalendarEntry], now: datetime) -> list[ToldDay]:
        """Note that a calendar is told these entries of a team; what it was not told before counts as changed.

        Of two calendars that read at once, the second waits, so that no number stands for two days.
        """
        list(Team.objects.select_for_update().filter(pk=team).order_by())
        known = {day.uid: day for day in self.filter(team=team)}
        days: list[ToldDay] = []
        for entry in entries:
            day: Any = known.get(entry.uid) or self.model(team_id=team, uid=entry.uid)
            if day.mark != mark_of(entry):
                day.mark, day.sequence, day.changed_at = mark_of(entry), day.sequence + 1, now
                day.save(force_insert=entry.uid not in known)
            days.append(day)
        return days


class ToldDay(Record):
    """A day of a team as calendars were last told it: a mark of its words, how often they changed, and when."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="told_days")
    uid = models.CharField(max_length=60)
    mark = models.CharField(max_length=64)
    sequence = models.PositiveIntegerField(default=0)
    """From 1, for the calendars that have read a 0 before anything was counted."""
    changed_at = models.DateTimeField()

    objects = ToldDayQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "uid"], name="told_day_unique")]

    def __str__(self) -> str:
        return f"{self.uid} {self.sequence}"


def counted(of_teams: dict[UUID, list[CalendarEntry]], now: datetime) -> dict[UUID, list[CalendarEntry]]:
    """Return the entries of teams, each with how often it changed and when it last did.

    One query, and a few for each team of which something new is told.
    """
    known: dict[UUID, dict[str, Any]] = {team: {} for team in of_teams}
    for team, uid, *told in READ_TOLD(teams=of_teams) if any(of_teams.values()) else ():
        known[team][uid] = told
    answer = {}
    for team, entries in of_teams.items():
        days = known[team]
        if any(entry.uid not in days or days[entry.uid][0] != mark_of(entry) for entry in entries):
            told_now = ToldDay.objects.tell(team, entries, now)
            days = {day.uid: (day.mark, day.sequence, day.changed_at) for day in told_now}
        answer[team] = [replace(entry, sequence=days[entry.uid][1], changed_at=days[entry.uid][2]) for entry in entries]
    return answer


def mark_of(entry: CalendarEntry) -> str:
    """Return a mark of all that a calendar shows of an entry."""
    return sha256(f"{entry.begins.isoformat()}\n{entry.path}\n{entry.title}".encode()).hexdigest()


READ_TOLD = Statement(
    lambda teams: ToldDay.objects.filter(team__pk__among=teams).values_list(
        "team", "uid", "mark", "sequence", "changed_at"
    ),
    "teams",
)
