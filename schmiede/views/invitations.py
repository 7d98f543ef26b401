"""The page „Ihre Einladung“ behind the link in the mail or on the overview, whatever it leads to.

Opening it changes nothing; accepting and declining are buttons. On the overview stands what waits for a person who is
logged in.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.contenttypes.models import ContentType
from django.contrib.contenttypes.prefetch import GenericPrefetch
from django.db.models import QuerySet, prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import invitations
from accounts.models import BamfOffice, Invitation, Membership, Organisation, User
from accounts.models.invitation import UNANSWERED, hashed
from accounts.requests import PortalRequest
from cohorts.models import CoachAssignment, Cohort, Team, TeamMember
from core.statements import Now, Statement
from core.writes import Stale

# The team that somebody in several has chosen, in the session.
TEAM = "team"
TARGETS = (TeamMember, Organisation, CoachAssignment, BamfOffice)
ROLES: dict[str, str | Promise] = {
    TeamMember.Role.OWNER: _lazy("verantwortlich: Sie schreiben mit, und Sie stellen das Vorhaben fertig"),
    TeamMember.Role.WRITER: _lazy("schreibt mit: Sie schreiben Texte und geben Abschnitte zur Rückmeldung ab"),
    TeamMember.Role.READER: _lazy("liest mit: Sie sehen alles und ändern nichts"),
}


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
    rows = READ_INVITATIONS(user=user.pk)
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
    inside = _inside(user)
    return [row for row in rows if _can_join(row.target, user, inside)]


def _invitations(user: Any) -> QuerySet[Invitation]:
    rows = Invitation.objects.filter(**UNANSWERED, expires_at__gt=Now()).addressed_to(user)
    return rows.select_related("invited_by").order_by("invited_at")


READ_INVITATIONS = Statement(_invitations, "user")


def _inside(user: User) -> set[UUID]:
    """Return the keys of the teams and Träger a person is in, and of the cohorts they coach. Three queries."""
    teams = set(user.team_memberships.filter(left_on=None).values_list("team", flat=True))
    organisations = set(user.memberships.values_list("organisation", flat=True))
    return teams | organisations | set(CoachAssignment.objects.of(user).values_list("cohort", flat=True))


def _can_join(target: Any, user: User, inside: set[UUID]) -> bool:
    """Is there something to join, and is the person not in it already, perhaps by another address?"""
    if over_for(target):
        return False
    match target:
        case TeamMember():
            return target.team_id not in inside
        case CoachAssignment():
            return target.cohort_id not in inside
        case Organisation():
            return target.pk not in inside
        case BamfOffice():
            return not user.is_bamf
    return False


def over_for(target: Any) -> str:
    """Return why nobody can join any more, as a sentence, even if the invitation is open; nothing if they can."""
    match target:
        case None:
            return _("Wozu Sie eingeladen waren, gibt es nicht mehr.")
        case TeamMember() if target.team.withdrawn_at or target.left_on:
            return (
                _("Das Team nimmt nicht mehr teil.")
                if target.team.withdrawn_at
                else _("Dieser Platz ist nicht mehr frei.")
            )
        case CoachAssignment() if not target.is_current:
            return _("Diese Begleitung ist schon beendet.")
    return ""


def is_still_there(target: Any) -> bool:
    """Can anybody be invited to it again: is it there, and has its team not left?"""
    return target is not None and not (isinstance(target, TeamMember) and target.team.withdrawn_at)


def terms_of(target: Any) -> list[tuple[str, str]]:
    """Return what somebody would be there, and in what: labels and values."""
    match target:
        case TeamMember():
            team = target.team
            role, verein = (_("Ihre Rolle"), str(ROLES[target.role])), (_("Verein"), team.organisation.name)
            return [role, verein, *_terms_of_cohort(team.cohort)]
        case CoachAssignment():
            role = (_("Ihre Rolle"), _("Coaching-Person: Sie geben Teams Rückmeldung"))
            return [role, *_terms_of_cohort(target.cohort)]
        case Organisation():
            is_first = not target.memberships.responsible().exists()
            kind = Membership.Role.RESPONSIBLE if is_first else Membership.Role.MEMBER
            return [(_("Ihre Rolle"), str(kind.label)), (_("Organisation"), target.name), *_may_then(target)]
        case BamfOffice():
            return _may_then(target)
    return []


def _may_then(target: Organisation | BamfOffice) -> list[tuple[str, str]]:
    return [(_("Was Sie dann tun können"), target.may_then)] if target.may_then else []


def _terms_of_cohort(cohort: Cohort) -> list[tuple[str, str]]:
    title = _("%(title)s (abgesagt)") % {"title": cohort.title} if cohort.cancelled_at else cohort.title
    return [(_("Projektschmiede"), title), (_("Träger"), cohort.organiser.name)]


def other_teams(user: User, target: Any) -> list[Team]:
    """Return the teams that a person is in already and stays in, for an invitation into one more."""
    if not isinstance(target, TeamMember):
        return []
    own = Team.objects.current().with_member(user).exclude(pk=target.team_id)
    return list(own.select_related("organisation", "cohort").order_by("-made_at"))


def _page(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    user: Any = request.user
    why_over = over_for(invitation.target)
    if not invitation.is_open or why_over:
        own = user.is_authenticated and invitation.accepted_by_id == user.pk
        context = {
            "invitation": invitation,
            "why_over": why_over,
            "accepted_here": own,
            "may_be_invited_again": is_still_there(invitation.target),
        }
        return render(request, "schmiede/invitation_over.html", context, status=410)
    if request.method == "POST" and request.POST.get("answer") == "no":
        return _decline(request, invitation)
    if request.method == "POST" and user.is_authenticated:
        return _accept(request, invitation)
    if not user.is_authenticated:
        invitations.hold(request, invitation)
    account = invitation.account
    own = user.is_authenticated and account is not None and account.pk == user.pk
    inviter = invitation.inviter
    fits = own or account is None
    inside = user.is_authenticated and not _can_join(invitation.target, user, _inside(user))
    context = {
        "invitation": invitation,
        "account": account,
        "own": own,
        "fits": fits,
        "told": inviter if inviter != user else None,
        "inside": inside,
        "terms": terms_of(invitation.target),
        "other_teams": other_teams(user, invitation.target) if fits and not inside else [],
    }
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
    if isinstance(invitation.target, TeamMember):
        request.session[TEAM] = str(invitation.target.team_id)  # the overview shows the team that they have just joined
    messages.success(request, _("Willkommen! Sie haben die Einladung angenommen."))
    return redirect("dashboard")


def _decline(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """Say no: logged in, back to the overview; with the link alone, to the page that says how it stands now."""
    user: Any = request.user
    try:
        invitation.decline(user if user.is_authenticated else None)
    except Stale:
        return redirect(request.path)
    invitations.let_go(request)
    if not user.is_authenticated:
        return redirect(request.path)
    messages.success(request, _("Sie haben die Einladung abgelehnt."))
    return redirect("dashboard")
