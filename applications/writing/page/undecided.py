"""Conflicts nobody has decided yet: the section leads to them while the login lasts."""

from __future__ import annotations

from django.urls import reverse

from accounts.requests import PortalRequest
from applications.writing.models import Draft, Revision

UNDECIDED = "undecided"


def remember(request: PortalRequest, draft: Draft, sent: Revision) -> None:
    """Remember that this person has to decide about what they sent; of several in one section, the last."""
    undecided = request.session.get(UNDECIDED, {})
    if undecided.get(str(draft.pk)) != str(sent.pk):
        request.session[UNDECIDED] = {**undecided, str(draft.pk): str(sent.pk)}


def forget(request: PortalRequest, draft: Draft) -> None:
    """Forget it: the person has decided."""
    undecided = dict(request.session.get(UNDECIDED, {}))
    if undecided.pop(str(draft.pk), None):
        request.session[UNDECIDED] = undecided


def page_of(request: PortalRequest, draft: Draft) -> str:
    """Return the address where this person still has to decide about this section, or an empty string."""
    sent = request.session.get(UNDECIDED, {}).get(str(draft.pk))
    return reverse("applications:conflict", args=[draft.application_id, draft.key, sent]) if sent else ""
