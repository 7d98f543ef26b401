"""The pages „Mein Konto“ and „Organisation“: data, people, inviting, handing over, leaving."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from allauth.account.internal.flows.login import record_authentication
from allauth.account.views import EmailView
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import ActivateTOTPView
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import invitations
from accounts.forms import InviteForm, OrganisationForm, ProfileForm
from accounts.models import Invitation, Membership, Organisation
from accounts.rehearsal import look_at
from accounts.requests import PortalRequest
from core.steps import take_step
from core.typed import takes
from core.writes import Stale


def get_organisation(request: PortalRequest, uuid: UUID, *, to: str = "see") -> Organisation:
    """Return the organisation; 404 for what this person may not see, 403 for what they may not do."""
    organisation = get_object_or_404(Organisation.objects.visible_to(request.user), pk=uuid)
    if not organisation.allows(request.user, to):
        raise PermissionDenied
    return organisation


def get_membership(request: PortalRequest, uuid: UUID, *, to: str) -> Membership:
    memberships = Membership.objects.visible_to(request.user).select_related("organisation", "user")
    membership = get_object_or_404(memberships, pk=uuid)
    if not membership.allows(request.user, to):
        raise PermissionDenied
    return membership


@takes(ProfileForm)
def profile(request: PortalRequest) -> HttpResponse:
    form = ProfileForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save_changed()
        messages.success(request, _("Ihre Angaben sind gespeichert."))
        return redirect("accounts:profile")
    context = {
        "form": form,
        "memberships": request.user.memberships.select_related("organisation"),
        "answering": Organisation.objects.answering_to(request.user),
        "has_second_factor": Authenticator.objects.filter(user=request.user).exists(),
    }
    return render(request, "accounts/profile.html", context, status=422 if form.errors else 200)


@require_safe
def second_factor(request: PortalRequest) -> HttpResponse:
    """Say why a second factor is needed here, and show the way to it."""
    enrolled = Authenticator.objects.filter(user=request.user, type=Authenticator.Type.TOTP).exists()
    return redirect("mfa_index") if enrolled else render(request, "accounts/second_factor.html")


class ActivateTOTP(ActivateTOTPView):
    """allauth's page; a factor that was just set up counts as proved in this session."""

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        factor = Authenticator.objects.get(user=self.request.user, type=Authenticator.Type.TOTP)
        extra = {"id": factor.pk, "type": factor.type, "reauthenticated": True}
        record_authentication(self.request, self.request.user, "mfa", **extra)
        return response


activate_totp = ActivateTOTP.as_view()


