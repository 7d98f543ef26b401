"""The page „Rückmeldungen“ (queue) and the page of one review, with adding comments, „Lob“, and the strip „Nächste“ (`STRIP` of them)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.requests import PortalRequest
from applications.reviews.forms import CommentForm
from applications.reviews.models import BegunComment, Comment, Phrase, Review, ReviewItem
from applications.reviews.models.begun import begun_of
from applications.reviews.page.queue import places_of, queue_of, strip_of, with_turns
from applications.reviews.page.review_desk import ReviewDesk
from applications.reviews.views.phrases import FULL
from cohorts.models import CoachAbsence, Cohort
from cohorts.models.team import signs_of
from core.statements import Statement
from core.steps import take_step
from core.typed import not_taken
from core.words import clock
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
        "is_coach": is_coach,
        "away": CoachAbsence.objects.on(timezone.localdate()).filter(assignment__coach=request.user).first(),
    }
    return render(request, "applications/reviews/queue.html", context)


def has_a_queue(request: PortalRequest) -> bool:
    """Is this a coach or an organiser? They have a queue, even an empty one."""
    return Cohort.objects.led_by(request.user).exists()


def read(request: PortalRequest, uuid: UUID) -> HttpResponse:
    return _page(request, _desk(request, get_review(request, uuid)))


def _desk(request: PortalRequest, review: Review, item: UUID | None = None) -> ReviewDesk:
    """The page of a review, with the section of an item open; without an item, the section that the address names."""
    address = request.GET
    key = "" if item else address.get("abschnitt", "")
    return ReviewDesk(review, request.user, key, address.get("ansicht", ""), address.get("daneben", ""), item)


def _page(request: PortalRequest, desk: ReviewDesk, **forms: Any) -> HttpResponse:
    context = {
        "desk": desk,
        "review": desk.review,
        "application": desk.review.application,
        **(_strip(request.user, desk.review) if desk.is_coach else {}),
    }
    if desk.is_mine:
        context["comment_form"] = forms.get("comment_form") or desk.comment_form()
        context["give_back_form"] = forms.get("give_back_form") or desk.give_back_form()
    return render(request, "applications/reviews/review.html", context, status=422 if forms else 200)


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
    except Stale:
        why = why_not_review(review, request, _("Diese Abgabe lesen Sie schon."))
        return _refused(request, why, review.get_absolute_url())
    messages.success(request, _("Sie lesen jetzt. Andere Coaching-Personen sehen das."))
    return redirect(review)


@require_POST
def release(request: PortalRequest, uuid: UUID) -> HttpResponse:
    review = get_review(request, uuid, to="release")
    take_step(
        request,
        lambda: review.release(by=request.user),
        done=_("Die Abgabe wartet wieder auf alle Coaching-Personen."),
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


def comment(request: PortalRequest, uuid: UUID) -> HttpResponse:
    """Add a comment to a section of a review (`uuid` is the item's), and keep what was chosen for giving back.

    With `praise` the words or the row chosen are praised without a text; a comment of another kind that was begun stays
    begun.
    """
    desk, item = _desk_of_item(request, uuid)
    if request.method != "POST":
        return redirect(desk.address)
    if not desk.is_mine:
        return not_taken(request, why_not_review(desk.review, request, NOT_TAKEN), desk.address)
    sent = as_praise(request.POST) if "praise" in request.POST else request.POST
    form, verdict = desk.comment_form(sent), desk.give_back_form(request.POST)
    if not form.is_valid():
        form.data = request.POST  # everything that was typed, also what is no part of the praise
        return _page(request, desk, comment_form=form, give_back_form=desk.give_back_form(typed=request.POST))
    try:
        item.comment(by=request.user, begun=left_begun(sent, desk.comment_form(request.POST)), **form.values())
        desk.review.note(by=request.user, **verdict.decided_so_far())
    except Stale:
        return not_taken(request, why_not_review(desk.review, request, NOT_TAKEN), desk.address)
    praised = _("Das Lob ist gespeichert. Das Team sieht es, sobald Sie zurückgeben.")
    commented = _("Die Anmerkung ist gespeichert. Das Team sieht sie, sobald Sie zurückgeben.")
    messages.success(request, praised if "praise" in request.POST else commented)
    if form.cleaned_data.get("remember") and form.cleaned_data["text"].strip():
        _remember(request, form.cleaned_data["text"].strip(), form.cleaned_data["kind"])
    return redirect(f"{desk.address}#anmerkungen")


NOT_TAKEN = gettext_lazy("Anmerken können Sie nur, was Sie gerade lesen. Bitte übernehmen Sie die Abgabe zuerst.")


def why_not_review(review: Review, request: PortalRequest, otherwise: str | Promise) -> str:
    """Return the sentence why this person is not reading it; `otherwise` if nobody else reads it."""
    review.refresh_from_db(fields=["finished_at", "withdrawn_at", "taken_at", "coach"])
    if review.finished_at:
        return _("Diese Abgabe ist schon zurückgegeben. Daran lässt sich nichts mehr ändern.")
    if review.withdrawn_at:
        return _("Das Team hat diese Abgabe zurückgezogen. Sie wird nicht mehr gelesen.")
    if review.is_taken and not review.is_read_by(request.user):
        return _("Diese Abgabe liest jetzt jemand anders.")
    return str(otherwise)


def _desk_of_item(request: PortalRequest, uuid: UUID) -> tuple[ReviewDesk, ReviewItem]:
    """Return the page of the review that an item belongs to, with its section open."""
    review = get_review(request, uuid, to="comment", by="items")
    desk = _desk(request, review, uuid)
    return desk, desk.item


def as_praise(sent: QueryDict) -> QueryDict:
    """Return what was sent as praise, without a text that was begun as another kind of comment."""
    praise = sent.copy()
    if sent.get("kind", "") not in {"", Comment.Kind.PRAISE}:
        praise["text"] = ""
        praise.pop("phrase", None)
    praise["kind"] = Comment.Kind.PRAISE
    return praise


def left_begun(sent: QueryDict, begun: CommentForm) -> dict[str, str] | None:
    """Return the comment of another kind that stays begun beside praise; None if there is none."""
    is_other = sent is not begun.data and sent.get("text", "") != begun.data.get("text", "")
    return begun.typed() if is_other else None


def _remember(request: PortalRequest, text: str, kind: str) -> None:
    try:
        Phrase.objects.remember(text, by=request.user, kind=kind)
    except Stale:
        messages.error(request, FULL)


@require_POST
def keep(request: PortalRequest, uuid: UUID) -> HttpResponse:
    """Keep what the coach has typed so far on a section and for giving back, for the page's script.

    `uuid` is the item's. Answers JSON: `state` is *saved* (with `saved_at`, hour and minute), *invalid* or *closed*
    (each with a `sentence`).
    """
    desk, item = _desk_of_item(request, uuid)
    try:
        typed = desk.comment_form(request.POST, with_phrases=False).typed()
        with transaction.atomic():
            BegunComment.objects.keep(item, by=request.user, typed=typed)
            desk.review.note(by=request.user, **desk.give_back_form(request.POST).decided_so_far())
    except ValidationError as refused:
        return JsonResponse({"state": "invalid", "sentence": " ".join(refused.messages)})
    except Stale:
        return JsonResponse({"state": "closed", "sentence": why_not_review(desk.review, request, NOT_TAKEN)})
    return JsonResponse({"state": "saved", "saved_at": clock(timezone.now())})


def _refused(request: PortalRequest, why: str, to: str) -> HttpResponse:
    messages.error(request, why)
    return redirect(to)


def still_begun(titles: list[str]) -> str:
    """Return the sentence on comments that were begun on these sections."""
    where = " " + _("Sie steht bei: %(titles)s.") % {"titles": ", ".join(titles)} if titles else ""
    return (
        _("Sie haben eine Anmerkung begonnen, die noch nicht gespeichert ist.")
        + where
        + " "
        + _("Bitte speichern Sie die Anmerkung oder leeren Sie ihre Felder. Dann können Sie zurückgeben.")
    )


def give_back(request: PortalRequest, uuid: UUID) -> HttpResponse:
    """End the review; with `next`, take what waits longest. A comment that was begun must be saved or emptied first."""
    review = get_review(request, uuid, to="give back")
    desk = _desk(request, review)
    not_taken_over = _("Zurückgeben können Sie nur, was Sie gerade lesen. Bitte übernehmen Sie die Abgabe zuerst.")
    if request.method != "POST":
        return redirect(desk.address)
    if not desk.is_mine:
        return not_taken(request, why_not_review(review, request, not_taken_over), review.get_absolute_url())
    form, comment = desk.give_back_form(request.POST), desk.comment_form(request.POST)
    try:
        BegunComment.objects.keep(desk.item, by=request.user, typed=comment.typed())
    except Stale:
        return not_taken(request, why_not_review(review, request, not_taken_over), review.get_absolute_url())
    except ValidationError as refused:
        form.add_error(None, refused)
    if begun := [part.title for part in desk.tabs if part.item.pk in begun_of(review, request.user)]:
        form.add_error(None, still_begun(begun))
    if not form.is_valid():
        return _page(request, desk, give_back_form=form, comment_form=desk.comment_form(typed=request.POST))
    data = form.cleaned_data
    try:
        review.give_back(
            by=request.user, verdicts=form.verdicts(), summary=data["summary"].strip(), again_by=data["again_by"]
        )
    except Stale:
        return not_taken(request, why_not_review(review, request, not_taken_over), review.get_absolute_url())
    given = _("Zurückgegeben. Das Team %(team)s hat eine Nachricht bekommen.")
    messages.success(request, given % {"team": review.application.team.title})
    return take_next(request) if "next" in request.POST else redirect("reviews:queue")
