"""What somebody has filled in on the page of consequences goes along when they go back to the form, and comes again with the page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from accounts.rehearsal import Letter

CARRIED = re.compile(r"(?:initial-)?letter-[0-9a-f]{16}-(?:subject|text|addresses)|carried-[a-z-]+")
TEXT = re.compile(r"letter-([0-9a-f]{16})-text")
# More letters than a page shows are none of its.
MOST = 20


class Words(NamedTuple):
    """Subject and text that somebody gave a letter."""

    subject: str
    text: str


def carried(sent: Any) -> Iterator[tuple[str, str]]:
    """Yield names and values that the form holds for the page of consequences: words of letters, ticks (`carried-…`)."""
    for name, values in sent.lists():
        if CARRIED.fullmatch(name):
            yield from ((name, value) for value in values)


def words_without_letter(sent: Any, letters: list[Letter]) -> list[Words]:
    """Return the words that somebody gave letters which have other words of their own by now, so that nothing typed is lost."""
    keys = {letter.key for letter in letters}
    names = [match[1] for name in sent if (match := TEXT.fullmatch(name)) and match[1] not in keys]
    found = []
    for key in names[:MOST]:
        typed, shown = (
            Words(*(sent.get(f"{start}letter-{key}-{part}", "").replace("\r\n", "\n") for part in Words._fields))
            for start in ("", "initial-")
        )
        if typed != shown:
            found.append(typed)
    return found
