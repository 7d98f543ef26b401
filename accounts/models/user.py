from __future__ import annotations

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from .record import Record

BAMF_GROUP = "bamf"


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A person who logs in with this address; without a password only by a code sent there."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(Record, AbstractBaseUser, PermissionsMixin):
    """A person. The e-mail address is the login; what somebody may do comes from records, never from flags here."""

    email = models.EmailField(_("E-Mail-Adresse"), unique=True)
    first_name = models.CharField(_("Vorname"), max_length=100)
    last_name = models.CharField(_("Nachname"), max_length=100)
    language = models.CharField(_("Sprache"), max_length=5, default="de", choices=[("de", "Deutsch")])
    wants_reading_mails = models.BooleanField(_("E-Mail, wenn eine Rückmeldung wartet oder da ist"), default=True)
    wants_news_mails = models.BooleanField(_("E-Mail bei Mitteilungen der Projektschmiede"), default=True)
    wants_reminder_mails = models.BooleanField(_("E-Mail zur Erinnerung an Termine und Fristen"), default=True)
    is_active = models.BooleanField(_("aktiv"), default=True)
    date_joined = models.DateTimeField(_("dabei seit"), default=timezone.now, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []

    objects = UserManager()

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
        self.email = self.email.strip().lower()

    def get_full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def get_short_name(self) -> str:
        return self.first_name

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
        """Django asks for it; here it decides nothing (DESIGN 5, Access)."""
        return False
