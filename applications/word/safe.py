"""What a Word file must not be before anything reads it: a bomb, a carrier of macros, a call to somewhere else."""

from __future__ import annotations

import zipfile
import zlib
from io import BytesIO

from django.utils.translation import gettext as _
from lxml import etree

MOST_PARTS = 1000
MOST_BYTES = 30 * 1024 * 1024  # unpacked
OLD_WORD = b"\xd0\xcf\x11\xe0"  # how a .doc begins, and a .docx with a password
HYPERLINK = "/hyperlink"  # words that lead somewhere when clicked; only the words are read


class UnreadableFile(ValueError):
    """A file that is not read; the message is a German sentence for the person who sent it."""


def check(content: bytes) -> None:
    """`UnreadableFile` for what is no Word file, unpacks too large, holds macros, or refers to something outside."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_BYTES:
                raise UnreadableFile(_("Die Datei ist entpackt zu groß und wird nicht gelesen."))
            names = [part.filename for part in parts]
            if "word/document.xml" not in names or "[Content_Types].xml" not in names:
                raise UnreadableFile(_("Das ist keine Word-Datei (.docx)."))
            macros = any(name.lower().endswith(("vbaproject.bin", "vbadata.xml")) for name in names)
            if macros or b"macroenabled" in archive.read("[Content_Types].xml").lower():
                raise UnreadableFile(
                    _("Die Datei enthält Makros und wird nicht gelesen. Bitte speichern Sie sie als .docx ohne Makros.")
                )
            for name in names:
                if name.endswith((".xml", ".rels")):
                    _check_part(name, archive.read(name))
    except (
        zipfile.BadZipFile,
        zlib.error,
        OSError,
        EOFError,
        NotImplementedError,
        RuntimeError,
        etree.LxmlError,
    ) as damage:
        raise UnreadableFile(_what_it_is(content)) from damage


def _what_it_is(content: bytes) -> str:
    """Why a file that is no readable archive is refused, and what helps."""
    if content.startswith(OLD_WORD):
        return _(
            "Das ist eine ältere Word-Datei (.doc) oder eine mit Kennwort. Bitte speichern Sie sie als .docx ohne Kennwort."
        )
    if content.startswith((b"{\\rtf", b"%PDF")):
        return _("Das ist keine Word-Datei (.docx).")
    return _("Die Datei ist beschädigt und lässt sich nicht lesen.")


def _check_part(name: str, data: bytes) -> None:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    tree = etree.fromstring(data, parser).getroottree()
    outside = name.endswith(".rels") and any(
        one.get("TargetMode") == "External" and not one.get("Type", "").endswith(HYPERLINK) for one in tree.getroot()
    )
    if outside or tree.docinfo.internalDTD is not None:
        raise UnreadableFile(
            _(
                "Die Datei verweist auf etwas außerhalb und wird nicht gelesen. Bitte entfernen Sie verknüpfte Bilder und Vorlagen."
            )
        )
