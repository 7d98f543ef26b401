"""The page „Ihre Einladung“ behind the link in the mail, whatever it leads to.

Opening it changes nothing; the act is a button.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import invitations
from accounts.models import Invitation
from accounts.models.invitation import hashed
from core.writes import Stale


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    invitation = get_object_or_404(Invitation.objects.select_related("invited_by"), token_hash=hashed(token))
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
    messages.success(request, _("Willkommen! Sie haben die Einladung angenommen."))
    return redirect("dashboard")
