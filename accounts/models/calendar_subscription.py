"""The secret address at which a person's calendar reads their dates: subscribing, renewing the address, ending it."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.signing import BadSignature, Signer
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.writes import Stale, write_if

from .event import Event
from .record import Person, Record, roles
from .user import User

# Versioned in the salt: with another one all addresses end.
SIGNER = Signer(sep=".", salt="calendar-1")


def new_key() -> str:
    return secrets.token_urlsafe(24)


class CalendarSubscriptionQuerySet(models.QuerySet["CalendarSubscription"]):
    def visible_to(self, user: Person) -> CalendarSubscriptionQuerySet:
        """Only the person's own: who sees it sees the address."""
        return self.filter(user=user) if user.is_authenticated else self.none()

    def with_token(self, token: str) -> CalendarSubscriptionQuerySet:
        """Return the one that this address leads to, while the account is open; what nobody signed costs no query."""
        try:
            key = SIGNER.unsign(token)
        except BadSignature:
            return self.none()
        return self.filter(key=key, user__is_active=True)

    @transaction.atomic
    def subscribe(self, *, by: User) -> CalendarSubscription:
        """Give a person an address for their calendar; doing it twice changes nothing."""
        if not by.is_authenticated:
            raise PermissionDenied
        subscription, made = self.get_or_create(user=by)
        if made:
            Event.record("calendar.subscribed", subscription, by=by)
        return subscription


class CalendarSubscription(Record):
    """A person's calendar may read their dates without a login, at an address that only they are shown.

    The address holds `key` and its signature, so that nobody makes it out of the database or a backup alone. A new key
    ends the address of before at once.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="calendar_subscription")
    key = models.CharField(max_length=32, unique=True, default=new_key, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    began_at = models.DateTimeField(_("abonniert am"), default=timezone.now, editable=False)
    renewed_at = models.DateTimeField(_("neue Adresse am"), null=True, blank=True, editable=False)

    objects = CalendarSubscriptionQuerySet.as_manager()

    MAY = {
        "renew": roles("self"),
        "end": roles("self"),
    }

    class Meta:
        verbose_name = _("Kalender-Abo")
        verbose_name_plural = _("Kalender-Abos")

    def __str__(self) -> str:
        return str(self.user)

    @property
    def token(self) -> str:
        """Return the secret part of its address."""
        return SIGNER.sign(self.key)

    def roles_of(self, user: Person) -> frozenset[str]:
        return frozenset({"self"} if user.is_authenticated and user.pk == self.user_id else ())

    @transaction.atomic
    def renew(self, *, by: User, seen: int) -> None:
        """Give it a new address; the one of before leads nowhere any more.

        Raises `Stale` if it was renewed since the version that was `seen`, or ended: nobody loses an address they have
        just copied in another window.
        """
        self.require(by, "renew")
        write_if(self, {"version": seen}, version=seen + 1, key=new_key(), renewed_at=timezone.now())
        Event.record("calendar.renewed", self, by=by)

    @transaction.atomic
    def end(self, *, by: User) -> None:
        """End it with its address. Raises `Stale` if it has ended."""
        self.require(by, "end")
        if not CalendarSubscription.objects.filter(pk=self.pk).delete()[0]:
            raise Stale
        Event.record("calendar.ended", self, by=by)
