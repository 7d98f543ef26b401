"""The queue („Rückmeldungen“): which reviews wait, their order, what their cards say."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, Min, OuterRef, Q, QuerySet, Subquery, Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from applications.progress.facts import collect
from applications.progress.turn import Turn
from applications.progress.whose_turn import first_turn_of
from applications.reviews.models import Review, ReviewItem
from applications.reviews.models.review import waits_for_user
from applications.writing.models import Application
from cohorts.models import Cohort, Team
from core.statements import Statement


@dataclass(frozen=True)
class Waiting:
    """A review in the queue, with what its card says."""

    review: Review
    sections: str
    size: str
    """Whether it comes for the first time, and how much changed."""
    is_own: bool
    """Is it of a team of the coach who looks?"""
    is_coached: bool
    """Does the person who looks coach its cohort? Then they may take it."""
    is_for_you: bool
    """Does it wait for the person who looks?"""
    turn: Turn | None = None
    you: bool = False
    """Is it the turn of the person who looks?"""


def with_turns(rows: list[Waiting], user: User, *, is_coach: bool) -> list[Waiting]:
    """Add to the rows the line that says whose turn it is, the same that everybody sees (eight queries for all)."""
    now = timezone.now()
    applications = {row.review.application.team_id: row.review.application for row in rows}
    teams = READ_TEAMS(teams=applications)
    facts = collect(teams, now, applications=applications) if rows else {}
    turns = {team: first_turn_of(team_facts, timezone.localdate(now)) for team, team_facts in facts.items()}
    side = "coach" if is_coach else ""
    with_turn = [(row, turns[row.review.application.team_id].as_read_by(side, user.pk)) for row in rows]
    return [replace(row, turn=turn, you=turn.is_yours) for row, turn in with_turn]


def queue_of(user: User) -> list[Waiting]:
    """Return the reviews that wait or are being read in the cohorts this person coaches or organises.

    Overdue first, then the longest waiting. Two queries, whatever the number.
    """
    rows = READ_QUEUE(user=user.pk)
    return [Waiting(row, _sections(row), _size(row), row.is_own, row.is_coached, row.is_for_you) for row in rows]


def _queue(user: Any) -> QuerySet[Any]:
    own = Team.objects.coached_by(user).filter(pk=OuterRef("application__team"))
    coached = Cohort.objects.coached_by(user).filter(teams=OuterRef("application__team"))
    return (
        Review.objects.queued_for(user)
        .select_related("application__team__organisation", "application__team__cohort", "application__call", "coach")
        .prefetch_related("application__edition")
        .defer("summary", "versions")
        .annotate(
            is_own=Exists(own),
            is_coached=Exists(coached),
            is_for_you=ExpressionWrapper(waits_for_user(user) & Q(taken_at=None), BooleanField()),
            **of_items(),
        )
    )


def of_items() -> dict[str, Subquery]:
    """Return annotations on reviews: the number of sections, the key of the first, how much changed in all."""
    items = ReviewItem.objects.filter(review=OuterRef("pk")).order_by().values("review")
    counts = {
        "sections": Count("pk"),
        "first_key": Min("draft__key"),
        "repeated": Count("pk", filter=Q(is_repeated=True)),
        "words_new": Sum("words_new"),
        "words_gone": Sum("words_gone"),
        "rows_changed": Sum("rows_changed"),
    }
    return {name: Subquery(items.annotate(total=count).values("total")) for name, count in counts.items()}


READ_QUEUE = Statement(_queue, "user")
READ_TEAMS = Statement(lambda teams: Team.objects.filter(pk__among=teams).with_cohort(), "teams")


def _size(row: Any) -> str:
    return size_of(bool(row.repeated), row.words_new or 0, row.words_gone or 0, row.rows_changed or 0)


def size_of(repeated: bool, new: int, gone: int, rows: int) -> str:
    """`erste Lesung, 312 Wörter` or `erneut, 12 Wörter neu, 3 entfernt, 2 Zeilen geändert`."""
    if not repeated:
        words = ngettext("%(number)d Wort", "%(number)d Wörter", new) % {"number": new}
        return _("erste Lesung, %(words)s") % {"words": words}
    parts = [
        ngettext("%(number)d Wort neu", "%(number)d Wörter neu", new) % {"number": new} if new else "",
        ngettext("%(number)d entfernt", "%(number)d entfernt", gone) % {"number": gone} if gone else "",
        ngettext("%(number)d Zeile geändert", "%(number)d Zeilen geändert", rows) % {"number": rows} if rows else "",
    ]
    return _("erneut, %(change)s") % {"change": ", ".join(filter(None, parts)) or _("nichts geändert")}


def _sections(row: Any) -> str:
    """Return the title of the only section, or the number of sections."""
    if row.sections == 1:
        return title_of(row.application, row.first_key)
    return ngettext("%(number)d Abschnitt", "%(number)d Abschnitte", row.sections) % {"number": row.sections or 0}


def title_of(application: Application, key: str) -> str:
    """Return the section's title; its key if the edition dropped it."""
    term = application.terms.by_key.get(key)
    return term.title if term else key
