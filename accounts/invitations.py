"""Inviting somebody: the invitation, the mail that carries its link, and holding it until there is an account."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse

from accounts import outbox
from accounts.models import Invitation, User

TEMPLATE = "accounts/mails/invitation.txt"
HELD = "invitation"


@transaction.atomic
def invite(
    email: str, target: Any, *, by: User | None, name: str = "", template: str = TEMPLATE, **values: Any
) -> Invitation:
    """Invite an address to join `target`, and put the mail with the link into the outbox. Returns the invitation.

    `target` is any record with `join(user)` and an entry "invite" in `MAY`. It may offer `invited_to`, the end of the
    sentence „… lädt Sie ein, …“ (an infinitive with „zu“); `may_then`, what they may do then; `hold()`, to lock what `join` looks at; `refuse(email)`, which
    raises `Stale` for an address that cannot join; `full_name` for the salutation; `note_declined(at)`; and `cohort_uuid`.
    Where people invite to it, `invited_from(user)` is the path on which they can do so again.

    An earlier open invitation of this address to this target ends. `by` is None only for commands. The template gets
    `link`, `name`, `invitation` and `values`; its first line is the subject. The token stands nowhere but in the mail:
    the outbox takes it out once the mail is sent.
    """
    return _invite(email, target, by=by, name=name, template=template, **values)[0]


def _invite(
    email: str, target: Any, *, by: User | None, name: str, template: str, **values: Any
) -> tuple[Invitation, str]:
    if by is not None:
        target.require(by, "invite")
    if hasattr(target, "refuse"):
        target.refuse(email)
    invitation, token = Invitation.make(email, target, by=by)
    link = reverse("invitation", args=[token])
    outbox.post(
        [outbox.Addressee(invitation.email, name or getattr(target, "full_name", ""))],
        template,
        dedup=invitation.pk,
        link=link,
        secret=token,
        cohort=getattr(target, "cohort_uuid", None),
        invitation=invitation,
        **values,
    )
    return invitation, link


def invite_with_link(email: str, target: Any, *, by: User | None) -> tuple[Invitation, str]:
    """Invite from the command line; returns the link's path too, so that it can be printed once."""
    with transaction.atomic():
        return _invite(email, target, by=by, name="", template=TEMPLATE)


def hold(request: HttpRequest, invitation: Invitation) -> None:
    """Remember in the session whose link was opened here; the token itself is not kept."""
    request.session[HELD] = str(invitation.pk)


def let_go(request: HttpRequest) -> None:
    request.session.pop(HELD, None)


def held(request: HttpRequest) -> Invitation | None:
    """Return the invitation whose link was opened in this session, as long as it can be accepted."""
    pk = request.session.get(HELD)
    return Invitation.objects.open().filter(pk=pk).first() if pk else None


def to_sign_up(request: HttpRequest) -> Invitation | None:
    """Return the held invitation if its address has no account yet."""
    invitation = held(request)
    return invitation if invitation is not None and invitation.account is None else None
