"""Answers the script that asks who else has a section open and whether a newer text is there."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.requests import PortalRequest
from applications.content import Text
from applications.writing.access import with_roles
from applications.writing.models import Draft, Presence
from applications.writing.page.desk import Desk
from applications.writing.page.live_parts import parts_around
from applications.writing.views.section import seen_version
from core import kept
from core.words import clock


@kept.passing
@require_POST
def presence(request: PortalRequest, uuid: UUID, key: str) -> HttpResponse:
    """Note that this person has the section open; answer who else has it open, and the newer text if there is one.

    `leaving` says that the page is being closed. Nothing is locked.
    """
    application, roles = with_roles(request, uuid, to="see notes")
    draft = get_object_or_404(Draft.objects.select_related("by"), application=application, key=key)
    now = timezone.now()
    if "leaving" in request.POST:
        Presence.objects.filter(draft=draft, user=request.user).delete()
        return JsonResponse({})
    Presence.objects.note(draft, request.user, now)
    others = [str(user) for user in Presence.objects.others(draft, request.user, now)]
    body: dict[str, Any] = {"state": "here", "others": others, "version": draft.version}
    if draft.version > seen_version(request.POST) and draft.at:
        body |= {
            "by": str(draft.by or ""),
            "own": draft.by_id == request.user.pk,
            "saved_at": clock(draft.at),
        }
        body |= parts_around(Desk.of(request, application, roles, key))
        if isinstance(draft.value, Text):
            body["text"] = draft.value.text
    return JsonResponse(body)
