"""Uploaded files: whether one is taken (`UPLOAD_LIMIT_BYTES` in schmiede/settings.py), its sentence, and how it is handed out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import IO, Any
from uuid import uuid4

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.filekinds import ALIASES, TEXTS, TYPES, WAYS_OUT, is_locked_pdf, kind_of
from core.filenames import disposition, stem_and_ending

# How the kinds are called where people choose a file; every kind of `TYPES` stands in one of these.
GROUPS = {
    gettext_lazy("PDF"): ("pdf",),
    gettext_lazy("Bilder (JPG, PNG)"): ("jpg", "png"),
    gettext_lazy("Dateien aus Word, Excel, PowerPoint oder LibreOffice ohne Makros"): (
        *("docx", "xlsx", "pptx"),
        *("odt", "ods", "odp"),
    ),
    gettext_lazy("Text (TXT, CSV)"): ("txt", "csv", "md"),
}


def accepted(*kinds: str) -> str:
    """The value of `accept` for a field that takes these kinds, or all: endings and types, as systems know different ones."""
    kinds = kinds or tuple(TYPES)
    endings = [f".{ending}" for kind in kinds for ending in (kind, *ALIASES.get(kind, ()))]
    return ",".join([*endings, *(TYPES[kind] for kind in kinds)])


def what_goes() -> str:
    """What may be uploaded, for people who are about to choose."""
    groups = [str(label) for label in GROUPS]
    return _("Möglich sind: %(kinds)s. Bis zu %(limit)d MB.") % {"kinds": "; ".join(groups), "limit": limit_mb()}


def limit_mb() -> int:
    return settings.UPLOAD_LIMIT_BYTES // (1024 * 1024)


def show_what_goes(field: forms.Field) -> None:
    """Say beside the field of a form, and to the browser's chooser, which files `check_upload` takes."""
    field.widget.attrs["accept"] = accepted()
    field.help_text = what_goes()


def check_size(upload: UploadedFile) -> None:
    """Raise `ValidationError` with a German sentence if the file is empty or too large."""
    if not upload.size:
        raise ValidationError(_("Die Datei ist leer."), code="empty")
    if upload.size > settings.UPLOAD_LIMIT_BYTES:
        raise ValidationError(
            _("Die Datei ist zu groß. Möglich sind bis zu %(limit)d MB.") % {"limit": limit_mb()}, code="large"
        )


def check_upload(upload: UploadedFile) -> str:
    """Return the kind of an uploaded file.

    Raises `ValidationError` with a German sentence if it is empty, too large or not allowed.
    """
    check_size(upload)
    kind = kind_of(upload)
    if kind == "txt":
        _stem, ending = stem_and_ending(str(upload.name))
        return ending if ending in TEXTS else kind
    if kind in TYPES:
        return kind
    sentence = WAYS_OUT.get(kind) or _("Diese Art von Datei geht hier nicht. %(goes)s") % {"goes": what_goes()}
    raise ValidationError(sentence, code=kind)


def hints(upload: UploadedFile, kind: str, name: str) -> list[str]:
    """What people should look at in a file that was taken and is called `name` now."""
    sentences = []
    if is_misnamed(str(upload.name), kind):
        sentence = _(
            "Der Inhalt der Datei passt nicht zur Endung ihres Namens, deshalb heißt sie jetzt „%(name)s“. "
            "Bitte prüfen Sie, ob es die richtige Datei ist."
        )
        sentences.append(sentence % {"name": name})
    if kind == "pdf" and is_locked_pdf(upload):
        sentence = _(
            "„%(name)s“ ist geschützt. Bitte prüfen Sie, ob sich die Datei ohne Kennwort öffnen und drucken lässt. "
            "Wenn nicht: Speichern Sie sie ohne Kennwort und laden Sie sie neu hoch."
        )
        sentences.append(sentence % {"name": name})
    return sentences


def is_misnamed(name: str, kind: str) -> bool:
    """Does the ending of a file contradict its content? A file without an ending contradicts nothing."""
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
    name = f"{instance._meta.app_label}/{instance._meta.model_name}/{uuid4().hex}.{kind if kind in TYPES else 'bin'}"
    noted = _stored.get()
    if noted is not None:
        noted.append(name)
    return name


_stored: ContextVar[list[str] | None] = ContextVar("stored", default=None)


@contextmanager
def storing() -> Iterator[list[str]]:
    """Note the names under which files are stored meanwhile, for whoever may undo it: no transaction takes a file back.

    An error undoes it here.
    """
    names: list[str] = []
    token = _stored.set(names)
    try:
        yield names
    except BaseException:
        for name in names:
            default_storage.delete(name)
        raise
    finally:
        _stored.reset(token)


def deliver(content: File, name: str) -> FileResponse:
    """The file as an attachment that no browser interprets, whatever is in it."""
    kind = name.rpartition(".")[2].lower()
    response = FileResponse(content, content_type=TYPES.get(kind, "application/octet-stream"))
    response["Content-Disposition"] = disposition(name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response
