"""The page „Fragen“: what a team asks its coaches beside what it hands in, with their answers (the latest `SHOWN` of them)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.requests import PortalRequest
from applications.progress.audience import QUESTIONS, PeopleAround
from applications.reviews.forms import EntryForm
from cohorts.contacts import contacts_of
from cohorts.models import Conversation, Entry, Team
from cohorts.models.conversation import WrittenSince, address_of, is_answered
from cohorts.models.team import has_role, signs_of
from core import kept
from core.statements import Statement
from core.steps import take_step
from core.typed import not_taken, takes
from core.writes import Stale

SHOWN = 30


def _team(user: Any, team: Any) -> QuerySet[Team]:
    return Team.objects.filter(has_role(user, QUESTIONS, ""), pk=team).with_cohort().annotate(**signs_of(user))


READ_TEAM = Statement(_team, "user", "team")


def get_team(request: PortalRequest, uuid: UUID) -> Team:
    """Return the team whose questions these are. Raises 404 for those who may not see them."""
    team = READ_TEAM.first(user=request.user.pk, team=uuid)
    if team is None:
        raise Http404
    team.know_roles(request.user, team)
    return team


@takes(EntryForm)
@kept.refills
def conversation(request: PortalRequest, uuid: UUID) -> HttpResponse:
    """Show what was asked and answered, and note that this person has read it; POST writes."""
    team = get_team(request, uuid)
    if request.method == "POST":
        return _write(request, team)
    typed = kept.typed(request)
    form = EntryForm(typed)
    if typed is not None:
        form.is_valid()
    return _page(request, team, form, kept_text=typed is not None)


def _write(request: PortalRequest, team: Team) -> HttpResponse:
    talk = Conversation(team=team)
    if not (talk.allows(request.user, "ask") or talk.allows(request.user, "answer")):
        raise PermissionDenied
    form = EntryForm(request.POST)
    if not form.is_valid():
        return _page(request, team, form, status=422)
    try:
        entry = Conversation.objects.write(team, form.cleaned_data["text"], by=request.user, seen=_seen(request))
    except WrittenSince:
        return _page(request, team, form, status=409, is_late=True)
    except Stale:
        return not_taken(request, _("Hier antwortet niemand. Ihr Text ist nicht gesendet."), address_of(team.pk))
    kept.forget(request)
    messages.success(request, _sent(entry))
    return redirect(f"{address_of(team.pk)}#beitrag-{entry.number}")


def _seen(request: PortalRequest) -> int:
    """Return the number of the last entry on the page that was sent; 0 where it names none."""
    seen = request.POST.get("seen", "")
    return int(seen) if seen.isdecimal() and len(seen) < 9 else 0


def _sent(entry: Entry) -> str:
    """Return what its writer reads once it is sent."""
    if entry.is_from_team:
        return _("Ihre Frage ist gesendet. Wenn jemand antwortet, bekommen Sie eine E-Mail.")
    if entry.conversation.waits_since:
        return _("Ihre Antwort ist gesendet. Inzwischen hat das Team noch geschrieben: Das wartet noch auf Antwort.")
    asked = entry.conversation.entries.filter(is_from_team=True, number__lt=entry.number)
    return _("Ihre Antwort ist gesendet.") if asked.exists() else _("Ihre Nachricht ist gesendet.")


def _page(
    request: PortalRequest,
    team: Team,
    form: EntryForm,
    *,
    status: int = 200,
    kept_text: bool = False,
    is_late: bool = False,
) -> HttpResponse:
    """Show the page; `is_late` says that the text in the form was not sent, because somebody has written since."""
    talk = Conversation.objects.filter(team=team).first() or Conversation(team=team)
    talk.team = team
    if talk.last:
        talk.note_seen(request.user)
    latest = Entry.objects.filter(conversation=talk).select_related("by").order_by("-number")
    shown = list(latest if "alle" in request.GET else latest[:SHOWN])
    is_member = talk.allows(request.user, "ask")
    may_write = (is_member or talk.allows(request.user, "answer")) and is_answered(team)
    context = {
        "team": team,
        "talk": talk,
        "entries": shown[::-1],
        "has_question": len(shown) < talk.last or any(entry.is_from_team for entry in shown),
        "has_answer": any(not entry.is_from_team for entry in shown),
        "earlier": talk.last - len(shown),
        "form": form,
        "kept_text": kept_text,
        "is_late": is_late,
        "is_member": is_member,
        "may_write": may_write,
        "may_close": may_write and bool(talk.last) and talk.closed_at is None,
        "contacts": contacts_of(team),
        "who": PeopleAround.of_team(team).audience(QUESTIONS, request.user),
    }
    return render(request, "applications/reviews/conversation.html", context, status=status)


@require_POST
def close(request: PortalRequest, uuid: UUID) -> HttpResponse:
    """Mark the questions as done, as far as the page showed them."""
    team = get_team(request, uuid)
    talk = get_object_or_404(Conversation.objects.visible_to(request.user), team=team)
    talk.team = team
    if not talk.allows(request.user, "close"):
        raise PermissionDenied
    late = _("Inzwischen hat jemand geschrieben, oder es ist schon erledigt. Bitte lesen Sie noch einmal nach.")
    take_step(
        request,
        lambda: talk.close(by=request.user, seen=_seen(request)),
        done=_("Das ist erledigt. Wer weiterfragen möchte, schreibt einfach wieder."),
        stale=late if is_answered(team) else _("Hier antwortet niemand. Was geschrieben ist, bleibt lesbar."),
    )
    return redirect(address_of(team.pk))
