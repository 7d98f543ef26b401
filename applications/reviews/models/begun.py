"""A comment that a coach has begun and not saved: kept as it was typed, offered again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.models import Record, User
from accounts.models.record import Person
from applications.kept_after_erasing import COACHING
from applications.reviews.models.review import Review, lock_review
from applications.reviews.models.review_item import ReviewItem
from applications.reviews.windows import COMMENT, Parts, Settled, comment_part, settle, typed_in


class BegunCommentQuerySet(models.QuerySet["BegunComment"]):
    def visible_to(self, user: Person) -> BegunCommentQuerySet:
        """Only the author's own, as long as they may see the review."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(Exists(Review.objects.visible_to(user).filter(pk=OuterRef("item__review"))), by=user)

    @transaction.atomic
    def keep(self, item: ReviewItem, *, by: User, typed: Mapping[str, str], seen: Parts | None = None) -> Settled:
        """Keep what was typed of a new comment on this section, by field; without a text or a kind nothing is begun.

        `seen` holds the mark of what the page showed. What another window of hers has begun meanwhile stays, and is
        returned. Raises `Stale` unless this person is reviewing it.
        """
        item.require(by, "comment")
        lock_review(item.review_id, by=by)
        standing = self.filter(item=item).first()
        stored = {COMMENT: comment_part(standing.typed() if standing else {})}
        settled = settle(stored, {COMMENT: comment_part(typed)}, seen)
        if settled.values == stored:
            return settled
        if kept := typed_in(settled.values[COMMENT]):
            self.bulk_create(
                [self.model(item=item, by=by, at=timezone.now(), **kept)],
                update_conflicts=True,
                unique_fields=["item"],
                update_fields=["by", "at", *BegunComment.TYPED],
            )
        else:
            self.filter(item=item).delete()
        return settled


class BegunComment(Record):
    """An unsaved comment as it was typed: at most one per item, deleted once it is saved or the review put back."""

    item = models.ForeignKey(ReviewItem, models.CASCADE, related_name="begun")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    words = models.TextField(blank=True)
    before = models.TextField(blank=True)
    row = models.CharField(max_length=64, blank=True)
    kind = models.CharField(max_length=12, blank=True)
    text = models.TextField(blank=True)

    STAYS = dict.fromkeys(("words", "before", "text"), COACHING)
    COHORTS = "item__review__application__team__cohort"

    objects = BegunCommentQuerySet.as_manager()

    # The fields of the form of a new comment.
    TYPED = ("words", "before", "row", "kind", "text")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item"], name="begun_comment_unique")]

    def __str__(self) -> str:
        return str(self.item)

    def typed(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in self.TYPED}


def begun_of(review: Review, user: Person) -> dict[UUID, BegunComment]:
    """Return by item of this review the comment this person has begun. One query."""
    comments = BegunComment.objects.visible_to(user).filter(item__review=review)
    return {comment.item_id: comment for comment in comments}


def begun_in(items: Iterable[Any]) -> dict[UUID, BegunComment]:
    """Return the same for items that were read with `with_begun`. No query."""
    return {
        item.pk: BegunComment(
            item=item, at=item.begun_at, **{name: getattr(item, f"begun_{name}") for name in BegunComment.TYPED}
        )
        for item in items
        if item.begun_at
    }
