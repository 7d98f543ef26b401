"""The sheet „Anwesenheit“ of a session: its form and its words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import groupby
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from cohorts.models import TeamMember
from core.values import dataclass
from workshops.models import Attendance, Session


@dataclass(frozen=True)
class Line:
    """A person and what is recorded about them, "" for nothing yet; `typed` is what somebody chose and could not save."""

    member: TeamMember
    status: str
    has_begun: bool
    typed: str | None = None

    @property
    def name(self) -> str:
        return f"status_{self.member.pk}"

    @property
    def seen_name(self) -> str:
        return f"seen_{self.member.pk}"

    @property
    def choices(self) -> list[tuple[str, str, bool]]:
        """Return value, label and whether it is chosen; „–“ takes back what was recorded.

        Before the session begins only what can be known ahead, and what is chosen all the same.
        """
        chosen = self.status if self.typed is None else self.typed
        shown = {chosen, *(Attendance.Status.values if self.has_begun else Attendance.Status.known_ahead()), ""}
        all_choices = [*Attendance.Status.choices, ("", "–")]
        return [(value, str(label), value == chosen) for value, label in all_choices if value in shown]


def sheet(session: Session) -> list[tuple[str, list[Line]]]:
    """Return teams with their members of today, and those who left or declined but have an entry here (two queries)."""
    entries = {entry.member_id: entry.status for entry in session.attendances.all()}
    recorded = Exists(Attendance.objects.filter(session=session, member=OuterRef("pk")))
    present = Q(left_on=None, declined_at=None, team__withdrawn_at=None)
    members = (
        TeamMember.objects.filter(team__cohort=session.workshop.cohort_id)
        .filter(present | recorded)
        .select_related("team__organisation")
        .order_by("team__organisation__name", "team", "last_name", "first_name")
    )
    lines = [Line(member, entries.get(member.pk, ""), session.has_begun) for member in members]
    return [(team.title, list(group)) for team, group in groupby(lines, key=lambda line: line.member.team)]


def read_sheet(teams: list[tuple[str, list[Line]]], posted: Mapping[str, str]) -> dict[UUID, str]:
    """Return the lines that differ from what the form showed; anything but a status is left out.

    With `rest=present` everybody without an entry counts as present.
    """
    known = {*Attendance.Status.values, ""}
    changed = {}
    for _title, lines in teams:
        for line in lines:
            status, seen = posted.get(line.name), posted.get(line.seen_name, "")
            if posted.get("rest") == Attendance.Status.PRESENT and not status and not line.status:
                status = Attendance.Status.PRESENT.value
            if status in known and status is not None and status != seen:
                changed[line.member.pk] = status
    return changed


def with_typed(teams: list[tuple[str, list[Line]]], posted: Mapping[str, str]) -> list[tuple[str, list[Line]]]:
    """Return the sheet with the lines as they were changed on the form, for a form that could not be saved."""
    typed = read_sheet(teams, {**posted, "rest": ""})
    return [(title, [replace(line, typed=typed.get(line.member.pk)) for line in lines]) for title, lines in teams]
