"""All that the page of one review shows, as one person sees it; the sections shown beside it (`BESIDE`)."""

from __future__ import annotations

from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.safestring import SafeString

from accounts.models import User
from applications.content.sheets import titles
from applications.progress.audience import REVIEW, Audience, PeopleAround
from applications.reviews.forms import REVIEW_FORM, CommentForm, GiveBackForm
from applications.reviews.models import BegunComment, Comment, Phrase, Review, ReviewItem
from applications.reviews.models.begun import begun_in
from applications.reviews.page.handed_in import Beside, HandedIn
from applications.reviews.page.notes import Note, notes_on
from applications.reviews.page.queue import title_of
from applications.reviews.windows import COMMENT, comment_part, decision, marks_of, version_of
from applications.writing.models import Application
from calls.terms import BUDGET, GOALS, WORK_PLAN, SectionTerm
from core.statements import Statement
from core.values import dataclass

# The sections that can be read beside a text, in the order of the call.
BESIDE = (GOALS, WORK_PLAN, BUDGET)
# Values of `ansicht` in the address.
NEWS = "neu"
PLAIN = "text"


def _comments(user: Any, draft: Any, review: Any) -> QuerySet[Comment]:
    """Return the comments on a section that this person sees, up to those of this review."""
    asked_at = Review.objects.filter(pk=review).values("asked_at")
    return (
        Comment.objects.visible_to(user).filter(item__draft=draft, item__review__asked_at__lte=asked_at).with_replies()
    )


def _items(review: Any, user: Any) -> QuerySet[ReviewItem]:
    rows = ReviewItem.objects.filter(review=review).select_related("draft", "revision")
    return rows.with_blocks().with_begun(user)


READ_ITEMS = Statement(_items, "review", "user")
READ_COMMENTS = Statement(_comments, "user", "draft", "review")


@dataclass(frozen=True)
class Tab:
    """A section of the review, with the address that shows it."""

    item: ReviewItem
    title: str
    url: str
    current: bool
    is_begun: bool
    """Has the person who looks begun a comment here and not saved it?"""


