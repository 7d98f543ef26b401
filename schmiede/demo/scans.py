"""Stand-ins for the papers that a real team would scan: one page of PDF that says it is an invention."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from django.core.files.base import ContentFile

from applications.writing.models import Attachment
from schmiede.demo.teams import Cast, Scene

SCANS = {"register_extract": "Auszug aus dem Vereinsregister", "tax_exemption": "Freistellungsbescheid"}


def make_attachments(cast: Cast, scene: Scene) -> None:
    """The two papers that every finished application has with it."""
    organisation, last = cast.organisation, cast.drafts["s15"].at
    if last is None:
        raise ValueError(f"{cast.team} has enclosed nothing.")
    facts = {
        "register_extract": f"{organisation.register_court}, {organisation.register_number}",
        "tax_exemption": f"gültig bis {organisation.charitable_until:%d.%m.%Y}",
    }
    for place, (kind, title) in enumerate(SCANS.items()):
        data = one_page(
            [title, organisation.name, facts[kind], "", "Erfunden für die Demo-Welt, kein echtes Dokument."]
        )
        scene.batch.add(
            Attachment(
                application=cast.begun,
                kind=kind,
                file=ContentFile(data, name="scan.pdf"),
                name=f"{title}.pdf",
                size=len(data),
                sha256=hashlib.sha256(data).hexdigest(),
                by=cast.owner,
                at=last - timedelta(minutes=9 - place),
            )
        )


def one_page(lines: list[str]) -> bytes:
    """A PDF of one A4 page with these lines in Helvetica."""
    shown = " T* ".join(f"({line.translate(ESCAPES)}) Tj" for line in lines)
    text = f"BT /F1 13 Tf 20 TL 72 760 Td {shown} ET".encode("cp1252")
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /Lang (de-DE) >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        page,
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(text), text),
        font,
    ]
    out, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n%b" % (len(objects) + 1, table)
    tail = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(out))
    return out + head + tail


ESCAPES = str.maketrans({"\\": r"\\", "(": r"\(", ")": r"\)"})
