"""Fail where a template holds inline script, inline style or on…= attributes, which the content security policy forbids, or a
line that begins with the end of a tag, which nobody can read.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

# Django's own tags are no HTML; only that they are there, and their line breaks, count.
TAG = re.compile(r"\{%.*?%\}|\{#.*?#\}", re.DOTALL)
FORBIDDEN = {
    "inline script": re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")", re.IGNORECASE),
    "inline style": re.compile(r"<style\b|\sstyle\s*=", re.IGNORECASE),
    "on…= attribute": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "line that begins with >": re.compile(r"^[ \t]*>", re.MULTILINE),
}


def findings(template: Path) -> list[str]:
    """One line per forbidden piece: path, line number and what it is."""
    text = TAG.sub(lambda tag: "%" + "\n" * tag[0].count("\n"), template.read_text(encoding="utf-8"))
    return [
        f"{template}:{text.count(chr(10), 0, match.start()) + 1}: {name}"
        for name, pattern in FORBIDDEN.items()
        for match in pattern.finditer(text)
    ]


if __name__ == "__main__":
    lines = [line for template in sorted(Path("templates").rglob("*.html")) for line in findings(template)]
    print("\n".join(lines) or "No inline script or style in the templates, and no line that begins with >.")
    sys.exit(bool(lines))
