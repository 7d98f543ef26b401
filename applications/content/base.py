"""What all sections' contents share: kinds of fields (`Spec`), the longest text (`MAX_LENGTH`), most rows (`MAX_ROWS`), reading and writing.

A kind is a frozen dataclass registered with `@content(Kind.…)`. Its fields are strings, whole numbers (money in
cents) or None, lists of row ids, and tables (tuples of `Row`). `spec()` beside each field says its German label and
what it is; forms, differences, merging and printing read that and nothing else.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from functools import cache, cached_property
from typing import Any, ClassVar, cast
from uuid import uuid4

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from calls.terms import Kind
from core.spelling import PLAIN, composed, visible_length
from core.values import dataclass

# A longer text is refused; anything shorter is saved, also above the limits of a call.
MAX_LENGTH = 50_000
MAX_ROWS = 500
FORMAT = 1
FORMATS = range(1, FORMAT + 1)  # the ones we can read
FREE_TEXT = frozenset({"line", "area"})  # the widgets of texts that somebody writes freely
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # NUL, and halves of a letter that no database takes
# A composed letter stands for at most so many; what is longer than that is refused before it is composed.
MOST_COMPOSED = 4


class InvalidContent(ValueError):
    """Content that cannot be stored; the message is a German sentence for the person who wrote it."""


@dataclass(frozen=True)
class Spec:
    """What a field is. `widget` is one of line, area, money, number, decimal, date, year, quarter, choice, ref, refs, theme."""

    label: str | Promise
    widget: str = "line"
    help: str | Promise = ""
    choices: tuple[tuple[str, str | Promise], ...] = ()
    max_length: int = MAX_LENGTH
    most: int | None = None
    """The largest number a decimal may be; `too_much` says why, and `places` how many digits stand after the comma."""
    too_much: str | Promise = ""
    places: int = 3
    formerly: tuple[tuple[str, str], ...] = ()
    """For a choice that used to be a text: what people wrote, in small letters, and the choice it is now.

    Other words stay as they are, until somebody chooses.
    """


def spec(label: str | Promise, widget: str = "line", *, default: Any = "", **more: Any) -> Any:
    """A dataclass field with its `Spec`; the default is what an empty form means."""
    return field(default=default, metadata={"spec": Spec(label, widget, **more)})


@dataclass(frozen=True, kw_only=True)
class Row:
    """A line of a table. Its id never changes and is kept by copying; new rows get a UUID.

    `noun` is what people call such a row, `named_by` the field that holds its name, where it has one.
    """

    noun: ClassVar[str | Promise] = _("Zeile")
    named_by: ClassVar[str] = ""

    id: str = field(default_factory=lambda: str(uuid4()))


@dataclass(frozen=True)
class Content:
    """Base of all kinds."""

    kind: ClassVar[Kind]
    tables: ClassVar[dict[str, type[Row]]] = {}
    is_storable = False
    """Has `storable` made this very value? It never changes, so it need not be looked at again."""

    @cached_property
    def data(self) -> dict[str, Any]:
        """The value as JSON data, with the number of its format."""
        return {"format": FORMAT, **dataclasses.asdict(self)}

    def as_read(self) -> Content:
        """Return the value as people read it: what is stored, unless a kind knows better."""
        return self

    @cached_property
    def length(self) -> int:
        """The visible characters of all free texts: what the counter shows and `Draft.length` holds."""
        return sum(map(visible_length, free_texts(self)))


KINDS: dict[str, type[Content]] = {}


def content[C: type[Content]](kind: Kind, **tables: type[Row]) -> Callable[[C], C]:
    """Register a dataclass as the content of a kind; `tables` name its row types by field."""

    def register(cls: C) -> C:
        cls.kind, cls.tables = kind, tables
        KINDS[kind.value] = cls
        return cls

    return register


SPECS: dict[type[Content | Row], Mapping[str, Spec]] = {}


def specs(cls: type[Content | Row]) -> Mapping[str, Spec]:
    """The fields people fill in, in order, without ids and tables; worked out once for each class."""
    if cls not in SPECS:
        SPECS[cls] = {f.name: f.metadata["spec"] for f in dataclasses.fields(cls) if "spec" in f.metadata}
    return SPECS[cls]


@cache
def specs_by_name() -> Mapping[str, list[Spec]]:
    """Return what every content and row that has a field of a name says of it."""
    by_name: dict[str, list[Spec]] = {}
    classes: list[type[Content | Row]] = [*KINDS.values()]
    for cls in [*classes, *(row for kind in KINDS.values() for row in kind.tables.values())]:
        for name, spec in specs(cls).items():
            by_name.setdefault(name, []).append(spec)
    return by_name


# Widgets in which nobody types.
CHOSEN = {"choice", "quarter", "ref", "refs", "theme", "year"}


def label_of_field(name: str) -> str | None:
    """Return the label of a field of a section's form, by the name that it is sent with.

    "" where the name alone leaves it open, None where something is chosen and not typed.
    """
    named = specs_by_name().get(name.rpartition("-")[2], [])
    if named and all(spec.widget in CHOSEN for spec in named):
        return None
    labels = {str(spec.label) for spec in named}
    return labels.pop() if len(labels) == 1 else ""


def empty(kind: str) -> Content:
    return KINDS[kind]()


def normalised(text: str) -> str:
    """Return a text as it is stored: composed (NFC), with \\n as line ends. Raises `InvalidContent` for NUL and lone surrogates."""
    if PLAIN.fullmatch(text):
        return text
    if UNSTORABLE.search(text):
        raise InvalidContent(
            _(
                "Der Text enthält ein Zeichen, das sich nicht speichern lässt. Bitte löschen Sie es oder tippen Sie die Stelle neu."
            )
        )
    return composed(text)


def free_texts(value: Content) -> list[str]:
    """Return every text somebody has written freely, tables included, in order."""
    parts: tuple[Content | Row, ...] = (value, *rows(value))
    return [
        getattr(part, name) for part in parts for name, spec in specs(type(part)).items() if spec.widget in FREE_TEXT
    ]


def rows(value: Content) -> Iterator[Row]:
    for table in value.tables:
        yield from getattr(value, table)


def loads(kind: str, data: dict[str, Any]) -> Content:
    """Return the value stored as `data`. Raises `InvalidContent` for anything that is not content of this kind.

    Unknown fields are dropped and missing ones are empty, so a stored revision of an older format can always be read.
    One of a newer format is refused: reading it by our rules would lose what we do not know.
    """
    cls = KINDS[kind]
    if not isinstance(data, dict) or data.get("format", FORMAT) not in FORMATS:
        raise InvalidContent(_("Der Inhalt ist nicht lesbar."))
    values: dict[str, Any] = _fields(cls, data)
    for table, row_type in cls.tables.items():
        lines = data.get(table) or []
        if not isinstance(lines, list | tuple) or len(lines) > MAX_ROWS:
            raise InvalidContent(_("Das sind zu viele Zeilen. Möglich sind bis zu 500."))
        values[table] = tuple(_row(row_type, line) for line in lines)
        if len({row.id for row in values[table]}) != len(values[table]):
            raise InvalidContent(_("Der Inhalt ist nicht lesbar."))
    return cls(**values)


def _row(row_type: type[Row], data: Any) -> Row:
    if not isinstance(data, dict):
        raise InvalidContent(_("Der Inhalt ist nicht lesbar."))
    row_id = str(data.get("id") or uuid4())
    if len(row_id) > 64 or not row_id.replace("-", "").replace("_", "").isalnum():
        raise InvalidContent(_("Der Inhalt ist nicht lesbar."))
    return row_type(id=row_id, **_fields(row_type, data))


def _fields(cls: type[Content | Row], data: dict[str, Any]) -> dict[str, Any]:
    return {name: _chosen(spec, cleaned(spec, data[name])) for name, spec in specs(cls).items() if name in data}


def cleaned(spec: Spec, value: Any) -> Any:
    """Return a field's value as it is stored. Raises `InvalidContent` for a value it cannot hold."""
    if spec.widget in {"money", "number", "year"}:
        if value is None or value == "":
            return None
        if isinstance(value, bool) or not isinstance(value, int) or abs(value) > 10**12:
            raise InvalidContent(_("Eine Zahl ist nicht lesbar oder zu groß."))
        return value
    if spec.widget == "refs":
        if not isinstance(value, list | tuple):
            raise InvalidContent(_("Der Inhalt ist nicht lesbar."))
        return tuple(normalised(str(ref))[:64] for ref in value)
    if not isinstance(value, str):
        raise InvalidContent(_("Der Inhalt ist nicht lesbar."))
    if len(value) <= MOST_COMPOSED * spec.max_length:
        given, value = len(value), normalised(value)
        if spec.widget == "line":
            value = value.replace("\n", " ")
        # A few signs are two when composed: a text that was stored before they were may still be read.
        if min(given, len(value)) <= spec.max_length:
            return value
    raise InvalidContent(too_long(spec, len(value)))


