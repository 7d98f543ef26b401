"""Questions of teams that wait for an answer, beside the queue of hand-ins: which, since when, how they begin."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, QuerySet, Subquery

from accounts.models import User
from cohorts.models import Cohort, Conversation, Entry, Team
from cohorts.models.absence import present, waits_for_user
from core.statements import Statement
from core.values import dataclass


@dataclass(frozen=True)
class WaitingTeam:
    """A team that waits for an answer."""

    team: Team
    since: datetime
    text: str
    """The latest the team wrote."""
    is_for_you: bool
    """Does it wait for the person who looks?"""
    is_coached: bool
    """Does the person who looks coach its cohort? Then they may answer."""

    is_anybody_there: bool
    """Does any coach of its cohort read today?"""

    @property
    def url(self) -> str:
        return Conversation(team=self.team).get_absolute_url()


def questions_of(user: User) -> list[WaitingTeam]:
    """Return what waits in the cohorts this person coaches or organises, the longest waiting first. One query."""
    return [
        WaitingTeam(row.team, row.waits_since, row.latest or "", row.is_for_you, row.is_coached, row.there)
        for row in READ_QUESTIONS(user=user.pk)
    ]


def _questions(user: Any) -> QuerySet[Any]:
    cohort = Cohort.objects.led_by(user).filter(pk=OuterRef("team__cohort"))
    latest = Entry.objects.filter(conversation=OuterRef("pk"), is_from_team=True).order_by("-number").values("text")
    waits = ExpressionWrapper(waits_for_user(user, "team__"), BooleanField())
    rows = Conversation.objects.waiting().filter(Exists(cohort)).select_related("team__organisation", "team__cohort")
    coached = Cohort.objects.coached_by(user).filter(pk=OuterRef("team__cohort"))
    there = present().filter(cohort=OuterRef("team__cohort"))
    signs = {"is_for_you": waits, "is_coached": Exists(coached), "there": Exists(there)}
    return rows.annotate(latest=Subquery(latest[:1]), **signs)


READ_QUESTIONS = Statement(_questions, "user")
