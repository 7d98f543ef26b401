"""The queue („Rückmeldungen“): which reviews wait, their order, what their cards say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field, replace
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from applications.progress.facts import collect
from applications.progress.turn import Turn
from applications.progress.whose_turn import first_turn_of
from applications.reviews.models import Review, ReviewItem
from applications.writing.models import Application
from cohorts.models import Cohort, Team
from cohorts.models.absence import waits_for_user
from core.statements import Statement
from core.values import dataclass


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


class Next(NamedTuple):
    """A review in the strip „Nächste“: no more than its team and what was handed in."""

    review: Review
    sections: str


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
    """Add to the rows the line that says whose turn it is, the same that everybody sees (seven queries for all).

    Where the team's line is about something else, a card says nothing of it: this hand-in waits for a coach all the same.
    """
    if not rows:
        return []
    now, applications = timezone.now(), {row.review.application.team_id: row.review.application for row in rows}
    facts = collect([application.team for application in applications.values()], now, applications=applications)
    turns = {team: first_turn_of(team_facts, timezone.localdate(now)) for team, team_facts in facts.items()}
    side = "coach" if is_coach else ""
    with_turn = [(row, turns[row.review.application.team_id].as_read_by(side, user.pk)) for row in rows]
    return [
        replace(row, turn=turn, you=turn.is_yours and (row.is_for_you or row.review.is_taken))
        if row.review.pk in turn.leads_to
        else row
        for row, turn in with_turn
    ]


def queue_of(user: User) -> list[Waiting]:
    """Return the reviews that wait or are being read in the cohorts this person coaches or organises.

    Overdue first, then the longest waiting. Four queries, whatever the number; one for none.
    """
    rows = READ_QUEUE(user=user.pk)
    teams = {team.pk: team for team in READ_TEAMS(teams={row.application.team_id for row in rows})} if rows else {}
    for row in rows:
        row.application.team = teams[row.application.team_id]
    return _cards(rows)


def places_of(user: User) -> list[Place]:
    """Return the whole queue of a person without what its cards say, in its order. One query."""
    return [Place(*values) for values in READ_PLACES(user=user.pk)]


def cards_of(user: User, places: Iterable[Place]) -> list[Waiting]:
    """Return the cards of some reviews of this person's queue, in the order given. Two queries; none for none."""
    reviews = [place.review for place in places]
    rows = {row.pk: row for row in READ_SOME(user=user.pk, reviews=reviews)} if reviews else {}
    return _cards([rows[review] for review in reviews if review in rows])


def strip_of(places: Iterable[Place]) -> dict[UUID, Next]:
    """Return some reviews of a queue as the strip shows them, by key. Two queries; none for none."""
    reviews = [place.review for place in places]
    rows = READ_STRIP(reviews=reviews) if reviews else []
    sizes = _sizes(set(reviews)) if reviews else {}
    return {row.pk: Next(row, sizes[row.pk].title_in(row.application)) for row in rows}


def _cards(rows: list[Any]) -> list[Waiting]:
    """Return the cards of rows that have their teams. One query; none for none."""
    sizes = _sizes({row.pk for row in rows}) if rows else {}
    return [_card(row, sizes[row.pk]) for row in rows]


def _card(row: Any, size: _Size) -> Waiting:
    return Waiting(row, size.title_in(row.application), str(size), row.is_own, row.is_coached, row.is_for_you)


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
        .select_related("application__call", "coach")
        .defer("summary", "versions")
        .annotate(
            is_own=Exists(own),
            is_coached=Exists(coached),
            is_for_you=_waits_for(user),
        )
    )


def _strip(reviews: Any) -> QuerySet[Any]:
    whole = ("application__team__organisation", "application__edition", "coach")
    return Review.objects.filter(pk__among=reviews).select_related(*whole).defer("summary", "versions").order_by()


def _some(user: Any, reviews: Any) -> QuerySet[Any]:
    whole = ("application__team__organisation", "application__team__cohort", "application__edition")
    return _queue(user).filter(pk__among=reviews).select_related(*whole)


@dataclass
class _Size:
    """What was handed in for a review: its sections, and how much changed in all of them."""

    keys: list[str] = field(default_factory=list)
    repeated: bool = False
    new: int = 0
    gone: int = 0
    rows: int = 0

    def title_in(self, application: Application) -> str:
        """Return the title of the only section, or the number of sections."""
        if len(self.keys) == 1:
            return title_of(application, self.keys[0])
        return ngettext("%(number)d Abschnitt", "%(number)d Abschnitte", len(self.keys)) % {"number": len(self.keys)}

    def __str__(self) -> str:
        return size_of(self.repeated, self.new, self.gone, self.rows)


def _sizes(reviews: set[UUID]) -> dict[UUID, _Size]:
    sizes = {review: _Size() for review in reviews}
    for review, key, repeated, new, gone, rows in READ_ITEMS(reviews=reviews):
        size = sizes[review]
        size.keys.append(key)
        size.repeated |= repeated
        size.new, size.gone, size.rows = size.new + new, size.gone + gone, size.rows + rows
    return sizes


def _items(reviews: Any) -> QuerySet[Any, Any]:
    rows = ReviewItem.objects.filter(review__pk__among=reviews).order_by()
    return rows.values_list("review", "draft__key", "is_repeated", "words_new", "words_gone", "rows_changed")


READ_QUEUE = Statement(lambda user: _queue(user).prefetch_related("application__edition"), "user")
READ_PLACES = Statement(_places, "user")
READ_STRIP = Statement(_strip, "reviews")
READ_SOME = Statement(_some, "user", "reviews")
READ_ITEMS = Statement(_items, "reviews")
READ_TEAMS = Statement(lambda teams: Team.objects.filter(pk__among=teams).with_cohort(), "teams")


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


def title_of(application: Application, key: str) -> str:
    """Return the section's title; its key if the edition dropped it."""
    term = application.terms.by_key.get(key)
    return term.title if term else key
