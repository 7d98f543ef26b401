"""Which Word files are refused: too large (`MOST_BYTES`, `MOST_ELEMENTS`), with macros, with references to the outside, old .doc."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Mapping
from io import BytesIO

from django.utils.translation import gettext as _
from lxml import etree

from core.filekinds import kind_of

MOST_PARTS = 1000
MOST_BYTES = 30 * 1024 * 1024  # unpacked
MOST_XML = 12 * 1024 * 1024  # of these in parts that are read
# In all parts together. A whole application has a tenth of it, but a million empty paragraphs fit into nine kilobytes.
MOST_ELEMENTS = 150_000
PIECE = 64 * 1024
OLD_WORD = b"\xd0\xcf\x11\xe0"  # the first bytes of a .doc, and of a .docx with a password
WRITTEN_ELSEWHERE = {"iwork", "odt", "rtf", "template"}  # kinds that a word processor can save as a Word file
HYPERLINK = "/hyperlink"  # a link in the text; only its words are read
TYPES = "[Content_Types].xml"
READ = (".xml", ".rels")  # the endings of the names of parts that are read
OFFICE_XML = re.compile(r"application/vnd\..*\+xml", re.IGNORECASE | re.DOTALL)


class UnreadableFile(ValueError):
    """The file is not read; the message is a German sentence for the person who sent it."""


def check(content: bytes) -> None:
    """Raise `UnreadableFile` unless it is a Word file, not too large unpacked, without macros and outside references."""
    kind = kind_of(BytesIO(content))
    if kind != "docx":
        raise UnreadableFile(_what_it_is(kind, content))
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
            read = [part for part in parts if part.filename.lower().endswith(READ)]
            if len(parts) > MOST_PARTS or _size(parts) > MOST_BYTES or _size(read) > MOST_XML:
                raise UnreadableFile(_("Die Datei ist entpackt zu groß und wird nicht gelesen."))
            _check_parts(archive, read)
    except (
        zipfile.BadZipFile,
        zlib.error,
        OSError,
        EOFError,
        NotImplementedError,
        RuntimeError,
        etree.LxmlError,
    ) as damage:
        raise UnreadableFile(_("Die Datei ist beschädigt und lässt sich nicht lesen.")) from damage


def _what_it_is(kind: str, content: bytes) -> str:
    """Return the sentence why a file of another kind is refused, and what helps."""
    if kind == "macros":
        return _("Die Datei enthält Makros und wird nicht gelesen. Bitte speichern Sie sie als .docx ohne Makros.")
    if kind in {"doc", "locked"} or content.startswith(OLD_WORD):
        return _(
            "Das ist eine ältere Word-Datei (.doc) oder eine mit Kennwort. Bitte speichern Sie sie als .docx ohne Kennwort."
        )
    if kind in WRITTEN_ELSEWHERE:
        return _(
            "Das ist keine Word-Datei (.docx). Bitte öffnen Sie sie in Ihrem Schreibprogramm und speichern Sie sie als Word-Datei (.docx)."
        )
    if kind == "damaged" and content.startswith(b"PK"):
        return _("Die Datei ist beschädigt und lässt sich nicht lesen.")
    return _("Das ist keine Word-Datei (.docx). Bitte wählen Sie die Datei, die Sie hier heruntergeladen haben.")


def _size(parts: list[zipfile.ZipInfo]) -> int:
    return sum(part.file_size for part in parts)


def _check_parts(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> None:
    """Check every part piece by piece: a part with too many elements is never in memory as a whole."""
    elements = 0
    for part in parts:
        checked = _Part(part.filename, MOST_ELEMENTS - elements)
        parser = etree.XMLParser(target=checked, resolve_entities=False, no_network=True, load_dtd=False)
        with archive.open(part) as stream:
            while piece := stream.read(PIECE):
                parser.feed(piece)
        parser.close()
        elements += checked.elements


class _Part:
    """A target for lxml's parser that raises `UnreadableFile` as soon as something is wrong with a part."""

    def __init__(self, name: str, most: int) -> None:
        self.is_references = name.lower().endswith(".rels")
        self.is_types = name == TYPES
        self.most = most
        self.elements = 0

    def start(self, _tag: str, attributes: Mapping[str, str]) -> None:
        self._count()
        if self.is_references and attributes.get("TargetMode") == "External":
            if not attributes.get("Type", "").endswith(HYPERLINK):
                raise UnreadableFile(_outside())
        elif self.is_types and self._is_hidden(attributes):
            raise UnreadableFile(_("Die Datei ist beschädigt und lässt sich nicht lesen."))

    def _is_hidden(self, attributes: Mapping[str, str]) -> bool:
        """Would a program read a part as XML though its name does not say so? Such a part was not checked."""
        name = f".{attributes.get('Extension') or attributes.get('PartName', '')}".lower()
        return OFFICE_XML.fullmatch(attributes.get("ContentType", "")) is not None and not name.endswith(READ)

    def end(self, _tag: str) -> None:
        pass

    def comment(self, _text: str) -> None:
        self._count()

    def pi(self, _target: str, _data: str) -> None:
        self._count()

    def doctype(self, *_names: str) -> None:
        raise UnreadableFile(_outside())

    def close(self) -> None:
        pass

    def _count(self) -> None:
        self.elements += 1
        if self.elements > self.most:
            raise UnreadableFile(
                _(
                    "Die Datei enthält zu viele Absätze oder andere Bestandteile und wird nicht gelesen. Bitte laden Sie sie hier neu herunter und kopieren Sie nur Ihren Text hinein."
                )
            )


def _outside() -> str:
    return _(
        "Die Datei verweist auf etwas außerhalb und wird nicht gelesen. Bitte entfernen Sie verknüpfte Bilder und Vorlagen."
    )
