"""How allauth behaves here: accounts arise only by invitation, and its mails go through the outbox like all others."""

from __future__ import annotations

import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import Http404, HttpRequest
from django.template.loader import render_to_string

from accounts import invitations, outbox
from accounts.addresses import one_address

JUST_LOGGED_IN = 5 * 60


class Adapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Allow it only with a valid invitation whose address has no account yet; otherwise there is no such page."""
        if invitations.to_sign_up(request) is None:
            raise Http404
        return True

    def is_email_verified(self, request: HttpRequest, email: str) -> bool:
        """Return whether the link of an invitation was opened, which verifies its address."""
        invitation = invitations.held(request)
        return invitation is not None and invitation.email == one_address(email)

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Let somebody who has just logged in set up their first second factor without the password once more."""
        user: Any = self.request.user
        records = get_authentication_records(self.request, user)
        fresh = bool(records) and time.time() - records[-1]["at"] < JUST_LOGGED_IN
        if app == "allauth.mfa" and fresh and not Authenticator.objects.filter(user=user).exists():
            return False
        return super().is_reauthentication_required(app=app)

    def login(self, request: HttpRequest, user: Any) -> None:
        """Let a session that kept a form for an hour (core/kept.py) last as long as any other from now on."""
        super().login(request, user)
        if not request.session.get_expire_at_browser_close():
            request.session.set_expiry(None)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Put the mail into the outbox: a failing server breaks no page, and codes and links are not kept."""
        values = {**context, "email": email, "request": self.request, "portal_url": settings.PORTAL_URL}
        subject = render_to_string(f"{template_prefix}_subject.txt", values)
        text = render_to_string(f"{template_prefix}_message.txt", values)
        kind, user = template_prefix.rpartition("/")[2], context.get("user")
        outbox.put(email, subject, text, kind=kind, secret=_secret_of(context), user=user)


def _secret_of(context: dict[str, Any]) -> str:
    """Return the part of a mail that lets somebody in: a code, or the end of a link."""
    if code := context.get("code") or context.get("key"):
        return str(code)
    return str(context.get("password_reset_url", "")).rstrip("/").rpartition("/")[2]
