"""Earlier e-mail addresses of a person, kept so that erasing finds every copy."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.addresses import AddressField

from .record import Person, Record


class KnownAddressQuerySet(models.QuerySet["KnownAddress"]):
    def visible_to(self, user: Person) -> KnownAddressQuerySet:
        """Return none: they are only for finding copies, and even the person does not read them."""
        return self.none()


class KnownAddress(Record):
    """An address that a person has had here, kept when it goes, so that erasing them finds every copy. It goes with them."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="known")
    email = AddressField()
    at = models.DateTimeField(default=timezone.now)

    objects = KnownAddressQuerySet.as_manager()

    class Meta:
        verbose_name = _("frühere Adresse")
        verbose_name_plural = _("frühere Adressen")
        constraints = [models.UniqueConstraint("user", Lower("email"), name="known_address_unique")]

    def __str__(self) -> str:
        return self.email
