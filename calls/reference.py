"""Reading the reference data: funding calls as they were, from readable files (`calls/data/<call>/`).

Loading twice changes nothing. What staff have changed since stays: of a call that is there already only rules for new
checks are added. A file that changed what an edition says makes a new draft edition; a published one is never touched.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.db import models, transaction

from calls.models import (
    AttachmentKind,
    CallForm,
    Certainty,
    Edition,
    ExpenseKind,
    FundingCall,
    Limit,
    Question,
    Rule,
    Section,
    Theme,
    UmbrellaRoute,
)
from calls.terms import UNDATED
from core.values import dataclass

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Loaded:
    """What loading a file came to: the call, and the edition that was made (None: nothing new)."""

    call: FundingCall
    edition: Edition | None


def load_calls(data: Path = DATA) -> list[Loaded]:
    """Load every call under `data`, oldest first."""
    return [load_call(folder) for folder in sorted(path.parent for path in data.glob("*/call.toml"))]


@transaction.atomic
def load_call(folder: Path) -> Loaded:
    """Load one call. The first time its edition is published; later a changed file makes a draft for staff to read."""
    sources = Sources(read(folder / "sources.toml"))
    parts = read_parts(folder, sources)
    fingerprint = checksum(parts)
    call, is_new = get_call(folder, sources)
    add_missing_rules(call, folder, sources)
    if call.editions.filter(source_hash=fingerprint).exists():
        return Loaded(call, None)
    edition = Edition.objects.start(call, source_hash=fingerprint)
    for part, rows in parts.items():
        part._default_manager.bulk_create(part(edition=edition, **row) for row in rows)
    if is_new:
        edition.publish(by=None)
    return Loaded(call, edition)


def get_call(folder: Path, sources: Sources) -> tuple[FundingCall, bool]:
    """Return the call of this folder and whether it was made just now, with its forms, things to read and umbrella routes."""
    values = read(folder / "call.toml")
    existing = FundingCall.objects.select_for_update(no_key=True).filter(slug=values["slug"]).first()
    if existing:
        return existing, False
    lists = {kind: values.pop(kind, []) for kind in CallForm.Kind}
    cited = values.pop("sources", [])
    named = sources.spell_out_of("addressee", values) | sources.spell_out_of("signing", values)
    call = FundingCall.objects.create(**plain_lines(values), **named, source=sources.list(cited))
    CallForm.objects.bulk_create(
        CallForm(call=call, kind=kind, position=place, **row)
        for kind, rows in lists.items()
        for place, row in enumerate(rows, 1)
    )
    UmbrellaRoute.objects.bulk_create(
        UmbrellaRoute(call=call, **sources.spell_out_of("addressee", row), **prose_in(row))
        for row in read(folder / "umbrella.toml").get("route", [])
    )
    return call, True


def add_missing_rules(call: FundingCall, folder: Path, sources: Sources) -> None:
    """Add the rules that are not there; others stay as they are, perhaps checked or lowered by staff."""
    there = set(call.rules.values_list("code", flat=True))
    head, rules = split_head(read(folder / "rules.toml"))
    Rule.objects.bulk_create(
        Rule(call=call, code=code, **checked(sources.spell_out(row), head))
        for code, row in rules.items()
        if code not in there
    )


def read_parts(folder: Path, sources: Sources) -> dict[type[models.Model], list[dict[str, Any]]]:
    """Return what the files say about an edition: for each of its parts the rows, as values of the model's fields, in order."""

    def rows(name: str) -> list[dict[str, Any]]:
        listed = read(folder / f"{name}s.toml").get(name, [])
        return [{"order": place, **prose_in(row)} for place, row in enumerate(listed, 1)]

    head, _limits = split_head(read(folder / "limits.toml"))
    return {
        Theme: rows("theme"),
        Section: rows("section"),
        ExpenseKind: rows("kind"),
        Question: rows("question"),
        AttachmentKind: [cite(row, sources) for row in rows("attachment")],
        Limit: [checked(sources.spell_out(row), head) for row in rows("limit")],
    }


