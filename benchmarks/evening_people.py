"""What people do on a deadline evening: each logs in, looks at pages, and some write, hand in or finish."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Coroutine
from typing import Any

from benchmarks.evening_browser import Answer, Browser, Notes
from benchmarks.evening_clock import Clock
from benchmarks.evening_plan import (
    FIRST_SAVE,
    LOGS_IN,
    MISTYPES,
    PASSWORD,
    SEES_SECTION,
    SEES_WORKSPACE,
    Person,
)
from benchmarks.evening_promise import Acknowledged
from benchmarks.evening_steps import finish, hand_in
from benchmarks.evening_writing import Presence, Writer
from tests.page_forms import form_with

LOGIN = "/konto/login/"
PRESENCE = re.compile(r'\bdata-presence="([^"]+)"')
VERSION = re.compile(r'name="version" value="(\d*)"')


class GaveUp(Exception):
    """Somebody cannot go on; what went wrong is noted."""


class Guest:
    """A person of the plan with a browser."""

    def __init__(self, person: Person, port: int, clock: Clock, notes: Notes) -> None:
        self.person, self.clock, self.notes = person, clock, notes
        self.browser = Browser(port, person.network, notes)
        self.presence: Presence | None = None
        self.writer: Writer | None = None

    @property
    def promised(self) -> Acknowledged | None:
        return self.writer.promised if self.writer else None

    async def spend_evening(self) -> None:
        """Come, do everything of the plan, and stay until the end."""
        try:
            await self.log_in()
            await self.look("workspace", SEES_WORKSPACE)
            section = await self.look("section", SEES_SECTION)
            if self.person.writes:
                self.writer = self.begin_to_write(section)
        except GaveUp:
            self.notes.error("evening", "somebody could not go on")
            return
        async with asyncio.TaskGroup() as tasks:
            for what in self.doing():
                tasks.create_task(what)
        if self.presence:
            self.presence.stop()

    def doing(self) -> list[Coroutine[Any, Any, None]]:
        """Return what they do at the same time."""
        doing = [self.look_around()]
        if self.writer:
            doing.append(self.writer.write(self.person.comes_at + FIRST_SAVE))
        if self.person.hands_in or self.person.finishes:
            doing.append(self.take_step())
        return doing

    async def log_in(self) -> None:
        """Open the login page, type the password, perhaps wrong at first, and see the overview."""
        comes_at = self.person.comes_at
        page = await self.browser.get("login page", LOGIN, await self.clock.until(comes_at))
        if self.person.mistypes:
            meant = await self.clock.until(comes_at + MISTYPES)
            fields = self.login_fields(page, "Falsch-getippt-2026")
            page = await self.browser.ask("login, mistyped", "POST", LOGIN, fields, meant=meant)
        meant = await self.clock.until(comes_at + LOGS_IN)
        answer = await self.browser.send("login", LOGIN, self.login_fields(page, PASSWORD), meant)
        if answer.status != 302:
            raise GaveUp
        await self.open("dashboard", answer.path)

    def login_fields(self, page: Answer, password: str) -> list[tuple[str, str]]:
        if page.status != 200:
            raise GaveUp
        typed = {"login": [self.person.email], "password": [password]}
        fields = form_with(page.text, "password").fields | typed
        return [(name, value) for name, values in fields.items() for value in values]

    def begin_to_write(self, section: Answer) -> Writer:
        if not PRESENCE.search(section.text):
            raise GaveUp
        return Writer(self.browser, self.clock, self.person, section.text)

    async def look(self, kind: str, after: float) -> Answer:
        return await self.open(kind, self.path_of(kind), await self.clock.until(self.person.comes_at + after))

    async def look_around(self) -> None:
        for moment, kind in self.person.visits:
            await self.open(kind, self.path_of(kind), await self.clock.until(moment))
        await self.clock.until(self.clock.evening.end)

    async def open(self, kind: str, path: str, meant: float | None = None) -> Answer:
        """Open a page, and leave the one before. Who writes looks at pages in a second window, and stays in the section."""
        answer = await self.browser.get(kind, path, meant)
        if answer.status == 200 and self.writer is None:
            await self.show(answer.text)
        return answer

    async def show(self, html: str) -> None:
        """Leave the section that was open, if there was one, and tell that this one is, if it is one to write in."""
        if self.presence:
            await self.presence.leave()
        address, version = PRESENCE.search(html), VERSION.search(html)
        shown = version[1] if version else ""
        if address is None:
            self.presence = None
            return
        types = self.person.writes
        self.presence = Presence(self.browser, address[1], lambda: self.version_or(shown), types=types)

    def version_or(self, shown: str) -> str:
        """Return the version that the open section has: that of the last save, or the one it was shown with."""
        return self.writer.seen.version if self.writer else shown

    def path_of(self, kind: str) -> str:
        application = f"/vorhaben/{self.person.application}/"
        section = f"{application}abschnitte/{self.person.section}/"
        return {
            "dashboard": "/uebersicht/",
            "workshops": "/workshops/",
            "workspace": application,
            "section": section,
            "history": f"{section}fassungen/",
            "checks": f"{application}vorpruefung/",
            "members": f"{application}team/",
        }[kind]

    async def take_step(self) -> None:
        meant = await self.clock.until(self.person.step_at)
        step = finish if self.person.finishes else hand_in
        await step(self.browser, self.path_of("workspace"), meant)
