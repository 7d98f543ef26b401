"""Compile every locale/*/LC_MESSAGES/*.po to .mo, with nothing but Python, so that no machine needs gettext."""

from __future__ import annotations

import ast
import struct
import sys
from pathlib import Path

Catalogue = dict[bytes, bytes]


def _entry(fields: dict[str, str]) -> tuple[bytes, bytes] | None:
    """One message as the .mo format wants it; None for what is not translated."""
    texts = [fields[name] for name in sorted(fields) if name.startswith("msgstr")]
    if "msgid" not in fields or not all(texts):
        return None
    key = fields["msgid"]
    if "msgctxt" in fields:
        key = f"{fields['msgctxt']}\x04{key}"
    if "msgid_plural" in fields:
        key = f"{key}\x00{fields['msgid_plural']}"
    return key.encode(), "\x00".join(texts).encode()


def read(source: Path) -> Catalogue:
    """The translated messages of a .po file; ValueError with path and line for what is no .po."""
    catalogue: Catalogue = {}
    fields: dict[str, str] = {}
    name, fuzzy = "", False

    def close() -> None:
        nonlocal fields, fuzzy
        entry = None if fuzzy and fields.get("msgid") else _entry(fields)
        if entry:
            if entry[0] in catalogue:
                raise ValueError(f"{source}: {fields['msgid']!r} is there twice")
            catalogue[entry[0]] = entry[1]
        fields, fuzzy = {}, False

    for number, line in enumerate(source.read_text(encoding="utf-8").splitlines(), start=1):
        text = line.strip()
        if not text or text.startswith("#"):
            if "msgstr" in fields or "msgstr[0]" in fields:
                close()
            fuzzy = fuzzy or (text.startswith("#,") and "fuzzy" in text)
            continue
        if not text.startswith('"'):
            name, _, text = text.partition(" ")
            if name in {"msgctxt", "msgid"} and any(field.startswith("msgstr") for field in fields):
                close()
            fields[name] = ""
        if not name.startswith("msg") or not text.startswith('"'):
            raise ValueError(f"{source}:{number}: this line is no message")
        fields[name] += ast.literal_eval(text)
    close()
    return catalogue


def write(catalogue: Catalogue, target: Path) -> None:
    """Write the binary form gettext reads: a header, two tables of lengths and offsets, then the texts."""
    keys = sorted(catalogue)
    start = 7 * 4 + 16 * len(keys)
    tables: list[bytes] = []
    texts = b""
    for column in (keys, [catalogue[key] for key in keys]):
        for text in column:
            tables.append(struct.pack("<II", len(text), start + len(texts)))
            texts += text + b"\x00"
    header = struct.pack("<7I", 0x950412DE, 0, len(keys), 28, 28 + 8 * len(keys), 0, start)
    target.write_bytes(header + b"".join(tables) + texts)


if __name__ == "__main__":
    try:
        for source in sorted(Path().glob("locale/*/LC_MESSAGES/*.po")):
            write(read(source), source.with_suffix(".mo"))
    except (ValueError, SyntaxError) as error:
        sys.exit(str(error))
