"""What staff do to an account: close it, open it again, end work for the BAMF, reset the second factor."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from accounts import outbox
from accounts.models import Event, User
from accounts.models.user import BAMF_GROUP
from core.writes import Stale, write_if


@transaction.atomic
def deactivate(user: User, *, by: User) -> None:
    """Close the account: nobody logs in with it any more, and its sessions end. Nothing is lost."""
    user.require(by, "deactivate")
    write_if(user, {"is_active": True}, is_active=False)
    Event.record("person.deactivated", user, by=by)


@transaction.atomic
def activate(user: User, *, by: User) -> None:
    """Open a closed account again."""
    user.require(by, "activate")
    write_if(user, {"is_active": False}, is_active=True)
    Event.record("person.activated", user, by=by)


@transaction.atomic
def end_office(user: User, *, by: User) -> None:
    """End the person's work for the BAMF; the account stays. Raises `Stale` if they do not work there."""
    user.require(by, "end office")
    office = user.groups.filter(name=BAMF_GROUP)
    if not office.exists():
        raise Stale
    user.groups.remove(*office)
    Event.record("person.left_bamf", user, by=by)


@transaction.atomic
def reset_second_factor(user: User, *, by: User) -> None:
    """Take away the second factor and the recovery codes after a lost device, so that the person sets up new ones.

    Sessions that used the old one do not count any more. Raises `Stale` if there is none.
    """
    user.require(by, "reset second factor")
    authenticators: Any = user.authenticator_set  # type: ignore[attr-defined]  # allauth's
    if not authenticators.exists():
        raise Stale
    authenticators.all().delete()
    event = Event.record("person.second_factor_reset", user, by=by)
    outbox.post([user], "accounts/mails/second_factor_reset.txt", dedup=event.pk, by=by)
