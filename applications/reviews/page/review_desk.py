"""Everything the page of one review shows, as one person sees it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, reduce
from operator import or_
from uuid import UUID

from django.db.models import Q
from django.http import QueryDict
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import User
from applications.checks import run, years_of_term
from applications.content import Budget, Content, Cover, WorkPlan
from applications.content.difference import Part as Change
from applications.content.difference import Segment, words
from applications.content.prose import prose
from applications.content.sheets import Cell, Names, Sheet, cells, count_of_changes, sheets, titles
from applications.deadline import umbrella_body
from applications.dossier import make_dossier
from applications.progress.audience import REVIEW, Circle, Readers
from applications.reviews.forms import REVIEW_FORM, CommentForm, GiveBackForm
from applications.reviews.models import BegunComment, Comment, Phrase, Review, ReviewItem
from applications.reviews.models.begun import begun_in
from applications.reviews.page.notes import Note, notes_on, passage_of
from applications.reviews.page.queue import title_of
from applications.writing.models import Application, Revision
from applications.writing.page.findings import Seen
from applications.writing.page.plan import Plan, plan_of
from calls.terms import BUDGET, COVER, GOALS, WORK_PLAN, SectionTerm

# What can stand beside a text, in the order of the call.
BESIDE = (GOALS, WORK_PLAN, BUDGET)
NEWS = "neu"
PLAIN = "text"


@dataclass(frozen=True)
class Part:
    """A section of the review, with the address that shows it."""

    item: ReviewItem
    title: str
    url: str
    current: bool
    is_begun: bool
    """Has whoever looks begun a comment here that is not saved?"""


@dataclass(frozen=True)
class Beside:
    """Another section beside the text, as it was when the team handed in; `plan` for the financing plan, else `sheets`."""

    title: str
    sheets: list[Sheet]
    plan: Plan | None


@dataclass
class ReviewDesk:
    """One section of a review. Every part is read when it is first asked for."""

    review: Review
    user: User
    key: str
    view: str
    beside_key: str = ""

    @cached_property
    def roles(self) -> frozenset[str]:
        return self.review.roles_of(self.user)

    def may(self, action: str) -> bool:
        return bool(Review.MAY[action] & self.roles)

    @cached_property
    def who(self) -> Readers:
        """Who can read what was handed in, and the comments once they are given back."""
        return Circle.of(self.review.application).who(REVIEW, self.user)

    @property
    def is_mine(self) -> bool:
        """Is this person reviewing it now?"""
        return self.review.is_read_by(self.user) and self.may("comment")

    @property
    def may_take(self) -> bool:
        return self.may("take") and self.review.is_open and not self.review.is_taken

    @property
    def may_withdraw(self) -> bool:
        return self.may("withdraw") and self.review.is_open and not self.review.is_taken

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
        items = self.review.items.select_related("draft", "revision").with_blocks()
        if self.is_mine:
            items = items.with_begun(self.user)
        return sorted(items, key=lambda item: order.index(item.draft.key) if item.draft.key in order else len(order))

    @cached_property
    def item(self) -> ReviewItem:
        return next((item for item in self.items if item.draft.key == self.key), self.items[0])

    @property
    def term(self) -> SectionTerm:
        key = self.item.draft.key
        return self.review.application.terms.by_key.get(key) or SectionTerm(key, key, self.item.draft.kind)

    @property
    def titles(self) -> dict[str, str]:
        return {item.draft.key: title_of(self.review.application, item.draft.key) for item in self.items}

    @property
    def parts(self) -> list[Part]:
        """The sections of this review as tabs."""
        here = self.review.get_absolute_url()
        return [
            Part(
                item,
                self.titles[item.draft.key],
                f"{here}?abschnitt={item.draft.key}",
                item is self.item,
                item.pk in self.begun and item is not self.item,
            )
            for item in self.items
        ]

    @property
    def part_before(self) -> Part | None:
        return self._part(-1)

    @property
    def part_after(self) -> Part | None:
        return self._part(+1)

    def _part(self, step: int) -> Part | None:
        place = self.items.index(self.item) + step
        return self.parts[place] if 0 <= place < len(self.items) else None

    @cached_property
    def begun(self) -> dict[UUID, BegunComment]:
        """By section, what this person has begun to comment in this review."""
        return begun_in(self.items) if self.is_mine else {}

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
        """Title, address and whether it is shown: rows that can be read beside a text, for whoever may see the drafts."""
        if self.text is None or not self.sees_drafts:
            return []
        return [
            (title_of(self.review.application, key), f"{self._here}&daneben={key}#daneben", key == self.beside_key)
            for key in BESIDE
            if key in self.values
        ]

    @cached_property
    def beside(self) -> Beside | None:
        """The section chosen to stand beside the text, with what changed since the last review (one query for that)."""
        if not any(shown for _title, _url, shown in self.beside_choices):
            return None
        key, value = self.beside_key, self.values[self.beside_key]
        before = self._noted(self.earlier.review, key) if self.earlier and self.shows_news else None
        title, names = title_of(self.review.application, key), self._names(key)
        plan = self._plan(value, names, before)
        return Beside(title, [] if plan else sheets(value, names, before), plan)

    @cached_property
    def value(self) -> Content:
        """Exactly the version handed in."""
        self.item.revision.draft = self.item.draft
        return self.item.revision.value

    @cached_property
    def earlier(self) -> ReviewItem | None:
        """The last time this section was given back before: by this person, else by anybody."""
        given = ReviewItem.objects.filter(
            draft=self.item.draft, review__finished_at__isnull=False, review__asked_at__lt=self.review.asked_at
        )
        found = list(given.select_related("review", "revision").order_by("-review__asked_at"))
        mine = [item for item in found if item.review.coach_id == self.user.pk]
        return next(iter(mine or found), None)

    @cached_property
    def earlier_value(self) -> Content | None:
        if self.earlier is None:
            return None
        self.earlier.revision.draft = self.item.draft
        return self.earlier.revision.value

    @property
    def shows_news(self) -> bool:
        return self.earlier is not None and self.view != PLAIN and (self.view == NEWS or self.is_coach)

    @property
    def is_news_mine(self) -> bool:
        return self.earlier is not None and self.earlier.review.coach_id == self.user.pk

    @cached_property
    def notes(self) -> list[Note]:
        comments = Comment.objects.visible_to(self.user).filter(
            item__draft=self.item.draft, item__review__asked_at__lte=self.review.asked_at
        )
        return notes_on(self.value, comments.with_replies(), self.user, self.roles, self.names)

    @property
    def open_notes(self) -> list[Note]:
        return [note for note in self.notes if not note.comment.resolved_at]

    @property
    def resolved_notes(self) -> list[Note]:
        return [note for note in self.notes if note.comment.resolved_at]

    @property
    def text(self) -> SafeString | None:
        """The running text with marks, and with what is new; None for a section of rows and fields."""
        passage = passage_of(self.value)
        if passage is None:
            return None
        before = passage_of(self.earlier_value) if self.shows_news and self.earlier_value else None
        marks = [note.mark for note in self.notes if note.mark and not note.comment.resolved_at]
        return prose(passage, marks, before=before)

    @cached_property
    def names(self) -> Names:
        """What rows refer to, by titles only."""
        return self._names(self.item.draft.key)

    def _names(self, key: str) -> Names:
        value = self._handed_in_beside(WORK_PLAN) if key in {GOALS, BUDGET} else None
        activities = {row.id: row.title for row in value.rows} if isinstance(value, WorkPlan) else {}
        return Names(self.review.application.terms, activities)

    @cached_property
    def values(self) -> dict[str, Content]:
        """Every section as it was when the team handed in, for whoever may see the drafts. One query."""
        noted = [Q(draft__key=key, version=version) for key, version in self.review.versions.items() if version]
        if not noted:
            return {}
        rows = Revision.objects.filter(reduce(or_, noted), draft__application=self.review.application_id)
        return {row.draft.key: row.value for row in rows.select_related("draft").defer("draft__content")}

    @cached_property
    def findings(self) -> list[Seen]:
        """What the checks say about this section as it was handed in (two queries, a third where the deadline counts).

        Nothing for another coach of the cohort: they look at sections that were not handed in, too.
        """
        key, application = self.item.draft.key, self.review.application
        if not self.sees_drafts or key not in application.terms.by_key:
            return []
        dossier = make_dossier(application, {**self.values, key: self.value}, key=key)
        return [Seen(finding, "", "") for finding in run(dossier) if finding.key == key]

    def _handed_in_beside(self, key: str) -> Content | None:
        """Another section as it was when the team handed in. It is not shown itself, only what this one takes from it."""
        if self.sees_drafts and self.review.versions:
            return self.values.get(key)
        return self._noted(self.review, key)

    def _noted(self, review: Review, key: str) -> Content | None:
        """A section in the version noted when that review was asked for; None where it was empty then. One query."""
        version = review.versions.get(key, 0)
        kept = Revision.objects.filter(
            draft__application=self.review.application_id, draft__key=key, version__lte=version
        )
        found = kept.select_related("draft").order_by("-version").first()
        return found.value if found else None

    @property
    def _compared(self) -> Content | None:
        return self.earlier_value if self.shows_news else None

    @cached_property
    def plan(self) -> Plan | None:
        """The financing plan in the years of the term as it was when the team handed in; None for other sections."""
        return self._plan(self.value, self.names, self._compared)

    def _plan(self, value: Content, names: Names, before: Content | None) -> Plan | None:
        if not isinstance(value, Budget):
            return None
        cover = self._handed_in_beside(COVER)
        term = years_of_term(cover.start_on, cover.months) if isinstance(cover, Cover) else []
        named = cover.umbrella_body if isinstance(cover, Cover) else ""
        umbrella = umbrella_body(named, self.review.application.team.organisation)
        earlier = before if isinstance(before, Budget) else None
        return plan_of(value, names, term, earlier, via_umbrella=bool(umbrella))

    @property
    def sheets(self) -> list[Sheet]:
        """The tables of other sections."""
        return [] if self.plan else sheets(self.value, self.names, self._compared)

    @property
    def cells(self) -> list[Cell]:
        """Fields outside the tables, of sections that are no running text."""
        return [] if self.text is not None else cells(self.value, self.names, self._compared)

    @property
    def is_empty(self) -> bool:
        if self.plan:
            return self.plan.is_empty
        return not self.text and not self.cells and not any(sheet.lines for sheet in self.sheets)

    @cached_property
    def since(self) -> str:
        """How much the team changed after handing in, in words; only for whoever may see the draft."""
        if not self.sees_drafts or self.item.draft.version == self.item.revision.version:
            return ""
        return count_of_changes(self.value, self.item.draft.value)

    @property
    def since_text(self) -> list[Segment]:
        """What was written after handing in, word by word, for running text: changed stretches with a little around."""
        before, after = passage_of(self.value), passage_of(self.item.draft.value)
        return shortened(words(before, after)) if before is not None and after is not None else []

    @property
    def blocked(self) -> set[UUID]:
        return {item.draft_id for item in self.items if item.is_blocked}

    @property
    def begun_here(self) -> BegunComment | None:
        return self.begun.get(self.item.pk)

    def comment_form(
        self, data: QueryDict | None = None, typed: QueryDict | None = None, *, with_phrases: bool = True
    ) -> CommentForm:
        """As it was begun, sent (`data`), or just as it was typed beside what was sent (`typed`)."""
        begun = self.begun_here if data is None and typed is None else None
        initial = typed.dict() if typed is not None else begun.typed() if begun else None
        form = CommentForm(
            data,
            passage=passage_of(self.value),
            rows=titles(self.value, self.names),
            phrases=Phrase.objects.visible_to(self.user) if with_phrases else (),
            auto_id="neu-%s",
            initial=initial,
        )
        return form.belong_to(REVIEW_FORM)

    def give_back_form(self, data: QueryDict | None = None, typed: QueryDict | None = None) -> GiveBackForm:
        """Begins with what this coach has chosen before she went on to another section or comment."""
        initial = {"summary": self.review.summary, "again_by": self.review.again_by}
        return GiveBackForm(
            data,
            items=self.items,
            titles=self.titles,
            blocked=self.blocked,
            auto_id="ende-%s",
            initial=typed.dict() if typed is not None else initial,
        )


def shortened(segments: list[Segment], around: int = 60) -> list[Segment]:
    """Long stretches that stayed are cut in the middle."""
    gap = _(" […] ")
    return [
        Segment(Change.SAME, segment.text[:around] + gap + segment.text[-around:])
        if segment.part == Change.SAME and len(segment.text) > 2 * around + len(gap)
        else segment
        for segment in segments
    ]
