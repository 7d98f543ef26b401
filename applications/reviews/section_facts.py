"""What decides the state of a section: its draft, and how many comments count (praise does not)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from applications.reviews.models import ReviewItem
from applications.states import ItemFacts, SectionFacts
from applications.writing.models import Application, Draft
from calls.terms import SectionTerm
from core.statements import Statement
from workshops.opening import Opening, has_come, opens_at


def sections_of(
    application: Application, drafts: Iterable[Draft], plan: list[Opening], now: datetime | None = None
) -> dict[str, SectionFacts]:
    """Facts of one application's sections by key, when its drafts and the cohort's plan are at hand. One query."""
    items = items_of({application.pk}).get(application.pk, {})
    now = now or timezone.now()
    by_key = {draft.key: draft for draft in drafts}
    return {
        term.key: section_facts(term, by_key.get(term.key), tuple(items.get(term.key, ())), plan, now)
        for term in application.terms.sections
    }


def items_of(applications: set[UUID]) -> dict[UUID, dict[str, list[ItemFacts]]]:
    """Return by application and key of the section what was handed in and not withdrawn, oldest first. One query."""
    return by_section(READ_ITEMS(applications=applications))


def _items(applications: Any) -> QuerySet[Any]:
    return (
        ReviewItem.objects.filter(review__application__pk__among=applications, review__withdrawn_at=None)
        .annotate(
            comment_count=Count("comments", filter=~Q(comments__kind="praise")),
            must_count=Count("comments", filter=Q(comments__kind="must change", comments__resolved_at=None)),
        )
        .select_related("review__coach", "draft", "revision")
        .defer("draft__content", "revision__content", "review__versions", "review__summary")
        .order_by("review__asked_at")
    )


READ_ITEMS = Statement(_items, "applications")


def by_section(rows: Iterable[Any]) -> dict[UUID, dict[str, list[ItemFacts]]]:
    """Return the facts of items as they were read, by application and key of the section."""
    items: dict[UUID, dict[str, list[ItemFacts]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        review = row.review
        items[review.application_id][row.draft.key].append(
            ItemFacts(
                review=review.pk,
                version=row.revision.version,
                asked_at=review.asked_at,
                taken_at=review.taken_at,
                finished_at=review.finished_at,
                promised_until=review.promised_until,
                again_by=review.again_by,
                verdict=row.verdict,
                coach=str(review.coach) if review.coach else "",
                reviewer=review.coach_id,
                comments=row.comment_count,
                must_change=row.must_count,
            )
        )
    return items


def section_facts(
    term: SectionTerm, draft: Draft | None, items: tuple[ItemFacts, ...], plan: list[Opening], now: datetime
) -> SectionFacts:
    """Return the facts of one section; `plan` says when it opens."""
    moment = opens_at(term.key, plan, now)
    return SectionFacts(
        key=term.key,
        title=term.title,
        version=draft.version if draft else 0,
        changed_at=draft.at if draft else None,
        is_open=has_come(moment, now),
        opens_at=moment,
        items=items,
    )
