"""One PDF out of several stored papers, still tagged: their pages, structure and outlines stay as they were made (PDF/UA-1)."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import IO, TYPE_CHECKING, Any

from django.utils.html import escape

if TYPE_CHECKING:
    from pypdf import PdfWriter

# What PDF/UA asks of a document's metadata: that it says so, its title, its language.
METADATA = """<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1"/>
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title></rdf:Description>
</rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>"""


def merge(papers: Iterable[tuple[str, IO[bytes]]], title: str) -> bytes:
    """Return one PDF of all papers, given by name and content, in this order; each is a bookmark.

    Nothing is drawn anew. The same papers make the same bytes.
    """
    from pypdf import PdfReader, PdfWriter  # noqa: PLC0415  slow to import, and few requests need it
    from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject  # noqa: PLC0415

    writer = PdfWriter()
    roots, numbers = ArrayObject(), ArrayObject()
    tree = DictionaryObject({NameObject("/Type"): NameObject("/StructTreeRoot")})
    reference = writer._add_object(tree)
    for name, content in papers:
        reader = PdfReader(content)
        first = len(numbers) // 2
        before = len(writer.pages)
        writer.append(reader, outline_item=name)
        for element in _structure_of(reader, writer):
            element.get_object()[NameObject("/P")] = reference
            roots.append(element)
        numbers.extend(_renumbered(reader, writer, before, first))
    tree[NameObject("/K")] = roots
    tree[NameObject("/ParentTree")] = writer._add_object(DictionaryObject({NameObject("/Nums"): numbers}))
    tree[NameObject("/ParentTreeNextKey")] = NumberObject(len(numbers) // 2)
    _say_what_it_is(writer, reference, title)
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def _structure_of(reader: Any, writer: PdfWriter) -> list[Any]:
    """Return the uppermost elements of a paper's structure, copied; they lead to the pages that were copied before."""
    return [element.clone(writer).indirect_reference for element in reader.root_object["/StructTreeRoot"]["/K"]]


def _renumbered(reader: Any, writer: PdfWriter, before: int, first: int) -> list[Any]:
    """Return what the paper's pages say of their structure under numbers from `first` on, and give the pages these numbers."""
    from pypdf.generic import NameObject, NumberObject  # noqa: PLC0415  see above

    entries = reader.root_object["/StructTreeRoot"]["/ParentTree"]["/Nums"]
    known = {int(entries[place]): entries[place + 1] for place in range(0, len(entries), 2)}
    new = {number: first + place for place, number in enumerate(known)}
    for source, page in zip(reader.pages, writer.pages[before:], strict=True):
        page[NameObject("/StructParents")] = NumberObject(new[source["/StructParents"]])
        for note in page.get("/Annots", []):
            if "/StructParent" in (copied := note.get_object()):
                copied[NameObject("/StructParent")] = NumberObject(new[copied["/StructParent"]])
    return [part for number, value in known.items() for part in (NumberObject(new[number]), value.clone(writer))]


def _say_what_it_is(writer: PdfWriter, structure: Any, title: str) -> None:
    """Say in the catalogue that the document is tagged, German, and shown under its title."""
    from pypdf.generic import BooleanObject, DictionaryObject, NameObject, StreamObject, TextStringObject  # noqa: PLC0415

    about = StreamObject()
    about.set_data(METADATA.format(title=escape(title)).encode())
    about.update({NameObject("/Type"): NameObject("/Metadata"), NameObject("/Subtype"): NameObject("/XML")})
    catalogue = {
        "/StructTreeRoot": structure,
        "/MarkInfo": DictionaryObject({NameObject("/Marked"): BooleanObject(True)}),
        "/ViewerPreferences": DictionaryObject({NameObject("/DisplayDocTitle"): BooleanObject(True)}),
        "/Lang": TextStringObject("de"),
        "/Metadata": writer._add_object(about),
    }
    writer.root_object.update({NameObject(name): value for name, value in catalogue.items()})
    writer.add_metadata({"/Title": title, "/Producer": "Projektschmiede"})
    writer.pdf_header = "%PDF-1.7"
