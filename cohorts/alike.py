"""Registrations that look like one another: perhaps one association that registered twice."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import field
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cohorts.models import Registration, RegistrationPerson
from core.filenames import letters_written_out
from core.statements import Statement
from core.values import dataclass
from core.words import full_name

# Associations write their names with the legal form or without, with full stops or without.
LEGAL_FORM = re.compile(r"\b(?:e ?v|eingetragener verein|g?gmbh|ug haftungsbeschraenkt|i ?g)\b")
ACCENTS = re.compile("[\u0300-\u036f]")


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
    def of(cls, registration: Registration, persons: Iterable[RegistrationPerson]) -> Marks:
        return cls(
            plain_name(registration.organisation_name),
            {person.email for person in persons if not person.is_erased},
            {_folded(full_name(person)) for person in persons if person.first_name and person.last_name},
        )

    def each(self) -> Iterator[tuple[str, str]]:
        """Yield the marks one by one, each with what it is."""
        if self.name:
            yield "name", self.name
        yield from (("address", address) for address in self.addresses)
        yield from (("person", person) for person in self.people)

    def shared_with(self, other: Marks) -> Iterator[str | Promise]:
        if self.name and self.name == other.name:
            yield _("gleicher Name")
        if self.addresses & other.addresses:
            yield _("gleiche E-Mail-Adresse")
        if self.people & other.people:
            yield _("gleicher Name der Person")


def _folded(text: str) -> str:
    """Return the text without capitals and accents, and with umlauts written out."""
    apart = unicodedata.normalize("NFD", letters_written_out(text.casefold()))
    return unicodedata.normalize("NFC", ACCENTS.sub("", apart))


def plain_name(name: str) -> str:
    """Return a name without legal form, capitals, accents and punctuation, and with umlauts written out."""
    words = " ".join(re.sub(r"[\W_]+", " ", _folded(name)).split())
    return " ".join(LEGAL_FORM.sub(" ", words).split()) or words


def alike(registrations: Iterable[Registration]) -> dict[UUID, list[Alike]]:
    """Return the registrations that look like each of these, by its id; read at once for all of them.

    It is compared with the confirmed ones of its cohort that were not withdrawn; if it is not among them, it is like none.
    """
    registrations = list(registrations)
    others = Others.read({registration.cohort_id for registration in registrations})
    return {registration.pk: others.like(registration) for registration in registrations}


@dataclass
class Others:
    """The registrations of some cohorts that others are compared with, and which of them have a mark."""

    marks: dict[UUID, Marks] = field(default_factory=dict)
    with_mark: dict[tuple[Any, ...], list[Registration]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def read(cls, cohorts: set[UUID]) -> Others:
        persons: dict[UUID, list[RegistrationPerson]] = defaultdict(list)
        for person in READ_PERSONS(cohorts=cohorts):
            persons[person.registration_id].append(person)
        others = cls()
        for registration in READ_COMPARED(cohorts=cohorts):
            others.marks[registration.pk] = marks = Marks.of(registration, persons[registration.pk])
            for mark in marks.each():
                others.with_mark[registration.cohort_id, *mark].append(registration)
        return others

    def like(self, registration: Registration) -> list[Alike]:
        own = self.marks.get(registration.pk)
        if own is None:
            return []
        found = {other.pk: other for mark in own.each() for other in self.with_mark[registration.cohort_id, *mark]}
        found.pop(registration.pk, None)  # it has no mark if it has no name and was erased
        in_order = sorted(found.values(), key=attrgetter("created_at"))
        return [Alike(other, list(own.shared_with(self.marks[other.pk]))) for other in in_order]


def _compared(cohorts: Any) -> QuerySet[Registration]:
    rows = Registration.objects.received().filter(cohort__pk__among=cohorts)
    return rows.exclude(status=Registration.Status.WITHDRAWN).order_by()


READ_COMPARED = Statement(
    lambda cohorts: (
        _compared(cohorts)
        .select_related("team")
        .only("cohort", "organisation_name", "city", "status", "created_at", "team__withdrawn_at")
    ),
    "cohorts",
)
READ_PERSONS = Statement(
    lambda cohorts: (
        RegistrationPerson.objects.filter(registration__in=_compared(cohorts))
        .order_by()
        .only("registration", "first_name", "last_name", "email")
    ),
    "cohorts",
)
