"""Reading a Word file that came back: the texts between the marked lines, and what was left out."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from dataclasses import field
from uuid import UUID

from django.utils.translation import gettext as _
from lxml import etree

from applications.writing.word.dropped import Dropped
from applications.writing.word.marked_lines import APPLICATION, BEGIN, END
from applications.writing.word.package import open_package
from applications.writing.word.safe import UnreadableFile, check
from applications.writing.word.seals import seals_of
from applications.writing.word.words import Line, lines_of
from core.values import dataclass


@dataclass
class ReadSection:
    """A text as it is in the file, and the version it was written from."""

    key: str
    version: int
    lines: list[str] = field(default_factory=list)
    dropped: Dropped = field(default_factory=Dropped)

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def add(self, line: Line) -> None:
        if not line.is_gone:
            self.lines.append(line.text)
        self.dropped.add(line.dropped)


@dataclass
class ReadFile:
    sections: list[ReadSection]
    broken: list[str]
    """Keys of sections whose marked lines are damaged: without an end, without a beginning, or there twice."""
    portal: list[str] = field(default_factory=list)
    """Keys of sections that were changed in the file and can only be changed in the portal."""
    is_changed_outside: bool = False
    """Was anything changed outside the marked lines?"""


def read(content: bytes, uuid: UUID) -> ReadFile:
    """Return the sections of a file of this application. Raises `UnreadableFile` with a sentence for any other file."""
    check(content)
    try:
        lines = lines_of(open_package(content))
    except UnreadableFile:
        raise
    except (
        KeyError,
        ValueError,
        TypeError,
        AttributeError,
        OSError,
        RecursionError,
        etree.LxmlError,
        zipfile.BadZipFile,
    ) as damage:
        raise UnreadableFile(_("Die Datei ist beschädigt und lässt sich nicht lesen.")) from damage
    owners = {owner[1].lower() for line in lines if (owner := APPLICATION.search(line.text))}
    if not owners:
        raise UnreadableFile(
            _(
                "Das ist keine Word-Datei aus diesem Portal, oder die Zeile „[[Vorhaben …]]“ fehlt. Bitte laden Sie sie hier neu herunter."
            )
        )
    if owners != {str(uuid)}:
        raise UnreadableFile(_("Diese Datei gehört zu einem anderen Vorhaben."))
    file = _sections(lines)
    seals = seals_of(line.block for line in lines if line.block is not None)
    file.portal = seals.changed()
    file.is_changed_outside = seals.is_changed_outside() and not file.broken
    return file


def _sections(lines: Iterable[Line]) -> ReadFile:
    whole: dict[str, ReadSection] = {}
    broken: list[str] = []
    now: ReadSection | None = None
    for line in lines:
        begin, end = BEGIN.search(line.text), END.search(line.text)
        if begin:
            broken += [now.key] if now else []
            now = ReadSection(begin[1], int(begin[2]))
        elif end:
            if now and now.key == end[1] and now.key not in whole:
                whole[now.key] = now
            else:
                broken += [end[1], *([now.key] if now else [])]
            now = None
        elif now:
            now.add(line)
    broken += [now.key] if now else []
    return ReadFile([section for key, section in whole.items() if key not in broken], list(dict.fromkeys(broken)))
