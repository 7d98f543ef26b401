"""Comments beside a text: their numbers, their tones, their place, and what a person may do with them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models.record import Person
from applications.content import Content, Partners, Text
from applications.content.prose import Mark
from applications.content.quotes import Passage, Place, Quote, place_of
from applications.content.sheets import Names, titles
from applications.reviews.models import Comment
from applications.writing.models import Draft
from core.statements import Statement
from core.values import dataclass


@dataclass(frozen=True)
class Note:
    """A comment as one person sees it beside a text: its number, the place of its words, and what they may do."""

    comment: Comment
    number: int
    place: Place | None
    row: str
    may: frozenset[str]

    @property
    def label(self) -> str:
        """`Bitte ändern – noch offen`, `Frage – erledigt`"""
        kind = self.comment.get_kind_display()
        if not self.comment.is_given:
            return _("%(kind)s – noch nicht gegeben") % {"kind": kind}
        if self.comment.resolved_at:
            return _("%(kind)s – erledigt") % {"kind": kind}
        if self.comment.done_at:
            return _("%(kind)s – vom Team erledigt") % {"kind": kind}
        return _("%(kind)s – noch offen") % {"kind": kind} if self.comment.is_blocking else kind

    @property
    def symbol(self) -> str:
        return "done" if self.comment.resolved_at else Comment.Kind(self.comment.kind).symbol

    @property
    def tone(self) -> str:
        """The end of its CSS class `comment--…`."""
        return {"must change": "must", "question": "question", "praise": "praise"}.get(self.comment.kind, "hint")

    @property
    def is_gone(self) -> bool:
        """Is it about words or a row that are no longer there?"""
        words_gone = self.comment.quote and not self.comment.quotes_row and self.place is None
        return bool(words_gone) or bool(self.comment.row_id and not self.row)

    @property
    def mark(self) -> Mark | None:
        return Mark(self.number, self.place.start, self.place.end) if self.place else None


def passage_of(value: Content) -> str | None:
    """Return the running text of a section, to quote from; None if there are only rows and fields."""
    if isinstance(value, Text):
        return value.text
    return value.introduction if isinstance(value, Partners) else None


def notes_on(
    value: Content, comments: Iterable[Comment], user: Person, roles: frozenset[str], names: Names, *, is_over: bool
) -> list[Note]:
    """Return the comments numbered in the order given, each with its place in this value. No query.

    `is_over` says that the application was given up: nobody answers then.
    """
    rows, passage = titles(value, names), Passage(passage_of(value) or "")
    return [
        Note(
            comment,
            number,
            place_of(quote_of(comment), passage) if comment.quote and not comment.quotes_row else None,
            rows.get(comment.row_id, ""),
            steps_open(comment, user, roles, is_over=is_over),
        )
        for number, comment in enumerate(comments, 1)
    ]


def _comments(user: Any, draft: Any) -> QuerySet[Comment]:
    return Comment.objects.visible_to(user).given().filter(item__draft=draft).with_replies()


READ_COMMENTS = Statement(_comments, "user", "draft")


def section_notes(draft: Draft, user: Person, roles: frozenset[str], names: Names | None = None) -> list[Note]:
    """Return the comments of all reviews of a section that were given back, beside its current text. Two queries.

    `roles` are the person's roles towards the application. For `_comments.html`.
    """
    comments, application = READ_COMMENTS(user=user.pk, draft=draft.pk), draft.application
    names = names or Names(terms=application.terms)
    return notes_on(draft.value, comments, user, roles, names, is_over=application.is_given_up)


def quote_of(comment: Comment) -> Quote:
    return Quote(comment.quote, comment.before, comment.after, comment.position)


def steps_open(comment: Comment, user: Person, roles: frozenset[str], *, is_over: bool) -> frozenset[str]:
    """Return what this person may do with the comment at this moment, for its buttons; `is_over` as in `notes_on`."""
    own = roles | ({"author"} if user.is_authenticated and comment.by_id == user.pk else set())
    allowed = {action for action, wanted in Comment.MAY.items() if wanted & own}
    if not comment.is_given:
        review = comment.item.review
        return frozenset(allowed & {"change", "discard"}) if review.is_read_by(user) else frozenset()
    if is_over:
        return frozenset()
    moment = {"answer"}
    if not comment.resolved_at and comment.kind != Comment.Kind.PRAISE:
        moment |= {"resolve"} | (set() if comment.done_at else {"done"})
    back = {"reopen"} if comment.resolved_at and "resolve" in allowed else set()
    if comment.done_at and not comment.resolved_at and "done" in allowed:
        back = {"mark open"}
    return frozenset(allowed & moment | back)
