"""The papers that somebody could post: what a finished application says, frozen, and the PDFs made from it."""

from __future__ import annotations

from applications.papers.frozen import Frozen, freeze
from applications.papers.pdf import Pdf, count_pages, make_letter, make_papers, make_sketch
from applications.papers.renderer import PapersUnavailable

__all__ = ["Frozen", "PapersUnavailable", "Pdf", "count_pages", "freeze", "make_letter", "make_papers", "make_sketch"]
