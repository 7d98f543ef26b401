"""Registrations that look like one another: perhaps one association that registered twice."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cohorts.models import Registration, RegistrationPerson
from core.filenames import letters_written_out
from core.words import full_name

# Associations write their names with the legal form or without, with full stops or without.
LEGAL_FORM = re.compile(r"\b(?:e ?v|eingetragener verein|g?gmbh|ug haftungsbeschraenkt|i ?g)\b")


@dataclass(frozen=True)
class Alike:
    """Another registration that looks like a given one, and why."""

    registration: Registration
    reasons: list[str | Promise]


@dataclass(frozen=True)
class Marks:
    """What two registrations of one association have in common."""

    name: str
    addresses: set[str] = field(default_factory=set)
    people: set[str] = field(default_factory=set)
    """First and last names together: many people share one of them."""

    @classmethod
    def of(cls, registration: Registration) -> Marks:
        persons: Iterable[RegistrationPerson] = registration.persons.all()
        return cls(
            plain_name(registration.organisation_name),
            {person.email for person in persons if not person.is_erased},
            {_folded(full_name(person)) for person in persons if person.first_name and person.last_name},
        )

    def shared_with(self, other: Marks) -> Iterator[str | Promise]:
        if self.name and self.name == other.name:
            yield _("gleicher Name")
        if self.addresses & other.addresses:
            yield _("gleiche E-Mail-Adresse")
        if self.people & other.people:
            yield _("gleicher Name der Person")


def _folded(text: str) -> str:
    """Return the text without capitals, and with umlauts written out."""
    return letters_written_out(text.casefold())


def plain_name(name: str) -> str:
    """Return a name without legal form, capitals and punctuation, and with umlauts written out."""
    words = " ".join(re.sub(r"[\W_]+", " ", _folded(name)).split())
    return " ".join(LEGAL_FORM.sub(" ", words).split()) or words


def alike(registrations: Iterable[Registration]) -> dict[UUID, list[Alike]]:
    """Return the registrations that look like each of these, by its id; read at once for all of them.

    It is compared with the confirmed ones of its cohort that were not withdrawn; if it is not among them, it is like none.
    """
    registrations = list(registrations)
    cohorts = {registration.cohort_id for registration in registrations}
    rows = Registration.objects.received().filter(cohort__in=cohorts).exclude(status=Registration.Status.WITHDRAWN)
    compared = rows.order_by("created_at").only("cohort", "organisation_name", "city", "status")
    marks: dict[UUID, dict[UUID, tuple[Registration, Marks]]] = defaultdict(dict)
    for other in compared.prefetch_related("persons"):
        marks[other.cohort_id][other.pk] = other, Marks.of(other)
    return {registration.pk: _like(registration.pk, marks[registration.cohort_id]) for registration in registrations}


def _like(registration: UUID, marks: dict[UUID, tuple[Registration, Marks]]) -> list[Alike]:
    if registration not in marks:
        return []
    own = marks[registration][1]
    reasons = ((other, list(own.shared_with(others))) for pk, (other, others) in marks.items() if pk != registration)
    return [Alike(other, why) for other, why in reasons if why]
