"""By what a person's copies are found when they are erased, what is taken out, and which texts keep a name."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.apps import apps
from django.db import models
from django.db.models import Q, TextField
from django.db.models.functions import Cast, Lower
from django.db.models.lookups import IContains, In
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from .user import User

NOBODYS_EMAIL = "geloescht@example.invalid"


@dataclass(frozen=True)
class Stays:
    """Texts that keep a name after its person was erased: where, why, and until when.

    A model names them by field in `STAYS`. `COHORTS` is its path to the cohort, where only those the person had to do
    with are searched.
    """

    where: str | Promise
    why: str | Promise
    until: str | Promise


@dataclass(frozen=True)
class Staying:
    """How often such texts name a person: in so many records (None: not searched); files are counted, not searched."""

    texts: Stays
    records: int | None
    files: int

    def __add__(self, other: Staying) -> Staying:
        """The same for two people together; files are the same ones."""
        records = None if self.records is None or other.records is None else self.records + other.records
        return Staying(self.texts, records, max(self.files, other.files))


@dataclass(frozen=True)
class Erased:
    """What erasing took out, by what it is called, in how many records; and what keeps a name."""

    gone: list[tuple[str, int]]
    stays: list[Staying]


PAGES = Stays(
    _("Öffentliche Seiten des Portals"),
    _("Das BAMF schreibt sie selbst, zum Beispiel das Impressum."),
    _("Bis das BAMF die Seite ändert."),
)
BACKUPS = Stays(
    _("Sicherungskopien der Datenbank und der Dateien"),
    _("Aus ihnen wird das Portal nach einem Ausfall wiederhergestellt; einzeln ändern lassen sie sich nicht."),
    _("Bis der Betrieb sie überschreibt. Wird eine eingespielt, muss die Person noch einmal gelöscht werden."),
)
# Records that Django brings and that hold texts.
DJANGOS: dict[str, dict[str, Stays]] = {"flatpages.FlatPage": {"title": PAGES, "content": PAGES}}


@dataclass(frozen=True)
class Traces:
    """A person's account, every address that was proved to be theirs, the names written down for them, and their cohorts."""

    user: User
    addresses: frozenset[str]
    names: frozenset[str]
    cohorts: frozenset[UUID]

    @classmethod
    def of(cls, user: User) -> Traces:
        written = [*_rows(user, "team_memberships"), *_rows(user, "coach_assignments")]
        names = {user.get_full_name(), *(f"{row.first_name} {row.last_name}".strip() for row in written)}
        return cls(
            user=user,
            addresses=frozenset(user.known_addresses()),
            names=frozenset(name for name in names if name),
            cohorts=frozenset(row.cohort_uuid for row in written) | _organised(user),
        )

    # Where they are named

    def is_theirs(self, owner: str, email: str = "email") -> Q:
        """The condition that a row is this person's: by account, or by address where it belongs to no account."""
        nobodys = Q(**{f"{owner}__isnull": True})
        return Q(**{owner: self.user}) | (nobodys & self.is_addressed(email))

    def is_addressed(self, email: str) -> Q:
        return Q(In(Lower(email), sorted(self.addresses)))

    def mentions(self, *fields: str) -> Q:
        """The condition that one of these fields names the person in full or holds an address of theirs."""
        return _contains(fields, self.names | self.addresses)

    def holds_address(self, *fields: str) -> Q:
        return _contains(fields, self.addresses)

    def is_named_in(self, text: str) -> bool:
        return bool(self._pattern.search(text))

    def without(self, text: str) -> str:
        """The text with „gelöschte Person“ instead of the name, and no address."""
        replaced = {"name": gettext("gelöschte Person"), "email": NOBODYS_EMAIL}
        return self._pattern.sub(lambda found: replaced[found.lastgroup or "name"], text)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        longest = sorted(self.names, key=len, reverse=True)
        names = "|".join(r"\s+".join(re.escape(part) for part in name.split()) for name in longest)
        emails = "|".join(re.escape(email) for email in sorted(self.addresses, key=len, reverse=True))
        return re.compile(
            rf"(?P<name>(?<!\w)(?:{names or '(?!)'})(?!\w))|(?P<email>(?<![\w.+-])(?i:{emails or '(?!)'})(?![\w-]))"
        )

    def take_out(self, rows: models.QuerySet[Any], *fields: str) -> int:
        """Take the person out of these fields of rows that name them; how many rows there were."""
        count = 0
        for row in rows.filter(self.mentions(*fields)):
            changed = {name: self.without(getattr(row, name)) for name in fields}
            changed = {name: text for name, text in changed.items() if text != getattr(row, name)}
            if changed:
                count += type(row)._base_manager.filter(pk=row.pk).update(**_fitting(row, changed))
        return count

    # What is left

    def staying(self) -> list[Staying]:
        """Every kind of text that may keep a name, with how often it does."""
        records: dict[Stays, int] = defaultdict(int)
        files: dict[Stays, int] = defaultdict(int)
        for model in apps.get_models():
            rows = self._near(model)
            for texts, fields in _by_texts(model).items():
                stored = [name for name in fields if isinstance(model._meta.get_field(name), models.FileField)]
                searched = [name for name in fields if name not in stored]
                records[texts] += rows.filter(self.mentions(*searched)).count() if searched else 0
                files[texts] += sum(rows.exclude(**{name: ""}).count() for name in stored)
        order = sorted(records, key=lambda texts: (-records[texts], -files[texts]))
        return [*(Staying(texts, records[texts], files[texts]) for texts in order), Staying(BACKUPS, None, 0)]

    def _near(self, model: type[models.Model]) -> models.QuerySet[Any]:
        path = getattr(model, "COHORTS", "")
        rows = model._base_manager.all()
        return rows.filter(**{f"{path}__in": self.cohorts}) if path else rows


def _contains(fields: Iterable[str], words: Iterable[str]) -> Q:
    """The condition that one of these fields holds one of these words, also as JSON writes it where it escapes umlauts."""
    spellings = {spelling for word in words for spelling in (word, json.dumps(word)[1:-1])}
    found = Q(pk__in=[])
    for field in fields:
        for spelling in sorted(spellings):
            found |= Q(IContains(Cast(field, TextField()), spelling))
    return found


def texts_that_stay(model: type[models.Model]) -> dict[str, Stays]:
    """By field, why it may keep a name."""
    found: dict[str, Stays] = DJANGOS.get(model._meta.label) or getattr(model, "STAYS", {})
    return found


def _by_texts(model: type[models.Model]) -> dict[Stays, list[str]]:
    found: dict[Stays, list[str]] = defaultdict(list)
    for name, texts in texts_that_stay(model).items():
        found[texts].append(name)
    return found


def _rows(user: User, name: str) -> list[Any]:
    """What hangs on the account in a higher app."""
    manager: Any = getattr(user, name)
    return list(manager.all())


def _organised(user: User) -> frozenset[UUID]:
    organised = user.memberships.organising(user).values_list("organisation__cohorts__pk", flat=True)
    return frozenset(pk for pk in organised if pk)


def _fitting(row: models.Model, values: dict[str, str]) -> dict[str, str]:
    fields: Any = row._meta
    return {name: text[: fields.get_field(name).max_length] for name, text in values.items()}
