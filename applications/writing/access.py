"""How views read an application: 404 for what a person may not see, 403 for what they may not do."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from accounts.requests import PortalRequest
from applications.writing.models import Application
from cohorts.models import signs_of


def get_application(request: PortalRequest, uuid: UUID, *, to: str = "see") -> Application:
    """Return the application with team, organisation, cohort, coaches, call and edition at hand."""
    return with_roles(request, uuid, to=to)[0]


def with_roles(request: PortalRequest, uuid: UUID, *, to: str = "see") -> tuple[Application, frozenset[str]]:
    """Return the application with the person's roles towards it, for a page that does not show everybody the same."""
    signs = signs_of(request.user, "team__")
    rows = Application.objects.visible_to(request.user).with_team().annotate(**signs)
    application = get_object_or_404(rows, pk=uuid)
    roles = application.team.know_roles(request.user, application)
    if not Application.MAY[to] & roles:
        raise PermissionDenied
    return application, roles
