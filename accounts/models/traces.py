"""How copies of a person's data are found when they are erased, and how the person is taken out of them."""

from __future__ import annotations

import html
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.apps import apps
from django.db import models
from django.db.models import Q, TextField
from django.db.models.functions import Cast, Lower
from django.db.models.lookups import IContains, In
from django.utils.translation import gettext

from accounts.addresses import NO_ADDRESS, mailable
from core.spelling import in_nfc
from core.values import dataclass

from .kept_after_erasing import BACKUPS, OTHERWISE_NAMED, Staying, Stays, fields_by_texts

if TYPE_CHECKING:
    from .user import User

NOBODYS_EMAIL = "geloescht@example.invalid"


def erased_person(pk: UUID) -> dict[str, str]:
    """Return the fields of a record with its own copy of a person who was erased; `pk` keeps their addresses apart."""
    return {"first_name": "Gelöschte", "last_name": "Person", "email": f"{pk}{NO_ADDRESS}", "phone": ""}


@dataclass(frozen=True)
class Traces:
    """A person's account, every address that was proved to be theirs, the names written down for them, and their cohorts."""

    user: User
    addresses: frozenset[str]
    names: frozenset[str]
    cohorts: frozenset[UUID]

    # Where they are named

    def is_theirs(self, owner: str, email: str = "email") -> Q:
        """Return the condition that a row is this person's: by account, or by address where it has no account."""
        nobodys = Q(**{f"{owner}__isnull": True})
        return Q(**{owner: self.user}) | (nobodys & self.is_addressed(email))

    @cached_property
    def spelled(self) -> frozenset[str]:
        """Return the addresses in every way a text may write them: with the domain as people and as mail servers read it."""
        return self.addresses | {mailable(address) for address in self.addresses}

    def is_addressed(self, email: str) -> Q:
        return Q(In(Lower(email), sorted(self.addresses)))

    def mentions(self, *fields: str) -> Q:
        """Return the condition that one of these fields may name the person or hold an address; `is_named_in` decides.

        The database compares neither umlauts without their case, nor one spelling with another.
        """
        return _contains(fields, self.names | self.spelled)

    def holds_address(self, *fields: str) -> Q:
        return _contains(fields, self.spelled)

    def is_named_in(self, value: Any) -> bool:
        """Return whether a text, or any text in a value of JSON, names the person, also as HTML writes it."""
        return any(self._pattern.search(in_nfc(html.unescape(text))) for text in _texts_in(value))

    def without(self, text: str) -> str:
        """Return the text with „gelöschte Person“ instead of the name, and without addresses."""
        replaced = {"name": gettext("gelöschte Person"), "email": NOBODYS_EMAIL}
        changed, count = self._pattern.subn(lambda match: replaced[match.lastgroup or "name"], in_nfc(text))
        return changed if count else text

    def without_in_json(self, text: str) -> str:
        """Return the same for a text that may be JSON, in which umlauts and line ends are escaped."""
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
        """Return the keys of the rows that name the person in one of these fields."""
        near = rows.filter(self.mentions(*fields)).values_list("pk", *fields)
        return [pk for pk, *values in near.iterator() if self.is_named_in(values)]

    # What is left

    def staying(self) -> list[Staying]:
        """Return every kind of text that may keep a name, with how often it does."""
        records: dict[Stays, int] = defaultdict(int)
        files: dict[Stays, int] = defaultdict(int)
        for model in apps.get_models():
            rows = self._near(model)
            for texts, fields in fields_by_texts(model).items():
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
    """Return the condition that one of these fields may hold one of these words, by their surest parts."""
    parts = {_surest_part(word) for word in words}
    condition = Q(pk__in=[])
    for field in fields:
        for part in sorted(parts):
            condition |= Q(IContains(Cast(field, TextField()), part))
    return condition


def _surest_part(word: str) -> str:
    """Return the longest part without umlauts, ß or ss, blanks and what JSON or HTML escape; empty if there is none."""
    return max(re.split(r"ss|[^a-z0-9.@_+-]+", word.lower()), key=len)


def _spellings(name: str) -> Iterator[str]:
    """Yield patterns of a name in one order and, with a comma, in the other; ß is ss, and any blanks stand between."""
    parts = [re.sub("ss|ß|ẞ", "(?:ss|ß|ẞ)", re.escape(part), flags=re.IGNORECASE) for part in name.split()]
    yield r"\s+".join(parts)
    for at in range(1, len(parts)):
        yield r"\s+".join(parts[at:]) + r"\s*,\s*" + r"\s+".join(parts[:at])


def _texts_in(value: Any) -> Iterator[str]:
    """Yield every text in a value, however deep; numbers and the like as texts."""
    if isinstance(value, dict):
        yield from _texts_in([*value.keys(), *value.values()])
    elif isinstance(value, list | tuple | set):
        for part in value:
            yield from _texts_in(part)
    elif value is not None:
        yield str(value)


def _replaced(value: Any, change: Callable[[str], str]) -> Any:
    """Return a value of JSON with every text in it changed."""
    if isinstance(value, dict):
        return {change(name): _replaced(part, change) for name, part in value.items()}
    if isinstance(value, list):
        return [_replaced(part, change) for part in value]
    return change(value) if isinstance(value, str) else value


def _fitting(row: models.Model, values: dict[str, str]) -> dict[str, str]:
    fields: Any = row._meta
    return {name: text[: fields.get_field(name).max_length] for name, text in values.items()}
