"""By what a person's copies are found when they are erased, what is taken out, and which texts keep a name."""

from __future__ import annotations

import html
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
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

from accounts.addresses import mailable
from core.spelling import in_nfc
from core.words import full_name

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
OTHERWISE_NAMED = Stays(
    _("Ansprechpersonen und Unterschriftsberechtigte, die anders geschrieben sind"),
    _(
        "Gefunden werden der ganze Name („Vorname Nachname“ oder „Nachname, Vorname“) und die Adressen. Steht irgendwo nur der "
        "Vorname, nur der Nachname oder eine Abkürzung, kann das auch jemand anders sein."
    ),
    _("Bis der Verein oder der Träger es ändert. Bitte sehen Sie bei ihnen nach."),
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
        names = {user.get_full_name(), *map(full_name, written)}
        return cls(
            user=user,
            addresses=frozenset(user.known_addresses()),
            names=frozenset(in_nfc(name) for name in names if name),
            cohorts=frozenset(row.cohort_uuid for row in written) | _organised(user),
        )

    # Where they are named

    def is_theirs(self, owner: str, email: str = "email") -> Q:
        """The condition that a row is this person's: by account, or by address where it belongs to no account."""
        nobodys = Q(**{f"{owner}__isnull": True})
        return Q(**{owner: self.user}) | (nobodys & self.is_addressed(email))

    @cached_property
    def spelled(self) -> frozenset[str]:
        """The addresses in every way a text may write them: the domain as people read it, and as mail servers do."""
        return self.addresses | {mailable(address) for address in self.addresses}

    def is_addressed(self, email: str) -> Q:
        return Q(In(Lower(email), sorted(self.addresses)))

    def mentions(self, *fields: str) -> Q:
        """The condition that one of these fields may name the person or hold an address; `is_named_in` decides.

        The database compares neither umlauts without their case, nor one spelling with another.
        """
        return _contains(fields, self.names | self.spelled)

    def holds_address(self, *fields: str) -> Q:
        return _contains(fields, self.spelled)

    def is_named_in(self, value: Any) -> bool:
        """Does a text, or one anywhere in a value of JSON, name the person? Also as HTML writes it."""
        return any(self._pattern.search(in_nfc(html.unescape(text))) for text in _texts_in(value))

    def without(self, text: str) -> str:
        """The text with „gelöschte Person“ instead of the name, and no address; as it was where there is neither."""
        replaced = {"name": gettext("gelöschte Person"), "email": NOBODYS_EMAIL}
        changed, count = self._pattern.subn(lambda match: replaced[match.lastgroup or "name"], in_nfc(text))
        return changed if count else text

    def without_in_json(self, text: str) -> str:
        """The same for a text that may be JSON, in which umlauts and line ends are escaped."""
        try:
            value = json.loads(text)
        except ValueError:
            return self.without(text)
        changed = _replaced(value, self.without)
        return text if changed == value else json.dumps(changed)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        names = [spelling for name in sorted(self.names, key=len, reverse=True) for spelling in _spellings(name)]
        emails = "|".join(re.escape(email) for email in sorted(self.spelled, key=len, reverse=True))
        return re.compile(
            rf"(?P<name>(?<!\w)(?:{'|'.join(names) or '(?!)'})(?!\w))|(?P<email>(?<![\w.+-])(?:{emails or '(?!)'})(?![\w-]))",
            re.IGNORECASE,
        )

    def take_out(self, rows: models.QuerySet[Any], *fields: str, in_json: tuple[str, ...] = ()) -> int:
        """Take the person out of these fields of rows that name them; how many rows there were."""
        count = 0
        for row in rows.filter(self.mentions(*fields, *in_json)):
            changed = {name: self.without(getattr(row, name)) for name in fields}
            changed |= {name: self.without_in_json(getattr(row, name)) for name in in_json}
            changed = {name: text for name, text in changed.items() if text != getattr(row, name)}
            if changed:
                count += type(row)._base_manager.filter(pk=row.pk).update(**_fitting(row, changed))
        return count

    def named_rows(self, rows: models.QuerySet[Any], *fields: str) -> list[Any]:
        """The keys of the rows that name the person in one of these fields."""
        near = rows.filter(self.mentions(*fields)).values_list("pk", *fields)
        return [pk for pk, *values in near.iterator() if self.is_named_in(values)]

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
                records[texts] += len(self.named_rows(rows, *searched)) if searched else 0
                files[texts] += sum(rows.exclude(**{name: ""}).count() for name in stored)
        order = sorted(records, key=lambda texts: (-records[texts], -files[texts]))
        unsearched = [Staying(texts, None, 0) for texts in (OTHERWISE_NAMED, BACKUPS)]
        return [*(Staying(texts, records[texts], files[texts]) for texts in order), *unsearched]

    def _near(self, model: type[models.Model]) -> models.QuerySet[Any]:
        path = getattr(model, "COHORTS", "")
        rows = model._base_manager.all()
        return rows.filter(**{f"{path}__in": self.cohorts}) if path else rows


def _contains(fields: Iterable[str], words: Iterable[str]) -> Q:
    """The condition that one of these fields may hold one of these words: holds of each what is written one way only."""
    parts = {_surest_part(word) for word in words}
    condition = Q(pk__in=[])
    for field in fields:
        for part in sorted(parts):
            condition |= Q(IContains(Cast(field, TextField()), part))
    return condition


def _surest_part(word: str) -> str:
    """The longest part without umlauts, ß or ss, blanks and what JSON or HTML escape; empty, and so in every text, if none is."""
    return max(re.split(r"ss|[^a-z0-9.@_+-]+", word.lower()), key=len)


def _spellings(name: str) -> Iterator[str]:
    """Patterns of a name in one order and, with a comma, in the other; ß is ss, and any blanks stand between."""
    parts = [re.sub("ss|ß|ẞ", "(?:ss|ß|ẞ)", re.escape(part), flags=re.IGNORECASE) for part in name.split()]
    yield r"\s+".join(parts)
    for at in range(1, len(parts)):
        yield r"\s+".join(parts[at:]) + r"\s*,\s*" + r"\s+".join(parts[:at])


def _texts_in(value: Any) -> Iterator[str]:
    """Every text in a value, however deep; of anything but lists and objects what it is as a text."""
    if isinstance(value, dict):
        yield from _texts_in([*value.keys(), *value.values()])
    elif isinstance(value, list | tuple | set):
        for part in value:
            yield from _texts_in(part)
    elif value is not None:
        yield str(value)


def _replaced(value: Any, change: Callable[[str], str]) -> Any:
    """A value of JSON with every text in it changed."""
    if isinstance(value, dict):
        return {change(name): _replaced(part, change) for name, part in value.items()}
    if isinstance(value, list):
        return [_replaced(part, change) for part in value]
    return change(value) if isinstance(value, str) else value


def texts_that_stay(model: type[models.Model]) -> dict[str, Stays]:
    """By field, why it may keep a name."""
    texts: dict[str, Stays] = DJANGOS.get(model._meta.label) or getattr(model, "STAYS", {})
    return texts


def _by_texts(model: type[models.Model]) -> dict[Stays, list[str]]:
    fields: dict[Stays, list[str]] = defaultdict(list)
    for name, texts in texts_that_stay(model).items():
        fields[texts].append(name)
    return fields


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