class Sources:
    """The sources of a call by their keys. They are cited as "F1 Nr. 4.8": the key, then the place."""

    def __init__(self, rows: dict[str, dict[str, str]]) -> None:
        self.rows = rows

    def name(self, citation: str) -> str:
        """ "F1 Nr. 4.8" → „Förderrichtlinie, Nr. 4.8“; an unknown key is a mistake in the file (KeyError)."""
        key, _, place = citation.partition(" ")
        return ", ".join(part for part in (self.rows[key]["short"], place) if part)

    def names(self, citations: list[str]) -> str:
        return "; ".join(dict.fromkeys(self.name(citation) for citation in citations))

    def names_with_dates(self, citations: list[str]) -> str:
        """Return names, each with its date in brackets where it has one: „ANBest-P, Nr. 1.3 (September 2025)“."""
        dates = [self.rows[citation.partition(" ")[0]].get("date") for citation in citations]
        cited = zip(citations, dates, strict=True)
        names = [self.name(citation) + (f" ({date})" if date else "") for citation, date in cited]
        return "; ".join(dict.fromkeys(names))

    def list(self, citations: list[str]) -> str:
        """Return one line for each source: who, what, when, where."""
        rows = [self.rows[citation.partition(" ")[0]] for citation in citations]
        return "\n".join(
            ", ".join(row[name] for name in ("issuer", "title", "date", "url") if row.get(name)) for row in rows
        )

    def spell_out(self, row: dict[str, Any]) -> dict[str, Any]:
        """Return a limit or rule with issuer, title and date of each of its sources instead of their keys."""
        return row | self._parts(row.pop("sources", []))

    def spell_out_of(self, name: str, row: dict[str, Any]) -> dict[str, Any]:
        """Take the sources of one of a row's values out of it, and return them as their three fields."""
        return {f"{name}_{part}": value for part, value in self._parts(row.pop(f"{name}_sources", [])).items()}

    def _parts(self, citations: Iterable[str]) -> dict[str, str]:
        citations = [*dict.fromkeys(citations)]
        cited = [self.rows[citation.partition(" ")[0]] for citation in citations]
        return {
            "source_issuer": "; ".join(source["issuer"] for source in cited),
            "source_title": self.names(citations),
            "source_date": "; ".join(source.get("date", UNDATED) for source in cited),
        }


def cite(row: dict[str, Any], sources: Sources) -> dict[str, Any]:
    """Return the row with the names and dates of its sources in words instead of their keys."""
    return row | {"source": sources.names_with_dates(row.pop("sources", []))}


def split_head(file: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the head of a file, and its tables."""
    tables = {name: value for name, value in file.items() if isinstance(value, dict | list)}
    return {name: value for name, value in file.items() if name not in tables}, tables


def checked(row: dict[str, Any], head: dict[str, Any]) -> dict[str, Any]:
    """Return a verified row with who checked it and when, from the row or the file's head; other rows unchanged."""
    return head | row if row["certainty"] == Certainty.VERIFIED else row


def read(file: Path) -> dict[str, Any]:
    """Return a file's tables, none for a file that is not there."""
    import tomllib  # noqa: PLC0415  a process that shows no glossary would wait for it at its start

    return tomllib.loads(file.read_text(encoding="utf-8"), parse_float=Decimal) if file.exists() else {}


def prose(text: str) -> str:
    """Return the text of a file as it is shown: the lines of a paragraph or list item joined, one empty line in between."""
    blocks = []
    for block in text.strip().split("\n\n"):
        lines: list[str] = []
        for line in block.strip().splitlines():
            if line.startswith("- ") or not lines:
                lines.append(line.strip())
            else:
                lines[-1] += " " + line.strip()
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def prose_in(row: dict[str, Any]) -> dict[str, Any]:
    return {name: prose(value) if isinstance(value, str) else value for name, value in row.items()}


def plain_lines(row: dict[str, Any]) -> dict[str, Any]:
    """Return texts whose lines mean something, like an address."""
    return {name: value.strip() if isinstance(value, str) else value for name, value in row.items()}


def checksum(parts: dict[type[models.Model], list[dict[str, Any]]]) -> str:
    """Return the SHA-256 of the rows' values: a comment or a line break in a file changes nothing."""
    values = {part._meta.model_name: [_dated(row) for row in rows] for part, rows in parts.items()}
    return sha256(json.dumps(values, default=str, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _dated(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row with the dates that its file gives, so that our word for none changes no checksum."""
    if "source_date" not in row:
        return row
    dates = row["source_date"].split("; ")
    return row | {"source_date": "; ".join(date for date in dates if date != UNDATED)}
