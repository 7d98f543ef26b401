"""The parts of a Word file that are read, found by their relationships as other programs do, not by name."""

from __future__ import annotations

import posixpath
import zipfile
from io import BytesIO
from typing import Any
from urllib.parse import unquote

from django.utils.translation import gettext as _
from lxml import etree

from applications.writing.word.safe import READ, UnreadableFile
from core.values import dataclass

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
M = "http://schemas.openxmlformats.org/officeDocument/2006/math"
# “Strict Open XML” of Word has the same elements under other names. Only names whose elements are read are listed.
STRICT = {
    "http://purl.oclc.org/ooxml/wordprocessingml/main": W,
    "http://purl.oclc.org/ooxml/officeDocument/math": M,
    "http://purl.oclc.org/ooxml/drawingml/picture": "http://schemas.openxmlformats.org/drawingml/2006/picture",
    "http://purl.oclc.org/ooxml/drawingml/chart": "http://schemas.openxmlformats.org/drawingml/2006/chart",
    "http://purl.oclc.org/ooxml/drawingml/diagram": "http://schemas.openxmlformats.org/drawingml/2006/diagram",
}


def w(name: str) -> str:
    """Return the name of an element or attribute of a Word document."""
    return f"{{{W}}}{name}"


@dataclass(frozen=True)
class Package:
    """A Word file taken apart; a file may have no styles and no lists."""

    body: Any
    styles: Any | None
    numbering: Any | None


def open_package(content: bytes) -> Package:
    """Return the parts of a file that `safe.check` accepted. Raises `UnreadableFile` if there is no document."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        parts = _Parts(archive)
        main = parts.related("", "officeDocument")
        document = parts.tree(main) if main else None
        body = None if document is None or document.tag != w("document") else document.find(w("body"))
        if main is None or body is None:
            raise UnreadableFile(_("Die Datei ist beschädigt und lässt sich nicht lesen."))
        return Package(body, *(parts.tree_of(main, kind) for kind in ("styles", "numbering")))


class _Parts:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        # The case of the names does not matter. Only these parts were checked.
        self.names = {name.lower(): name for name in archive.namelist() if name.lower().endswith(READ)}

    def related(self, part: str, kind: str) -> str | None:
        """Return the name of the part of this kind that a part, or the file itself, refers to."""
        folder, name = posixpath.split(part)
        references = self.tree(posixpath.join(folder, "_rels", f"{name}.rels"))
        for reference in () if references is None else references:
            if isinstance(reference.tag, str) and reference.get("Type", "").rpartition("/")[2] == kind:
                target = unquote(reference.get("Target", "")).replace("\\", "/")
                return posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
        return None

    def tree_of(self, part: str, kind: str) -> Any | None:
        name = self.related(part, kind)
        return self.tree(name) if name else None

    def tree(self, name: str) -> Any | None:
        stored = self.names.get(name.lower())
        if stored is None:
            return None
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        root = etree.fromstring(self.archive.read(stored), parser)
        for strict, usual in STRICT.items():
            for element in root.iter(f"{{{strict}}}*"):
                _rename(element, strict, usual)
        return root


def _rename(element: Any, strict: str, usual: str) -> None:
    element.tag = f"{{{usual}}}{etree.QName(element).localname}"
    for name, value in element.attrib.items():
        if name.startswith(f"{{{strict}}}"):
            element.set(f"{{{usual}}}{etree.QName(name).localname}", value)
