"""Files as people have them: what each of them is by its content, and what is said where it is not taken."""

from __future__ import annotations

import struct
import zipfile
from importlib import import_module
from io import BytesIO

import pytest
from django import forms
from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from docx import Document

from core.filekinds import ALIASES, TYPES, WAYS_OUT, kind_of
from core.files import GROUPS, accepted, check_upload, hints, what_goes
from tests.compound import compound

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
JPG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"x" * 40
# What a Mac writes into a photo that was printed.
PRINTED = b'\xff\xed\x01\x00Photoshop 3.0\x008BIM\x03\xed<?xml version="1.0"?>\n<!DOCTYPE plist><plist><dict/></plist>'
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\x00" * 40
HTML = b"<html><script>alert(1)</script></html>"
CSV = "Ausgabe;Betrag\r\nMiete für Räume – groß;1.200,00 €\r\n"
OLD_WORD = compound("WordDocument", "1Table")
LOCKED_PDF = PDF.replace(b"/Root 1 0 R", b"/Root 1 0 R /Encrypt 5 0 R")


def archive(**parts):
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return stream.getvalue()


def word(main="word/document.xml", kind="wordprocessingml.document", **more):
    types = f'<Types><Override PartName="/{main}" ContentType="application/vnd.openxmlformats-officedocument.{kind}.main+xml"/></Types>'
    return archive(**{"[Content_Types].xml": types, main: b"<x/>"}, **more)


def open_document(kind="text", manifest=b"<m/>", **more):
    mime = f"application/vnd.oasis.opendocument.{kind}"
    return archive(mimetype=mime, **{"content.xml": b"<x/>", "META-INF/manifest.xml": manifest}, **more)


def from_word():
    stream = BytesIO()
    Document().save(stream)
    return stream.getvalue()


TAKEN = {
    "PDF": (PDF, "pdf"),
    "PDF after an empty line": (b"\r\n" + PDF, "pdf"),
    "PDF after a byte order mark": (b"\xef\xbb\xbf" + PDF, "pdf"),
    "PDF after a printer's header": (b"\x1b%-12345X@PJL JOB\r\n@PJL ENTER LANGUAGE=PDF\r\n" + PDF, "pdf"),
    "PDF after a thousand bytes": (b"\n" * 1000 + PDF, "pdf"),
    "PDF that is encrypted": (LOCKED_PDF, "pdf"),
    "JPG": (JPG, "jpg"),
    "JPG that was printed on a Mac": (JPG[:20] + PRINTED + JPG, "jpg"),
    "JPG with data about itself": (JPG[:20] + b'\xff\xe1\x01\x00<svg xmlns="http://www.w3.org/2000/svg"/>', "jpg"),
    "JPG with a page behind it": (JPG + HTML, "jpg"),
    "PNG": (PNG, "png"),
    "PNG with data about itself": (PNG + b'<?xpacket begin=""?><?xml version="1.0"?>', "png"),
    "Word": (from_word(), "docx"),
    "Word Online": (word("word/document2.xml"), "docx"),
    "Word in another folder": (word("document.xml"), "docx"),
    "Excel": (word("xl/workbook.xml", "spreadsheetml.sheet"), "xlsx"),
    "PowerPoint": (word("ppt/presentation.xml", "presentationml.presentation"), "pptx"),
    "LibreOffice Writer": (open_document(), "odt"),
    "LibreOffice Calc": (open_document("spreadsheet"), "ods"),
    "LibreOffice with empty libraries of macros": (open_document(**{"Basic/Standard/script-lb.xml": b"<x/>"}), "odt"),
    "CSV of Excel": (CSV.encode("cp1252"), "txt"),
    "CSV of Excel as Unicode": (CSV.encode("utf-16"), "txt"),
    "CSV in UTF-8 with its mark": (CSV.encode("utf-8-sig"), "txt"),
    "CSV of an old program": ("Räume;Größe;Übung".encode("cp850"), "txt"),
    "text about a car": (b"PKW-Kosten: 120 Euro", "txt"),
    "text that begins as a bitmap": ("BMI-Förderung".encode(), "txt"),
    "text that mentions a page's sign": (b"Im Editor steht oben <html > und dann <script>.", "txt"),
    "text that begins with a place to fill in": (b"<Name des Vereins>, <Ort>", "txt"),
    "text that begins with an address": (b"<amina@example.org> schrieb:", "txt"),
}

