"""Which team needs a call: silent for `SILENT_AFTER`, its date is over, or it waits too long for a coach."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.progress.team_facts import TeamFacts
from applications.progress.turn import Turn, Who
from core.values import dataclass

# After so long without a sign of life, somebody should ask how things are.
SILENT_AFTER = timedelta(days=14)


@dataclass(frozen=True)
class Call:
    """Why the organiser should ring: a short reason with details; `to_coach` says whether to ring the coach."""

    team: UUID
    team_name: str
    code: str
    reason: str
    detail: str
    days: int
    to_coach: bool = False


def call_for(team: TeamFacts, turn: Turn, now: datetime) -> Call | None:
    """Return a call if the team is silent, its date has passed, or it waits too long for a coach; else None.

    There is none while it is nobody's turn, after the cohort has ended, and for a team that was only just admitted.
    """
    if turn.who == Who.NOBODY or team.is_over:
        return None
    today = timezone.localdate(now)
    if turn.who == Who.COACH:
        return _waiting(team, turn, today)
    silent = _silent(team, turn, now)
    return _late(team, turn, today) if silent is None else silent


def _silent(team: TeamFacts, turn: Turn, now: datetime) -> Call | None:
    last = team.last_sign or team.made_at
    if last is None or now - last < SILENT_AFTER:
        return None
    days = (timezone.localdate(now) - timezone.localdate(last)).days  # as the table beside it counts (`words.in_days`)
    reason = ngettext("seit %(days)d Tag kein Zeichen", "seit %(days)d Tagen kein Zeichen", days) % {"days": days}
    return Call(team.team, team.team_name, "silent", reason, turn.what, days)


def _late(team: TeamFacts, turn: Turn, today: date) -> Call | None:
    if turn.until is None or turn.until >= today:
        return None
    days = (today - turn.until).days
    reason = ngettext("Frist seit %(days)d Tag vorbei", "Frist seit %(days)d Tagen vorbei", days) % {"days": days}
    return Call(team.team, team.team_name, "late", reason, turn.what, days)


def _waiting(team: TeamFacts, turn: Turn, today: date) -> Call | None:
    if turn.until is None or turn.until >= today or turn.since is None:
        return None
    days = (today - timezone.localdate(turn.since)).days
    reason = ngettext(
        "wartet seit %(days)d Tag auf eine Rückmeldung", "wartet seit %(days)d Tagen auf eine Rückmeldung", days
    ) % {"days": days}
    detail = (
        _("Bitte klären Sie mit %(coach)s, wer liest.") % {"coach": team.coach}
        if team.coach
        else _("Noch ist keine Coaching-Person zugeordnet.")
    )
    return Call(team.team, team.team_name, "waiting", reason, detail, days, to_coach=True)
