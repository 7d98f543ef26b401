"""Which kinds of files are taken (`TYPES`), told by their content, and what is said to others (`WAYS_OUT`)."""

from __future__ import annotations

import codecs
import re
import zipfile
from typing import IO

from django.utils.translation import gettext_lazy as _

from core import compound

# What people attach: papers, pictures of papers, office files. Everything else is refused.
TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odp": "application/vnd.oasis.opendocument.presentation",
    "txt": "text/plain",
    "csv": "text/csv",
    "md": "text/markdown",
}
# Other endings that say the same.
ALIASES = {"jpg": ("jpeg", "jpe", "jfif"), "txt": ("text",)}
# Kinds of text: their content is alike, so the ending that people gave tells them apart.
TEXTS = {"txt", "csv", "md"}

# Kinds that are recognised and not allowed, and what helps the person who has such a file.
WAYS_OUT = {
    "damaged": _(
        "Die Datei ist unvollständig oder beschädigt. Bitte speichern Sie sie neu oder laden Sie sie dort, wo Sie sie herhaben, noch einmal herunter."
    ),
    "doc": _(
        "Das ist eine ältere Word-Datei (.doc). Bitte öffnen Sie sie in Word oder LibreOffice und speichern Sie sie als PDF oder als .docx."
    ),
    "heic": _(
        "Das ist ein Foto im Format HEIC oder AVIF, wie es viele Telefone aufnehmen. Bitte speichern Sie es als JPG, oder machen Sie ein Bildschirmfoto davon und laden Sie das hoch."
    ),
    "iwork": _(
        "Das ist eine Datei aus Pages, Numbers oder Keynote. Bitte exportieren Sie sie dort als PDF oder im Format von Word, Excel oder PowerPoint."
    ),
    "locked": _(
        "Die Datei ist mit einem Kennwort geschützt. Bitte öffnen Sie sie, entfernen Sie das Kennwort und speichern Sie sie neu."
    ),
    "macros": _(
        "Die Datei enthält Makros. Bitte öffnen Sie sie und speichern Sie sie als PDF oder als Datei ohne Makros (.docx, .xlsx, .pptx)."
    ),
    "mail": _("Das ist eine E-Mail aus Outlook (.msg). Bitte öffnen Sie sie und drucken Sie sie als PDF."),
    "markup": _(
        "Das ist eine gespeicherte Internetseite oder eine andere Datei in HTML, SVG oder XML. Bitte öffnen Sie sie im Browser und drucken Sie sie dort als PDF."
    ),
    "packed": _(
        "Das ist ein gepackter Ordner (zum Beispiel .zip). Bitte entpacken Sie ihn und laden Sie die Dateien darin einzeln hoch."
    ),
    "picture": _("Bilder gehen hier als JPG oder PNG. Bitte öffnen Sie das Bild und speichern Sie es in einem davon."),
    "ppt": _(
        "Das ist eine ältere PowerPoint-Datei (.ppt). Bitte öffnen Sie sie in PowerPoint oder LibreOffice und speichern Sie sie als PDF oder als .pptx."
    ),
    "rtf": _(
        "Das ist eine Textdatei im Format RTF. Bitte öffnen Sie sie in Ihrem Schreibprogramm und speichern Sie sie als PDF oder als .docx."
    ),
    "template": _(
        "Das ist eine Vorlage oder eine Bildschirmpräsentation. Bitte öffnen Sie sie und speichern Sie sie als PDF oder als gewöhnliche Datei (.docx, .xlsx, .pptx)."
    ),
    "xls": _(
        "Das ist eine ältere Excel-Datei (.xls). Bitte öffnen Sie sie in Excel oder LibreOffice und speichern Sie sie als PDF oder als .xlsx."
    ),
}
OTHER = "other"

# Names at the top of compound files, which tell them apart.
STREAMS = {
    "EncryptedPackage": "locked",
    "WordDocument": "doc",
    "Workbook": "xls",
    "Book": "xls",
    "PowerPoint Document": "ppt",
    "__properties_version1.0": "mail",
}
MAIN_PARTS = {
    b"wordprocessingml.document.main+xml": "docx",
    b"spreadsheetml.sheet.main+xml": "xlsx",
    b"presentationml.presentation.main+xml": "pptx",
    b"template.main+xml": "template",
    b"slideshow.main+xml": "template",
}
PHOTO_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis"}
PICTURES = {"apng", "avif", "bmp", "cr2", "gif", "heic", "ico", "jp2", "jpx", "jxr", "psd", "tif", "webp"}
# How pictures begin. What programs write into them about themselves may look like markup; no browser reads it as such.
PICTURE = re.compile(rb"\xff\xd8\xff[\xc0-\xff]|\x89PNG\r\n\x1a\n")
PACKED = {"7z", "Z", "ar", "bz2", "gz", "lz", "lzo", "rar", "tar", "xz", "zip", "zst"}
MACROS = re.compile(r"(?i)(.*/)?vba(project\.bin|data\.xml)|Basic/[^/]+/(?!(script|dialog)-l[bc]\.xml).+|Scripts/.+")
MOST_TYPES = 2 * 1024 * 1024  # a part that is read although it may be packed: so large at most
HEAD = 8192
UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# Readers of PDF look for its mark in the first kilobyte: behind empty lines, a byte order mark, a printer's header.
PDF_MARK, PDF_WITHIN = b"%PDF-", 1024
PDF_OBJECT = re.compile(rb"\d\s+\d+\s+obj\b")
PDF_LOCK = re.compile(rb"/Encrypt\s*(<<|\d+\s+\d+\s+R)")
TAG = re.compile(r"<((!doctype|html|head|body|script|svg|iframe)[\s/>]|\?xml\s)", re.IGNORECASE)
# A page has such a tag where a line begins; in a sentence somebody writes about it.
TAG_IN_LINE = re.compile(rf"(^|[\r\n])[ \t]*{TAG.pattern}", re.IGNORECASE)
TAGS_FIRST = (
    "a article aside audio b base blockquote button center details dialog div dl embed font footer form frameset h1 h2 h3 h4 "
    "header hr i img input link main math meta nav object ol p pre section select span strong style table template textarea "
    "title ul video"
)
# A page that has none of the tags above begins with one of these, or with any tag that has an attribute.
TAG_FIRST = re.compile(
    rf"\s*<(!--|({TAGS_FIRST.replace(' ', '|')})[\s/>]|[a-z][\w.:-]*\s+[a-z][\w.:-]*\s*=)", re.IGNORECASE
)
BEFORE_TEXT = b"\xff\xfe\xef\xbb\xbf \t\n\v\f\r"
CONTROLS = re.compile("[\x00-\x08\x0e-\x19\x1b-\x1f]")


