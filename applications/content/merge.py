"""Three-way merge of values: what two people changed since the version both began with.

Changes that do not touch are joined; where both changed the same words or the same cell, that is a `Clash`, to be
decided by a person. Texts are merged by sentences, tables row by row and field by field. Orders never clash: theirs,
then mine. Editing a row against deleting it is a clash.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .base import Content, Row, Spec, specs
from .threeway import joined

# The end of a sentence with what closes it, and the blank behind it; or the end of a line.
BREAK = re.compile(r"(?P<end>[.!?…]+[\"“”»«’)\]]*)(?P<blank>[ \t]+)|(?P<line>\n+)")
LOOK_BACK = 24  # letters that are enough to know the last word
WORD = re.compile(r"\w+|\s+|[^\w\s]")
# A full stop behind these ends no sentence; neither does one behind a day's number or a single letter (3. Mai, z. B.).
ABBREVIATIONS = {
    "bzw", "ca", "dr", "etc", "evtl", "ggf", "inkl", "max", "min", "mind", "nr", "prof", "sog", "st", "str", "tel", "usw", "vgl", "zzgl",
}  # fmt: skip


@dataclass(frozen=True)
class Clash:
    """A place both have changed. `path` names it the same whenever the same three values are merged again.

    For a whole row (edited against deleted) `field` is empty and the values are rows or None; for a text the values
    are the sentences concerned, for other fields the field's values. `joined` is a proposal, for texts only.
    """

    path: str
    table: str
    row_id: str
    field: str
    base: Any
    mine: Any
    theirs: Any
    joined: str = ""

    @property
    def is_row(self) -> bool:
        return not self.field


@dataclass(frozen=True)
class Merged[C: Content]:
    """The result; in every clash without a decision it holds theirs."""

    value: C
    clashes: tuple[Clash, ...]


def merge[C: Content](base: C, mine: C, theirs: C, decisions: Mapping[str, Any] | None = None) -> Merged[C]:
    """Join `mine` and `theirs`, which both came from `base`; `decisions` say by path what stands where they clash."""
    run = _Run(decisions or {})
    fields: dict[str, Any] = run.fields(base, mine, theirs)
    for table in type(base).tables:
        fields[table] = run.rows(table, *(getattr(value, table) for value in (base, mine, theirs)))
    return Merged(type(base)(**fields), tuple(run.clashes))


class _Run:
    """One merge: collects its clashes."""

    def __init__(self, decisions: Mapping[str, Any]) -> None:
        self.decisions = decisions
        self.clashes: list[Clash] = []

    def decided(self, clash: Clash) -> Any:
        self.clashes.append(clash)
        return self.decisions.get(clash.path, clash.theirs)

    def fields(self, base: Any, mine: Any, theirs: Any, table: str = "", row_id: str = "") -> dict[str, Any]:
        return {
            name: self.field(what, (table, row_id, name), *(getattr(value, name) for value in (base, mine, theirs)))
            for name, what in specs(type(base)).items()
        }

    def field(self, what: Spec, place: tuple[str, str, str], base: Any, mine: Any, theirs: Any) -> Any:
        if mine in (base, theirs):
            return theirs
        if theirs == base:
            return mine
        if what.widget == "refs":
            return merged_refs(base, mine, theirs)
        if what.widget == "area":
            return self.text(place, base, mine, theirs)
        return self.decided(Clash("/".join(filter(None, place)), *place, base, mine, theirs))

    def text(self, place: tuple[str, str, str], base: str, mine: str, theirs: str) -> str:
        parts: list[str] = []
        number = 0
        for stretch in joined(sentences(base), sentences(mine), sentences(theirs)):
            if not stretch.is_clash:
                parts.extend(stretch.tokens)
                continue
            was, my, their = ("".join(tokens) for tokens in (stretch.base, stretch.mine, stretch.theirs))
            path = f"{'/'.join(filter(None, place))}#{number}"
            parts.append(self.decided(Clash(path, *place, was, my, their, proposal(was, my, their))))
            number += 1
        return "".join(_spaced(parts))

    def rows(
        self, table: str, base: tuple[Row, ...], mine: tuple[Row, ...], theirs: tuple[Row, ...]
    ) -> tuple[Row, ...]:
        was, my, their = ({row.id: row for row in rows} for rows in (base, mine, theirs))
        kept = [
            self.row(table, was.get(key), my.get(key), their.get(key))
            for key in order(list(was), list(my), list(their))
        ]
        return tuple(row for row in kept if row is not None)

    def row(self, table: str, base: Row | None, mine: Row | None, theirs: Row | None) -> Row | None:
        if mine and theirs:
            was = base or type(mine)(id=mine.id)
            return dataclasses.replace(theirs, **self.fields(was, mine, theirs, table, mine.id))
        if mine in (base, theirs):
            return theirs
        if theirs == base:
            return mine
        row_id = (mine or theirs or base).id  # type: ignore[union-attr]
        decided: Row | None = self.decided(Clash(f"{table}/{row_id}", table, row_id, "", base, mine, theirs))
        return decided


def _spaced(parts: Iterable[str]) -> Iterator[str]:
    """The parts with a blank between two sentences where each person took away one of the two blanks that were there."""
    before = ""
    for part in parts:
        if before and part and not before[-1].isspace() and not part[0].isspace():
            yield " "
        yield part
        before = part or before


def sentences(text: str) -> list[str]:
    """The text as sentences, blanks and line ends; joined together they are the text again, to the letter."""
    return list(_sentences(text))


def _sentences(text: str) -> Iterator[str]:
    begin = 0
    for found in BREAK.finditer(text):
        if found["line"] is None and _abbreviates(
            text[max(begin, found.start() - LOOK_BACK) : found.start()], found["end"]
        ):
            continue
        split = found.start() if found["end"] is None else found.end("end")
        if split > begin:
            yield text[begin:split]
        yield text[split : found.end()]
        begin = found.end()
    if begin < len(text):
        yield text[begin:]


def _abbreviates(before: str, end: str) -> bool:
    word = re.search(r"\w+$", before)
    if end != "." or word is None:
        return False
    ordinal = word[0].isdigit() and len(word[0]) <= 2  # am 3. Mai, aber: im Jahr 2027. Danach …
    return len(word[0]) == 1 or ordinal or word[0].lower() in ABBREVIATIONS


def proposal(base: str, mine: str, theirs: str) -> str:
    """Both changes in one text if they touch different words, else one after the other."""
    stretches = list(joined(*(WORD.findall(text) for text in (base, mine, theirs))))
    if not any(stretch.is_clash for stretch in stretches):
        return "".join("".join(stretch.tokens) for stretch in stretches)
    return " ".join(part for part in (theirs.strip(), mine.strip()) if part)


def merged_refs(base: tuple[str, ...], mine: tuple[str, ...], theirs: tuple[str, ...]) -> tuple[str, ...]:
    """References never clash: theirs without what I took away, then what I added."""
    kept = [ref for ref in theirs if ref in mine or ref not in base]
    return (*kept, *(ref for ref in mine if ref not in base and ref not in kept))


def order(base: list[str], mine: list[str], theirs: list[str]) -> list[str]:
    """All ids in one order: theirs if they moved rows, else mine; the other's rows stand behind their neighbour."""
    common = [key for key in base if key in mine and key in theirs]
    moved = [key for key in theirs if key in common] != common
    first, second = (theirs, mine) if moved or mine == base else (mine, theirs)
    result = list(first)
    for place, key in enumerate(second):
        if key not in result:
            before = next((other for other in reversed(second[:place]) if other in result), None)
            result.insert(result.index(before) + 1 if before else 0, key)
    return [*result, *(key for key in base if key not in result)]
