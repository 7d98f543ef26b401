"""The marked lines of a Word file („[[Anfang s3 …]]“) between which a section's text is looked for.

They survive every program that saves one, and are read back: never translated.
"""

from __future__ import annotations

import re
from uuid import UUID

# Characters that XML cannot hold; they are invisible.
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
APPLICATION = re.compile(r"\[\[\s*Vorhaben\s+([0-9a-fA-F-]{36})\s*\]\]")
BEGIN = re.compile(r"\[\[\s*Anfang\s+(s\d{1,2})\s*·\s*Fassung\s+(\d{1,8})\s*\]\]")
END = re.compile(r"\[\[\s*Ende\s+(s\d{1,2})\s*\]\]")

# Sections that can only be changed in the portal are printed between marks of their own; the last line has a checksum
# of everything else outside the texts. So the portal notices words that were written where it does not read them.
PORTAL = re.compile(r"\[\[\s*Nur im Portal\s+(s\d{1,2})\s*·\s*Prüfzahl\s+([0-9a-f]{8})\s*\]\]")
PORTAL_END = re.compile(r"\[\[\s*Ende nur im Portal\s+(s\d{1,2})\s*\]\]")
CLOSE = re.compile(r"\[\[\s*Schluss\s*·\s*Prüfzahl\s+([0-9a-f]{8})\s*\]\]")


def application_line(uuid: UUID) -> str:
    return f"[[Vorhaben {uuid}]]"


def begin_line(key: str, version: int) -> str:
    return f"[[Anfang {key} · Fassung {version}]]"


def end_line(key: str) -> str:
    return f"[[Ende {key}]]"


def portal_line(key: str, seal: str) -> str:
    return f"[[Nur im Portal {key} · Prüfzahl {seal}]]"


def portal_end_line(key: str) -> str:
    return f"[[Ende nur im Portal {key}]]"


def close_line(seal: str) -> str:
    return f"[[Schluss · Prüfzahl {seal}]]"


def printable(text: str) -> str:
    """Return the text without characters that a Word file cannot hold."""
    return UNPRINTABLE.sub("", text)