@dataclass
class ReviewDesk:
    """One section of a review. Every part is read when it is first asked for."""

    review: Review
    user: User
    key: str
    view: str
    beside_key: str = ""
    item_id: UUID | None = None
    """The section by its item, in place of `key`."""

    @cached_property
    def roles(self) -> frozenset[str]:
        return self.review.roles_of(self.user)

    def may(self, action: str) -> bool:
        return bool(Review.MAY[action] & self.roles)

    @cached_property
    def who(self) -> Audience:
        """Who can read what was handed in, and the comments once they are given back."""
        return PeopleAround.of(self.review.application).audience(REVIEW, self.user)

    @property
    def is_mine(self) -> bool:
        """Is this person reviewing it now?"""
        return self.review.is_read_by(self.user) and self.may("comment")

    @property
    def may_take(self) -> bool:
        return self.may("take") and self.is_waiting

    @property
    def may_withdraw(self) -> bool:
        return self.may("withdraw") and self.is_waiting

    @property
    def is_waiting(self) -> bool:
        review = self.review
        return review.is_open and not review.is_taken and not review.application.is_given_up

    @property
    def sees_drafts(self) -> bool:
        """May this person see what the team writes now? Another coach of the cohort may not."""
        return bool(Application.MAY["see"] & self.roles)

    @property
    def is_coach(self) -> bool:
        return self.may("take")

    @cached_property
    def items(self) -> list[ReviewItem]:
        """The sections in the order of the call."""
        order = list(self.review.application.terms.by_key)
        items = READ_ITEMS(review=self.review.pk, user=self.user.pk)
        for item in items:
            item.review = self.review
        return sorted(items, key=lambda item: order.index(item.draft.key) if item.draft.key in order else len(order))

    @cached_property
    def item(self) -> ReviewItem:
        """The section that is open; the first one if the address names none of this review."""
        shown = (item for item in self.items if self.item_id == item.pk or self.key == item.draft.key)
        return next(shown, self.items[0])

    @cached_property
    def handed_in(self) -> HandedIn:
        compares = self.view != PLAIN and (self.view == NEWS or self.is_coach)
        return HandedIn(self.review, self.item, self.user.pk, self.sees_drafts, compares, self.items)

    @property
    def term(self) -> SectionTerm:
        key = self.item.draft.key
        return self.review.application.terms.by_key.get(key) or SectionTerm(key, key, self.item.draft.kind)

    @property
    def titles(self) -> dict[str, str]:
        return {item.draft.key: title_of(self.review.application, item.draft.key) for item in self.items}

    @property
    def tabs(self) -> list[Tab]:
        here = self.review.get_absolute_url()
        return [
            Tab(
                item,
                self.titles[item.draft.key],
                f"{here}?abschnitt={item.draft.key}",
                item is self.item,
                item.pk in self.begun and item is not self.item,
            )
            for item in self.items
        ]

    @property
    def tab_before(self) -> Tab | None:
        return self._tab(-1)

    @property
    def tab_after(self) -> Tab | None:
        return self._tab(+1)

    def _tab(self, step: int) -> Tab | None:
        place = self.items.index(self.item) + step
        return self.tabs[place] if 0 <= place < len(self.items) else None

    @property
    def address(self) -> str:
        """This page: the section in the view chosen."""
        beside = f"&daneben={self.beside_key}" if self.beside else ""
        return f"{self._here}{beside}"

    @property
    def _here(self) -> str:
        view = f"&ansicht={self.view}" if self.view else ""
        return f"{self.review.get_absolute_url()}?abschnitt={self.item.draft.key}{view}"

    @property
    def beside_choices(self) -> list[tuple[str, str, bool]]:
        """Title, address and whether it is shown, of rows to read beside a text; for a person who may see drafts."""
        if self.handed_in.passage is None or not self.sees_drafts:
            return []
        return [
            (title_of(self.review.application, key), f"{self._here}&daneben={key}#daneben", key == self.beside_key)
            for key in BESIDE
            if key in self.handed_in.sections
        ]

    @cached_property
    def beside(self) -> Beside | None:
        """The section chosen to stand beside the text."""
        is_shown = any(shown for _title, _url, shown in self.beside_choices)
        return self.handed_in.beside(self.beside_key) if is_shown else None

    @cached_property
    def notes(self) -> list[Note]:
        comments = READ_COMMENTS(user=self.user.pk, draft=self.item.draft_id, review=self.review.pk)
        is_over = self.review.application.is_given_up
        return notes_on(self.handed_in.value, comments, self.user, self.roles, self.handed_in.names, is_over=is_over)

    @cached_property
    def text(self) -> SafeString | None:
        """The running text with marks on the words of open comments; None for a section of rows and fields."""
        return self.handed_in.text(note.mark for note in self.notes if note.mark and not note.comment.resolved_at)

    @property
    def is_empty(self) -> bool:
        if self.handed_in.plan:
            return self.handed_in.plan.is_empty
        has_rows = any(sheet.lines for sheet in self.handed_in.sheets)
        return not self.text and not self.handed_in.cells and not has_rows

    @property
    def blocked(self) -> set[UUID]:
        return {item.draft_id for item in self.items if item.is_blocked}

    @cached_property
    def begun(self) -> dict[UUID, BegunComment]:
        """By item, the comment this person has begun and not saved."""
        return begun_in(self.items) if self.is_mine else {}

    @property
    def begun_here(self) -> BegunComment | None:
        return self.begun.get(self.item.pk)

    @property
    def version(self) -> str:
        """What this page shows of the coach's own work, so that another window of hers is not written over."""
        review, begun = self.review, self.begun_here
        shown = decision(review.summary, review.again_by, {item.pk: item.verdict for item in self.items})
        return version_of(marks_of(shown | {COMMENT: comment_part(begun.typed() if begun else {})}))

    def comment_form(
        self, data: QueryDict | None = None, typed: QueryDict | None = None, *, with_phrases: bool = True
    ) -> CommentForm:
        """Return the form as the comment was begun, as it was sent (`data`), or as it was typed (`typed`)."""
        begun = self.begun_here if data is None and typed is None else None
        initial = typed.dict() if typed is not None else begun.typed() if begun else None
        form = CommentForm(
            data,
            passage=self.handed_in.passage,
            rows=titles(self.handed_in.value, self.handed_in.names),
            phrases=Phrase.objects.visible_to(self.user) if with_phrases else (),
            auto_id="neu-%s",
            initial=initial,
        )
        return form.belong_to(REVIEW_FORM)

    def give_back_form(self, data: QueryDict | None = None, typed: QueryDict | None = None) -> GiveBackForm:
        """The form with what this coach chose before going on to another section or comment."""
        initial = {"summary": self.review.summary, "again_by": self.review.again_by}
        return GiveBackForm(
            data,
            items=self.items,
            titles=self.titles,
            blocked=self.blocked,
            auto_id="ende-%s",
            initial=typed.dict() if typed is not None else initial,
        )
