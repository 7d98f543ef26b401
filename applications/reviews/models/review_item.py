"""One section of a review: what must be said to comment on it, its verdict, quotes of at most `MOST_QUOTED` characters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.db import models, transaction
from django.db.models import Exists, F, FilteredRelation, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Event, Record, User
from accounts.models.record import Person
from applications.content import Content, loads
from applications.content.quotes import Quote
from applications.content.sheets import Names, words_of_row
from applications.reviews.models.review import Review, Verdict, lock_review
from applications.reviews.windows import COMMENT, Parts, WrittenElsewhere, comment_part, holds, settle
from applications.writing.models.draft import Draft
from applications.writing.models.revision import Revision

if TYPE_CHECKING:
    from applications.reviews.models.comment import Comment

# A comment on a row keeps so many characters of it.
MOST_QUOTED = 2000


class ReviewItemQuerySet(models.QuerySet["ReviewItem"]):
    def visible_to(self, user: Person) -> ReviewItemQuerySet:
        return self.filter(Exists(Review.objects.visible_to(user).filter(pk=OuterRef("review"))))

    def given_back_last(self, drafts: Iterable[Draft]) -> dict[UUID, Content]:
        """Return by draft the value that was given back last; none for drafts that never were. One query."""
        given = self.filter(draft__in=[draft.pk for draft in drafts], review__finished_at__isnull=False)
        last = {
            item.draft_id: item for item in given.select_related("revision", "draft").order_by("review__finished_at")
        }
        return {draft: item.value for draft, item in last.items()}

    def with_begun(self, user: User) -> Self:
        """Annotate `begun_…`: the comment this person has begun on each, for `begun_in`; empty if nothing is begun."""
        names = ("at", "words", "before", "row", "kind", "text")
        begun = FilteredRelation("begun", condition=Q(begun__by=user))
        return self.annotate(own_begun=begun, **{f"begun_{name}": F(f"own_begun__{name}") for name in names})

    def with_blocks(self) -> Self:
        """Annotate `is_blocked`: does a must-change, of this review or one given back, stand unresolved against it?"""
        counts = Q(review=OuterRef("review")) | Q(review__finished_at__isnull=False)
        unresolved = Q(comments__kind="must change", comments__resolved_at=None)
        standing = ReviewItem.objects.filter(counts, unresolved, draft=OuterRef("draft"))
        return self.annotate(is_blocked=Exists(standing))


class ReviewItem(Record):
    """One section of a review in exactly the version handed in. At most one item of a draft is open at a time.

    How much changed is counted when it is handed in: since the version given back last, the first time in all.
    """

    Verdict = Verdict

    review = models.ForeignKey(Review, models.CASCADE, related_name="items")
    draft = models.ForeignKey(Draft, models.CASCADE, related_name="review_items")
    revision = models.ForeignKey(Revision, models.PROTECT, related_name="review_items")
    verdict = models.CharField(_("Ergebnis"), max_length=14, choices=Verdict, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    is_repeated = models.BooleanField(_("war schon einmal zurückgegeben"), default=False)
    words_new = models.PositiveIntegerField(_("Wörter neu"), default=0)
    words_gone = models.PositiveIntegerField(_("Wörter entfernt"), default=0)
    rows_changed = models.PositiveIntegerField(_("Zeilen neu, geändert oder entfernt"), default=0)

    is_blocked: bool  # by `with_blocks()`

    objects = ReviewItemQuerySet.as_manager()

    MAY = Review.MAY

    class Meta:
        verbose_name = _("Abschnitt einer Rückmeldung")
        verbose_name_plural = _("Abschnitte einer Rückmeldung")
        ordering = ["draft__key"]
        constraints = [
            models.UniqueConstraint(fields=["draft"], condition=Q(closed_at=None), name="review_item_one_open"),
            models.UniqueConstraint(fields=["review", "draft"], name="review_item_unique"),
        ]

    def __str__(self) -> str:
        return self.draft.key

    @property
    def title(self) -> str:
        """The section's title; its key if the edition dropped it."""
        term = self.review.application.terms.by_key.get(self.draft.key)
        return term.title if term else self.draft.key

    @cached_property
    def value(self) -> Content:
        """The section in exactly the version handed in."""
        return loads(self.draft.kind, self.revision.content)

    @property
    def cohort_uuid(self) -> UUID:
        return self.review.cohort_uuid

    def roles_of(self, user: Person) -> frozenset[str]:
        return self.review.roles_of(user)

    @transaction.atomic
    def comment(
        self,
        *,
        by: User,
        kind: str,
        text: str = "",
        quote: Quote | None = None,
        row_id: str = "",
        field: str = "",
        begun: Mapping[str, str] | None = None,
        seen: Parts | None = None,
    ) -> Comment:
        """Comment on the whole section, on quoted words of it, or on a row and a field of it.

        The words of a row are kept with the comment, in case the row is deleted. The comment that was begun on the
        section is replaced by `begun`, unless another window of hers has begun it since this one was shown (`seen`).
        Only its author sees the comment until the review is given back.
        Raises `Stale` unless this person is reviewing it, and `WrittenElsewhere` where `begun` would be lost.
        """
        self.require(by, "comment")
        lock_review(self.review_id, by=by)
        if row_id and quote is None:
            names = Names(terms=self.draft.application.terms)
            quote = Quote(words_of_row(self.value, names, row_id, field)[:MOST_QUOTED])
        quote = quote or Quote("")
        self._replace_begun(begun or {}, {"text": text, "kind": kind}, seen, by=by)
        comment = self.comments.create(
            by=by, kind=kind, text=text, row_id=row_id, field=field,
            quote=quote.text, before=quote.before, after=quote.after, position=quote.position,
        )  # fmt: skip
        Event.record("comment.written", comment, by=by, kind=kind)
        return comment

    def _replace_begun(
        self, begun: Mapping[str, str], saved: Mapping[str, str], seen: Parts | None, *, by: User
    ) -> None:
        """Keep `begun` in place of the comment that was begun, whose words may have become the one that is `saved`."""
        standing = self.begun.first()
        stored = {COMMENT: comment_part(standing.typed() if standing else {})}
        settled = settle(stored, {COMMENT: comment_part(begun)}, seen)
        if settled.clashes:
            raise WrittenElsewhere
        is_saved_now = not begun and holds(COMMENT, comment_part(saved), stored[COMMENT])
        if settled.differences and not is_saved_now:
            return
        self.begun.all().delete()
        if begun:
            self.begun.create(by=by, **begun)