class Addresses(EmailView):
    """allauth's page; what may be taken away on it is remembered, so that erasing the person finds every copy."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user: Any = request.user
        user.remember_addresses()
        response: HttpResponse = super().post(request, *args, **kwargs)
        return response


addresses = Addresses.as_view()


@require_safe
def organisation(request: PortalRequest, uuid: UUID) -> HttpResponse:
    return _organisation_page(request, get_organisation(request, uuid), InviteForm())


def _organisation_page(request: PortalRequest, organisation: Organisation, form: InviteForm) -> HttpResponse:
    memberships = organisation.memberships.select_related("user").order_by("role", "user__last_name")
    members = list(memberships)
    theirs = [member.user.email for member in members]
    context = {
        "organisation": organisation,
        "members": members,
        "own": next((member for member in members if member.user_id == request.user.pk), None),
        "may_edit": organisation.allows(request.user, "edit"),
        "may_invite": organisation.allows(request.user, "invite"),
        "invitations": Invitation.objects.unanswered().to(organisation).exclude(email__in=theirs),
        "declined": Invitation.objects.declined().to(organisation).exclude(email__in=theirs),
        "form": form,
    }
    return render(request, "accounts/organisation.html", context, status=422 if form.errors else 200)


@takes(OrganisationForm)
@transaction.atomic
def edit_organisation(request: PortalRequest, uuid: UUID) -> HttpResponse:
    """Save what was changed; where somebody else has changed the same field since, both are shown."""
    if request.method == "POST":
        Organisation.objects.lock(uuid)
    organisation = get_organisation(request, uuid, to="edit")
    form = OrganisationForm(request.POST or None, instance=organisation)
    if request.method == "POST" and form.is_valid():
        if form.changed_data:
            organisation.save(update_fields=form.changed_data)
        messages.success(request, _("Die Angaben sind gespeichert."))
        if stays := form.what_stays:
            messages.warning(request, stays)
        return redirect(organisation)
    context = {"organisation": organisation, "form": form}
    return render(request, "accounts/edit_organisation.html", context, status=422 if form.errors else 200)


@takes(InviteForm)
@require_POST
def invite(request: PortalRequest, uuid: UUID) -> HttpResponse:
    organisation = get_organisation(request, uuid, to="invite")
    form = InviteForm(request.POST)
    if not form.is_valid():
        return _organisation_page(request, organisation, form)
    email = form.cleaned_data["email"]
    try:
        invitations.invite(email, organisation, by=request.user, name=form.cleaned_data["name"])
    except Stale as error:
        form.add_error("email", str(error))
        return _organisation_page(request, organisation, form)
    messages.success(request, _("Die Einladung an %(email)s ist unterwegs.") % {"email": email})
    return redirect(organisation)


@require_POST
def revoke(request: PortalRequest, uuid: UUID) -> HttpResponse:
    """Take back an invitation to an organisation; those into a team are taken back where its people are."""
    invitation = get_object_or_404(Invitation.objects.visible_to(request.user).to_organisations(), pk=uuid)
    if not invitation.allows(request.user, "revoke"):
        raise PermissionDenied
    take_step(
        request,
        lambda: invitation.revoke(by=request.user),
        done=_("Die Einladung ist zurückgezogen. Der Link darin öffnet nichts mehr."),
        stale=_("Diese Einladung gilt schon nicht mehr."),
    )
    return redirect(invitation.target or "accounts:profile")


@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: PortalRequest, uuid: UUID) -> HttpResponse:
    """Show what it means, then make this member responsible instead of the responsible person who asks."""
    to = get_membership(request, uuid, to="be handed over to")
    own_membership = get_object_or_404(to.organisation.memberships, user=request.user)
    stale = _("Die Verantwortung ist schon übergeben, oder diese Person ist nicht mehr dabei.")
    if request.method == "POST":
        take_step(
            request,
            lambda: own_membership.hand_over(to, by=request.user),
            done=_("%(name)s ist jetzt verantwortlich.") % {"name": to.user},
            stale=stale,
        )
        return redirect(to.organisation)
    try:
        letters = look_at(lambda: own_membership.hand_over(to, by=request.user)).letters
    except Stale as refusal:
        messages.error(request, refusal.sentence or stale)
        return redirect(to.organisation)
    said = {"name": to.user, "organisation": to.organisation.title}
    sentences = [
        _(
            "%(name)s ist dann für „%(organisation)s“ verantwortlich: ändert die Angaben, lädt Menschen ein und entfernt sie."
        )
        % said,
        _("Sie sind dann Mitglied: Sie sehen die Angaben, ändern sie aber nicht mehr."),
        _("An Ihren Rollen in Teams ändert sich nichts."),
        _("Zurückgeben kann es Ihnen nur %(name)s oder das BAMF.") % said,
    ]
    context = {"to": to, "organisation": to.organisation, "sentences": sentences, "letters": letters}
    return render(request, "accounts/hand_over.html", context)


@require_POST
def remove(request: PortalRequest, uuid: UUID) -> HttpResponse:
    membership = get_membership(request, uuid, to="remove")
    take_step(
        request,
        lambda: membership.leave(by=request.user),
        done=_("%(name)s gehört nicht mehr dazu.") % {"name": membership.user},
        stale=_("Die letzte verantwortliche Person kann nicht entfernt werden."),
    )
    return redirect(membership.organisation)


@require_POST
def leave(request: PortalRequest, uuid: UUID) -> HttpResponse:
    membership = get_membership(request, uuid, to="leave")
    is_gone = take_step(
        request,
        lambda: membership.leave(by=request.user),
        done=_("Sie gehören nicht mehr zu „%(name)s“.") % {"name": membership.organisation.title},
        stale=_("Sie sind die letzte verantwortliche Person. Übergeben Sie die Verantwortung, bevor Sie gehen."),
    )
    return redirect("accounts:profile" if is_gone else membership.organisation)
