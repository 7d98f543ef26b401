from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Record, User
from accounts.models.record import Person, roles
from applications.reviews.models.comment import Comment
from applications.reviews.models.review import Review, lock_review
from applications.reviews.models.review_item import ReviewItem
from applications.stays import COACHING, PHRASES
from cohorts.models import Cohort
from core.writes import Stale, write_if

# Nobody finds their way among more phrases.
MOST_PHRASES = 100
LONGEST_PHRASE = 500


class BegunCommentQuerySet(models.QuerySet["BegunComment"]):
    def visible_to(self, user: Person) -> BegunCommentQuerySet:
        """Only the author's own, as long as they may see the review."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(Exists(Review.objects.visible_to(user).filter(pk=OuterRef("item__review"))), by=user)

    @transaction.atomic
    def keep(self, item: ReviewItem, *, by: User, typed: dict[str, str]) -> None:
        """Keep what was typed of a new comment on this section, by field; without a text or a kind nothing is begun.

        Raises `Stale` unless this person is reviewing it.
        """
        item.require(by, "comment")
        lock_review(item.review_id, by=by)
        if is_begun(typed):
            self.bulk_create(
                [self.model(item=item, by=by, at=timezone.now(), **typed)],
                update_conflicts=True,
                unique_fields=["item"],
                update_fields=["by", "at", *BegunComment.TYPED],
            )
        else:
            self.filter(item=item).delete()


def is_begun(typed: dict[str, str]) -> bool:
    """Has the coach written or chosen anything yet? Marking words of the text alone does not count."""
    return bool(typed["text"].strip() or typed["kind"])


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


class PhraseQuerySet(models.QuerySet["Phrase"]):
    def visible_to(self, user: Person) -> PhraseQuerySet:
        """The coach's own phrases."""
        return self.filter(by=user) if user.is_authenticated else self.none()

    @transaction.atomic
    def remember(self, text: str, *, by: User, kind: str = "") -> Phrase:
        """Keep a sentence for the next comments, once. Raises `Stale` beyond 100 phrases."""
        if not Cohort.objects.coached_by(by).exists():
            raise PermissionDenied("phrases are for coaches")
        User.objects.select_for_update().get(pk=by.pk)
        known = self.filter(by=by)
        phrase = known.filter(text=text).first()
        if phrase is None and known.count() >= MOST_PHRASES:
            raise Stale
        return phrase or self.create(by=by, text=text, kind=kind)


class Phrase(Record):
    """A sentence that a coach writes often and can put into a comment with one choice."""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="phrases")
    kind = models.CharField(_("Art"), max_length=12, choices=Comment.Kind, blank=True)
    text = models.CharField(_("Satz"), max_length=LONGEST_PHRASE)

    STAYS = {"text": PHRASES}

    objects = PhraseQuerySet.as_manager()

    MAY = {"change": roles("author"), "discard": roles("author")}

    class Meta:
        verbose_name = _("eigener Satz")
        verbose_name_plural = _("eigene Sätze")
        ordering = ["text"]
        constraints = [models.UniqueConstraint(fields=["by", "text"], name="phrase_unique")]

    def __str__(self) -> str:
        return self.text

    def roles_of(self, user: Person) -> frozenset[str]:
        return frozenset({"author"} if user.is_authenticated and user.pk == self.by_id else ())

    def change(self, *, by: User, kind: str, text: str) -> None:
        """Reword it. Raises `Stale` if the same sentence is kept already."""
        self.require(by, "change")
        if Phrase.objects.filter(by=by, text=text).exclude(pk=self.pk).exists():
            raise Stale
        write_if(self, {"by": by}, kind=kind, text=text)

    def discard(self, *, by: User) -> None:
        self.require(by, "discard")
        self.delete()


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
