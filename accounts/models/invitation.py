"""Invitations („Ihre Einladung“): to what, for how long they are valid (`VALID_FOR`), accepting, declining and revoking them."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.models import Group
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import outbox
from accounts.addresses import AddressField
from accounts.rehearsal import current
from core.writes import Stale, write_if

from .event import Event
from .message import Message
from .organisation import Organisation, OrganisationQuerySet
from .record import Person, Record, roles
from .traces import NOBODYS_EMAIL, Traces
from .user import BAMF_GROUP, User

VALID_FOR = timedelta(days=30)
UNANSWERED: dict[str, None] = dict.fromkeys(("accepted_at", "declined_at", "revoked_at"))


def hashed(token: str) -> str:
    """Return a token as it is stored: the link holds the token, the database only its SHA-256."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_token() -> str:
    return secrets.token_urlsafe(32)


def _type_of(target: Any) -> ContentType:
    return ContentType.objects.get_for_model(target, for_concrete_model=False)


class BamfOffice(Group):
    """The group of BAMF staff as a target that people can be invited to."""

    class Meta:
        proxy = True
        verbose_name = _("BAMF")

    @classmethod
    def get_or_make(cls) -> BamfOffice:
        office, _created = cls._base_manager.get_or_create(name=BAMF_GROUP)
        return office

    @property
    def invited_to(self) -> str:
        return gettext("das Portal für das BAMF zu nutzen")

    @property
    def may_then(self) -> str:
        return gettext(
            "Sie sehen Zahlen zu allen Projektschmieden und die eingereichten Unterlagen. Sie pflegen die Förderaufrufe, geben Organisationen das Recht, Projektschmieden durchzuführen, und schließen, öffnen und löschen Konten. Was Teams noch schreiben, sehen Sie nicht. Beim Einloggen brauchen Sie einen zweiten Faktor."
        )

    def require(self, user: Person, action: str) -> None:
        """Raise `PermissionDenied` for all but BAMF staff, who alone invite to their office."""
        if not (user.is_authenticated and user.is_bamf):
            raise PermissionDenied(f"{self._meta.label_lower}: {action}")

    def invited_from(self, _user: User) -> str:
        return reverse("admin:accounts_invitation_changelist")

    def join(self, user: User) -> None:
        user.groups.add(self)
        user.__dict__.pop("is_bamf", None)  # the answer from before they joined


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self) -> InvitationQuerySet:
        """Return those that are neither accepted nor declined nor revoked nor expired."""
        return self.filter(**UNANSWERED, expires_at__gt=timezone.now())

    def latest_of_each(self) -> InvitationQuerySet:
        """Return of each address and target only the last one; none of an erased person."""
        same = {name: OuterRef(name) for name in ("target_type", "target_id", "email")}
        later = Invitation.objects.filter(**same, invited_at__gt=OuterRef("invited_at"))
        return self.exclude(email=NOBODYS_EMAIL).filter(~Exists(later))

    def declined(self) -> InvitationQuerySet:
        return self.latest_of_each().exclude(declined_at=None)

    def unanswered(self) -> InvitationQuerySet:
        """Return those that nobody has answered or taken back, also those that have expired."""
        return self.latest_of_each().filter(**UNANSWERED)

    def with_token(self, token: str) -> InvitationQuerySet:
        return self.filter(token_hash=hashed(token))

    def visible_to(self, user: Person) -> InvitationQuerySet:
        """Those the person made, and those to organisations they are responsible for; BAMF staff see all to organisations
        and to their office."""
        if not user.is_authenticated:
            return self.none()
        if user.is_bamf:
            kinds = ContentType.objects.get_for_models(BamfOffice, Organisation, for_concrete_models=False)
            return self.filter(Q(invited_by=user) | Q(target_type__in=kinds.values()))
        responsible = user.memberships.responsible().values_list("organisation", flat=True)
        ours = Q(target_type=_type_of(Organisation), target_id__in=[str(pk) for pk in responsible])
        return self.filter(Q(invited_by=user) | ours)

    def addressed_to(self, user: Person) -> InvitationQuerySet:
        """Those to an address that this person has confirmed as their own: they may accept without the link in the mail."""
        if not user.is_authenticated:
            return self.none()
        confirmed = EmailAddress.objects.filter(user=user, verified=True)
        return self.filter(email__in=confirmed.values("email"))

    def to_organisations(self) -> InvitationQuerySet:
        return self.filter(target_type=_type_of(Organisation))

    def to(self, target: Any, *others: Any) -> InvitationQuerySet:
        """Return those to any of these records, all of one kind."""
        ids = [str(record.pk) for record in (target, *others)]
        return self.filter(target_type=_type_of(target), target_id__in=ids)

    def end(self, *, by: User) -> None:
        """Part of a step that has asked who may: make all these links worthless."""
        for invitation in self:
            invitation.end(by=by)


