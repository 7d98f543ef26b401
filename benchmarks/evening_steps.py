"""Handing in and finishing on a deadline evening, as the buttons of the pages do."""

from __future__ import annotations

import asyncio
import re
from time import perf_counter

from benchmarks.evening_browser import Answer, Browser

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
SECTION = re.compile(r'<input\b(?=[^>]*\bname="sections")[^>]*\bvalue="(\w+)"')
PAPERS = re.compile(r"/unterlagen/[0-9a-f-]{36}/")
UNTIL_PAPERS = "finishing: until the papers are there"
PAPERS_TAKE = 180.0  # seconds at most
LOOKS_AGAIN = 2.0  # seconds, while they are made in the background


def token_of(page: Answer) -> list[tuple[str, str]]:
    token = TOKEN.search(page.text)
    return [("csrfmiddlewaretoken", token[1])] if token else []


async def hand_in(browser: Browser, application: str, meant: float) -> None:
    """Hand in the first section that can be."""
    path = f"{application}abgeben/"
    page = await browser.get("handing in: page", path, meant)
    section = SECTION.search(page.text)
    if section is None:
        browser.notes.error("handing in", "no section can be chosen")
        return
    answer = await browser.send("handing in", path, [*token_of(page), ("sections", section[1])])
    if answer.status == 302:
        await browser.get("handing in: review", answer.path)


async def finish(browser: Browser, application: str, meant: float) -> None:
    """Finish the application, and wait until its papers are there."""
    path = f"{application}fertigstellen/"
    page = await browser.get("finishing: page", path, meant)
    pressed = perf_counter()
    answer = await browser.send("finishing", path, [*token_of(page), ("confirmed", "yes")])
    if answer.status != 302:
        return
    shown = await until_papers(browser, answer.path, pressed)
    if shown is None:
        browser.notes.error(UNTIL_PAPERS, f"none after {PAPERS_TAKE:.0f} s, the page is {answer.path}")
        return
    await browser.get("papers", shown)
    browser.notes.waits[UNTIL_PAPERS].append(perf_counter() - pressed)


async def until_papers(browser: Browser, shown: str, pressed: float) -> str | None:
    """Look at the page that a person was led to until it leads to the papers; return their address, or None."""
    while not PAPERS.fullmatch(shown):
        if perf_counter() - pressed > PAPERS_TAKE:
            return None
        await asyncio.sleep(LOOKS_AGAIN)
        answer = await browser.ask("finishing: looking again", "GET", shown, expected=(200, 302))
        linked = PAPERS.search(answer.text)
        shown = answer.path if answer.status == 302 else linked[0] if linked else shown
    return shown
