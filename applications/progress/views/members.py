"""The page „Wer gehört zum Team?“: inviting, taking an invitation back, changing a role, handing over, leaving."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Invitation
from accounts.rehearsal import look_at
from accounts.requests import PortalRequest
from applications.progress.forms import MemberForm
from applications.progress.handing_over import of_handing_over, of_offering
from applications.writing.access import get_application, with_roles
from applications.writing.models import Application
from cohorts import revoking
from cohorts.models import Team, TeamMember
from core.steps import take_step
from core.typed import takes
from core.writes import Stale

# Mail takes a moment; whoever presses twice would only make the first link useless.
PAUSE = timedelta(minutes=10)
HAS_LEFT = _lazy("Das Team ist nicht mehr in der Projektschmiede. Wer dazugehört, lässt sich nicht mehr ändern.")
CHANGED = _lazy("Das geht gerade nicht: Jemand hat das Team inzwischen geändert, oder die Person ist noch nicht dabei.")


@takes(MemberForm)
def members(request: PortalRequest, uuid: UUID) -> HttpResponse:
    """Show the members of the team, and a form that invites another to those who may use it."""
    application, roles = with_roles(request, uuid)
    may_change = bool(Team.MAY["people"] & roles)
    if request.method == "POST" and not may_change:
        raise PermissionDenied
    form = MemberForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            application.team.add_member(by=request.user, **form.cleaned_data)
        except Stale as error:
            sentence = str(error) or _("Diese Adresse gehört schon zu Ihrem Team.")
            form.add_error("email", why_refused(application.team, sentence))
        else:
            messages.success(request, _("Die Einladung ist unterwegs."))
            return redirect("applications:members", application.pk)
    context = {
        "application": application,
        "members": application.team.members.current().select_related("user"),
        "form": form,
        "may_change": may_change and application.team.is_current,
        "is_owner": "owner" in roles,
        "is_organiser": "organiser" in roles,
        "has_left": HAS_LEFT if not application.team.is_current else "",
    }
    return render(request, "applications/progress/members.html", context, status=422 if form.errors else 200)


@require_POST
def change_role(request: PortalRequest, uuid: UUID, member: UUID) -> HttpResponse:
    """Change whether a member writes or only reads."""
    role = request.POST.get("role", "")
    return step(
        request, uuid, member, lambda chosen: chosen.change_role(role, by=request.user), _("Die Rolle ist geändert.")
    )


@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: PortalRequest, uuid: UUID, member: UUID) -> HttpResponse:
    """Show what it means, then offer a member the responsibility, as the owner; hand it over at once, as the organiser."""

    def act(chosen: TeamMember, owner: TeamMember | None = None) -> str:
        owner = owner or chosen.team.owner()
        if owner.user_id == request.user.pk:
            chosen.offer_ownership(by=request.user)
            return _("Wir haben gefragt. Sobald die Person zustimmt, ist sie verantwortlich.")
        owner.hand_over(chosen, by=request.user)
        return _("Die Verantwortung ist übergeben.")

    if request.method == "POST":
        return step(request, uuid, member, act)
    application, chosen = get_member(request, uuid, member)
    owner = chosen.team.owner()
    try:
        letters = look_at(lambda: act(chosen, owner)).letters
    except Stale:
        messages.error(request, why_refused(application.team, str(CHANGED)))
        return redirect("applications:members", application.pk)
    offers = owner.user_id == request.user.pk
    context = {
        "application": application,
        "member": chosen,
        "title": _("Verantwortung anbieten") if offers else _("Verantwortung übergeben"),
        "label": _("Ja, anbieten") if offers else _("Ja, übergeben"),
        "sentences": of_offering(chosen) if offers else of_handing_over(owner, chosen),
        "letters": letters,
    }
    return render(request, "applications/progress/hand_over.html", context)


@require_POST
def answer_offer(request: PortalRequest, uuid: UUID, member: UUID) -> HttpResponse:
    """Agree to be responsible or decline (the member asked), or take the offer back (the owner)."""
    application, roles = with_roles(request, uuid)
    members = application.team.members.current().select_related("team__organisation", "team__cohort")
    chosen = get_object_or_404(members, pk=member)
    is_asked = chosen.user_id == request.user.pk
    if not is_asked and "owner" not in roles:
        raise PermissionDenied
    agrees = is_asked and request.POST.get("answer") == "yes"
    take_step(
        request,
        lambda: chosen.agree(by=request.user) if agrees else chosen.end_offer(by=request.user),
        done=_("Sie sind jetzt verantwortlich.") if agrees else _("Es bleibt alles, wie es war."),
        stale=_("Dieses Angebot gibt es nicht mehr."),
    )
    return redirect("applications:members", application.pk)


@require_POST
def invite_again(request: PortalRequest, uuid: UUID, member: UUID) -> HttpResponse:
    """Mail the invitation anew to somebody who has not accepted it; the earlier link ends. Once in ten minutes."""

    def act(chosen: TeamMember) -> str:
        lately = timezone.now() - PAUSE
        if Invitation.objects.open().to(chosen).filter(invited_at__gt=lately).exists():
            return _(
                "Die Einladung ist gerade erst verschickt worden. Bitte warten Sie ein paar Minuten, und sehen Sie auch im Spam-Ordner nach."
            )
        chosen.invite(by=request.user)
        return _("Die Einladung ist noch einmal unterwegs. Der frühere Link gilt nicht mehr.")

    return step(request, uuid, member, act)


@require_POST
def take_out(request: PortalRequest, uuid: UUID, member: UUID) -> HttpResponse:
    """Take somebody out of the team; what they wrote stays."""
    return step(
        request, uuid, member, lambda chosen: chosen.leave(by=request.user), _("Die Person gehört nicht mehr zum Team.")
    )


@require_POST
def revoke_invitation(request: PortalRequest, uuid: UUID, member: UUID) -> HttpResponse:
    """Take back the invitation of somebody who has not joined, or take somebody who declined off the list."""

    def act(chosen: TeamMember) -> str:
        revoking.revoke_invitation(chosen, by=request.user)
        if chosen.declined_at:
            return _("Die Person steht nicht mehr in der Liste.")
        return _("Die Einladung ist zurückgezogen.")

    return step(request, uuid, member, act)


def get_member(request: PortalRequest, uuid: UUID, member: UUID) -> tuple[Application, TeamMember]:
    """Return the Vorhaben and one of the people of its team, for those who may change them; 403 for others."""
    application = get_application(request, uuid)
    application.team.require(request.user, "people")
    members = application.team.members.current().select_related("team__organisation", "team__cohort")
    return application, get_object_or_404(members, pk=member)


def why_refused(team: Team, sentence: str) -> str:
    """Return the sentence, or that the team has left, as the database has it now."""
    team.refresh_from_db(fields=["withdrawn_at"])
    return sentence if team.is_current else str(HAS_LEFT)


def step(
    request: PortalRequest, uuid: UUID, member: UUID, act: Callable[[TeamMember], str | None], done: str = ""
) -> HttpResponse:
    """Do it, and show what was done: the sentence that `act` returns, or `done`."""
    application, chosen = get_member(request, uuid, member)
    try:
        sentence = act(chosen)
    except Stale:
        messages.error(request, why_refused(application.team, str(CHANGED)))
    else:
        messages.success(request, sentence or done)
    return redirect("applications:members", application.pk)
