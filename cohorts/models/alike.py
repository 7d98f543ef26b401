"""Registrations that look like one another: perhaps one association that registered twice."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.filenames import letters_written_out
from core.words import full_name

if TYPE_CHECKING:
    from .registration import Registration, RegistrationPerson

# How an association is called differs from how it signs: with its legal form or without, with full stops or none.
LEGAL_FORM = re.compile(r"\b(?:e ?v|eingetragener verein|g?gmbh|ug haftungsbeschraenkt|i ?g)\b")


@dataclass(frozen=True)
class Alike:
    """Another registration, and in what it is alike."""

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
    """The text however it is typed: without capitals, and with umlauts written out."""
    return letters_written_out(text.casefold())


def plain_name(name: str) -> str:
    """What an association is called, without its legal form, capitals and punctuation, umlauts written out."""
    words = " ".join(re.sub(r"[\W_]+", " ", _folded(name)).split())
    return " ".join(LEGAL_FORM.sub(" ", words).split()) or words


def alike(registrations: Iterable[Registration], others: Iterable[Registration]) -> dict[UUID, list[Alike]]:
    """By the id of each of these registrations, the others of its cohort that look like it; none if it is not among them."""
    marks: dict[UUID, list[tuple[Registration, Marks]]] = defaultdict(list)
    for other in others:
        marks[other.cohort_id].append((other, Marks.of(other)))
    found: dict[UUID, list[Alike]] = {}
    for registration in registrations:
        rivals = dict(marks[registration.cohort_id])
        own = rivals.get(registration, Marks(""))
        rows = ((other, list(own.shared_with(its))) for other, its in rivals.items())
        found[registration.pk] = [Alike(other, why) for other, why in rows if why and other.pk != registration.pk]
    return found
