"""A paper laid out in the test's own process: its boxes can be looked at, and its time is the test's."""

from __future__ import annotations

from typing import Any

from applications.papers.pdf import sheet_of, source_of
from applications.papers.renderer_process import lay_out, pdf_of


def laid_out(name: str, context: dict[str, Any]) -> Any:
    """The renderer's document: its pages, and on each the boxes where they stand."""
    sheet = sheet_of(name, context["frozen"], source_of(name, context), mark="K7QF-3M9A")
    return lay_out(sheet.html, sheet.css, sheet.fonts)


def printed(name: str, context: dict[str, Any]) -> bytes:
    return pdf_of(laid_out(name, context))