NOT_TAKEN = {
    "photo of a phone": (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "heic"),
    "photo of another phone": (b"\x00\x00\x00\x18ftypavif\x00\x00\x00\x00mif1avif", "heic"),
    "old Word": (compound("WordDocument"), "doc"),
    "old Excel": (compound("Workbook"), "xls"),
    "old PowerPoint": (compound("PowerPoint Document"), "ppt"),
    "mail of Outlook": (compound("__properties_version1.0"), "mail"),
    "mail of Outlook with an old Word file": (compound("__properties_version1.0", attached=OLD_WORD), "mail"),
    "old Word with an old Excel table": (compound("WordDocument", embedded=("Workbook",)), "doc"),
    "old Excel with an old Word text": (compound("Workbook", embedded=("WordDocument",)), "xls"),
    "old PowerPoint with a mail": (compound("PowerPoint Document", embedded=("__properties_version1.0",)), "ppt"),
    "old Word that was cut off": (OLD_WORD[:700], "damaged"),
    "old Word whose parts lead in a circle": (
        OLD_WORD.replace(struct.pack("<2I", 0xFFFFFFFD, 0xFFFFFFFE), struct.pack("<2I", 0xFFFFFFFD, 1)),
        "damaged",
    ),
    "program to install": (compound("SummaryInformation"), "other"),
    "Word with a password": (compound("EncryptedPackage"), "locked"),
    "Writer with a password": (open_document(manifest=b"<manifest:encryption-data/>"), "locked"),
    "Pages": (archive(**{"Index/Document.iwa": b"x"}), "iwork"),
    "Word with macros": (word(**{"word/vbaProject.bin": b"x"}), "macros"),
    "Word that may have macros": (word(kind="wordprocessingml.document.macroEnabled"), "macros"),
    "Writer with macros": (open_document(**{"Basic/Standard/Module1.xml": b"<x/>"}), "macros"),
    "Word template": (word(kind="wordprocessingml.template"), "template"),
    "PowerPoint show": (word("ppt/presentation.xml", "presentationml.slideshow"), "template"),
    "Writer template": (open_document("text-template"), "template"),
    "zip": (archive(**{"satzung.pdf": PDF}), "packed"),
    "zip that packs nothing": (b"PK\x05\x06" + bytes(18), "packed"),
    "7z": (b"7z\xbc\xaf\x27\x1c" + bytes(40), "packed"),
    "rtf": (rb"{\rtf1 Wir kochen.}", "rtf"),
    "gif": (b"GIF89a\x01\x00\x01\x00\x00\x00", "picture"),
    "webp": (b"RIFF\x24\x00\x00\x00WEBPVP8 \x00", "picture"),
    "tiff": (b"II*\x00\x08\x00\x00\x00" + bytes(20), "picture"),
    "page": (HTML, "markup"),
    "page with marks before it": (b"\xef\xbb\xbf\r\n <!-- x --><!DOCTYPE html><p>x", "markup"),
    "page behind many blanks": (b" " * 9000 + HTML, "markup"),
    "page behind many lines, in two bytes": (("\n" * 9000 + HTML.decode()).encode("utf-16"), "markup"),
    "page that was saved with its mail": (b"From: <Saved by a browser>\r\n\r\n  <!DOCTYPE html>\r\n<p>x", "markup"),
    "page that begins with details": (b"<details ontoggle=alert(1) open>", "markup"),
    "page that begins with a film": (b"<video><source onerror=alert(1)></video>", "markup"),
    "page of frames": (b"<frameset onload=alert(1)>", "markup"),
    "page with a name before its signs": (b'<x:script xmlns:x="http://www.w3.org/1999/xhtml">', "markup"),
    "PDF with a page behind a long comment": (b"%PDF-1.7\n" + b"%" * 9000 + HTML + PDF, "markup"),
    "page in two bytes": (HTML.decode().encode("utf-16"), "markup"),
    "page with the mark of two bytes": (b"\xff\xfe<html><script>", "markup"),
    "page in an old encoding": (b"<script>\xff</script>", "markup"),
    "page in the middle of a text": (b"Hallo\n\n<script>alert(1)</script>", "markup"),
    "XHTML": (b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"/>', "markup"),
    "SVG": (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "markup"),
    "page that is a PDF, too": (HTML + PDF, "markup"),
    "PDF that is a page, too": (b"%PDF-1.7\n" + HTML + PDF, "markup"),
    "head of a PDF before a page": (b"%PDF-1.7\n" + HTML, "markup"),
    "PDF that was cut off": (PDF[:12], "damaged"),
    "PDF that begins too late": (b"\n" * 1100 + b"\x00" + PDF, "other"),
    "Word that was cut off": (from_word()[:-100], "damaged"),
    "page with the mark of a picture": (b"\xff\xd8\xff" + HTML, "other"),
    "page with half the mark of another picture": (b"\x89PNG" + HTML, "other"),
    "program": (b"MZ\x90\x00\x03\x00\x00\x00" + bytes(60), "other"),
    "program before a PDF": (b"MZ\x90\x00" + PDF, "other"),
}


@pytest.mark.parametrize("name", TAKEN)
def test_files_people_have_are_known_by_their_content(name):
    content, kind = TAKEN[name]

    assert check_upload(SimpleUploadedFile("datei", content)) == kind


@pytest.mark.parametrize("name", NOT_TAKEN)
def test_what_is_not_taken_is_refused_with_the_way_out(name):
    content, kind = NOT_TAKEN[name]

    with pytest.raises(ValidationError) as refused:
        check_upload(SimpleUploadedFile("satzung.pdf", content))

    assert refused.value.code == kind
    assert refused.value.messages == [WAYS_OUT.get(kind, f"Diese Art von Datei geht hier nicht. {what_goes()}")]


def test_every_way_out_was_needed_by_a_file():
    assert {kind for _content, kind in NOT_TAKEN.values()} == {*WAYS_OUT, "other"}


def test_a_file_is_left_at_its_beginning():
    file = BytesIO(TAKEN["Word"][0])

    kind_of(file)

    assert file.tell() == 0


def test_empty_and_too_large_files_are_refused(settings):
    settings.UPLOAD_LIMIT_BYTES = 1024 * 1024
    for content, sentence in ((b"", "Die Datei ist leer."), (b"x" * 1024 * 1025, "Möglich sind bis zu 1 MB.")):
        with pytest.raises(ValidationError, match=sentence):
            check_upload(SimpleUploadedFile("satzung.pdf", content))


def test_people_read_before_they_choose_what_is_taken():
    assert [kind for kinds in GROUPS.values() for kind in kinds] == ["pdf", "jpg", "png", *list(TYPES)[3:]]
    assert set(accepted().split(",")) == {
        *(f".{ending}" for kind in TYPES for ending in (kind, *ALIASES.get(kind, ()))),
        *TYPES.values(),
    }
    assert what_goes() == (
        "Möglich sind: PDF; Bilder (JPG, PNG); Dateien aus Word, Excel, PowerPoint oder LibreOffice ohne Makros; "
        "Text (TXT, CSV). Bis zu 10 MB."
    )


def subclasses(kind):
    return {kind, *(below for direct in kind.__subclasses__() for below in subclasses(direct))}


def takes_files(form):
    return any(isinstance(field, forms.FileField) for field in getattr(form, "base_fields", {}).values())


def test_every_form_that_takes_files_is_known():
    """Each says which files go, and checks them; a test of its page looks at that. A new one is added there and here."""
    import_module("schmiede.urls")
    known = {form for form in subclasses(forms.BaseForm) if takes_files(form) and "tests" not in form.__module__}
    stored = {
        f"{model.__name__}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.fields
        if isinstance(field, models.FileField)
    }

    # The admin makes the form of the material when its page is asked for.
    assert {f"{form.__module__}.{form.__name__}" for form in known if form.__name__ != "MaterialForm"} == {
        "applications.writing.forms.word.UploadForm",
        "applications.writing.views.attachments.UploadForm",
    }
    assert stored == {"Attachment.file", "Material.file", "SubmissionFile.file"}


def test_a_protected_pdf_is_taken_and_told():
    told = [hints(SimpleUploadedFile("auszug.pdf", content), "pdf", "auszug.pdf") for content in (PDF, LOCKED_PDF)]
    sentence = (
        "„auszug.pdf“ ist geschützt. Bitte prüfen Sie, ob sich die Datei ohne Kennwort öffnen und drucken lässt. "
        "Wenn nicht: Speichern Sie sie ohne Kennwort und laden Sie sie neu hoch."
    )

    assert told == [[], [sentence]]
