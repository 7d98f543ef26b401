"""What stands at the top of a compound file, the format of the old programs of Office and of mails from Outlook.

Such a file is a small file system (described by Microsoft as MS-CFB): sectors, a table that says which sector follows
which, and a directory. What is embedded in a document or attached to a mail has names of its own further down.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

MARK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SECTOR_SHIFTS = {9, 12}
IN_HEADER = 109  # so many sectors of the table are listed in the header
LAST = 0xFFFFFFF9  # higher numbers are no sectors but marks: the end, free, the table itself
ENTRY = 128


def names_at_top(content: bytes) -> set[str]:
    """The names of streams and storages directly under the root. Raises `ValueError` if the file is damaged."""
    try:
        entries = [
            sector[start : start + ENTRY]
            for sector in _directory(content)
            for start in range(0, len(sector) - ENTRY + 1, ENTRY)
        ]
        return {_name(entry) for entry in _under_root(entries)}
    except (struct.error, IndexError) as damage:
        raise ValueError("The file leads to places it does not have.") from damage


def _directory(content: bytes) -> Iterator[bytes]:
    (shift,) = struct.unpack_from("<H", content, 30)
    if shift not in SECTOR_SHIFTS:
        raise ValueError("The file has no sectors.")
    size = 1 << shift
    tables = _tables(content, size)
    (number,) = struct.unpack_from("<I", content, 48)
    seen = set()
    while number <= LAST:
        if number in seen:
            raise ValueError("The directory leads in a circle.")
        seen.add(number)
        yield content[(number + 1) * size : (number + 2) * size]
        table, place = divmod(number, size // 4)
        (number,) = struct.unpack_from("<I", content, (tables[table] + 1) * size + 4 * place)


def _tables(content: bytes, size: int) -> list[int]:
    """The sectors that hold the table, in order; of a large file more than the header lists."""
    tables = list(struct.unpack_from(f"<{IN_HEADER}I", content, 76))
    (following,) = struct.unpack_from("<I", content, 68)
    while following <= LAST:
        *more, following = struct.unpack_from(f"<{size // 4}I", content, (following + 1) * size)
        tables += more
        if len(tables) > IN_HEADER + len(content) // size:
            raise ValueError("The list of tables is longer than the file.")
    return tables


def _under_root(entries: list[bytes]) -> Iterator[bytes]:
    """The entries beside each other under the first one: a tree of those before and those after, by name."""
    waiting = [_links(entries[0])[2]]
    seen = set()
    while waiting:
        number = waiting.pop()
        if number > LAST or number in seen:
            continue
        seen.add(number)
        yield entries[number]
        waiting += _links(entries[number])[:2]


def _links(entry: bytes) -> tuple[int, int, int]:
    """The numbers of the entries before it, after it, and under it."""
    before, after, under = struct.unpack_from("<3I", entry, 68)
    return before, after, under


def _name(entry: bytes) -> str:
    (length,) = struct.unpack_from("<H", entry, 64)
    return entry[: min(length, 64)].decode("utf-16-le", "replace").rstrip("\0")
