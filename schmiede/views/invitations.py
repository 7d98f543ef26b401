"""The page „Ihre Einladung“ behind the link in the mail or on the overview, whatever it leads to.

Opening it changes nothing; the act is a button. On the overview stands what waits for a person who is logged in.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.contenttypes.models import ContentType
from django.contrib.contenttypes.prefetch import GenericPrefetch
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import invitations
from accounts.models import BamfOffice, Invitation, Organisation, User
from accounts.models.invitation import hashed
from accounts.requests import PortalRequest
from cohorts.models import CoachAssignment, TeamMember
from core.writes import Stale

# The team that somebody in several has chosen, in the session.
TEAM = "team"
TARGETS = (TeamMember, Organisation, CoachAssignment, BamfOffice)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Show the invitation to whoever holds the secret of its mail."""
    return _page(request, get_object_or_404(Invitation.objects.select_related("invited_by"), token_hash=hashed(token)))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own_invitation(request: PortalRequest, uuid: UUID) -> HttpResponse:
    """Show an invitation to a confirmed address of the person who is logged in: it is theirs without the mail."""
    own = Invitation.objects.addressed_to(request.user).select_related("invited_by")
    return _page(request, get_object_or_404(own, pk=uuid))


def invitations_to(user: User) -> list[Invitation]:
    """Return what a person is invited to and can still join, oldest first.

    One query, and if there is anything three more and one for each kind of target.
    """
    rows = list(Invitation.objects.open().addressed_to(user).select_related("invited_by").order_by("invited_at"))
    if not rows:
        return []
    ContentType.objects.get_for_models(
        *TARGETS, for_concrete_models=False
    )  # known from then on: one query, not one each
    targets: list[Any] = [
        TeamMember.objects.select_related("team__cohort", "team__organisation"),
        Organisation.objects.all(),
    ]
    targets += [CoachAssignment.objects.select_related("cohort"), BamfOffice.objects.all()]
    prefetch_related_objects(rows, GenericPrefetch("target", targets))
    teams = set(user.team_memberships.filter(left_on=None).values_list("team", flat=True))
    organisations = set(user.memberships.values_list("organisation", flat=True))
    coached = set(CoachAssignment.objects.of(user).values_list("cohort", flat=True))
    inside = teams | organisations | coached
    return [row for row in rows if _can_join(row.target, user, inside)]


def _can_join(target: Any, user: User, inside: set[UUID]) -> bool:
    """Is there something to join, and is the person not in it already, perhaps by another address?

    `inside` are the keys of the teams and Träger they are in and of the cohorts they coach.
    """
    match target:
        case TeamMember():
            return target.team.withdrawn_at is None and target.left_on is None and target.team_id not in inside
        case CoachAssignment():
            return target.is_current and target.cohort_id not in inside
        case Organisation():
            return target.pk not in inside
        case BamfOffice():
            return not user.is_bamf
    return False


def _page(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    if not invitation.is_open or invitation.target is None:
        return render(request, "schmiede/invitation_over.html", {"invitation": invitation}, status=410)
    user: Any = request.user
    if request.method == "POST" and user.is_authenticated:
        return _accept(request, invitation)
    if not user.is_authenticated:
        invitations.hold(request, invitation)
    account = invitation.account
    own = user.is_authenticated and account is not None and account.pk == user.pk
    context = {"invitation": invitation, "account": account, "own": own, "fits": own or account is None}
    return render(request, "schmiede/invitation.html", context)


def _accept(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    user: Any = request.user
    try:
        invitation.accept(user)
    except Stale as error:
        too_late = _("Diese Einladung können Sie mit diesem Konto nicht mehr annehmen.")
        messages.error(request, str(error) or too_late)
        return redirect(request.path)
    invitations.let_go(request)
    request.session.pop(TEAM, None)  # the overview shows the team that they have just joined
    messages.success(request, _("Willkommen! Sie haben die Einladung angenommen."))
    return redirect("dashboard")
