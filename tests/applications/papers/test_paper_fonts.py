"""The papers' fonts: the scripts of the people who take part, the same on every machine, and nothing said of a text."""

from __future__ import annotations

import io
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from pypdf import PdfReader

from applications.content import Text
from applications.papers.drawing import drawable
from applications.papers.fonts import FACES, font_files, needed, undrawable
from applications.papers.pdf import render, sketch_context
from tests.applications.papers.layout import printed
from tests.applications.papers.test_papers import frozen

SCRIPTS = {
    "German": "Wir kochen für größere Räume – „Tischgespräche“, 12 € je m² → CO₂ ✓.",
    "Turkish": "Birlikte yemek yapıyoruz, şğıİ.",
    "Polish": "zażółć gęślą jaźń",
    "Vietnamese": "Chúng tôi nấu ăn cùng nhau, ễ ợ ự.",
    "Russian": "Мы готовим вместе.",
    "Ukrainian": "Ми готуємо разом: їґєі.",
    "Greek": "Μαγειρεύουμε μαζί.",
    "Arabic": "نطبخ معًا كل أسبوع، 12 شخصًا.",
    "Persian": "ما با هم آشپزی می‌کنیم، پچگژ.",
    "Urdu": "ہم مل کر کھانا پکاتے ہیں۔",
    "Hebrew": "אנחנו מבשלים יחד.",
    "Amharic": "አብረን እናበስላለን።",
    "Tigrinya": "ብሓባር ንኽሽን።",
    "Hindi": "हम साथ में खाना बनाते हैं।",
    "Bengali": "আমরা একসাথে রান্না করি।",
    "Tamil": "நாங்கள் ஒன்றாக சமைக்கிறோம்.",
    "Georgian": "ჩვენ ერთად ვამზადებთ.",
    "Armenian": "Մենք միասին ենք պատրաստում։",
    "emoji": "😀 👩🏽‍🍳 🇩🇪 ❤️ 🍲 ☎",
}
# No font of ours has these; whatever the machine has must not be used instead.
UNKNOWN = "中ก\ue000"
RENDER = f"""
import django; django.setup()
from applications.content import Text
from applications.papers.pdf import render, sketch_context
from tests.applications.papers.test_papers import frozen
render("sketch", sketch_context(frozen(s1=Text({"Wir kochen. نطبخ " + UNKNOWN!r} * 50))))
"""


def fonts(paper):
    """The names of the fonts in a paper, each with whether it is embedded."""
    names = {}
    for page in PdfReader(io.BytesIO(paper)).pages:
        for font in page["/Resources"]["/Font"].values():
            (inner,) = font.get_object()["/DescendantFonts"]
            descriptor = inner.get_object()["/FontDescriptor"].get_object()
            names[font.get_object()["/BaseFont"]] = bool({"/FontFile2", "/FontFile3"} & descriptor.keys())
    return names


def sketch(text):
    return render("sketch", sketch_context(frozen(s1=Text(text)))).content


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_letter_of_these_scripts_is_drawn_by_a_font_of_ours(script, caplog):
    logging.getLogger("weasyprint").setLevel(logging.WARNING)
    try:
        paper = printed("sketch", sketch_context(frozen(s1=Text(SCRIPTS[script]))))
    finally:
        logging.getLogger("weasyprint").setLevel(logging.ERROR)

    assert undrawable([SCRIPTS[script]]) == []
    assert [record.getMessage() for record in caplog.records] == []
    assert {"Portal" in name for name in fonts(paper)} == {True}
    assert set(fonts(paper).values()) == {True}


def test_a_machine_with_fonts_draws_no_other_letters_than_one_without():
    assert {"Portal" in name for name in fonts(sketch(f"Wir kochen. {UNKNOWN}"))} == {True}


def test_nothing_of_a_text_reaches_the_log_and_no_font_of_the_machine_is_needed(tmp_path):
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "schmiede.settings",
        "DEBUG": "1",
        "FONTCONFIG_FILE": str(tmp_path / "none"),
    }
    run = subprocess.run(
        [sys.executable, "-W", "default::DeprecationWarning:weasyprint", "-c", RENDER],
        cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert (run.stdout, run.stderr) == ("", "")


def test_only_the_fonts_that_a_paper_needs_are_loaded():
    assert [face.part for face in needed("Wir kochen für größere Räume.")] == ["latin", "latin-ext"]
    assert [face.part for face in needed("Мы kochen.")] == ["latin", "latin-ext", "cyrillic"]


def test_fonts_are_read_from_our_files_by_our_names():
    files = font_files(needed("Мы kochen."))

    assert list(files) == [
        f"portal:fira-sans/{part}/{weight}" for part in ("latin", "latin-ext", "cyrillic") for weight in (400, 600)
    ]
    assert {Path(file).read_bytes()[:4] for file in files.values()} == {b"wOF2"}
    assert {face.file(weight).is_file() for face in FACES for weight in face.weights} == {True}


def test_a_paragraph_of_arabic_is_set_from_the_right():
    context = sketch_context(frozen(s1=Text("نطبخ معًا.\n\nWir kochen: نطبخ.\n\n12 שלום")))
    html = drawable(render_to_string("applications/papers/pdf/sketch.html", context))

    assert html.count('<p dir="rtl">') == 2
    assert "<p>Wir kochen" in html
