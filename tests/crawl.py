"""Follows every link of the portal as one person: what it led to, and where it stood."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from urllib.parse import parse_qsl, urljoin, urlsplit

from django.test import Client
from django.urls import Resolver404, resolve
from lxml import html as markup

from tests.builders import SECTIONS

# How many addresses of one kind are opened: a list of fifty teams has fifty links to a team, and most say nothing new.
OF_ONE_KIND = 2
LEADS_BACK = {"_changelist_filters", "next"}
REDIRECTS = {301, 302, 303}


@dataclass(frozen=True)
class Answer:
    """What one address answered to one person, the kind of content if it is a section, and the page its link stood on."""

    address: str
    name: str
    kind: str
    status: int
    linked_on: str
    html: str = ""


def links_of(html: str) -> list[str]:
    """The addresses of a page's links, and of its forms that are sent as a link."""
    links = []
    for element in markup.document_fromstring(html).iter("a", "area", "form"):
        if element.tag != "form":
            links += filter(None, [element.get("href")])
        elif element.get("method", "get").lower() == "get":
            links.append(element.get("action", ""))
    return links


class Opened:
    """What was opened so far, and whether an address would say something new."""

    def __init__(self, of_one_kind: int) -> None:
        self.of_one_kind = of_one_kind
        self.addresses: set[str] = set()
        self.kinds: Counter[tuple[str, ...]] = Counter()

    def is_new(self, address: str, kind: tuple[str, ...], parameters: set[str]) -> bool:
        """Is it one of the first of its kind, or the first with one of its parameters? Notes it."""
        kinds = [(*kind, parameter) for parameter in parameters] or [kind]
        wanted = 1 if parameters or kind[1:] not in {("",), ("text",)} else self.of_one_kind
        if address in self.addresses or all(self.kinds[one] >= wanted for one in kinds):
            return False
        self.addresses.add(address)
        self.kinds.update(kinds)
        return True


@cache
def kind_of(path: str) -> tuple[str, ...]:
    """Its URL name and, of a section, the kind of its content; for a path the portal does not have, the path itself."""
    try:
        match = resolve(path)
    except Resolver404:
        return (path,)
    kind = SECTIONS[match.kwargs["key"]][1] if match.kwargs.get("key") in SECTIONS else ""
    return (match.view_name or match.route, kind)


def parameters_of(address: str) -> set[str]:
    """The names of what stands behind the question mark, without those that only lead back to where somebody came from."""
    return {name for name, _value in parse_qsl(urlsplit(address).query, keep_blank_values=True)} - LEADS_BACK


def crawl(client: Client, starts: Iterable[str] = ("/",), *, of_one_kind: int = OF_ONE_KIND) -> list[Answer]:
    """Open the addresses and everything they link to within the portal, until nothing new comes; files are not read."""
    waiting = deque((address, "") for address in starts)
    opened, answers = Opened(of_one_kind), []
    while waiting:
        address, linked_on = waiting.popleft()
        kind = kind_of(urlsplit(address).path)
        if not opened.is_new(address, kind, parameters_of(address)):
            continue
        response = client.get(address)
        is_page = response.get("Content-Type", "").startswith("text/html")
        html = response.text if is_page and not response.streaming else ""
        for close in response._resource_closers:  # not close(): that would end the connection of a world built once
            close()
        answers.append(Answer(address, kind[0], kind[-1], response.status_code, linked_on, html))
        links = [response["Location"]] if response.status_code in REDIRECTS else links_of(html) if html else []
        waiting.extend((there, address) for link in links if (there := within(address, link)))
    return answers


def within(address: str, link: str) -> str:
    """The whole address of a link on a page, without its fragment; empty if it leads out of the portal or to a static file."""
    parts = urlsplit(urljoin(f"http://testserver{address}", link))
    if parts.netloc != "testserver" or parts.scheme not in {"http", "https"} or parts.path.startswith("/static/"):
        return ""
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
