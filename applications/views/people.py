"""The people of a team: everybody in it sees them; the owner and the organiser invite, change and hand over."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.requests import PortalRequest
from applications.forms.people import MemberForm
from applications.models import Application
from applications.views.access import get_application, with_roles
from cohorts.models import TeamMember
from schmiede.writes import Stale


def people(request: PortalRequest, uuid: UUID) -> HttpResponse:
    """Who belongs to the team; for those who may, a form that invites one more."""
    application, roles = with_roles(request, uuid)
    may_change = bool(Application.MAY["people"] & roles)
    if request.method == "POST" and not may_change:
        raise PermissionDenied
    form = MemberForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            application.team.add_member(by=request.user, **form.cleaned_data)
        except Stale:
            form.add_error("email", _("Diese Adresse gehört schon zu Ihrem Team."))
        else:
            messages.success(request, _("Die Einladung ist unterwegs."))
            return redirect("applications:people", application.pk)
    context = {"application": application, "members": application.team.people(), "form": form, "may_change": may_change}
    return render(request, "applications/people.html", context, status=422 if form.errors else 200)


@require_POST
def change_role(request: PortalRequest, uuid: UUID, member: UUID) -> HttpResponse:
    """Let somebody write along, or only read."""
    role = request.POST.get("role", "")
    return step(request, uuid, member, lambda one: one.change_role(role, by=request.user), _("Die Rolle ist geändert."))


@require_POST
def hand_over(request: PortalRequest, uuid: UUID, member: UUID) -> HttpResponse:
    """Make somebody else responsible; one writes along from then on."""

    def act(chosen: TeamMember) -> None:
        owner = chosen.team.members.current().get(role=TeamMember.Role.OWNER)
        owner.hand_over(chosen, by=request.user)

    return step(request, uuid, member, act, _("Die Verantwortung ist übergeben."))


@require_POST
def take_out(request: PortalRequest, uuid: UUID, member: UUID) -> HttpResponse:
    """Take somebody out of the team; what they wrote stays."""
    return step(
        request, uuid, member, lambda one: one.leave(by=request.user), _("Die Person gehört nicht mehr zum Team.")
    )


def step(
    request: PortalRequest, uuid: UUID, member: UUID, act: Callable[[TeamMember], None], done: str
) -> HttpResponse:
    application = get_application(request, uuid, to="people")
    members = application.team.members.current().select_related("team__organisation", "team__cohort")
    chosen = get_object_or_404(members, pk=member)
    try:
        act(chosen)
    except Stale:
        messages.error(
            request,
            _("Das geht gerade nicht: Jemand hat das Team inzwischen geändert, oder die Person ist noch nicht dabei."),
        )
    else:
        messages.success(request, done)
    return redirect("applications:people", application.pk)
