"""Visiting a server as a browser does: cookies are kept, forms are filled in and sent with their token."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.client import HTTPConnection
from itertools import count
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit
from uuid import uuid4

from tests.page_forms import form_with

HEADERS = {"Accept": "text/html", "Accept-Encoding": "gzip", "Accept-Language": "de", "User-Agent": "benchmark"}


class WrongAnswer(Exception):
    """A page answered otherwise than its description says."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode(errors="replace")


class Visitor:
    """Somebody with cookies, on one connection for as long as the server keeps it."""

    def __init__(self, base: str, cookies: Mapping[str, str]) -> None:
        self.base, self.cookies = base, dict(cookies)
        self.connection = HTTPConnection(urlsplit(base).netloc, timeout=120)

    def ask(self, method: str, path: str, headers: Mapping[str, str], body: str | None = None) -> Answer:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        self.connection.request(method, path, body, HEADERS | {"Cookie": cookies} | dict(headers))
        response = self.connection.getresponse()
        read = response.read()
        for cookie in response.headers.get_all("Set-Cookie", []):
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        if response.headers.get("Content-Encoding") == "gzip":
            read = gzip.decompress(read)
        return Answer(response.status, response.headers, read)


@dataclass
class Page:
    """A page or a form to send, as its TOML describes it (benchmarks/dataset_pages.py)."""

    told: Mapping[str, Any]
    visitor: Visitor
    path: str = ""
    fields: dict[str, list[str]] = field(default_factory=dict)
    sent: count[int] = field(default_factory=count)

    @property
    def name(self) -> str:
        return str(self.told["name"])

    def prepare(self) -> None:
        """Read the form that will be sent, and look once whether the page says what it should."""
        self.path = self.told.get("path", "")
        if "form_from" in self.told:
            shown = self.visitor.ask("GET", self.told["form_from"], {})
            form = form_with(shown.text, self.told["form_has"])
            self.fields = form.fields
            self.path = self.path or urljoin(self.told["form_from"], form.attrs.get("action", ""))
        if self.told.get("contains", "") not in self.open().text:
            raise WrongAnswer(f"{self.name}: “{self.told['contains']}” does not stand in it")

    def open(self, **headers: str) -> Answer:
        """Ask for the page, or send its form with other words than before; raises `WrongAnswer`."""
        headers = {name.replace("_", "-"): value for name, value in headers.items()} | self.told.get("headers", {})
        if "form_from" in self.told:
            origin = {"Origin": self.visitor.base, "Content-Type": "application/x-www-form-urlencoded"}
            answer = self.visitor.ask("POST", self.path, origin | headers, urlencode(self._typed(), doseq=True))
        else:
            answer = self.visitor.ask("GET", self.path, headers)
        if answer.status != self.told.get("expect", 200):
            raise WrongAnswer(f"{self.name}: answers {answer.status}")
        return answer

    def _typed(self) -> dict[str, Any]:
        number = next(self.sent)
        typed: dict[str, Any] = self.fields | {
            name: text.replace("{n}", str(number)).replace("{uuid}", str(uuid4()))
            for name, text in self.told.get("set", {}).items()
        }
        if version := self.told.get("next_version"):  # every save makes a version
            typed[version] = int(self.fields[version][0]) + number
        return typed


class _Assets(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        if tag == "script" and "src" in named:
            self.addresses.append(named["src"])
        elif tag == "link" and named.get("rel") in {"stylesheet", "modulepreload"}:
            self.addresses.append(named["href"])


def asset_bytes(page: Page) -> int:
    """How many bytes the scripts and styles of a page have when they are compressed."""
    assets = _Assets()
    assets.feed(page.open().text)
    answers = [page.visitor.ask("GET", urljoin(page.path, address), {}) for address in dict.fromkeys(assets.addresses)]
    return sum(len(zlib.compress(answer.body, 6)) for answer in answers)
