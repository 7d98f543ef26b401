"""Handing in („Zur Rückmeldung abgeben“) with the day that is promised, and withdrawing an application."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts import outbox
from accounts.models import Event, Record, User
from applications.content import Content, empty
from applications.content.difference import difference, size
from applications.reviews.mails import tell_asked, tell_withdrawn
from applications.reviews.models import Review, ReviewItem
from applications.writing.models import Application, Draft, Revision
from core.values import dataclass
from core.writes import Stale, write_if
from workshops.models import Workshop
from workshops.opening import is_open


def drafts_to_hand_in(application: Application) -> list[Draft]:
    """Return the drafts that can be handed in now, in the order of the call: begun, open, not waiting for a coach."""
    waiting = Review.objects.open().filter(application=application, items__isnull=False).values("items__draft")
    begun = {draft.key: draft for draft in application.drafts.for_list().filter(version__gt=0).exclude(pk__in=waiting)}
    plan, now = Workshop.objects.openings_in(application.cohort_uuid), timezone.now()
    return [begun[key] for key in application.terms.by_key if key in begun and is_open(key, plan, now)]


@transaction.atomic
def hand_in(application: Application, keys: Collection[str], *, by: User) -> Review:
    """Ask for a review of these sections in exactly their current versions, and tell the coaches.

    Raises `NotDrafting`, and `Stale` unless every one of them can be handed in now.
    """
    application.require(by, "hand in")
    application.lock_for_writing()
    drafts = [draft for draft in drafts_to_hand_in(application) if draft.key in keys]
    if not drafts or len(drafts) != len(set(keys)):
        raise Stale
    review = Review.objects.create(
        application=application,
        asked_by=by,
        promised_until=timezone.localdate() + timedelta(days=application.team.cohort.answer_days),
        versions=dict(application.drafts.values_list("key", "version")),
    )
    _add_items(review, drafts, by=by)
    Revision.objects.keep_current(application)
    Event.record("review.asked", review, by=by, sections=" ".join(draft.key for draft in drafts))
    tell_asked(review)
    return review


def _add_items(review: Review, drafts: list[Draft], *, by: User) -> None:
    """Add an item for each draft in its current version, with how much changed since it was given back last."""
    keys = [draft.pk for draft in drafts]
    kept = _current_revisions(drafts)
    written = {draft.pk: draft.value for draft in Draft.objects.filter(pk__in=keys)}
    given_back = ReviewItem.objects.given_back_last(drafts)
    ReviewItem.objects.bulk_create(
        ReviewItem(
            review=review,
            draft=draft,
            revision=kept.get(draft.pk) or draft.revision_to_keep(by=by),
            **size_of_change(draft.kind, written[draft.pk], given_back.get(draft.pk)),
        )
        for draft in drafts
    )


def _current_revisions(drafts: list[Draft]) -> dict[UUID, Revision]:
    """Return by draft the revision of its current version, for drafts whose last save left one."""
    current = Revision.objects.filter(draft__in=drafts, version=F("draft__version")).defer("content")
    return {revision.draft_id: revision for revision in current}


def size_of_change(kind: str, value: Content, before: Content | None) -> dict[str, int | bool]:
    """Return how much changed in a section since a value, as columns of `ReviewItem`; None: it was never given back."""
    changes = difference(empty(kind) if before is None else before, value)
    new, gone = size(changes)
    return {
        "is_repeated": before is not None,
        "words_new": new,
        "words_gone": gone,
        "rows_changed": len(changes.changed_rows),
    }


@dataclass(frozen=True)
class CalledOff:
    """How many reviews were called off because nobody waits for them, and the coaches who read others already."""

    waited: int = 0
    readers: frozenset[UUID | None] = frozenset()


def call_off(application: Application, *, by: User | None, because: str, since: datetime | None = None) -> CalledOff:
    """Part of a step after which nobody writes: call back what waits for a coach, handed in after `since`, and tell.

    What a coach reads already stays with them. The coaches of the team are told by the step's own mail. `by` is None for the
    timer.
    """
    handed_in = Review.objects.filter(application=application)
    if since:
        handed_in = handed_in.filter(asked_at__gt=since)
    waiting = list(handed_in.untaken().select_for_update())  # nobody takes one of them from here on
    for review in waiting:
        review.call_back(timezone.now())
        Event.record("review.withdrawn", review, by=by, because=because)
        tell_withdrawn(review, informed=application.team.coaches(), because=because)
    return CalledOff(len(waiting), frozenset(handed_in.open().values_list("coach", flat=True)))


@transaction.atomic
def withdraw(application: Application, *, by: User) -> None:
    """Give the application up. Nothing is deleted; reviews that wait are called back. Raises `NotDrafting`.

    Everybody concerned is told, and all coaches of the cohort if they were asked to read.
    """
    application.require(by, "withdraw")
    application.lock_for_writing()
    drafting, withdrawn = Application.Status.DRAFTING, Application.Status.WITHDRAWN
    write_if(application, {"status": drafting}, status=withdrawn, withdrawn_at=timezone.now())
    call_off(application, by=by, because="application withdrawn")
    Event.record("application.withdrawn", application, by=by)
    outbox.post(
        people_concerned(application),
        "applications/mails/withdrawn.txt",
        dedup=application.pk,
        link=application.get_absolute_url(),
        cohort=application.cohort_uuid,
        application=application,
        team=application.team,
        who=str(by),
        has_texts=application.has_texts,
    )


def people_concerned(application: Application) -> list[Record]:
    """Return everyone to tell about a withdrawal or an outcome: the team, its coaches, who reviews, the organiser."""
    organisers = application.team.cohort.organiser.memberships.select_related("user")
    reviews = Review.objects.open().filter(application=application, coach__isnull=False).select_related("coach")
    reviewers = [review.coach for review in reviews if review.coach]
    team = application.team
    return [*team.joined(), *team.coaches(), *reviewers, *(membership.user for membership in organisers)]
