"""Answers the script that asks who else has a section open and whether a newer text is there."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import CharField
from django.http import Http404, HttpResponse, JsonResponse, QueryDict
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.requests import PortalRequest
from applications.content import Text
from applications.writing.access import with_roles
from applications.writing.models import Draft, Presence
from applications.writing.models.draft import DraftQuerySet
from applications.writing.models.presence import PAUSES, pause_after
from applications.writing.page.desk import Desk
from applications.writing.page.live_parts import parts_around
from applications.writing.views.section import seen_version
from cohorts.models import signs_of
from cohorts.models.team import SIGNS, roles_by
from core import kept
from core.statements import Slot, Statement
from core.words import clock


def _with_signs(user: Any, application: Any) -> DraftQuerySet:
    rows = Draft.objects.visible_to(user).for_list().filter(application=application, key=Slot("key", CharField()))
    return rows.annotate(**signs_of(user, "application__team__"))


READ_DRAFT = Statement(_with_signs, "user", "application")


@kept.passing
@require_POST
def presence(request: PortalRequest, uuid: UUID, key: str) -> HttpResponse:
    """Note that this person has the section open; answer who else has it open, and the newer text if there is one.

    `leaving` says that the page is being closed. Otherwise the answer says after how many seconds to ask `again`, or the
    `soonest` when the person does something; a page says which pause it has `kept` undisturbed. Nothing is locked.
    """
    draft = get_draft(request, uuid, key)
    now = timezone.now()
    if "leaving" in request.POST:
        Presence.objects.filter(draft=draft, user=request.user).delete()
        return JsonResponse({})
    Presence.objects.note(draft, request.user, now)
    others = [str(user) for user in Presence.objects.others(draft, request.user, now)]
    is_newer = draft.version > seen_version(request.POST)
    body = {
        "state": "here",
        "others": others,
        "version": draft.version,
        "again": pause_after(kept_pause(request.POST), is_quiet=not others and not is_newer),
        "soonest": PAUSES[0],
    }
    return JsonResponse(body | newer(request, uuid, key) if is_newer else body)


def get_draft(request: PortalRequest, uuid: UUID, key: str) -> Draft:
    """Return the section's draft, without its text, for somebody who may see who is there; as `with_roles` refuses others."""
    draft = READ_DRAFT.first(user=request.user.pk, application=uuid, key=key)
    if draft is None:
        raise Http404
    if not Draft.MAY["see notes"] & roles_by({name: getattr(draft, name) for name in SIGNS}, request.user):
        raise PermissionDenied
    return draft


def kept_pause(data: QueryDict) -> int:
    """Return for how many seconds the page has waited; 0 if it has just been opened or its person did something."""
    text = data.get("kept", "")
    return int(text) if text.isdecimal() and len(text) < 9 else 0


def newer(request: PortalRequest, uuid: UUID, key: str) -> dict[str, Any]:
    """Return the text as it is now, who saved it, and the parts of the page around it."""
    desk = Desk.of(request, *with_roles(request, uuid, to="see notes"), key)
    draft = desk.draft
    if draft.at is None:
        return {}
    body: dict[str, Any] = {
        "version": draft.version,
        "by": str(draft.by or ""),
        "own": draft.by_id == request.user.pk,
        "saved_at": clock(draft.at),
    }
    if isinstance(draft.value, Text):
        body["text"] = draft.value.text
    return body | parts_around(desk)
