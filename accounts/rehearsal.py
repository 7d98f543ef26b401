"""Looking at a step before it is done: what it would mail to whom (`rehearse`), and doing it with the words somebody chose."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from datetime import timedelta
from math import ceil
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from accounts import mail_kinds
from core.values import dataclass

if TYPE_CHECKING:
    from accounts.models.message import Message

GREETING = "Guten Tag"
# A record that a step makes has another address when the step is done once more.
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# Their words stand in the portal, too, and are changed where they were written.
WORDED_ELSEWHERE = {
    "announcement",
    "registration_accepted",
    "registration_declined",
    "registration_reopened",
    "registration_taken_back",
    "registration_waiting",
    "team_readmitted",
}


@dataclass(frozen=True)
class Wording:
    """Subject and text that somebody wants in place of those of a letter."""

    subject: str
    text: str
    addresses: str = ""
    """Those of the records that the shown letter names, in their order (`Letter.addresses`)."""

    def for_mail(self, text: str) -> str:
        """Return the text with the addresses that stand in this mail: a record that was made just now has another one."""
        now = dict(zip(UUID.findall(self.addresses), UUID.findall(text), strict=False))
        return UUID.sub(lambda found: now.get(found[0], found[0]), self.text)


@dataclass(frozen=True)
class Letter:
    """A mail as several people would get it: `text` follows the greeting, in which each is named."""

    kind: str
    subject: str
    text: str
    people: tuple[str, ...]
    is_fixed: bool
    """Does it hold a link that only its recipient may know, or do its words stand elsewhere, too?"""
    minutes: int = 0
    """How long it waits before it leaves."""
    when: str = ""
    """When it leaves and where it can be stopped until then, for a page."""

    @property
    def key(self) -> str:
        """The name of the letter on a page; the same as long as its words are the same."""
        return _digest(self.kind, self.subject, UUID.sub("", self.text))[:16]

    @property
    def addresses(self) -> str:
        """Those of the records that its text names, in their order."""
        return " ".join(UUID.findall(self.text))

    @property
    def words(self) -> str:
        """What kind of mail it is, in words."""
        return mail_kinds.words(self.kind)


class Rehearsal:
    """What a step has posted while it was watched, and what it says about itself (`say`)."""

    def __init__(self, wordings: Mapping[str, Wording] | None = None) -> None:
        self.wordings = wordings or {}
        self.notes: list[str] = []
        self.unfilled: dict[str, str] = {}
        self.context: list[str] = []
        self.letters_to: dict[str, list[tuple[str, str]]] = {}
        self.first_of: dict[str, Letter] = {}
        self.waiting: list[Message] = []
        """Those that can still be stopped after the step."""
        self.place: Any = None
        """The page on which they can be stopped (accounts/admin/outgoing.py)."""

    def say(self, html: str, unfilled: str = "") -> None:
        """Note what else the step does, as HTML for the page of consequences.

        `unfilled` is the same without what somebody has filled in there, which is nothing new to be looked at.
        """
        if html and html not in self.notes:
            self.notes.append(html)
            self.unfilled[html] = unfilled or html

    def explain(self, html: str) -> None:
        """Note how things stand then, as HTML for the page of consequences; alone it makes no such page necessary."""
        if html and html not in self.context:
            self.context.append(html)

    @contextmanager
    def unless_refused(self) -> Iterator[None]:
        """Forget what was posted and said inside if it ends with an error: the step has been undone."""
        said, explained = [*self.notes], [*self.context]
        posted = {key: [*people] for key, people in self.letters_to.items()}
        waiting = [*self.waiting]
        try:
            yield
        except Exception:
            self.notes, self.context, self.letters_to, self.waiting = said, explained, posted, waiting
            raise

    def note(self, message: Message, name: str) -> None:
        """Note a message that is about to be posted, and give it the words that were chosen for its letter."""
        greeting, text = _parted(message.shown_text)
        is_fixed = bool(message.secret) or message.kind in WORDED_ELSEWHERE
        letter = Letter(message.kind, message.subject, text, (), is_fixed, _minutes_of(message))
        self.waiting += [message] if letter.minutes else []
        self.first_of.setdefault(letter.key, letter)  # the others differ from it in the record that a link leads to
        self.letters_to.setdefault(letter.key, []).append((name, message.email))
        wording = self.wordings.get(letter.key)
        if wording and not is_fixed:
            message.subject = wording.subject
            chosen = wording.for_mail(text)
            message.text = f"{greeting}\n\n{chosen}" if greeting else chosen

    @property
    def letters(self) -> list[Letter]:
        """The mails, those to the most people first."""
        letters = [
            Letter(first.kind, first.subject, first.text, _named(people), first.is_fixed, first.minutes)
            for key, people in self.letters_to.items()
            for first in [self.first_of[key]]
        ]
        return sorted(letters, key=lambda letter: (-len(letter.people), letter.subject))

    @property
    def count(self) -> int:
        """How many mails it would post."""
        return sum(len(people) for people in self.letters_to.values())

    @property
    def has_consequences(self) -> bool:
        return bool(self.notes or self.letters_to)

    @property
    def digest(self) -> str:
        """Tells whether a step would still do what a page has shown."""
        letters = [part for letter in self.letters for part in (letter.key, *letter.people)]
        return _digest(*(self.unfilled[note] for note in self.notes), "", *letters)


def _minutes_of(message: Message) -> int:
    """Return how many minutes a message waits that is just written, begun ones counted; 0 where it leaves at once."""
    until = message.waits_until
    return ceil((until - timezone.now()) / timedelta(minutes=1)) if until else 0


def _named(people: list[tuple[str, str]]) -> tuple[str, ...]:
    """Return the names; a single person with the address, which may be a new one or the wrong one."""
    if len(people) == 1:
        return (", ".join(part for part in people[0] if part),)
    return tuple(sorted(name or email for name, email in people))


def _parted(text: str) -> tuple[str, str]:
    """Return the greeting of a mail, "" without one, and what follows it."""
    first, _gap, rest = text.partition("\n\n")
    return (first, rest.strip()) if first.startswith(GREETING) else ("", text)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


_watching: ContextVar[Rehearsal | None] = ContextVar("rehearsal", default=None)


def current() -> Rehearsal | None:
    """Return the rehearsal that watches what happens now, if any."""
    return _watching.get()


@contextmanager
def rehearse(wordings: Mapping[str, Wording] | None = None) -> Iterator[Rehearsal]:
    """Watch what is posted meanwhile. Whoever only wants to look rolls the transaction back themselves."""
    rehearsal = Rehearsal(wordings)
    token = _watching.set(rehearsal)
    try:
        yield rehearsal
    finally:
        _watching.reset(token)


def look_at(step: Callable[[], object]) -> Rehearsal:
    """Return what a step would do, without doing it. Raises what the step raises."""
    with transaction.atomic(), rehearse() as rehearsal:
        step()
        transaction.set_rollback(True)
    return rehearsal


def unless_refused() -> AbstractContextManager[None]:
    """Let whoever watches now, if anybody does, forget what a step posted and said that ends with an error."""
    rehearsal = current()
    return rehearsal.unless_refused() if rehearsal else nullcontext()
