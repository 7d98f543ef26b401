"""Reading a review: adding comments, „Lob“, keeping what was begun, giving back; two windows of one coach keep both texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.requests import PortalRequest
from applications.reviews.forms import CommentForm, GiveBackForm
from applications.reviews.models import BegunComment, Comment, Phrase, ReviewItem
from applications.reviews.models.begun import begun_of
from applications.reviews.models.review import Verdict
from applications.reviews.page.review_desk import ReviewDesk
from applications.reviews.views.phrases import FULL
from applications.reviews.views.reviews import desk_of, get_review, page_of, take_next, why_not_review
from applications.reviews.windows import (
    COMMENT,
    SUMMARY,
    TEXTS,
    Difference,
    Parts,
    Settled,
    WrittenElsewhere,
    seen_of,
    typed_in,
    version_of,
)
from core.typed import not_taken, takes
from core.values import dataclass
from core.words import clock
from core.writes import Stale

NOT_TAKEN = gettext_lazy("Anmerken können Sie nur, was Sie gerade lesen. Bitte übernehmen Sie die Abgabe zuerst.")
NOT_GIVEN_BACK = gettext_lazy(
    "Zurückgeben können Sie nur, was Sie gerade lesen. Bitte übernehmen Sie die Abgabe zuerst."
)
LOOK_AGAIN = gettext_lazy(
    "Sie haben in zwei Fenstern geschrieben. Bitte sehen Sie noch einmal hin, was nun hier steht."
)


@dataclass(frozen=True)
class TwoWindows:
    """A part of her work that stands in two windows, as the page says it."""

    title: str
    sentence: str
    difference: Difference

    @property
    def shows_both(self) -> bool:
        return self.difference.is_clash and self.difference.part in TEXTS


@dataclass(frozen=True)
class Noted:
    """What became of what a page has sent: its decision and, if it was kept, the comment begun on its section."""

    seen: Parts
    decision: Settled
    comment: Settled | None = None

    @property
    def differences(self) -> tuple[Difference, ...]:
        return (*(self.comment.differences if self.comment else ()), *self.decision.differences)

    @property
    def version_of_sender(self) -> str:
        seen = self.decision.seen_by_sender(self.seen)
        return version_of(self.comment.seen_by_sender(seen) if self.comment else seen)

    @property
    def seen_when_shown(self) -> Parts:
        seen = self.decision.seen_when_shown(self.seen)
        return self.comment.seen_when_shown(seen) if self.comment else seen

    def shown(self, sent: QueryDict, form: GiveBackForm) -> QueryDict:
        """Return what was sent with what stands in another window: both texts, or the other one."""
        shown = sent.copy()
        for difference in self.differences:
            if difference.part != COMMENT:
                shown[form.field_of(difference.part)] = difference.words
                continue
            here, elsewhere = typed_in(difference.here), typed_in(difference.elsewhere)
            first = here if difference.is_clash else {}
            for name in BegunComment.TYPED:
                shown[name] = first.get(name) or elsewhere.get(name, "")
            shown["text"] = difference.words
        return shown


def note_all(request: PortalRequest, desk: ReviewDesk, *, with_comment: bool = True) -> Noted:
    """Keep everything a page has sent that no other window of hers has changed, in one transaction.

    Raises `Stale` unless this person is reviewing it, and `ValidationError` if the comment cannot be stored.
    """
    seen = seen_of(request.POST.get("version", ""))
    decided = desk.give_back_form(request.POST).decided_so_far()
    typed = desk.comment_form(request.POST, with_phrases=False).typed() if with_comment else None
    with transaction.atomic():
        comment = None
        if typed is not None:
            comment = BegunComment.objects.keep(desk.item, by=request.user, typed=typed, seen=seen)
        return Noted(seen, desk.review.note(by=request.user, sent=decided, seen=seen), comment)


def page_after(
    request: PortalRequest, desk: ReviewDesk, noted: Noted, comment_form: CommentForm, form: GiveBackForm
) -> HttpResponse:
    """Show the page again after its form was sent, with both texts where two windows differ."""
    two_windows = [as_said(difference, form) for difference in noted.differences]
    version = version_of(noted.seen_when_shown)
    return page_of(
        request, desk, version=version, two_windows=two_windows, comment_form=comment_form, give_back_form=form
    )


def as_said(difference: Difference, form: GiveBackForm) -> TwoWindows:
    title = (
        _("Ihre neue Anmerkung")
        if difference.part == COMMENT
        else str(form.fields[form.field_of(difference.part)].label)
    )
    if difference.is_clash and difference.part in TEXTS:
        sentence = _("Beide Texte stehen jetzt im Feld untereinander. Bitte machen Sie einen daraus.")
    elif difference.is_clash:
        sentence = _("Im anderen Fenster steht: %(choice)s. Bitte entscheiden Sie noch einmal.") % {
            "choice": choice_of(difference)
        }
    elif difference.elsewhere:
        sentence = _("Im Feld steht jetzt, was Sie im anderen Fenster zuletzt eingegeben haben.")
    else:
        sentence = _("Das haben Sie im anderen Fenster gespeichert oder geleert. Deshalb ist das Feld jetzt leer.")
    return TwoWindows(title, sentence, difference)


def choice_of(difference: Difference) -> str:
    """Return a verdict or a day as people read it."""
    if difference.elsewhere in Verdict.values:
        return f"„{Verdict(difference.elsewhere).label}“"
    return ".".join(reversed(difference.elsewhere.split("-")))


@takes(CommentForm, GiveBackForm)
def comment(request: PortalRequest, uuid: UUID) -> HttpResponse:
    """Add a comment to a section of a review (`uuid` is the item's), and keep what was chosen for giving back.

    With `praise` the words or the row chosen are praised without a text; a comment of another kind that was begun stays
    begun.
    """
    desk, item = desk_of_item(request, uuid)
    if request.method != "POST":
        return redirect(desk.address)
    if not desk.is_mine:
        return not_taken(request, why_not_review(desk.review, request, NOT_TAKEN), desk.address)
    sent = as_praise(request.POST) if "praise" in request.POST else request.POST
    form = desk.comment_form(sent)
    try:
        noted = note_all(request, desk, with_comment=False)
        try:
            if form.is_valid():
                left = left_begun(sent, desk.comment_form(request.POST))
                item.comment(by=request.user, begun=left, seen=noted.seen, **form.values())
        except WrittenElsewhere:
            return _both_comments(request, desk, noted)
    except Stale:
        return not_taken(request, why_not_review(desk.review, request, NOT_TAKEN), desk.address)
    shown = noted.shown(request.POST, desk.give_back_form())
    decided = desk.give_back_form(typed=shown)
    if not form.is_valid():
        form.data = request.POST  # everything that was typed, also what is no part of the praise
        return page_after(request, desk, noted, form, decided)
    return _commented(request, desk, noted, form, decided)


def _commented(
    request: PortalRequest, desk: ReviewDesk, noted: Noted, form: CommentForm, decided: GiveBackForm
) -> HttpResponse:
    praised = _("Das Lob ist gespeichert. Das Team sieht es, sobald Sie zurückgeben.")
    commented = _("Die Anmerkung ist gespeichert. Das Team sieht sie, sobald Sie zurückgeben.")
    messages.success(request, praised if "praise" in request.POST else commented)
    if form.cleaned_data.get("remember") and form.cleaned_data["text"].strip():
        _remember(request, form.cleaned_data["text"].strip(), form.cleaned_data["kind"])
    if not noted.decision.clashes:
        return redirect(f"{desk.address}#anmerkungen")
    fresh = desk_of(request, get_review(request, desk.review.pk), desk.item.pk)
    seen = {**noted.seen, COMMENT: seen_of(fresh.version).get(COMMENT, "")}
    return page_after(request, fresh, Noted(seen, noted.decision), fresh.comment_form(), decided)


def _both_comments(request: PortalRequest, desk: ReviewDesk, noted: Noted) -> HttpResponse:
    """Show the comment that was begun in two windows; the praise beside it is not saved yet. Raises `Stale`."""
    typed = desk.comment_form(request.POST).typed()
    comment = BegunComment.objects.keep(desk.item, by=request.user, typed=typed, seen=noted.seen)
    noted = replace(noted, comment=comment)
    shown = noted.shown(request.POST, desk.give_back_form())
    return page_after(request, desk, noted, desk.comment_form(typed=shown), desk.give_back_form(typed=shown))


def desk_of_item(request: PortalRequest, uuid: UUID) -> tuple[ReviewDesk, ReviewItem]:
    """Return the page of the review that an item belongs to, with its section open."""
    review = get_review(request, uuid, to="comment", by="items")
    desk = desk_of(request, review, uuid)
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
    (each with a `sentence`). *invalid* is also what another window of hers has changed; all else is kept then. `version`
    is for the form, which goes on showing what it has sent.
    """
    desk, _item = desk_of_item(request, uuid)
    try:
        noted = note_all(request, desk)
    except ValidationError as refused:
        return JsonResponse({"state": "invalid", "sentence": " ".join(refused.messages)})
    except Stale:
        return JsonResponse({"state": "closed", "sentence": why_not_review(desk.review, request, NOT_TAKEN)})
    version = noted.version_of_sender
    if any(difference.is_clash for difference in noted.differences):
        sentence = _(
            "Das haben Sie auch in einem anderen Fenster geschrieben. Wenn Sie „Anmerkung speichern“ oder „Zurückgeben“ drücken, sehen Sie beide Texte."
        )
        return JsonResponse({"state": "invalid", "sentence": sentence, "version": version})
    wrong = desk.give_back_form(request.POST).errors.get(SUMMARY)
    if wrong:
        return JsonResponse({"state": "invalid", "sentence": " ".join(map(str, wrong)), "version": version})
    return JsonResponse({"state": "saved", "saved_at": clock(timezone.now()), "same": True, "version": version})


def still_begun(titles: Sequence[str]) -> str:
    """Return the sentence on comments that were begun on these sections."""
    where = " " + _("Sie steht bei: %(titles)s.") % {"titles": ", ".join(titles)} if titles else ""
    return (
        _("Sie haben eine Anmerkung begonnen, die noch nicht gespeichert ist.")
        + where
        + " "
        + _("Bitte speichern Sie die Anmerkung oder leeren Sie ihre Felder. Dann können Sie zurückgeben.")
    )


@takes(CommentForm, GiveBackForm)
def give_back(request: PortalRequest, uuid: UUID) -> HttpResponse:
    """End the review; with `next`, take what waits longest. A comment that was begun must be saved or emptied first."""
    review = get_review(request, uuid, to="give back")
    desk = desk_of(request, review)
    if request.method != "POST":
        return redirect(desk.address)
    if not desk.is_mine:
        return not_taken(request, why_not_review(review, request, NOT_GIVEN_BACK), review.get_absolute_url())
    unstorable = None
    try:
        try:
            noted = note_all(request, desk)
        except ValidationError as refused:
            noted, unstorable = note_all(request, desk, with_comment=False), refused
        shown = noted.shown(request.POST, desk.give_back_form())
        form = _checked(desk, desk.give_back_form(shown), noted, unstorable, request)
        if not form.is_valid():
            return page_after(request, desk, noted, desk.comment_form(typed=shown), form)
        data = form.cleaned_data
        review.give_back(
            by=request.user,
            verdicts=form.verdicts(),
            summary=data["summary"].strip(),
            again_by=data["again_by"],
            seen=noted.seen_when_shown,
        )
    except WrittenElsewhere:  # at this very moment
        return give_back(request, uuid)
    except Stale:
        return not_taken(request, why_not_review(review, request, NOT_GIVEN_BACK), review.get_absolute_url())
    given = _("Zurückgegeben. Das Team %(team)s hat eine Nachricht bekommen.")
    messages.success(request, given % {"team": review.application.team.title})
    return take_next(request) if "next" in request.POST else redirect("reviews:queue")


def _checked(
    desk: ReviewDesk, form: GiveBackForm, noted: Noted, unstorable: ValidationError | None, request: PortalRequest
) -> GiveBackForm:
    """Add to the form what keeps the review from being given back, beside what is wrong in its own fields."""
    if unstorable:
        form.add_error(None, unstorable)
    if noted.differences:
        form.add_error(None, str(LOOK_AGAIN))
    if begun := [part.title for part in desk.tabs if part.item.pk in begun_of(desk.review, request.user)]:
        form.add_error(None, still_begun(begun))
    return form
