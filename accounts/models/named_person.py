"""Name, e-mail and telephone of somebody who may have no account yet: shared by people of registrations and of teams."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.addresses import NO_ADDRESS, AddressField
from core.spelling import NameField
from core.words import full_name

from .record import Record


class NamedPerson(Record):
    """A record with its own copy of what was said about a person, who may have no account (yet)."""

    first_name = NameField(_("Vorname"), max_length=100, blank=True)
    last_name = NameField(_("Nachname"), max_length=100, blank=True)
    email = AddressField(_("E-Mail-Adresse"))
    phone = models.CharField(_("Telefon"), max_length=40, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        return full_name(self)

    @property
    def is_erased(self) -> bool:
        """Return whether the person was erased, so that there is neither a name nor an address."""
        return self.email.endswith(NO_ADDRESS)
