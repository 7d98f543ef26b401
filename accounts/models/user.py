"""A person's account: name, address, which mails they want (`wants_…`), being BAMF staff, and who may close or erase it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.addresses import AddressField, one_address
from accounts.names import require_a_name
from core.spelling import NameField
from core.words import full_name

from .record import Person, Record, roles

BAMF_GROUP = "bamf"


class UserManager(BaseUserManager["User"]):
    def visible_to(self, user: Person) -> models.QuerySet[User]:
        """BAMF staff see all accounts, everybody else only their own."""
        if not user.is_authenticated:
            return self.none()
        return self.all() if user.is_bamf else self.filter(pk=user.pk)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Make a person who logs in with this address, which counts as verified; without a password by a code sent there."""
        user = self.model(email=one_address(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        user.add_address(user.email)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_superuser=True, **fields)

    def with_address(self, email: str) -> models.QuerySet[User]:
        """Return the account with this address: as its login, or as a further one that was verified."""
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
    phone = models.CharField(_("Telefon"), max_length=40, blank=True)
    phone_hours = NameField(_("Wann Sie erreichbar sind"), max_length=100, blank=True)
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
        """Return whether they belong to the BAMF's staff, by the group `bamf`; a superuser sees nothing more."""
        return self.is_superuser or self.groups.filter(name=BAMF_GROUP).exists()

    @cached_property
    def organises(self) -> bool:
        """Return whether they belong to an organisation that runs cohorts."""
        return self.memberships.filter(organisation__runs_cohorts=True).exists()

    @property
    def is_staff(self) -> bool:
        """Return False: Django asks for it, and here it decides nothing."""
        return False

    def roles_of(self, user: Person) -> frozenset[str]:
        """Return `self`, or `bamf`, and `organiser` towards coaches of their cohorts who are not staff themselves."""
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

    def remember_addresses(self) -> None:
        """Keep the addresses of today, before one of them may go."""
        known = self.known
        verified: Any = self.emailaddress_set.filter(verified=True)  # type: ignore[attr-defined]  # allauth's
        today = {self.email, *verified.values_list("email", flat=True)}
        known.bulk_create([known.model(user=self, email=email) for email in sorted(today)], ignore_conflicts=True)
