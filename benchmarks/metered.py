"""Serve the WSGI application that MEASURED names, and say how many statements a request made where it asks for that.

A request with `X-Count-Queries` is answered with that header holding the number; any other goes through untouched.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

from django.utils.module_loading import import_string

ASKED_FOR, ANSWERED = "HTTP_X_COUNT_QUERIES", "X-Count-Queries"
WSGI = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

measured: WSGI = import_string(os.environ["MEASURED"])
# After what is measured, which says itself how it is loaded.
from django.db import connection  # noqa: E402


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    if ASKED_FOR not in environ:
        return measured(environ, start_response)
    count = 0

    def counted(execute: Callable[..., Any], *arguments: Any) -> Any:
        nonlocal count
        count += 1
        return execute(*arguments)

    def start_with_count(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
        return start_response(status, [*headers, (ANSWERED, str(count))], *more)

    with connection.execute_wrapper(counted):
        return measured(environ, start_with_count)