def _chosen(spec: Spec, value: Any) -> Any:
    """The choice that words from an older form mean; else the words themselves, so that a list can offer them."""
    if not spec.formerly:
        return value
    words = "".join(letter for letter in " ".join(value.split()) if letter.isprintable())
    return dict(spec.formerly).get(words.lower(), words)


def too_long(spec: Spec, given: int) -> str:
    return _("„%(label)s“ ist zu lang: %(length)d Zeichen. Möglich sind bis zu %(limit)d.") % {
        "label": spec.label,
        "length": given,
        "limit": spec.max_length,
    }


def storable[C: Content](value: C) -> C:
    """Return the value as it is stored, with its data and its length. Raises `InvalidContent` for one that cannot be."""
    if value.is_storable:
        return value
    stored = cast("C", loads(value.kind, value.data))
    parts: tuple[Content | Row, ...] = (stored, *rows(stored))
    for part in parts:
        for name, spec in specs(type(part)).items():
            text = getattr(part, name)
            if isinstance(text, str) and len(text) > spec.max_length:
                raise InvalidContent(too_long(spec, len(text)))
    object.__setattr__(stored, "is_storable", True)
    # Worked out here, before anything is locked to write them.
    stored.data, stored.length  # noqa: B018
    return stored


def of_kind[C: Content](kind: type[C], value: Content) -> C:
    """Return a value that can only be of this kind. Raises `TypeError` for any other."""
    if not isinstance(value, kind):
        raise TypeError(f"{kind.__name__} expected, not {type(value).__name__}")
    return value


def canonical(data: Any) -> bytes:
    """Our own canonical bytes: what checksums are made over, the same on every database and machine."""
    return json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def checksum(data: Any) -> str:
    """SHA-256 over the canonical bytes, 64 hexadecimal digits."""
    return hashlib.sha256(canonical(data)).hexdigest()
