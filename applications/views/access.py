"""How every view gets its record: 404 for what a person may not see, 403 for what they may not do."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from accounts.requests import PortalRequest
from applications.models import Application


def get_application(request: PortalRequest, uuid: UUID, *, to: str = "see") -> Application:
    """The application with team, organisation, cohort, coaches, call and edition at hand."""
    application = get_object_or_404(Application.objects.visible_to(request.user).with_team(), pk=uuid)
    if not application.allows(request.user, to):
        raise PermissionDenied
    return application
