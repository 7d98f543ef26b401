"""What decides the state of a section: its draft, and how many comments count (praise does not)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from applications.reviews.models import ReviewItem
from applications.states import ItemFacts, SectionFacts
from applications.writing.models import Application, Draft
from calls.terms import SectionTerm
from core.statements import Statement
from workshops.opening import Opening, has_come, opens_at


class DraftFacts(NamedTuple):
    """Of a draft, what the state of its section depends on."""

    version: int
    at: datetime | None
    is_taken: bool = False
    """Is it as it was taken over, from the idea or an earlier application?"""


def sections_of(
    application: Application, drafts: Iterable[Draft], plan: Sequence[Opening], now: datetime | None = None
) -> dict[str, SectionFacts]:
    """Facts of one application's sections by key, when its drafts and the cohort's plan are at hand. One query."""
    items = items_of({application.pk}).get(application.pk, {})
    now = now or timezone.now()
    by_key = {draft.key: DraftFacts(draft.version, draft.at) for draft in drafts}
    return {
        term.key: section_facts(
            term, by_key.get(term.key), tuple(items.get(term.key, ())), opens_at(term.key, plan, now), now
        )
        for term in application.terms.sections
    }


def items_of(applications: set[UUID]) -> dict[UUID, dict[str, list[ItemFacts]]]:
    """Return by application and key of the section what was handed in and not withdrawn, oldest first. One query."""
    items: dict[UUID, dict[str, list[ItemFacts]]] = defaultdict(lambda: defaultdict(list))
    for application, key, first_name, last_name, email, *facts in READ_ITEMS(applications=applications):
        coach = f"{first_name or ''} {last_name or ''}".strip() or email or ""
        items[application][key].append(ItemFacts._make((*facts, coach)))
    for of_application in items.values():
        for of_section in of_application.values():
            of_section.sort(key=attrgetter("asked_at"))  # the database would have to sort all of them by every column
    return items


def _items(applications: Any) -> QuerySet[Any, Any]:
    """Return the rows of `items_of`: whose, the coach's name, and the values of `ItemFacts` in its order."""
    rows = ReviewItem.objects.filter(review__application__pk__among=applications, review__withdrawn_at=None)
    return (
        rows.annotate(
            comment_count=Count("comments", filter=~Q(comments__kind="praise")),
            must_count=Count("comments", filter=Q(comments__kind="must change", comments__resolved_at=None)),
        )
        .order_by()
        .values_list(
            "review__application", "draft__key",
            "review__coach__first_name", "review__coach__last_name", "review__coach__email",
            "review", "revision__version", "review__asked_at", "review__taken_at", "review__finished_at",
            "review__promised_until", "review__again_by", "verdict", "review__coach", "comment_count", "must_count",
        )
    )  # fmt: skip


READ_ITEMS = Statement(_items, "applications")


def section_facts(
    term: SectionTerm,
    draft: DraftFacts | None,
    items: tuple[ItemFacts, ...],
    opens_at: datetime | None,
    now: datetime,
) -> SectionFacts:
    """Return the facts of one section; `opens_at` is the moment it opens or opened."""
    return SectionFacts(
        key=term.key,
        title=term.title,
        version=draft.version if draft else 0,
        changed_at=draft.at if draft else None,
        is_taken=bool(draft and draft.is_taken),
        is_open=has_come(opens_at, now),
        opens_at=opens_at,
        items=items,
    )
