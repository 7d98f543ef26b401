"""A person whom an association names on registering: name, e-mail, telephone."""

from __future__ import annotations

from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from accounts.models.named_person import NamedPerson
from accounts.models.record import Person
from accounts.models.traces import Traces, erased_person
from core.writes import write_if

from .registration import Registration


class RegistrationPersonQuerySet(models.QuerySet["RegistrationPerson"]):
    def visible_to(self, user: Person) -> RegistrationPersonQuerySet:
        return self.filter(Exists(Registration.objects.visible_to(user).filter(pk=OuterRef("registration"))))


class RegistrationPerson(NamedPerson):
    """Somebody who is to take part: name, e-mail, phone if given."""

    registration = models.ForeignKey(Registration, models.CASCADE, related_name="persons")
    position = models.PositiveSmallIntegerField(default=1)

    FORGETS = _("Personen in Anmeldungen")

    objects = RegistrationPersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("Person einer Anmeldung")
        verbose_name_plural = _("Personen einer Anmeldung")
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["registration", "position"], name="registration_person_unique")]

    @classmethod
    def forget(cls, traces: Traces) -> int:
        """Take an erased person's name out of what was registered."""
        theirs = list(cls.objects.filter(traces.is_addressed("email")))
        for person in theirs:
            write_if(person, {}, **erased_person(person.pk))
        return len(theirs)
