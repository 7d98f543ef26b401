"""A browser as the server sees it through the proxy of docs/deploying.md: cookies, forwarded address, one connection per request.

nginx with the settings of that document asks by HTTP/1.0 and closes the connection after every answer, so this does the same.
Every request is noted with how long somebody waited since the moment at which they meant to ask.
"""

from __future__ import annotations

import asyncio
import gzip
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape
from time import perf_counter
from typing import Any
from urllib.parse import urlencode, urlsplit

HOST = "portal.example.org"
PATIENCE = 60.0  # seconds, after which a proxy gives up (nginx: proxy_read_timeout)
AT_ONCE = 6  # files that a browser fetches at the same time from one server
CLOSED = 0  # the status of what was never answered
FILES = re.compile(r"<(?:link|script)\b[^>]*>")
ADDRESS = re.compile(r'\b(?:href|src)="(/static/[^"]+)"')
FETCHED = re.compile(r'\brel="(?:stylesheet|modulepreload|preload|icon)"|^<script')
Fields = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Answer:
    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    @property
    def text(self) -> str:
        return self.body.decode(errors="replace")

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key == name), "")

    @property
    def path(self) -> str:
        """The path that a redirect leads to, with its query."""
        parts = urlsplit(self.header("location"))
        return f"{parts.path}?{parts.query}" if parts.query else parts.path


@dataclass
class Notes:
    """How long people waited for each kind of request, in seconds, and what went wrong."""

    waits: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    """Answers 429 by kind."""
    faults: Counter[str] = field(default_factory=Counter)
    """What went wrong in words, with how often."""
    conflicts: int = 0

    def error(self, kind: str, what: str) -> None:
        self.errors[kind] += 1
        self.faults[f"{kind}: {what}"] += 1

    def answered(self, kind: str, answer: Answer, waited: float, expected: tuple[int, ...]) -> None:
        self.waits[kind].append(waited)
        if answer.status == 429:
            self.refused[kind] += 1
        elif answer.status == CLOSED:
            self.error(kind, f"no answer within {PATIENCE:.0f} s, or the connection broke")
        elif answer.status not in expected:
            self.error(kind, f"answered {answer.status} instead of {expected[0]}")


class Browser:
    """Somebody's browser, which keeps cookies, and files by their names as these hold a hash."""

    def __init__(self, port: int, network: str, notes: Notes) -> None:
        self.port, self.network, self.notes = port, network, notes
        self.cookies: dict[str, str] = {}
        self.kept: set[str] = set()

    async def get(self, kind: str, path: str, meant: float | None = None) -> Answer:
        """Open a page, with the files it names that are not kept yet. `meant`: when (of `perf_counter`); now, if not given."""
        answer = await self.ask(kind, "GET", path, meant=meant)
        if answer.status == 200:
            await self.fetch_files(answer.text)
        return answer

    async def send(self, kind: str, path: str, fields: Fields, meant: float | None = None) -> Answer:
        """Send a form as a button does; it is answered by a redirect."""
        return await self.ask(kind, "POST", path, fields, meant=meant, expected=(302,))

    async def send_by_script(self, kind: str, path: str, fields: Fields, meant: float | None = None) -> Answer:
        """Send what a script sends (static/js/send.js), with the token of the cookie."""
        token = self.cookies.get("csrftoken", "")
        headers = {"Accept": "application/json", "X-CSRFToken": token}
        return await self.ask(kind, "POST", path, [*fields, ("csrfmiddlewaretoken", token)], headers, meant=meant)

    async def ask(
        self,
        kind: str,
        method: str,
        path: str,
        fields: Fields | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        meant: float | None = None,
        expected: tuple[int, ...] = (200,),
    ) -> Answer:
        meant = perf_counter() if meant is None else meant
        body = b"" if fields is None else urlencode(fields).encode()
        head = self._head(method, path, headers or {}, len(body) if method == "POST" else None)
        try:
            answer = await exchange(self.port, head + body)
        except (OSError, TimeoutError, ValueError):
            answer = Answer(CLOSED)
        self._keep_cookies(answer)
        self.notes.answered(kind, answer, perf_counter() - meant, expected)
        return answer

    async def fetch_files(self, html: str) -> None:
        """Fetch the styles, scripts and fonts that the page names and this browser does not keep yet."""
        wanted = [path for path in files_of(html) if path not in self.kept]
        self.kept.update(wanted)
        free = asyncio.Semaphore(AT_ONCE)

        async def fetch(path: str, meant: float) -> None:
            async with free:
                await self.ask("styles, scripts, fonts", "GET", path, meant=meant)

        await asyncio.gather(*(fetch(path, perf_counter()) for path in wanted))

    def _head(self, method: str, path: str, more: Mapping[str, str], length: int | None) -> bytes:
        headers = {
            "Host": HOST,
            "X-Forwarded-For": self.network,
            "X-Forwarded-Proto": "https",
            "Connection": "close",
            "Accept": "text/html",
            "Accept-Encoding": "gzip",
            "Accept-Language": "de",
            "User-Agent": "benchmark",
        }
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if length is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": f"{length}"}
            headers |= {"Origin": f"https://{HOST}", "Referer": f"https://{HOST}{path}"}
        lines = [f"{name}: {value}\r\n" for name, value in (headers | dict(more)).items()]
        return "".join([f"{method} {path} HTTP/1.0\r\n", *lines, "\r\n"]).encode()

    def _keep_cookies(self, answer: Answer) -> None:
        for name, value in answer.headers:
            if name == "set-cookie":
                key, _, text = value.partition(";")[0].partition("=")
                self.cookies[key] = text


async def exchange(port: int, request: bytes) -> Answer:
    """Send a request and read the answer until the server closes. Raises `OSError`, `TimeoutError`, `ValueError`."""
    async with asyncio.timeout(PATIENCE):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            writer.write(request)
            return parsed(await reader.read())
        finally:
            writer.close()


def parsed(raw: bytes) -> Answer:
    """Return the answer; raises `ValueError` for one that broke off."""
    head, gap, body = raw.partition(b"\r\n\r\n")
    if not gap:
        raise ValueError("The answer broke off.")
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = [line.partition(":")[::2] for line in lines]
    headers = tuple((name.strip().lower(), value.strip()) for name, value in pairs)
    answer = Answer(int(first.split()[1]), headers, body)
    if (length := answer.header("content-length")) and int(length) != len(body):
        raise ValueError("The answer broke off.")
    is_compressed = answer.header("content-encoding") == "gzip"
    return Answer(answer.status, headers, gzip.decompress(body)) if is_compressed else answer


def files_of(html: str) -> list[str]:
    """Return the addresses of the files of the portal that a page has a browser fetch."""
    named: dict[str, Any] = {}
    for tag in FILES.findall(html):
        address = ADDRESS.search(tag)
        if address and FETCHED.search(tag):
            named[unescape(address[1])] = None
    return list(named)