class Invitation(Record):
    """A link sent to one address. Opening it shows a page; accepting is a button there and happens once.

    Declining happens once, too, and needs no account. The target is any record that offers `join(user)`. Only the hash of
    the token is stored.
    """

    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    email = AddressField(_("E-Mail-Adresse"))
    target_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+")
    target_id = models.CharField(max_length=40)
    target = GenericForeignKey("target_type", "target_id", for_concrete_model=False)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("eingeladen von"),
    )
    invited_at = models.DateTimeField(_("eingeladen am"), default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("gilt bis"))
    accepted_at = models.DateTimeField(_("angenommen am"), null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("angenommen von"),
    )
    declined_at = models.DateTimeField(_("abgelehnt am"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("zurückgezogen am"), null=True, blank=True)

    FORGETS = _("Einladungen an die Person")

    objects = InvitationQuerySet.as_manager()

    MAY = {
        "revoke": roles("inviter", "responsible", "bamf"),
        "add": roles("bamf"),
    }

    class Meta:
        verbose_name = _("Einladung")
        verbose_name_plural = _("Einladungen")
        ordering = ["-invited_at"]
        indexes = [models.Index(fields=["target_type", "target_id"], name="invitation_target")]
        constraints = [
            models.CheckConstraint(
                condition=Q(declined_at=None) | Q(accepted_at=None, revoked_at=None), name="invitation_declined_alone"
            )
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def answering(self) -> OrganisationQuerySet:
        """Return the Träger that answer for the data after accepting: of its cohort, or of the organisation's cohorts."""
        if isinstance(self.target, Organisation):
            joined = Organisation.objects.filter(cohorts__teams__organisation=self.target).values("pk")
            itself = Q(pk=self.target.pk, runs_cohorts=True)
            rows = Organisation.objects.filter(itself | Q(pk__in=joined))
        else:
            rows = Organisation.objects.filter(cohorts=getattr(self.target, "cohort_uuid", None))
        return rows.select_related("privacy_text")

    @property
    def is_open(self) -> bool:
        return all(getattr(self, end) is None for end in UNANSWERED) and self.expires_at > timezone.now()

    def roles_of(self, user: Person) -> frozenset[str]:
        """Return `inviter`, `bamf`, and the roles in the organisation it leads to."""
        if not user.is_authenticated:
            return frozenset()
        own_roles = {"inviter"} if user.pk == self.invited_by_id else set()
        target = self.target
        if isinstance(target, Organisation):
            own_roles |= target.roles_of(user)
        return frozenset(own_roles | ({"bamf"} if user.is_bamf else set()))

    @property
    def cohort_uuid(self) -> UUID | None:
        return getattr(self.target, "cohort_uuid", None)

    @property
    def account(self) -> User | None:
        """Return the account with the invited address, if any: as its login or as a further address."""
        return User.objects.with_address(self.email).first()

    def fits(self, user: User) -> bool:
        """Return whether the invited address belongs to this person, or to nobody yet."""
        account = self.account
        return account is None or account.pk == user.pk

    @property
    def sentence(self) -> str:
        """Return who invites to what: „Doris Lang lädt Sie ein, …“"""
        purpose = getattr(self.target, "invited_to", "") or gettext("bei „%(target)s“ mitzumachen") % {
            "target": self.target
        }
        if self.invited_by:
            return gettext("%(by)s lädt Sie ein, %(what)s.") % {"by": self.invited_by, "what": purpose}
        return gettext("Sie sind eingeladen, %(what)s.") % {"what": purpose}

    @property
    def inviter(self) -> User | None:
        """Return who invited, as long as they may invite to it; they hear that it was declined."""
        target: Any = self.target
        if self.invited_by is None or target is None:
            return None
        try:
            target.require(self.invited_by, "invite")
        except PermissionDenied:
            return None
        return self.invited_by

    @classmethod
    def forget(cls, traces: Traces) -> int:
        """End invitations to an erased person, and keep no address in them."""
        theirs = cls.objects.filter(traces.is_theirs("accepted_by"))
        theirs.filter(**UNANSWERED).update(revoked_at=timezone.now())
        return theirs.update(email=NOBODYS_EMAIL)

    @classmethod
    def make(cls, email: str, target: Any, *, by: User | None) -> tuple[Invitation, str]:
        """Make an invitation, and end earlier ones to the same target. Returns it with its token, which exists nowhere else."""
        token = new_token()
        earlier = cls.objects.open().to(target).filter(email=email)
        drop_unsent(email, earlier.values_list("token_hash", flat=True))
        earlier.update(revoked_at=timezone.now())
        invitation = cls.objects.create(
            token_hash=hashed(token),
            email=email,
            target=target,
            invited_by=by,
            expires_at=timezone.now() + VALID_FOR,
        )
        Event.record("invitation.made", invitation, by=by)
        return invitation, token

    @transaction.atomic
    def accept(self, user: User) -> None:
        """Join the target as this person, who gets the invited address too.

        Raises `Stale` if the invitation was accepted, declined, revoked or has expired, if its target does not take this person
        (with a sentence where there is more to say), and if the address belongs to somebody else.
        """
        target = self._hold_for(user)
        now = timezone.now()
        write_if(self, UNANSWERED | {"expires_at__gt": now}, accepted_at=now, accepted_by=user)
        target.join(user)
        user.add_address(self.email)
        Event.record("invitation.accepted", self, by=user)

    @transaction.atomic
    def decline(self, user: User | None) -> None:
        """Say no: the target notes it, and who invited is told and can invite again.

        `user` is None for a person who holds the link and is not logged in. Raises `Stale` as `accept` does.
        """
        target = self._hold_for(user)
        now = timezone.now()
        write_if(self, UNANSWERED | {"expires_at__gt": now}, declined_at=now)
        if hasattr(target, "note_declined"):
            target.note_declined(now)
        Event.record("invitation.declined", self, by=user)
        if (told := self.inviter) and told != user:
            outbox.post(
                [told],
                "accounts/mails/invitation_declined.txt",
                dedup=self.pk,
                link=target.invited_from(told),
                cohort=self.cohort_uuid,
                who=getattr(target, "full_name", "") or self.email,
                invitation=self,
                target=target,
            )

    def _hold_for(self, user: User | None) -> Any:
        """Return the target, held before this row: so do steps that end invitations.

        Raises `Stale` if it is gone, and if the address belongs to somebody else than the person who is logged in.
        """
        target: Any = self.target
        if target is None or (user and not self.fits(user)):
            raise Stale
        if hasattr(target, "hold"):
            target.hold()
        return target

    @transaction.atomic
    def revoke(self, *, by: User) -> None:
        """Make the link worthless. Raises `Stale` if it is already."""
        self.require(by, "revoke")
        self.end(by=by)

    def end(self, *, by: User) -> None:
        """Part of a step that has asked who may: make the link worthless."""
        write_if(self, UNANSWERED, revoked_at=timezone.now())
        drop_unsent(self.email, [self.token_hash])
        Event.record("invitation.revoked", self, by=by)


def drop_unsent(email: str, ended: Iterable[str]) -> None:
    """Delete unsent mails to this address with the tokens of these hashes, and say so on the page of consequences."""
    hashes = set(ended)
    unsent = Message.objects.unsent().filter(email=email).exclude(secret="") if hashes else Message.objects.none()
    keys = [message.pk for message in unsent if hashed(message.secret) in hashes]
    if keys and Message.objects.unsent().filter(pk__in=keys).delete()[0] and (watching := current()):
        sentence = gettext("Eine E-Mail an %(email)s wird nicht mehr gesendet: Ihr Link gilt nicht mehr.")
        watching.explain(format_html("<p>{}</p>", sentence % {"email": email}))
