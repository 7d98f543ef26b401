"""The models of reviews, each in a file called after it."""

from __future__ import annotations

from applications.reviews.models.begun import BegunComment
from applications.reviews.models.comment import Comment, Reply
from applications.reviews.models.phrase import Phrase
from applications.reviews.models.review import Review
from applications.reviews.models.review_item import ReviewItem

__all__ = [
    "BegunComment",
    "Comment",
    "Phrase",
    "Reply",
    "Review",
    "ReviewItem",
]
