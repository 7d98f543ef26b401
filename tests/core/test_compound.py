"""Files of old Office programs whose directory lies far behind, or leads nowhere."""

from __future__ import annotations

import struct

import pytest

from core.compound import names_at_top
from tests.compound import END, compound

SMALL = compound("WordDocument")
FAR = 109 * 128  # the first sector that the tables in the header do not reach


def changed(place, value, content=SMALL, form="<I"):
    numbers = struct.pack(form, value)
    return content[:place] + numbers + content[place + len(numbers) :]


def test_the_directory_of_a_large_file_is_found():
    """The first sector lists one more table, the second is this table, and the directory is the last."""
    header = changed(68, 0, changed(48, FAR))[:512]
    more_tables, table = struct.pack("<128I", 1, *[END] * 127), struct.pack("<128I", *[END] * 128)
    between = bytes(512 * (FAR - 2))

    assert names_at_top(header + more_tables + table + between + SMALL[1024:1536]) == {"ObjectPool", "WordDocument"}


@pytest.mark.parametrize(
    "content",
    [
        SMALL[:20],
        changed(30, 40, form="<H"),
        changed(48, 5000),
        changed(48, END),
        changed(68, 0, changed(512, 0)),
        changed(1024 + 76, 99),
    ],
    ids=["cut off", "sectors of no size", "directory outside", "no directory", "tables in a circle", "entry outside"],
)
def test_a_file_that_leads_nowhere_is_damaged(content):
    with pytest.raises(ValueError, match=r"^The (file|directory|list)"):
        names_at_top(content)


def test_entries_that_lead_in_a_circle_are_read_once():
    assert names_at_top(changed(1024 + 2 * 128 + 72, 1)) == {"ObjectPool", "WordDocument"}
