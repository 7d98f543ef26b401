"""Names that people gave their files, and names that the portal gives its own."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.core.files.base import File

from core.filenames import disposition, slug_of, tidy_name
from core.files import deliver, is_misnamed


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Rechnung 12.03.2026", "Rechnung 12.03.2026.pdf"),
        ("Satzung e.V.", "Satzung e.V.pdf"),
        ("Satzung e.V.pdf", "Satzung e.V.pdf"),
        ("Übersicht Förderung.PDF", "Übersicht Förderung.pdf"),
        ("U\u0308bersicht.pdf", "Übersicht.pdf"),
        ("auszug.pdf.exe", "auszug.pdf"),
        ("auszug.docx", "auszug.pdf"),
        ("rechnung\u202efdp.exe", "rechnungfdp.pdf"),
        ("Устав 2026.pdf", "Устав 2026.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Dokumente\\böse\\datei.pdf", "datei.pdf"),
        ("a\nb\x00.pdf", "ab.pdf"),
        (".pdf", "Datei.pdf"),
        ("   .pdf", "Datei.pdf"),
        ("...", "Datei.pdf"),
        ("", "Datei.pdf"),
        ("x" * 5000 + ".pdf", "x" * 120 + ".pdf"),
        ("👩‍👩‍👧" * 100 + ".pdf", "👩👩👧" * 16 + "👩👩.pdf"),
    ],
)
def test_file_keeps_the_name_people_gave_it(given, kept):
    assert tidy_name(given, "pdf") == kept


@pytest.mark.parametrize(
    ("name", "misnamed"),
    [("Rechnung 12.03.2026", False), ("Satzung e.V", False), ("satzung.PDF", False), ("brief.docx", True)],
)
def test_only_a_real_ending_can_contradict_the_content(name, misnamed):
    assert is_misnamed(name, "pdf") is misnamed


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Tischgespräche", "tischgespraeche"),
        ("Tischgespra\u0308che", "tischgespraeche"),
        ("Größe & Übung – Straße", "groesse-uebung-strasse"),
        ("Łódź, Ærø, Ålesund, Iğdır, café", "lodz-aeroe-aalesund-igdir-cafe"),
        ("Мост", ""),
    ],
)
def test_names_in_addresses_keep_umlauts_readable(text, slug):
    assert slug_of(text) == slug


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("satzung.pdf", 'attachment; filename="satzung.pdf"'),
        (
            "Förder-Übersicht.pdf",
            "attachment; filename=\"Foerder-Uebersicht.pdf\"; filename*=UTF-8''F%C3%B6rder-%C3%9Cbersicht.pdf",
        ),
        ('a"b\\c.pdf', "attachment; filename=\"a-b-c.pdf\"; filename*=UTF-8''a%22b%5Cc.pdf"),
        ("Устав.pdf", "attachment; filename=\"Datei.pdf\"; filename*=UTF-8''%D0%A3%D1%81%D1%82%D0%B0%D0%B2.pdf"),
        ("satzung", 'attachment; filename="satzung"'),
    ],
)
def test_downloads_have_a_name_for_every_browser(name, header):
    assert disposition(name) == header
    assert deliver(File(BytesIO(b"x")), name)["Content-Disposition"] == header
