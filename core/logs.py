"""What may stand in a log line: who asked for which page, never a token, a query string or a text."""

from __future__ import annotations

import logging
import re
from contextvars import ContextVar
from urllib.parse import quote
from uuid import uuid4

from django.http import HttpRequest

from core import secret_names

KNOWN_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")

request_id: ContextVar[str] = ContextVar("request_id", default="-")


def id_of(request: HttpRequest) -> str:
    """The id that a proxy gave the request, if it is harmless, else a new id."""
    given = request.headers.get("X-Request-ID", "")
    return given if KNOWN_ID.fullmatch(given) else uuid4().hex


def path_of(request: HttpRequest) -> str:
    """The path without its secret parts. Of an address that leads nowhere only the first part: the rest may hold a token."""
    match = request.resolver_match
    if match is None:
        first, *rest = request.path.lstrip("/").split("/", 1)
        return quote(f"/{first}/***" if rest and rest[0] else request.path, safe="/*")
    path = request.path
    for name in secret_names.parts_of(match.view_name):
        if value := str(match.kwargs.get(name, "")):
            path = path.replace(value, "***")
    return quote(path, safe="/*")


class Careful(logging.Filter):
    """Add the request's id to every line, and take tokens out of the lines that Django writes about a request.

    A request that was refused as suspicious gets one line: its traceback tells of Django's code alone.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        if record.name.startswith("django.security"):
            record.exc_info = record.exc_text = None
        request = getattr(record, "request", None)
        if isinstance(request, HttpRequest) and isinstance(record.args, tuple):
            record.args = tuple(
                path_of(request) if argument in (request.path, request.get_full_path()) else argument
                for argument in record.args
            )
        return True
