"""Fail where a template holds what the content security policy forbids: inline script, inline style, on…= attributes."""

from __future__ import annotations

import re
import sys
from pathlib import Path

# Django's own tags are no HTML; only their line breaks count.
TAG = re.compile(r"\{%.*?%\}|\{#.*?#\}", re.DOTALL)
FORBIDDEN = {
    "inline script": re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")", re.IGNORECASE),
    "inline style": re.compile(r"<style\b|\sstyle\s*=", re.IGNORECASE),
    "on…= attribute": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
}


def findings(template: Path) -> list[str]:
    """One line per forbidden piece: path, line number and what it is."""
    text = TAG.sub(lambda tag: "\n" * tag[0].count("\n"), template.read_text(encoding="utf-8"))
    return [
        f"{template}:{text.count(chr(10), 0, match.start()) + 1}: {name}"
        for name, pattern in FORBIDDEN.items()
        for match in pattern.finditer(text)
    ]


if __name__ == "__main__":
    lines = [line for template in sorted(Path("templates").rglob("*.html")) for line in findings(template)]
    print("\n".join(lines) or "No inline script or style in the templates.")
    sys.exit(bool(lines))
