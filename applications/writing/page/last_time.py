"""What was said about a section the last time: the remarks, verdict and outcome of the application it was taken from."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from accounts.models.record import Person
from applications.papers.models import Outcome
from applications.reviews.models import Comment, ReviewItem
from applications.writing.models import Application
from applications.writing.page.desk import Desk
from applications.writing.page.earlier import how_it_ended, outcomes_of
from core.statements import Statement
from core.values import dataclass


@dataclass(frozen=True)
class LastTime:
    """The earlier application as far as one person may read it, seen from one section of the new one."""

    application: Application
    outcome: Outcome | None
    comments: list[Comment]
    last: ReviewItem | None
    """The section as it was given back last, with the coach's verdict; None if it never was."""
    is_there: bool
    """Has the earlier application this section, so that its text can be opened?"""

    @property
    def how_it_ended(self) -> str:
        return how_it_ended(self.application, self.outcome)


@dataclass(frozen=True)
class Origin:
    """Where an application's first texts came from, for the page of the application."""

    earlier: Application
    is_readable: bool
    dropped: list[tuple[str, str]]
    """Sections with texts that the call no longer has: key and title they had then."""

    @classmethod
    def of(cls, application: Application, user: Person) -> Origin | None:
        """Read it: no query without an earlier application, else three, and more for titles of sections that are gone."""
        if application.previous_id is None:
            return None
        rows = Application.objects.select_related("team__cohort", "edition")
        earlier = rows.get(pk=application.previous_id)
        readable = Application.objects.visible_to(user).filter(pk=earlier.pk).exists()
        gone = application.drafts.exclude(key__in=application.terms.by_key).filter(version__gt=0)
        keys = gone.values_list("key", flat=True)
        titles = [(key, term.title if (term := earlier.term_of(key)) else key) for key in keys]
        return cls(earlier, readable, titles)


def _earlier(user: Any, application: Any) -> QuerySet[Application]:
    return Application.objects.visible_to(user).filter(pk=application).select_related("team__cohort")


READ_EARLIER = Statement(_earlier, "user", "application")


def last_time(desk: Desk) -> LastTime | None:
    """Return what was said then; None without an earlier application, and for a person who may not read it.

    No query without one, else one, and five more where the person may read it.
    """
    user = desk.request.user
    if desk.application.previous_id is None:
        return None
    earlier = READ_EARLIER.first(user=user.pk, application=desk.application.previous_id)
    if earlier is None:
        return None
    draft = earlier.drafts.for_list().filter(key=desk.key, version__gt=0).first()
    comments = Comment.objects.visible_to(user).given().filter(item__draft=draft).with_replies() if draft else []
    given = ReviewItem.objects.visible_to(user).filter(draft=draft, review__finished_at__isnull=False)
    last = given.select_related("review").order_by("-review__finished_at").first() if draft else None
    outcome = outcomes_of([earlier], user).get(earlier.pk)
    return LastTime(earlier, outcome, list(comments), last, draft is not None)
