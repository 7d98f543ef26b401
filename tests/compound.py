"""Small compound files, as the old programs of Office and Outlook write them."""

from __future__ import annotations

import struct

NOBODY, FREE, END, TABLE = 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
STORAGE, STREAM, ROOT = 1, 2, 5


def compound(*top: str, embedded: tuple[str, ...] = (), attached: bytes = b"") -> bytes:
    """A file with these streams at its top, others in a storage beneath that comes first, and bytes of a stream."""
    entries = [_entry("Root Entry", ROOT, child=1), _entry("ObjectPool", STORAGE, right=2, child=len(top) + 2)]
    entries += [_entry(name, STREAM, right=number + 3) for number, name in enumerate(top)]
    entries[-1] = _entry(top[-1], STREAM)
    inner = len(entries)
    entries += [_entry(name, STREAM, right=inner + number + 1) for number, name in enumerate(embedded)]
    if embedded:
        entries[-1] = _entry(embedded[-1], STREAM)
    else:
        entries[1] = _entry("ObjectPool", STORAGE, right=2)
    directory = b"".join(entries)
    directory += bytes(-len(directory) % 512)
    sectors = len(directory) // 512
    chain = [TABLE, *range(2, sectors + 1), END]
    table = struct.pack("<128I", *chain, *[FREE] * (128 - len(chain)))
    return _header() + table + directory + attached + bytes(512)


def _header() -> bytes:
    start = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16)
    start += struct.pack("<5H6x", 0x3E, 3, 0xFFFE, 9, 6)
    start += struct.pack("<9I", 0, 1, 1, 0, 4096, END, 0, END, 0)
    return start + struct.pack("<109I", 0, *[FREE] * 108)


def _entry(name: str, kind: int, right: int = NOBODY, child: int = NOBODY) -> bytes:
    letters = name.encode("utf-16-le")
    start = letters.ljust(64, b"\0") + struct.pack("<H2B3I", len(letters) + 2, kind, 1, NOBODY, right, child)
    return start + bytes(36) + struct.pack("<I8x", END)
