"""Safe upload and delivery: type by content, size limits, names of our own, never shown inside the portal's origin."""

from __future__ import annotations

import hashlib
import zipfile
from typing import IO, Any
from uuid import uuid4

import filetype
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse
from django.utils.translation import gettext as _

from .filenames import disposition, stem_and_ending

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
}
# Other endings that say the same.
ALIASES = {"jpg": ("jpeg", "jpe", "jfif"), "txt": ("text", "md", "csv")}
OFFICE_FOLDERS = {"word/": "docx", "xl/": "xlsx", "ppt/": "pptx"}


def kind_of(upload: IO[bytes]) -> str | None:
    """The kind of a file by its content (a key of `TYPES`), or None for anything else; the position is reset."""
    upload.seek(0)
    head = upload.read(8192)
    upload.seek(0)
    guess = filetype.guess(head)
    if guess and guess.extension in {"pdf", "png", "jpg"}:
        return str(guess.extension)
    if head.startswith(b"PK\x03\x04"):
        return _kind_of_zip(upload)
    if guess is None and head and b"\x00" not in head:
        try:
            upload.read().decode("utf-8")
        except UnicodeDecodeError:
            return None
        finally:
            upload.seek(0)
        return "txt"
    return None


def _kind_of_zip(upload: IO[bytes]) -> str | None:
    try:
        with zipfile.ZipFile(upload) as archive:
            names = archive.namelist()
            if any(name.endswith("vbaProject.bin") for name in names):
                return None
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 200:
                mime = archive.read("mimetype").decode("ascii", "replace").strip()
                return next((kind for kind, known in TYPES.items() if known == mime), None)
            if "[Content_Types].xml" in names:
                return next(
                    (kind for folder, kind in OFFICE_FOLDERS.items() if any(n.startswith(folder) for n in names)), None
                )
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError):
        return None
    finally:
        upload.seek(0)
    return None


def check_upload(upload: UploadedFile) -> str:
    """The kind of an uploaded file; `ValidationError` with a German sentence if it is empty, too large or not allowed."""
    if not upload.size:
        raise ValidationError(_("Die Datei ist leer."), code="empty")
    if upload.size > settings.UPLOAD_LIMIT_BYTES:
        limit = settings.UPLOAD_LIMIT_BYTES // (1024 * 1024)
        raise ValidationError(
            _("Die Datei ist zu groß. Möglich sind bis zu %(limit)d MB.") % {"limit": limit}, code="large"
        )
    kind = kind_of(upload)
    if kind is None:
        raise ValidationError(
            _(
                "Diese Art von Datei geht hier nicht. Möglich sind PDF, Bilder (PNG, JPG), Office-Dateien ohne Makros und Text."
            ),
            code="kind",
        )
    return kind


def is_misnamed(name: str, kind: str) -> bool:
    """Does the ending people gave a file say something else than its content? None at all says nothing."""
    _stem, ending = stem_and_ending(name)
    return ending not in {"", kind, *ALIASES.get(kind, ())}


def sha256_of(content: IO[bytes]) -> str:
    """SHA-256 of a file as 64 hexadecimal digits; the position is reset."""
    content.seek(0)
    digest = hashlib.file_digest(content, "sha256").hexdigest()  # type: ignore[arg-type]
    content.seek(0)
    return digest


def stored_name(instance: Any, filename: str) -> str:
    """A name of our own for `upload_to`: nothing of what people called their file gets into the store."""
    kind = filename.rpartition(".")[2].lower()
    return f"{instance._meta.app_label}/{instance._meta.model_name}/{uuid4().hex}.{kind if kind in TYPES else 'bin'}"


def deliver(content: File, name: str) -> FileResponse:
    """The file as an attachment that no browser interprets, whatever is in it."""
    kind = name.rpartition(".")[2].lower()
    response = FileResponse(content, content_type=TYPES.get(kind, "application/octet-stream"))
    response["Content-Disposition"] = disposition(name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response
