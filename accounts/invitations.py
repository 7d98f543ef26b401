"""Inviting somebody: the invitation and the mail that carries its link, in one transaction."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.urls import reverse

from accounts import outbox
from accounts.models import Invitation, User

TEMPLATE = "accounts/mails/invitation.txt"


@transaction.atomic
def invite(
    email: str, target: Any, *, by: User | None, name: str = "", template: str = TEMPLATE, **values: Any
) -> Invitation:
    """Invite the address to `target` and put the mail with the link into the outbox. Returns the invitation.

    `target` is any record with `join(user)`; it may offer `invited_to`, the end of the sentence „… lädt Sie ein, …“
    (an infinitive with „zu“), `full_name` for the salutation, and `cohort_uuid`. An earlier open invitation of this address to this
    target ends. `by` is None only for commands. The template gets `link`, `name`, `invitation` and `values`; its first line
    is the subject. The token stands nowhere but in the mail: the outbox takes it out once the mail is sent.
    """
    return _invite(email, target, by=by, name=name, template=template, **values)[0]


def _invite(
    email: str, target: Any, *, by: User | None, name: str, template: str, **values: Any
) -> tuple[Invitation, str]:
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
    """As `invite`, for the command line: returns the link's path too, so that it can be printed once."""
    with transaction.atomic():
        return _invite(email, target, by=by, name="", template=TEMPLATE)
