"""A place in a team or in coaching to which somebody is invited, and how far that is: „eingeladen, noch nicht angenommen“."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.models.invitation import VALID_FOR
from accounts.models.named_person import NamedPerson
from accounts.names import require_a_name
from core.words import spoken_day
from core.writes import write_if


class InvitedPerson(NamedPerson):
    """A place for a person by name and address; it has an account once the invitation is accepted."""

    invited_until = models.DateTimeField(_("eingeladen bis"), null=True, blank=True, editable=False)
    declined_at = models.DateTimeField(_("Einladung abgelehnt am"), null=True, blank=True, editable=False)

    ACCOUNT: ClassVar[str]
    """The field that holds the account."""

    class Meta:
        abstract = True

    if TYPE_CHECKING:

        def hold(self) -> None: ...

        def send_invitation(self, *, by: User) -> None: ...

    def clean(self) -> None:
        require_a_name(self)

    @property
    def has_joined(self) -> bool:
        return getattr(self, f"{self.ACCOUNT}_id") is not None

    @property
    def invitation_state(self) -> str:
        """Return what to say beside the name of somebody who has not joined; nothing for others and for an erased person."""
        if self.has_joined or self.is_erased:
            return ""
        if self.declined_at:
            return gettext("hat am %(day)s abgelehnt") % {"day": spoken_day(self.declined_at)}
        if self.invited_until and self.invited_until <= timezone.now():
            return gettext("Einladung abgelaufen")
        return gettext("eingeladen, noch nicht angenommen")

    def place_state(self, *, has_ended: bool) -> str:
        """Return for a list of everybody how it stands with the place: also „dabei“, and after its end."""
        if self.is_erased or (has_ended and self.has_joined):
            return gettext("ausgeschieden")
        if has_ended and self.declined_at is None:
            return gettext("Einladung zurückgezogen")
        return self.invitation_state or gettext("dabei")

    @transaction.atomic
    def invite(self, *, by: User) -> None:
        """Mail a link to join; an earlier one ends, and that they had declined counts no more.

        Raises `Stale` if they joined, or the place has ended, and `OnBothSides` if they are on the other side of the cohort.
        """
        self.require(by, "invite")
        self.hold()
        self.send_invitation(by=by)

    def note_invited(self, expected: dict[str, Any]) -> None:
        """Part of inviting the address as it is now; an earlier answer counts no more.

        Raises `Stale` if the person has joined, or the row is not as `expected`.
        """
        until = timezone.now() + VALID_FOR
        write_if(self, {self.ACCOUNT: None, **expected}, email=self.email, invited_until=until, declined_at=None)

    def note_declined(self, at: datetime) -> None:
        """Part of declining an invitation, which has held the place. Raises `Stale` if they have joined meanwhile."""
        write_if(self, {self.ACCOUNT: None, "declined_at": None}, declined_at=at)
