from __future__ import annotations

from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from accounts.addresses import NO_ADDRESS, AddressField
from accounts.models import Record
from accounts.models.record import Person
from accounts.models.traces import Traces, erased_person
from core.spelling import NameField
from core.words import full_name
from core.writes import write_if

from .registration import Registration


class RegistrationPersonQuerySet(models.QuerySet["RegistrationPerson"]):
    def visible_to(self, user: Person) -> RegistrationPersonQuerySet:
        return self.filter(Exists(Registration.objects.visible_to(user).filter(pk=OuterRef("registration"))))


class RegistrationPerson(Record):
    """Somebody who is to take part: name, e-mail, phone if given."""

    registration = models.ForeignKey(Registration, models.CASCADE, related_name="persons")
    position = models.PositiveSmallIntegerField(default=1)
    first_name = NameField(_("Vorname"), max_length=100, blank=True)
    last_name = NameField(_("Nachname"), max_length=100, blank=True)
    email = AddressField(_("E-Mail-Adresse"))
    phone = models.CharField(_("Telefon"), max_length=40, blank=True)

    objects = RegistrationPersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("Person einer Anmeldung")
        verbose_name_plural = _("Personen einer Anmeldung")
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["registration", "position"], name="registration_person_unique")]

    def __str__(self) -> str:
        return self.full_name

    FORGETS = _("Personen in Anmeldungen")

    @classmethod
    def forget(cls, traces: Traces) -> int:
        """Take an erased person's name out of what was registered."""
        theirs = list(cls.objects.filter(traces.is_addressed("email")))
        for person in theirs:
            write_if(person, {}, **erased_person(person.pk))
        return len(theirs)

    @property
    def is_erased(self) -> bool:
        """Was the person erased, so that there is no name and no address either?"""
        return self.email.endswith(NO_ADDRESS)

    @property
    def full_name(self) -> str:
        return full_name(self)
