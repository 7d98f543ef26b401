"""The promise of writing: what the server has acknowledged is there after the evening."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

import psycopg

NEWEST = "SELECT content->>'text' FROM applications_draft WHERE application_id = %s AND key = %s"
VERSIONS = """SELECT revision.content->>'text' FROM applications_revision AS revision
    JOIN applications_draft AS draft ON draft.uuid = revision.draft_id WHERE draft.application_id = %s AND draft.key = %s"""


class Found(StrEnum):
    """Where the last words of somebody are."""

    CURRENT = "the text of the section"
    JOINED = "in the text of the section, which others wrote on, too"
    KEPT = "in a version beside it, for a person to decide"
    OVERWRITTEN = "in an earlier version only: somebody else's save took them out of the text"
    LOST = "nowhere"

    @property
    def is_fault(self) -> bool:
        return self in {Found.OVERWRITTEN, Found.LOST}


@dataclass(frozen=True)
class Acknowledged:
    """The last text of somebody that the server has acknowledged; nobody else changes a paragraph of it that evening."""

    application: str
    section: str
    text: str
    is_conflict: bool = False


@dataclass(frozen=True)
class Stored:
    """What the database holds of a section."""

    text: str
    versions: list[str]


def plain(text: str) -> str:
    """Return the words alone: line ends and blanks around paragraphs are stored in one form."""
    return " ".join(text.split())


def whereabouts(promised: Acknowledged, stored: Stored) -> Found:
    """Return where the words are."""
    if plain(promised.text) == plain(stored.text):
        return Found.CURRENT
    if holds_all(stored.text, promised.text):
        return Found.JOINED
    if not any(holds_all(version, promised.text) for version in stored.versions):
        return Found.LOST
    return Found.KEPT if promised.is_conflict else Found.OVERWRITTEN


def holds_all(text: str, promised: str) -> bool:
    """Does a text hold every paragraph of another?"""
    words = plain(text)
    return all(plain(paragraph) in words for paragraph in promised.splitlines())


def checked(
    promises: Iterable[Acknowledged], stored_in: Callable[[str, str], Stored]
) -> list[tuple[Acknowledged, Found]]:
    return [
        (promised, whereabouts(promised, stored_in(promised.application, promised.section))) for promised in promises
    ]


def check_database(promises: Iterable[Acknowledged], database_url: str) -> list[tuple[Acknowledged, Found]]:
    """Look for all words in a PostgreSQL, past the portal."""
    with psycopg.connect(database_url) as connection:

        def stored_in(application: str, section: str) -> Stored:
            newest = connection.execute(NEWEST, [application, section]).fetchone()
            versions = connection.execute(VERSIONS, [application, section]).fetchall()
            return Stored(newest[0] or "" if newest else "", [text or "" for (text,) in versions])

        return checked(promises, stored_in)
