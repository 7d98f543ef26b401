"""A place in a team or in coaching to which somebody is invited, and how far that is („eingeladen, noch nicht angenommen“)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from django.db import models, transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.models.named_person import NamedPerson
from accounts.names import require_a_name
from core.words import spoken_day
from core.writes import write_if


class InvitedPerson(NamedPerson):
    """A place for a person by name and address; it has an account once the invitation is accepted."""

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
        return gettext("eingeladen, noch nicht angenommen")

    def place_state(self, *, has_ended: bool) -> str:
        """Return for a list of everybody how it stands with the place: also „dabei“, and after its end."""
        if not has_ended:
            return self.invitation_state or gettext("dabei")
        return gettext("ausgeschieden") if self.has_joined or self.is_erased else gettext("Einladung zurückgezogen")

    @transaction.atomic
    def invite(self, *, by: User) -> None:
        """Mail a link to join; an earlier one ends, and that they had declined counts no more.

        Raises `Stale` if they joined, or the place has ended, and `OnBothSides` if they are on the other side of the cohort.
        """
        self.require(by, "invite")
        self.hold()
        self.send_invitation(by=by)

    def note_declined(self, at: datetime) -> None:
        """Part of declining an invitation, which has held the place. Raises `Stale` if they have joined meanwhile."""
        write_if(self, {self.ACCOUNT: None, "declined_at": None}, declined_at=at)
