"""What becomes of two people's changes: joined, or a clash; by sentences, or by lines above `MOST_SENTENCES`.

Changes that do not touch are joined; where both changed the same words or the same cell, that is a `Clash`, to be
decided by a person. Texts are merged by sentences, tables row by row and field by field. Orders never clash: theirs,
then mine. Editing a row against deleting it is a clash.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Any

from applications.content.base import Content, Row, Spec, specs
from applications.content.difference import lines
from applications.content.merging.moves import moves
from applications.content.merging.proposal import Proposal, proposal
from applications.content.merging.text_merge import Stretch, joined
from applications.content.sentences import has_letters, sentences_of
from core.values import dataclass

# Texts with more sentences and blanks than this are joined paragraph by paragraph.
MOST_SENTENCES = 5_000
# So many characters of all three values are joined at all; of further texts that both have changed, each clashes as a whole.
MOST_MERGED = 160_000
AROUND = 5  # stretches in which the sentence before or after a clash is looked for


@dataclass(frozen=True)
class Clash:
    """A place both have changed. `path` names it the same whenever the same three values are merged again.

    For a whole row (edited against deleted) `field` is empty and the values are rows or None; for a text the values
    are the sentences concerned, for other fields the field's values. For texts `before` and `after` are the sentences
    around the place, and whether they stand in places that clash, too; `is_moved` says that it is about words that were moved.
    """

    path: str
    table: str
    row_id: str
    field: str
    base: Any
    mine: Any
    theirs: Any
    before: str = ""
    after: str = ""
    is_open_before: bool = False
    is_open_after: bool = False
    is_text: bool = False
    is_moved: bool = False

    @property
    def is_row(self) -> bool:
        return not self.field

    @cached_property
    def proposal(self) -> Proposal:
        """What could stand there, for texts; empty for what was moved: both versions hold it already."""
        if not self.is_text or self.is_moved:
            return Proposal()
        return proposal(self.base, self.mine, self.theirs, before=self.before, after=self.after)


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
        self.left = MOST_MERGED
        self.clashes: list[Clash] = []

    def decided(self, clash: Clash) -> Any:
        self.clashes.append(clash)
        return self.decisions.get(clash.path, clash.theirs)

    def fields(self, base: Any, mine: Any, theirs: Any, table: str = "", row_id: str = "") -> dict[str, Any]:
        return {
            name: self.field(spec, (table, row_id, name), *(getattr(value, name) for value in (base, mine, theirs)))
            for name, spec in specs(type(base)).items()
        }

    def field(self, spec: Spec, place: tuple[str, str, str], base: Any, mine: Any, theirs: Any) -> Any:
        if mine in (base, theirs):
            return theirs
        if theirs == base:
            return mine
        if spec.widget == "refs":
            return merged_refs(base, mine, theirs)
        if spec.widget == "area":
            return self.text(place, base, mine, theirs)
        return self.decided(Clash("/".join(filter(None, place)), *place, base, mine, theirs))

    def text(self, place: tuple[str, str, str], base: str, mine: str, theirs: str) -> str:
        path = "/".join(filter(None, place))
        self.left -= len(base) + len(mine) + len(theirs)
        if self.left < 0:
            return str(self.decided(Clash(path, *place, base, mine, theirs, is_text=True)))
        tokens = sentences_of(base, mine, theirs)
        by_sentences = max(map(len, tokens)) <= MOST_SENTENCES
        if not by_sentences:
            tokens = [lines(text) for text in (base, mine, theirs)]
        stretches = [
            piece for piece in joined(tokens[0], tokens[1], tokens[2], moves) if piece.tokens or piece.is_clash
        ]
        parts: list[str] = []
        number = 0
        for at, stretch in enumerate(stretches):
            if not stretch.is_clash:
                parts.extend(stretch.tokens)
                continue
            was, my, their = (
                "".join(_blanks_met(some) if by_sentences else some)
                for some in (stretch.base, stretch.mine, stretch.theirs)
            )
            clash = Clash(
                f"{path}#{number}",
                *place,
                was,
                my,
                their,
                before=_last_sentence(stretches, at),
                after=_next_sentence(stretches, at),
                is_open_before=_is_open(reversed(stretches[max(at - AROUND, 0) : at])),
                is_open_after=_is_open(stretches[at + 1 : at + 1 + AROUND]),
                is_text=True,
                is_moved=stretch.is_moved,
            )
            parts.append(self.decided(clash))
            number += 1
        spaced = _spaced(parts, tokens[0])
        return "".join(_blanks_met(spaced) if by_sentences else spaced)

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
        was = type(mine)(id=mine.id) if mine and theirs and base is None else base
        if mine in (was, theirs):
            return theirs
        if theirs == was:
            return mine
        if mine and theirs:
            return dataclasses.replace(theirs, **self.fields(was, mine, theirs, table, mine.id))
        row_id = (mine or theirs or base).id  # type: ignore[union-attr]
        decided: Row | None = self.decided(Clash(f"{table}/{row_id}", table, row_id, "", base, mine, theirs))
        return decided


def _last_sentence(stretches: Sequence[Stretch], at: int) -> str:
    """The sentence before a stretch, with the blank between; empty at the beginning."""
    tokens = (token for stretch in reversed(stretches[max(at - AROUND, 0) : at]) for token in reversed(stretch.tokens))
    return "".join(reversed(list(_until_letters(tokens))))


def _next_sentence(stretches: Sequence[Stretch], at: int) -> str:
    """The sentence after a stretch, with the blank between; empty at the end."""
    return "".join(_until_letters(token for stretch in stretches[at + 1 : at + 1 + AROUND] for token in stretch.tokens))


def _is_open(stretches: Iterable[Stretch]) -> bool:
    """Return whether the nearest of them that says something clashes."""
    nearest = next(
        (stretch for stretch in stretches if stretch.is_clash or any(map(has_letters, stretch.tokens))), None
    )
    return nearest is not None and nearest.is_clash


def _until_letters(tokens: Iterable[str]) -> Iterator[str]:
    for token in tokens:
        yield token
        if has_letters(token):
            return


def _spaced(parts: Iterable[str], base: Sequence[str]) -> Iterator[str]:
    """The parts, and where each person took away one of the two blanks between two sentences the one that was there."""
    behind = {token: blank for token, blank in pairwise(base) if blank.isspace()}
    before = ""
    for part in parts:
        if before and part and not before[-1].isspace() and not part[0].isspace():
            yield behind.get(before, " ")
        yield part
        before = part or before


def _blanks_met(parts: Iterable[str]) -> Iterator[str]:
    """The parts; where two blanks or two line ends meet because what stood between is gone, the larger of them stays."""
    before = ""
    for part in filter(None, parts):
        for blank in ("\n", " \t"):
            ends, begins = before[len(before.rstrip(blank)) :], part[: len(part) - len(part.lstrip(blank))]
            if ends and begins:
                before, part = before.rstrip(blank), max(ends, begins, key=len) + part.lstrip(blank)  # noqa: PLW2901
        yield before
        before = part
    yield before


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
