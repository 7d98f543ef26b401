"""How views get an application: 404 for what a person may not see, 403 for what they may not do."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404

from accounts.requests import PortalRequest
from applications.writing.models import Application
from applications.writing.models.application import ApplicationQuerySet
from cohorts.models import signs_of
from core.statements import Statement


def _with_signs(user: Any, application: Any) -> ApplicationQuerySet:
    rows = Application.objects.visible_to(user).with_team().annotate(**signs_of(user, "team__"))
    return rows.filter(pk=application)


READ_APPLICATION = Statement(_with_signs, "user", "application")


def get_application(request: PortalRequest, uuid: UUID, *, to: str = "see") -> Application:
    """Return the application with team, organisation, cohort, coaches, call and edition at hand."""
    return with_roles(request, uuid, to=to)[0]


def with_roles(request: PortalRequest, uuid: UUID, *, to: str = "see") -> tuple[Application, frozenset[str]]:
    """Return the application with the person's roles towards it, for a page that does not show everybody the same."""
    application = READ_APPLICATION.first(user=request.user.pk, application=uuid)
    if application is None:
        raise Http404
    roles = application.team.know_roles(request.user, application)
    if not Application.MAY[to] & roles:
        raise PermissionDenied
    return application, roles
