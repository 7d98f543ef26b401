"""One section of a review as it was handed in, with what it is compared to and what stood beside it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property, reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import Case, Q, QuerySet, When
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from applications.checks import run, years_of_term
from applications.content import Budget, Content, Cover, WorkPlan
from applications.content.difference import Part, Segment, words
from applications.content.prose import Mark, prose
from applications.content.sheets import Cell, Names, Sheet, cells, count_of_changes, sheets
from applications.deadline import Deadline, umbrella_body
from applications.dossier import make_dossier
from applications.reviews.models import Review, ReviewItem
from applications.reviews.page.notes import passage_of
from applications.reviews.page.queue import title_of
from applications.writing.models import Revision
from applications.writing.page.budget_tables import Plan, plan_of
from applications.writing.page.findings import Place, Places
from calls.terms import BUDGET, COVER, GOALS, WORK_PLAN
from core.statements import Statement
from core.values import dataclass


def _earlier(draft: Any, review: Any, user: Any) -> QuerySet[ReviewItem]:
    before = Review.objects.filter(pk=review).order_by().values("asked_at")
    given = ReviewItem.objects.filter(draft=draft, review__finished_at__isnull=False, review__asked_at__lt=before)
    own_first = Case(When(review__coach=user, then=0), default=1)
    rows = given.select_related("review", "revision", "draft").defer("draft__content")
    return rows.order_by(own_first, "-review__asked_at")[:1]


READ_EARLIER = Statement(_earlier, "draft", "review", "user")


@dataclass(frozen=True)
class Beside:
    """Another section beside the text, as it was handed in; `plan` for the financing plan, else `sheets`."""

    title: str
    sheets: list[Sheet]
    plan: Plan | None


@dataclass
class HandedIn:
    """A section in exactly the version handed in. Every part is read when it is first asked for."""

    review: Review
    item: ReviewItem
    user_id: UUID
    sees_drafts: bool
    """May the person who looks see what the team writes now?"""
    compares: bool
    """Does the page show the changes since the section was given back before?"""
    items: Sequence[ReviewItem] = ()
    """All sections of the review."""

    @property
    def value(self) -> Content:
        return self.item.value

    @cached_property
    def earlier(self) -> ReviewItem | None:
        """The section as it was last given back before: by this person, else by anybody."""
        return READ_EARLIER.first(draft=self.item.draft_id, review=self.review.pk, user=self.user_id)

    @property
    def is_earlier_own(self) -> bool:
        """Was it this person who gave it back before?"""
        return self.earlier is not None and self.earlier.review.coach_id == self.user_id

    @property
    def shows_news(self) -> bool:
        return self.earlier is not None and self.compares

    @property
    def compared_to(self) -> Content | None:
        return self.earlier.value if self.earlier and self.compares else None

    @cached_property
    def names(self) -> Names:
        """The titles of what rows refer to."""
        return self._names(self.item.draft.key)

    def _names(self, key: str) -> Names:
        value = self._section(WORK_PLAN) if key in {GOALS, BUDGET} else None
        activities = {row.id: row.title for row in value.rows} if isinstance(value, WorkPlan) else {}
        return Names(self.review.application.terms, activities)

    @property
    def passage(self) -> str | None:
        """The running text; None for a section of rows and fields."""
        return passage_of(self.value)

    def text(self, marks: Iterable[Mark]) -> SafeString | None:
        """The running text with marks, and with the changes; None for a section of rows and fields."""
        if self.passage is None:
            return None
        before = passage_of(self.compared_to) if self.compared_to else None
        return prose(self.passage, list(marks), before=before)

    @cached_property
    def plan(self) -> Plan | None:
        """The financing plan in the years of the term as it was when the team handed in; None for other sections."""
        return self._plan(self.value, self.names, self.compared_to)

    def _plan(self, value: Content, names: Names, before: Content | None) -> Plan | None:
        if not isinstance(value, Budget):
            return None
        cover = self._section(COVER)
        term = years_of_term(cover.start_on, cover.months) if isinstance(cover, Cover) else []
        named = cover.umbrella_body if isinstance(cover, Cover) else ""
        umbrella = umbrella_body(named, self.review.application.team.organisation)
        earlier = before if isinstance(before, Budget) else None
        return plan_of(value, names, term, earlier, via_umbrella=bool(umbrella))

    @property
    def sheets(self) -> list[Sheet]:
        """The tables of other sections."""
        return [] if self.plan else sheets(self.value, self.names, self.compared_to)

    @property
    def cells(self) -> list[Cell]:
        """The fields outside the tables, of sections that are no running text."""
        return [] if self.passage is not None else cells(self.value, self.names, self.compared_to)

    @cached_property
    def places(self) -> list[Place]:
        """What the checks say about this section as it was handed in (two queries, a third if the deadline counts).

        For another coach of the cohort they look at nothing but the sections of this review, in the versions handed in; a
        check that would need any other says nothing (one query, a second if the deadline counts).
        """
        key, application = self.item.draft.key, self.review.application
        if key not in application.terms.by_key:
            return []
        if self.sees_drafts:
            dossier = make_dossier(application, {**self.sections, key: self.value}, only=key)
        else:
            values = {item.draft.key: item.value for item in self.items}
            deadline = None if COVER in values else Deadline(None)
            dossier = make_dossier(application, values, only=key, deadline=deadline, is_partial=True)
        return Places(dossier.terms, dossier.values, links=False).of(run(dossier))

    @cached_property
    def sections(self) -> dict[str, Content]:
        """Every section as it was when the team handed in; only for a person who may see the drafts. One query."""
        noted = [Q(draft__key=key, version=version) for key, version in self.review.versions.items() if version]
        if not noted:
            return {}
        rows = Revision.objects.filter(reduce(or_, noted), draft__application=self.review.application_id)
        return {row.draft.key: row.value for row in rows.select_related("draft").defer("draft__content")}

    def _section(self, key: str) -> Content | None:
        """Another section as it was when the team handed in, for what this section takes from it."""
        if self.sees_drafts and self.review.versions:
            return self.sections.get(key)
        return self._noted(self.review, key)

    def _noted(self, review: Review, key: str) -> Content | None:
        """A section in the version noted when that review was asked for; None if it was empty then. One query."""
        version = review.versions.get(key, 0)
        revisions = Revision.objects.filter(
            draft__application=self.review.application_id, draft__key=key, version__lte=version
        )
        newest = revisions.select_related("draft").order_by("-version").first()
        return newest.value if newest else None

    def beside(self, key: str) -> Beside:
        """Another section to stand beside the text, with what changed since the last review (one query for that)."""
        value, names = self.sections[key], self._names(key)
        before = self._noted(self.earlier.review, key) if self.earlier and self.compares else None
        plan = self._plan(value, names, before)
        return Beside(title_of(self.review.application, key), [] if plan else sheets(value, names, before), plan)

    @cached_property
    def since(self) -> str:
        """How much the team changed after handing in, in words; only for a person who may see the draft."""
        if not self.sees_drafts or self.item.draft.version == self.item.revision.version:
            return ""
        return count_of_changes(self.value, self.item.draft.value)

    @property
    def since_text(self) -> list[Segment]:
        """What was written after handing in, word by word, for running text: changed stretches with a little around."""
        before, after = self.passage, passage_of(self.item.draft.value)
        return shorten(words(before, after)) if before is not None and after is not None else []


def shorten(segments: list[Segment], around: int = 60) -> list[Segment]:
    """Cut long unchanged stretches in the middle."""
    gap = _(" […] ")
    return [
        Segment(Part.SAME, segment.text[:around] + gap + segment.text[-around:])
        if segment.part == Part.SAME and len(segment.text) > 2 * around + len(gap)
        else segment
        for segment in segments
    ]
