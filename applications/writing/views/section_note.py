"""The page „Notiz“: the team's private note to a section."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.requests import PortalRequest
from applications.content import InvalidContent
from applications.writing.models import SectionNote
from applications.writing.page.desk import Desk
from applications.writing.views.section import seen_version
from core.writes import Stale


@require_POST
def note(request: PortalRequest, uuid: UUID, key: str) -> HttpResponse:
    """Save the team's private note to a section."""
    desk = Desk.read(request, uuid, key, to="note")
    text = request.POST.get("text", "")
    try:
        SectionNote.objects.save_note(
            desk.application, key, by=request.user, seen=seen_version(request.POST), text=text
        )
    except InvalidContent as refused:
        sentence = str(refused)
    except Stale:
        sentence = _("Jemand hat die Notiz gerade geändert. Ihr Text steht unten; bitte verbinden Sie beide.")
    else:
        messages.success(request, _("Notiz gespeichert."))
        return redirect("applications:section", desk.application.pk, key)
    current = SectionNote.objects.filter(application=desk.application, key=key).first()
    context = {"desk": desk, "application": desk.application, "draft": desk.draft, "term": desk.term}
    context |= {"sentence": sentence, "current": current, "text": text}
    return render(request, "applications/writing/note.html", context, status=409)
