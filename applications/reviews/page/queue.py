"""The queue („Rückmeldungen“): which reviews wait, their order, what their cards say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

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


class Place(NamedTuple):
    """A review's place in the queue: what a page needs to know of it that shows only some of its cards."""

    review: UUID
    coach: UUID | None
    taken_at: datetime | None
    is_for_you: bool

    @property
    def is_taken(self) -> bool:
        return self.taken_at is not None

    def is_read_by(self, user: User) -> bool:
        return self.is_taken and self.coach == user.pk


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
    return [_card(row) for row in READ_QUEUE(user=user.pk)]


def places_of(user: User) -> list[Place]:
    """Return the whole queue of a person without what its cards say, in its order. One query."""
    return [Place(*values) for values in READ_PLACES(user=user.pk)]


def cards_of(user: User, places: Iterable[Place]) -> list[Waiting]:
    """Return the cards of some reviews of this person's queue, in the order given. Two queries; none for none."""
    reviews = [place.review for place in places]
    if not reviews:
        return []
    cards = {row.pk: _card(row) for row in READ_SOME(user=user.pk, reviews=reviews)}
    return [cards[review] for review in reviews if review in cards]


def _card(row: Any) -> Waiting:
    return Waiting(row, _sections(row), _size(row), row.is_own, row.is_coached, row.is_for_you)


def _places(user: Any) -> QuerySet[Any, Any]:
    rows = Review.objects.queued_for(user).annotate(is_for_you=_waits_for(user))
    return rows.values_list("pk", "coach", "taken_at", "is_for_you")


def _waits_for(user: Any) -> ExpressionWrapper:
    return ExpressionWrapper(waits_for_user(user) & Q(taken_at=None), BooleanField())


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
            is_for_you=_waits_for(user),
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
READ_PLACES = Statement(_places, "user")
READ_SOME = Statement(lambda user, reviews: _queue(user).filter(pk__among=reviews), "user", "reviews")
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
