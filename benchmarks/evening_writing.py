"""Writing in a section on a deadline evening as its page does (static/js/saver.js), and telling that it is open (presence.js)."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Callable
from time import perf_counter
from typing import Any
from uuid import uuid4

from benchmarks.dataset_words import WORDS
from benchmarks.evening_browser import Answer, Browser
from benchmarks.evening_clock import Clock
from benchmarks.evening_plan import BEAT_EVERY, SAVE_EVERY, Person, moments
from benchmarks.evening_promise import Acknowledged
from tests.page_forms import form_with

TAKEN = {"saved", "merged", "unchanged"}
# Answers after which the same attempt may succeed later (static/js/send.js), beside those from 500 on.
PASSING = {0, 408, 425, 429}


def said_in(answer: Answer) -> dict[str, Any]:
    """Return what an answer says in JSON; nothing where it is none."""
    is_json = answer.header("content-type").startswith("application/json")
    return dict(json.loads(answer.body)) if is_json else {}


class Seen:
    """What the words on a page were made from, as `Base` of saver.js: a version, and attempts whose texts it still shows."""

    def __init__(self, version: str) -> None:
        self.version = version
        self.after: list[str] = []

    def begin(self, attempt: str) -> None:
        self.after = [*self.after, attempt][-200:]

    def drop(self, attempt: str) -> None:
        self.after = [earlier for earlier in self.after if earlier != attempt]

    def follow(self, said: dict[str, Any], attempt: str) -> None:
        if not said.get("same") and said["state"] != "merged":
            self.drop(attempt)
            return
        self.after = [] if said.get("same") else [attempt]
        self.version = str(said["version"])


class Writer:
    """Somebody who writes one more sentence for every save, in a paragraph of their own."""

    def __init__(self, browser: Browser, clock: Clock, person: Person, html: str) -> None:
        """Raise `StopIteration` where the page has no form to write in."""
        fields = form_with(html, "text").fields
        self.others = [(name, values[0]) for name, values in fields.items() if name not in {"text", "version", "csrfmiddlewaretoken"}]  # fmt: skip
        self.before = fields["text"][0].replace("\r\n", "\n")
        self.seen = Seen(fields["version"][0])
        self.browser, self.clock, self.person = browser, clock, person
        self.path = f"/vorhaben/{person.application}/abschnitte/{person.section}/"
        self.chance = random.Random(person.number)  # noqa: S311  nothing is secret
        self.own = ""
        self.promised: Acknowledged | None = None
        self.has_ended = False

    @property
    def text(self) -> str:
        """What stands on the page: the own paragraph before what was there, or after it."""
        parts = [self.own, self.before] if self.person.writes_first else [self.before, self.own]
        return "\n\n".join(part for part in parts if part)

    async def write(self, first: float) -> None:
        """Save every few seconds until the evening ends."""
        for number, moment in enumerate(moments(first, SAVE_EVERY, self.clock.evening.end)):
            meant = await self.clock.until(moment)
            self.own = f"{self.own} {self.sentence(number)}".strip()
            await self.save(meant)
            if self.has_ended:
                return

    def sentence(self, number: int) -> str:
        """Return a sentence that stands nowhere else."""
        return f"Person {self.person.number} schreibt zum {number + 1}. Mal über {self.chance.choice(WORDS)}."

    async def save(self, meant: float) -> None:
        attempt, text = str(uuid4()), self.text
        before = [("after", earlier) for earlier in self.seen.after]
        letter = [*self.others, ("version", self.seen.version), ("text", text), ("save", attempt), *before]
        self.seen.begin(attempt)
        answer = await self.browser.send_by_script("autosave", self.path, letter, meant)
        self.follow(answer, attempt, text)

    def follow(self, answer: Answer, attempt: str, text: str) -> None:
        """Go on as the page does; after a conflict or a refusal a person would have to look."""
        if answer.status >= 500 or answer.status in PASSING:
            return  # nobody knows whether it arrived; the next attempt names it
        said = said_in(answer)
        state = said.get("state", f"{answer.status}")
        if state in TAKEN or state == "conflict":
            self.promised = Acknowledged(
                self.person.application, self.person.section, text, is_conflict=state == "conflict"
            )
        if state in TAKEN:
            self.seen.follow(said, attempt)
            return
        self.has_ended = True
        if state == "conflict":
            self.browser.notes.conflicts += 1
        elif answer.status == 200:
            self.browser.notes.error("autosave", f"the portal says “{state}”")


class Presence:
    """A page that tells the server that it is open, as often as the last answer says; without a pause where its person types."""

    def __init__(self, browser: Browser, path: str, version: Callable[[], str], *, types: bool) -> None:
        self.browser, self.path, self.version, self.types = browser, path, version, types
        self.beating = asyncio.create_task(self.beat())

    async def beat(self) -> None:
        meant, kept = perf_counter(), 0
        while True:
            fields = [("version", self.version()), ("kept", f"{kept}")]
            answer = await self.browser.send_by_script("presence", self.path, fields, meant)
            again = said_in(answer).get("again", BEAT_EVERY)
            meant, kept = meant + again, 0 if self.types else int(again)
            await asyncio.sleep(max(0.0, meant - perf_counter()))

    async def leave(self) -> None:
        """The page is closed and says so."""
        self.stop()
        token = self.browser.cookies.get("csrftoken", "")
        fields = [("version", self.version()), ("csrfmiddlewaretoken", token), ("leaving", "1")]
        await self.browser.ask("presence, leaving", "POST", self.path, fields)

    def stop(self) -> None:
        """Stop; raises what went wrong with it."""
        if self.beating.done():
            self.beating.result()
        self.beating.cancel()
