"""The page „Rückmeldungen“ (queue) and the page of one review, taking it and putting it back, and the strip „Nächste“ (`STRIP` of them)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.requests import PortalRequest
from applications.reviews.models import Review
from applications.reviews.page.questions import questions_of
from applications.reviews.page.queue import places_of, queue_of, strip_of, with_turns
from applications.reviews.page.review_desk import ReviewDesk
from cohorts.models import CoachAbsence, Cohort
from cohorts.models.team import signs_of
from core.statements import Statement
from core.steps import take_step
from core.writes import Stale

# The number of cards above a review.
STRIP = 4
# If others are faster so many times, "Nächste" leads to the queue.
TRIES = 20


def _with_signs(by: str) -> Statement[Review]:
    def build(user: Any, key: Any) -> QuerySet[Review]:
        return (
            Review.objects.visible_to(user)
            .annotate(**signs_of(user, "application__team__"))
            .select_related(
                "application__team__organisation",
                "application__team__cohort",
                "application__edition",
                "application__call",
                "asked_by",
                "coach",
            )
            .filter(**{by: key})
        )

    return Statement(build, "user", "key")


READ_REVIEW = {by: _with_signs(by) for by in ("pk", "items")}


def get_review(request: PortalRequest, uuid: UUID, *, to: str = "see", by: str = "pk") -> Review:
    """Return a review with what its page shows; `by="items"` finds it by the key of one of its items.

    Raises 404 for what this person may not see, 403 for what they may not do.
    """
    review = READ_REVIEW[by].first(user=request.user.pk, key=uuid)
    if review is None:
        raise Http404
    review.application.team.know_roles(request.user, review)
    if to != "see" and not review.allows(request.user, to):
        raise PermissionDenied
    return review


def queue(request: PortalRequest) -> HttpResponse:
    """Show what this coach reads, what waits (longest first), and what others read."""
    rows = queue_of(request.user)
    is_coach = any(row.is_coached for row in rows)
    if not rows:
        is_coach = Cohort.objects.coached_by(request.user).exists()
        if not is_coach and not has_a_queue(request):
            raise Http404
    rows = with_turns(rows, request.user, is_coach=is_coach)
    own = [row for row in rows if row.review.is_read_by(request.user)]
    waiting = [row for row in rows if not row.review.is_taken]
    context = {
        "mine": own,
        "for_you": [row for row in waiting if row.is_for_you],
        "waiting": [row for row in waiting if not row.is_for_you],
        "others": [row for row in rows if row.review.is_taken and row not in own],
        "questions": questions_of(request.user),
        "is_coach": is_coach,
        "away": CoachAbsence.objects.on(timezone.localdate()).filter(assignment__coach=request.user).first(),
    }
    return render(request, "applications/reviews/queue.html", context)


def has_a_queue(request: PortalRequest) -> bool:
    """Is this a coach or an organiser? They have a queue, even an empty one."""
    return Cohort.objects.led_by(request.user).exists()


def read(request: PortalRequest, uuid: UUID) -> HttpResponse:
    return page_of(request, desk_of(request, get_review(request, uuid)))


def desk_of(request: PortalRequest, review: Review, item: UUID | None = None) -> ReviewDesk:
    """The page of a review, with the section of an item open; without an item, the section that the address names."""
    address = request.GET
    key = "" if item else address.get("abschnitt", "")
    return ReviewDesk(review, request.user, key, address.get("ansicht", ""), address.get("daneben", ""), item)


def page_of(
    request: PortalRequest, desk: ReviewDesk, *, version: str = "", two_windows: Sequence[Any] = (), **forms: Any
) -> HttpResponse:
    """Show a review; after a form was sent, with its `forms`, their `version`, and what two windows of hers have written."""
    context = {
        "desk": desk,
        "review": desk.review,
        "application": desk.review.application,
        "two_windows": two_windows,
        **(_strip(request.user, desk.review) if desk.is_coach else {}),
    }
    if desk.is_mine:
        context["comment_form"] = forms.get("comment_form") or desk.comment_form()
        context["give_back_form"] = forms.get("give_back_form") or desk.give_back_form()
        context["version"] = version if forms else desk.version
    is_clash = any(one.difference.is_clash for one in two_windows)
    status = 409 if is_clash else 422 if forms else 200
    return render(request, "applications/reviews/review.html", context, status=status)


def _strip(user: User, review: Review) -> dict[str, object]:
    """What the strip „Nächste“ shows: what this coach reads, then what waits for them; and what comes after this review."""
    places = places_of(user)
    places.sort(key=lambda place: (not place.is_read_by(user), not place.is_for_you))
    free = [place for place in places if place.review != review.pk and place.is_for_you]
    cards = strip_of(dict.fromkeys([*places[:STRIP], *free[:1]]))
    return {
        "strip": [cards[place.review] for place in places[:STRIP] if place.review in cards],
        "waiting_count": sum(not place.is_taken for place in places),
        "next": cards.get(free[0].review) if free else None,
    }


@require_POST
def take_next(request: PortalRequest) -> HttpResponse:
    """Take what has waited longest for this coach, overdue first, and open it."""
    if not has_a_queue(request):
        raise Http404
    if not Cohort.objects.coached_by(request.user).exists():
        raise PermissionDenied
    waiting = Review.objects.waiting_for(request.user).select_related("application__team")
    for review in waiting[:TRIES]:
        try:
            review.take(by=request.user)
        except Stale:  # somebody was faster
            continue
        messages.success(request, _("Sie lesen jetzt. Andere Coaching-Personen sehen das."))
        return redirect(review)
    messages.info(request, _("Im Moment wartet nichts auf Sie."))
    return redirect("reviews:queue")


@require_POST
def take(request: PortalRequest, uuid: UUID) -> HttpResponse:
    review = get_review(request, uuid, to="take")
    try:
        review.take(by=request.user)
    except Stale as refusal:
        why = refusal.sentence or why_not_review(review, request, _("Diese Abgabe lesen Sie schon."))
        return _refused(request, why, review.get_absolute_url())
    messages.success(request, _("Sie lesen jetzt. Andere Coaching-Personen sehen das."))
    return redirect(review)


@require_POST
def release(request: PortalRequest, uuid: UUID) -> HttpResponse:
    review = get_review(request, uuid, to="release")
    take_step(
        request,
        lambda: review.release(by=request.user),
        done=review.application.given_up_because or _("Die Abgabe wartet wieder auf alle Coaching-Personen."),
        stale=_("Diese Abgabe lesen Sie gerade nicht."),
    )
    return redirect("reviews:queue")


@require_POST
def withdraw(request: PortalRequest, uuid: UUID) -> HttpResponse:
    review = get_review(request, uuid, to="withdraw")
    is_withdrawn = take_step(
        request,
        lambda: review.withdraw(by=request.user),
        done=_("Die Abgabe ist zurückgezogen. Sie können die Abschnitte jederzeit wieder zur Rückmeldung abgeben."),
        stale=_("Das lässt sich nicht mehr zurückziehen: Es wird schon gelesen oder ist schon zurückgegeben."),
    )
    return redirect(review.application if is_withdrawn else review)


def why_not_review(review: Review, request: PortalRequest, otherwise: str | Promise) -> str:
    """Return the sentence why this person is not reading it; `otherwise` if nobody else reads it."""
    review.refresh_from_db(fields=["finished_at", "withdrawn_at", "taken_at", "coach"])
    if review.finished_at:
        return _("Diese Abgabe ist schon zurückgegeben. Daran lässt sich nichts mehr ändern.")
    if review.withdrawn_at:
        return _("Diese Abgabe ist zurückgezogen. Sie wird nicht mehr gelesen.")
    if review.is_taken and not review.is_read_by(request.user):
        return _("Diese Abgabe liest jetzt jemand anders.")
    return str(otherwise)


def _refused(request: PortalRequest, why: str, to: str) -> HttpResponse:
    messages.error(request, why)
    return redirect(to)
