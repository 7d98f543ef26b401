"""The buttons of a comment: answering, „erledigt“, ticking off, rewording, discarding."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.requests import PortalRequest
from applications.reviews.forms import AnswerForm, ChangeForm
from applications.reviews.models import Comment
from applications.reviews.windows import WrittenElsewhere
from applications.writing.models import GivenUp
from core.steps import take_step
from core.typed import not_taken, takes
from core.writes import Stale


def get_comment(request: PortalRequest, uuid: UUID, *, to: str) -> Comment:
    comment = get_object_or_404(
        Comment.objects.visible_to(request.user).select_related(
            "item__review__application__team__cohort", "item__draft"
        ),
        pk=uuid,
    )
    if not comment.allows(request.user, to):
        raise PermissionDenied
    return comment


def page_before(request: HttpRequest, comment: Comment) -> str:
    """Return the page that sent the form: a section or a review; else the review, at this comment's section."""
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return wanted
    return f"{comment.item.review.get_absolute_url()}?abschnitt={comment.item.draft.key}#anmerkungen"


@takes(AnswerForm)
@require_POST
def answer(request: PortalRequest, uuid: UUID) -> HttpResponse:
    comment = get_comment(request, uuid, to="answer")
    application = comment.item.review.application
    if application.is_given_up:
        return not_taken(request, _refusal(application.given_up_because), page_before(request, comment))
    form, title = AnswerForm(request.POST), _("Auf die Anmerkung antworten")
    if not form.is_valid():
        return _form_again(request, comment, form, title)
    try:
        comment.answer(form.cleaned_data["text"], by=request.user)
    except GivenUp as refusal:  # at this very moment
        return not_taken(request, _refusal(refusal.sentence), page_before(request, comment))
    except Stale:
        form.add_error(None, _("Auf diese Anmerkung kann noch nicht geantwortet werden."))
        return _form_again(request, comment, form, title, status=409)
    messages.success(request, _("Ihre Antwort ist gespeichert."))
    return redirect(page_before(request, comment))


def _refusal(because: str) -> str:
    return f"{because} {_('Ihre Antwort ist nicht gespeichert.')}"


def _after(
    request: PortalRequest, comment: Comment, step: Callable[..., object], *, done: str, stale: str
) -> HttpResponse:
    """Take a step on a comment, and return to the page on which its button was pressed."""
    take_step(request, lambda: step(by=request.user), done=done, stale=stale)
    return redirect(page_before(request, comment))


@require_POST
def done(request: PortalRequest, uuid: UUID) -> HttpResponse:
    """Mark a comment as done, or with `undo` take that back."""
    comment = get_comment(request, uuid, to="done")
    if "undo" in request.POST:
        stale = _("Diese Anmerkung ist schon offen, oder Ihre Coaching-Person hat sie abgehakt.")
        return _after(request, comment, comment.mark_open, done=_("Die Anmerkung ist wieder offen."), stale=stale)
    done = _("Die Anmerkung ist aus Ihrer Sicht erledigt. Ihre Coaching-Person sieht das und hakt sie ab.")
    return _after(request, comment, comment.mark_done, done=done, stale=_("Diese Anmerkung ist schon erledigt."))


@require_POST
def resolve(request: PortalRequest, uuid: UUID) -> HttpResponse:
    """Resolve a comment, or with `undo` take that back."""
    comment = get_comment(request, uuid, to="resolve")
    if "undo" in request.POST:
        stale = _("Diese Anmerkung ist schon offen.")
        return _after(request, comment, comment.reopen, done=_("Die Anmerkung ist wieder offen."), stale=stale)
    stale = _("Diese Anmerkung ist schon erledigt.")
    return _after(request, comment, comment.resolve, done=_("Die Anmerkung ist erledigt."), stale=stale)


@require_POST
def discard(request: PortalRequest, uuid: UUID) -> HttpResponse:
    comment = get_comment(request, uuid, to="discard")
    stale = _("Diese Anmerkung ist schon zurückgegeben und bleibt stehen.")
    return _after(request, comment, comment.discard, done=_("Die Anmerkung ist gelöscht."), stale=stale)


@takes(ChangeForm)
def change(request: PortalRequest, uuid: UUID) -> HttpResponse:
    """Show a page to reword a comment before it is given back."""
    comment = get_comment(request, uuid, to="change")
    initial = {"kind": comment.kind, "text": comment.text}
    form, title = ChangeForm(request.POST if request.method == "POST" else None, initial=initial), _("Anmerkung ändern")
    if request.method != "POST" or not form.is_valid():
        return _form_again(request, comment, form, title)
    kind, text = form.cleaned_data["kind"], form.cleaned_data["text"].strip()
    try:
        comment.change(by=request.user, kind=kind, text=text, seen=request.POST.get("version", ""))
    except WrittenElsewhere:
        return _both_wordings(request, comment, kind, text, title)
    except Stale:
        form.add_error(None, _("Diese Anmerkung ist schon zurückgegeben und bleibt, wie sie ist."))
        return _form_again(request, comment, form, title, status=409)
    messages.success(request, _("Die Anmerkung ist geändert."))
    return redirect(page_before(request, comment))


def _both_wordings(request: PortalRequest, comment: Comment, kind: str, text: str, title: str) -> HttpResponse:
    """Show both texts one under the other, after another window has reworded the comment."""
    comment.refresh_from_db(fields=["kind", "text"])
    texts = [text] if comment.text in text else [text, comment.text]
    form = ChangeForm({"kind": kind, "text": "\n\n".join(filter(None, texts))})
    form.add_error(
        "text",
        _(
            "Sie haben diese Anmerkung inzwischen in einem anderen Fenster geändert; oben steht sie, wie sie jetzt ist. Im Feld stehen beide Texte untereinander: Bitte machen Sie einen daraus."
        ),
    )
    return _form_again(request, comment, form, title, status=409)


def _form_again(
    request: PortalRequest, comment: Comment, form: AnswerForm | ChangeForm, title: str, *, status: int = 422
) -> HttpResponse:
    context = {"comment": comment, "form": form, "title": title, "back": page_before(request, comment)}
    return render(request, "applications/reviews/comment.html", context, status=status if form.is_bound else 200)
