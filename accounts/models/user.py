from __future__ import annotations

from copy import copy
from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts import outbox
from accounts.addresses import AddressField, one_address
from accounts.names import require_a_name
from core.spelling import NameField
from core.words import full_name
from core.writes import Stale, write_if

from .event import Event
from .forgetting import forget_everywhere
from .record import Person, Record, roles
from .traces import Erased, Traces

BAMF_GROUP = "bamf"


def erased_person(pk: UUID) -> dict[str, str]:
    """What a record that keeps its own copy of a person holds after they were erased; `pk` keeps addresses apart."""
    return {"first_name": "Gelöschte", "last_name": "Person", "email": f"{pk}{outbox.NO_ADDRESS}", "phone": ""}


class UserManager(BaseUserManager["User"]):
    def visible_to(self, user: Person) -> models.QuerySet[User]:
        """People as such are seen by BAMF staff; everybody else meets them in teams, and sees their own account."""
        if not user.is_authenticated:
            return self.none()
        return self.all() if user.is_bamf else self.filter(pk=user.pk)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A person who logs in with this address, which counts as verified; without a password only by a code sent there."""
        user = self.model(email=one_address(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        user.add_address(user.email)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_superuser=True, **fields)

    def with_address(self, email: str) -> models.QuerySet[User]:
        """Whose address this is: their login, or a further one that was verified."""
        email = one_address(email)
        further = Q(emailaddress__email=email, emailaddress__verified=True)
        return self.filter(Q(email=email) | further).distinct()

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=username)


class User(Record, AbstractBaseUser, PermissionsMixin):
    """A person. The e-mail address is the login; what somebody may do comes from records, never from flags here."""

    email = AddressField(_("E-Mail-Adresse"), unique=True)
    first_name = NameField(_("Vorname"), max_length=100, blank=True)
    last_name = NameField(_("Nachname"), max_length=100, blank=True)
    language = models.CharField(_("Sprache"), max_length=5, default="de", choices=[("de", "Deutsch")])
    wants_review_mails = models.BooleanField(_("E-Mail, wenn eine Rückmeldung wartet oder da ist"), default=True)
    wants_news_mails = models.BooleanField(_("E-Mail bei Mitteilungen der Projektschmiede"), default=True)
    wants_reminder_mails = models.BooleanField(_("E-Mail zur Erinnerung an Termine und Fristen"), default=True)
    wants_answers = models.BooleanField(
        _("Antworten der Teams an meine eigene Adresse"),
        default=False,
        help_text=_(
            "Wenn ein Team auf eine E-Mail zu Ihrer Rückmeldung antwortet, geht die Antwort an Ihre Adresse, und das Team "
            "sieht diese Adresse. Sonst geht sie an die Ansprechperson der Projektschmiede."
        ),
    )
    is_active = models.BooleanField(_("aktiv"), default=True)
    date_joined = models.DateTimeField(_("dabei seit"), default=timezone.now, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []

    objects = UserManager()

    MAY = {
        "deactivate": roles("bamf"),
        "activate": roles("bamf"),
        "erase": roles("bamf"),
        "end office": roles("bamf"),
        "reset second factor": roles("bamf", "organiser"),
    }

    class Meta:
        verbose_name = _("Person")
        verbose_name_plural = _("Personen")
        ordering = ["last_name", "first_name", "email"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_unique",
                violation_error_message=_("Diese Adresse hat schon ein Konto."),
            )
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.email

    def clean(self) -> None:
        self.email = one_address(self.email)
        require_a_name(self)

    def get_full_name(self) -> str:
        return full_name(self)

    def get_short_name(self) -> str:
        return self.first_name or self.last_name

    def add_address(self, email: str) -> None:
        """Make a verified address this person's own; the first one is the login."""
        email = one_address(email)
        addresses: Any = self.emailaddress_set  # type: ignore[attr-defined]  # allauth's
        known = addresses.filter(email=email)
        if known.exists():
            known.update(verified=True)
        else:
            primary = self.email == email
            addresses.create(email=email, verified=True, primary=primary)

    @cached_property
    def is_bamf(self) -> bool:
        """BAMF staff, by the group `bamf`; a superuser sees nothing more than they do."""
        return self.is_superuser or self.groups.filter(name=BAMF_GROUP).exists()

    @cached_property
    def organises(self) -> bool:
        """Belongs to an organisation that runs cohorts."""
        return self.memberships.filter(organisation__runs_cohorts=True).exists()

    @property
    def is_staff(self) -> bool:
        """Django asks for it; here it decides nothing, because roles come from records."""
        return False

    def roles_of(self, user: Person) -> frozenset[str]:
        """`self`; else `bamf`, and `organiser` for the coaches of one's own cohorts, unless they are staff themselves."""
        if not user.is_authenticated:
            return frozenset()
        if user.pk == self.pk:
            return frozenset({"self"})
        own_roles = {"bamf"} if user.is_bamf else set()
        coached: Any = self.coach_assignments
        organised = coached.current().filter(
            cohort__organiser__runs_cohorts=True, cohort__organiser__memberships__user=user
        )
        if organised.exists() and not self.is_bamf and not self.organises:
            own_roles.add("organiser")
        return frozenset(own_roles)

    @transaction.atomic
    def deactivate(self, *, by: User) -> None:
        """Close the account: nobody logs in with it any more, and who is logged in is out. Nothing is lost."""
        self.require(by, "deactivate")
        write_if(self, {"is_active": True}, is_active=False)
        Event.record("person.deactivated", self, by=by)

    @transaction.atomic
    def activate(self, *, by: User) -> None:
        self.require(by, "activate")
        write_if(self, {"is_active": False}, is_active=True)
        Event.record("person.activated", self, by=by)

    @transaction.atomic
    def end_office(self, *, by: User) -> None:
        """The person does not work for the BAMF any more; the account stays. `Stale` for who does not."""
        self.require(by, "end office")
        office = self.groups.filter(name=BAMF_GROUP)
        if not office.exists():
            raise Stale
        self.groups.remove(*office)
        Event.record("person.left_bamf", self, by=by)

    @transaction.atomic
    def reset_second_factor(self, *, by: User) -> None:
        """After a lost device: take away second factor and recovery codes, so that the person sets up new ones.

        Sessions that used the old one do not count any more. `Stale` when there is none.
        """
        self.require(by, "reset second factor")
        authenticators: Any = self.authenticator_set  # type: ignore[attr-defined]  # allauth's
        if not authenticators.exists():
            raise Stale
        authenticators.all().delete()
        event = Event.record("person.second_factor_reset", self, by=by)
        outbox.post([self], "accounts/mails/second_factor_reset.txt", dedup=event.pk, by=by)

    @transaction.atomic
    def erase(self, *, by: User) -> Erased:
        """Delete the person and every copy of their name and addresses; what they did stays, as „gelöschte Person“.

        Returns what was taken out, and which texts keep a name (`STAYS` of their models): nobody rewrites those. An
        organisation left without a responsible person gets the member who has been there longest.
        """
        self.require(by, "erase")
        traces = Traces.of(self)
        gone = [(str(what), count) for what, count in forget_everywhere(traces) if count]
        Event.record("person.erased", self, by=by)
        self.delete()
        return Erased(gone, traces.staying())

    def would_erase(self, *, by: User) -> Erased:
        """What `erase` would do, found out by doing it and taking it back."""
        with transaction.atomic():
            erased = copy(self).erase(by=by)
            transaction.set_rollback(True)
        return erased

    # Addresses

    def known_addresses(self) -> set[str]:
        """Every address that was proved to be this person's, now or before, in small letters.

        The login, further ones that were verified, those taken away since, and those that an accepted invitation or a
        place in a team or as a coach was sent to. Not what by now is somebody else's.
        """
        own: Any = self
        accepted: Any = apps.get_model("accounts", "Invitation").objects.filter(accepted_by=self)
        verified = own.emailaddress_set.filter(verified=True)
        emails = {self.email}
        # Mails of a cohort went to the login of that time; others may have gone to an address that nobody has proved.
        mailed = own.messages.exclude(cohort_id=None)
        for held in (verified, own.known, mailed, own.team_memberships, own.coach_assignments, accepted):
            emails |= set(held.values_list("email", flat=True))
        emails = {one_address(email) for email in emails}
        return emails - self._held_by_others(emails)

    def _held_by_others(self, emails: set[str]) -> set[str]:
        others = User.objects.exclude(pk=self.pk)
        logins = others.annotate(small=Lower("email")).filter(small__in=emails).values_list("small", flat=True)
        further = others.filter(emailaddress__verified=True).annotate(small=Lower("emailaddress__email"))
        return {*logins, *further.filter(small__in=emails).values_list("small", flat=True)}

    def remember_addresses(self) -> None:
        """Keep the addresses of today, before one of them may go."""
        known = self.known
        verified: Any = self.emailaddress_set.filter(verified=True)  # type: ignore[attr-defined]  # allauth's
        today = {self.email, *verified.values_list("email", flat=True)}
        known.bulk_create([known.model(user=self, email=email) for email in sorted(today)], ignore_conflicts=True)
