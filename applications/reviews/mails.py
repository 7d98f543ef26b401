"""Three mails about a review: it waits for coaches, it was withdrawn, it was given back to the team.

Who gets them and how often is decided here, when they are sent by the steps. Mails about a comment are posted in
`models/comment.py`, those about what is overdue in `due.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from accounts import outbox
from accounts.models import Message

if TYPE_CHECKING:
    from applications.reviews.models.review import Review
    from cohorts.models import CoachAssignment


def tell_asked(review: Review) -> None:
    """Tell the coaches that the review waits for today, unless they were told before."""
    _tell_coaches(review, review.waits_for(), "applications/mails/review_asked.txt")


def tell_withdrawn(review: Review, *, informed: Iterable[CoachAssignment] = (), because: str = "") -> None:
    """Tell every coach who was asked to read it, except those who are informed anyway, and why if the team did not ask."""
    asked = Message.objects.filter(kind="review_asked", link=review.get_absolute_url())
    was_asked = Q(email__in=asked.values("email")) | Q(coach__in=asked.values("user"))
    coaches = review.application.team.cohort.coach_assignments.filter(was_asked)
    coaches = coaches.exclude(pk__in=[coach.pk for coach in informed])
    _tell_coaches(review, coaches, "applications/mails/review_withdrawn.txt", because=because)


def _tell_coaches(review: Review, coaches: Iterable[CoachAssignment], template: str, **values: Any) -> None:
    outbox.post(
        coaches,
        template,
        wish="wants_review_mails",
        dedup=review.pk,
        link=review.get_absolute_url(),
        cohort=review.cohort_uuid,
        review=review,
        team=review.application.team.title,
        sections=[item.title for item in review.items.select_related("draft")],
        **values,
    )


def tell_given_back(review: Review, items: Iterable[Any]) -> None:
    """Tell the team the verdict on each section, and how many must-changes are open there."""
    sections: list[dict[str, Any]] = [
        {
            "title": item.title,
            "verdict": item.get_verdict_display(),
            "must_change": item.comments.blocking().count(),
        }
        for item in items
    ]
    outbox.post(
        review.application.team.joined(),
        "applications/mails/review_given_back.txt",
        wish="wants_review_mails",
        dedup=review.pk,
        link=review.get_absolute_url(),
        cohort=review.cohort_uuid,
        answers_to=review.coach,
        review=review,
        coach=str(review.coach),
        sections=sections,
        must_change=sum(section["must_change"] for section in sections),
    )
