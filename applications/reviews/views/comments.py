"""Comments as pages show them, and the team's and the coaches' answers to them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models.record import Person
from accounts.requests import PortalRequest
from applications.content import Content, Partners, Text
from applications.content.prose import Mark
from applications.content.quotes import Passage, Place, Quote, place_of
from applications.content.sheets import Names, titles
from applications.reviews.forms import AnswerForm, ChangeForm
from applications.reviews.models import Comment
from applications.writing.models import Draft
from core.writes import Stale


@dataclass(frozen=True)
class Note:
    """A comment as one person sees it beside a text: its number, where its words stand there, and what she may do."""

    comment: Comment
    number: int
    place: Place | None
    row: str
    may: frozenset[str]

    @property
    def label(self) -> str:
        """`Bitte ändern – noch offen`, `Frage – erledigt`"""
        kind = self.comment.get_kind_display()
        if not self.comment.is_given:
            return _("%(kind)s – noch nicht gegeben") % {"kind": kind}
        if self.comment.resolved_at:
            return _("%(kind)s – erledigt") % {"kind": kind}
        if self.comment.done_at:
            return _("%(kind)s – vom Team erledigt") % {"kind": kind}
        return _("%(kind)s – noch offen") % {"kind": kind} if self.comment.is_blocking else kind

    @property
    def symbol(self) -> str:
        return "done" if self.comment.resolved_at else Comment.Kind(self.comment.kind).stage

    @property
    def tone(self) -> str:
        """The end of its CSS class `comment--…`."""
        return {"must change": "must", "question": "question", "praise": "praise"}.get(self.comment.kind, "hint")

    @property
    def is_gone(self) -> bool:
        """It is about words or a row that are no longer there."""
        words_gone = self.comment.quote and not self.comment.quotes_row and self.place is None
        return bool(words_gone) or bool(self.comment.row_id and not self.row)

    @property
    def mark(self) -> Mark | None:
        return Mark(self.number, self.place.start, self.place.end) if self.place else None


def passage_of(value: Content) -> str | None:
    """The running text of a section that words can be quoted from; None where there are only rows and fields."""
    if isinstance(value, Text):
        return value.text
    return value.introduction if isinstance(value, Partners) else None


def notes_on(
    value: Content, comments: Iterable[Comment], user: Person, roles: frozenset[str], names: Names
) -> list[Note]:
    """The comments numbered in the order given, each with its place in this value. No query."""
    rows, passage = titles(value, names), Passage(passage_of(value) or "")
    return [
        Note(
            comment,
            number,
            place_of(quote_of(comment), passage) if comment.quote and not comment.quotes_row else None,
            rows.get(comment.row_id, ""),
            steps_open(comment, user, roles),
        )
        for number, comment in enumerate(comments, 1)
    ]


def section_notes(draft: Draft, user: Person, roles: frozenset[str], names: Names | None = None) -> list[Note]:
    """The comments of all reviews of a section that were given back, beside its current text. Two queries.

    `roles` are the person's roles towards the application. For `_comments.html`.
    """
    comments = Comment.objects.visible_to(user).given().filter(item__draft=draft).with_replies()
    return notes_on(draft.value, comments, user, roles, names or Names(terms=draft.application.terms))


def quote_of(comment: Comment) -> Quote:
    return Quote(comment.quote, comment.before, comment.after, comment.position)


def steps_open(comment: Comment, user: Person, roles: frozenset[str]) -> frozenset[str]:
    """What this person may do with the comment at this moment, as its buttons show."""
    own = roles | ({"author"} if user.is_authenticated and comment.by_id == user.pk else set())
    allowed = {action for action, who in Comment.MAY.items() if who & own}
    if not comment.is_given:
        review = comment.item.review
        return frozenset(allowed & {"change", "discard"}) if review.is_read_by(user) else frozenset()
    moment = {"answer"}
    if not comment.resolved_at and comment.kind != Comment.Kind.PRAISE:
        moment |= {"resolve"} | (set() if comment.done_at else {"done"})
    return frozenset(allowed & moment)


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


def back(request: HttpRequest, comment: Comment) -> str:
    """Where the form stood: the section or the review; else the review at this comment's section."""
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return wanted
    return f"{comment.item.review.get_absolute_url()}?abschnitt={comment.item.draft.key}#anmerkungen"


def _step(request: PortalRequest, comment: Comment, act: Callable[[], object], done: str, stale: str) -> HttpResponse:
    try:
        act()
    except Stale:
        messages.error(request, stale)
    else:
        messages.success(request, done)
    return redirect(back(request, comment))


@require_POST
def answer(request: PortalRequest, uuid: UUID) -> HttpResponse:
    comment = get_comment(request, uuid, to="answer")
    form, title = AnswerForm(request.POST), _("Auf die Anmerkung antworten")
    if not form.is_valid():
        return _form_again(request, comment, form, title)
    try:
        comment.answer(form.cleaned_data["text"], by=request.user)
    except Stale:
        form.add_error(None, _("Auf diese Anmerkung kann noch nicht geantwortet werden."))
        return _form_again(request, comment, form, title, status=409)
    messages.success(request, _("Ihre Antwort ist gespeichert."))
    return redirect(back(request, comment))


@require_POST
def done(request: PortalRequest, uuid: UUID) -> HttpResponse:
    comment = get_comment(request, uuid, to="done")
    return _step(
        request,
        comment,
        lambda: comment.mark_done(by=request.user),
        _("Die Anmerkung ist aus Ihrer Sicht erledigt. Ihre Coaching-Person sieht das und hakt sie ab."),
        _("Diese Anmerkung ist schon erledigt."),
    )


@require_POST
def resolve(request: PortalRequest, uuid: UUID) -> HttpResponse:
    comment = get_comment(request, uuid, to="resolve")
    return _step(
        request,
        comment,
        lambda: comment.resolve(by=request.user),
        _("Die Anmerkung ist erledigt."),
        _("Diese Anmerkung ist schon erledigt."),
    )


@require_POST
def discard(request: PortalRequest, uuid: UUID) -> HttpResponse:
    comment = get_comment(request, uuid, to="discard")
    return _step(
        request,
        comment,
        lambda: comment.discard(by=request.user),
        _("Die Anmerkung ist gelöscht."),
        _("Diese Anmerkung ist schon zurückgegeben und bleibt stehen."),
    )


def change(request: PortalRequest, uuid: UUID) -> HttpResponse:
    """A page of its own, to say a comment differently before it is given back."""
    comment = get_comment(request, uuid, to="change")
    initial = {"kind": comment.kind, "text": comment.text}
    form, title = ChangeForm(request.POST if request.method == "POST" else None, initial=initial), _("Anmerkung ändern")
    if request.method != "POST" or not form.is_valid():
        return _form_again(request, comment, form, title)
    try:
        comment.change(by=request.user, kind=form.cleaned_data["kind"], text=form.cleaned_data["text"].strip())
    except Stale:
        form.add_error(None, _("Diese Anmerkung ist schon zurückgegeben und bleibt, wie sie ist."))
        return _form_again(request, comment, form, title, status=409)
    messages.success(request, _("Die Anmerkung ist geändert."))
    return redirect(back(request, comment))


def _form_again(
    request: PortalRequest, comment: Comment, form: AnswerForm | ChangeForm, title: str, *, status: int = 422
) -> HttpResponse:
    context = {"comment": comment, "form": form, "title": title, "back": back(request, comment)}
    return render(request, "applications/reviews/comment.html", context, status=status if form.is_bound else 200)