def kind_of(upload: IO[bytes]) -> str:
    """A key of `TYPES` or of `WAYS_OUT`, or `OTHER`; the position is reset."""
    upload.seek(0)
    content = upload.read()
    upload.seek(0)
    head = content[:HEAD]
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _kind_of_zip(upload)
    if head.startswith(compound.MARK):
        return _kind_of_compound(content)
    if head.startswith(b"{\\rtf"):
        return "rtf"
    import filetype  # noqa: PLC0415  not every process is given a file, and each would wait for it at its start

    guess = filetype.guess(head)
    kind = str(guess.extension) if guess else ""
    if kind in {"png", "jpg"}:
        return kind if PICTURE.match(head) else OTHER
    return _kind_of_pdf(content) or _kind_of_text(content) or _kind_of_other(head, kind)


def is_locked_pdf(upload: IO[bytes]) -> bool:
    """Is this PDF encrypted? It may still open without a password and only forbid something, such as changing it."""
    upload.seek(0)
    content = upload.read()
    upload.seek(0)
    return PDF_LOCK.search(content) is not None


def _kind_of_pdf(content: bytes) -> str | None:
    """A PDF begins with its mark and has objects; before the first of them is no markup that a browser might follow."""
    begins = content.find(PDF_MARK, 0, PDF_WITHIN + len(PDF_MARK))
    if begins < 0:
        return None
    first = PDF_OBJECT.search(content, begins)
    before = content[: first.start() if first else HEAD].decode("latin-1")
    if TAG.search(before) or TAG_FIRST.match(before):
        return "markup"
    if CONTROLS.search(content[:begins].decode("latin-1").replace("\x1b", "")):
        return None
    return "pdf" if first else "damaged"


def _kind_of_text(content: bytes) -> str | None:
    """Text in UTF-8, in UTF-16 with its mark, or in one of the older encodings of eight bits, as Excel writes CSV files."""
    if CONTROLS.search(content[:HEAD].decode("latin-1")) and not content.startswith(UTF16):
        return None
    text = _decoded(content)
    if text is None:
        return None
    for start in (text.lstrip("\ufeff").lstrip()[:HEAD], content.lstrip(BEFORE_TEXT)[:HEAD].decode("latin-1")):
        if TAG_IN_LINE.search(start) or TAG_FIRST.match(start):
            return "markup"
    return "txt"


def _decoded(content: bytes) -> str | None:
    encodings = ("utf-16",) if content.startswith(UTF16) else ("utf-8", "latin-1")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if CONTROLS.search(text) else text
    return None


def _kind_of_other(head: bytes, guessed: str) -> str:
    if head[4:8] == b"ftyp" and head[8:12] in PHOTO_BRANDS:
        return "heic"
    if guessed in PICTURES:
        return "picture"
    return "packed" if guessed in PACKED else OTHER


def _kind_of_compound(content: bytes) -> str:
    try:
        names = compound.names_at_top(content)
    except ValueError:
        return "damaged"
    return next((kind for name, kind in STREAMS.items() if name in names), OTHER)


def _kind_of_zip(upload: IO[bytes]) -> str:
    try:
        with zipfile.ZipFile(upload) as archive:
            return _kind_of_archive(archive)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError, KeyError):
        return "damaged"
    finally:
        upload.seek(0)


def _kind_of_archive(archive: zipfile.ZipFile) -> str:
    names = archive.namelist()
    if any(MACROS.fullmatch(name) for name in names):
        return "macros"
    if "mimetype" in names:
        return _kind_of_open_document(archive, names)
    if "[Content_Types].xml" in names:
        types = _read(archive, "[Content_Types].xml")
        if b"macroenabled" in types.lower():
            return "macros"
        return next((kind for part, kind in MAIN_PARTS.items() if part in types), OTHER)
    if any(name.endswith((".iwa", "Index.zip", "index.apxl", "buildVersionHistory.plist")) for name in names):
        return "iwork"
    return "packed"


def _kind_of_open_document(archive: zipfile.ZipFile, names: list[str]) -> str:
    mime = _read(archive, "mimetype").decode("ascii", "replace").strip()
    kind = next((kind for kind, known in TYPES.items() if known == mime), None)
    if kind and "META-INF/manifest.xml" in names and b"encryption-data" in _read(archive, "META-INF/manifest.xml"):
        return "locked"
    return kind or ("template" if mime.startswith("application/vnd.oasis.opendocument.") else OTHER)


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    """A part of the archive, read no further than the largest that a real archive has."""
    with archive.open(name) as part:
        return part.read(MOST_TYPES)
