"""Refuses requests that are too large (`…_LIMIT_BYTES` in schmiede/settings.py) before anything is read (docs/decisions/0015)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from errno import ECONNRESET
from socket import SHUT_RDWR
from threading import Event, Timer
from typing import Any

from django.conf import settings
from django.http import HttpRequest

type View = Callable[..., Any]
type Environ = dict[str, Any]
type Application = Callable[[Environ, Any], Iterable[bytes]]

SECONDS = 2
BLOCK = 16 * 1024


def takes_many_files(view: View) -> View:
    """Mark a view that takes several uploaded files in one form; any other takes as many as fit into a form."""
    view.takes_many_files = True  # type: ignore[attr-defined]  # as Django's own `login_not_required` does
    return view


def has_unknown_length(request: HttpRequest) -> bool:
    """Return whether it comes in chunks without a length. No browser sends forms so, and Django reads none."""
    return "Transfer-Encoding" in request.headers


def is_too_large(request: HttpRequest, view: View) -> bool:
    """Return whether it is longer than this person may send to this view. Who they are is asked only when it matters."""
    length = length_of(request.META)
    return length > settings.ANONYMOUS_LIMIT_BYTES and length > limit_for(request, view)


def limit_for(request: HttpRequest, view: View) -> int:
    """The most bytes this person may send to this view."""
    if not request.user.is_authenticated:
        return settings.ANONYMOUS_LIMIT_BYTES
    return settings.LARGEST_LIMIT_BYTES if hasattr(view, "takes_many_files") else settings.FORM_LIMIT_BYTES


def length_of(environ: Environ) -> int:
    """The length that was declared, read as Django does, which never reads on beyond it."""
    try:
        return int(environ.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


class Discarding:
    """A WSGI application whose answers arrive, although it did not read what was sent.

    A proxy that is still sending when the connection is closed shows an error of its own instead of our answer. So what
    nobody has read is thrown away once the answer is out: not more than a proxy lets through, and for SECONDS at most.
    """

    def __init__(self, application: Application) -> None:
        self.application = application

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        answer = self.application(environ, start_response)
        if not 0 < length_of(environ) <= settings.LARGEST_LIMIT_BYTES or not environ.get("wsgi.input_terminated"):
            return answer
        return _Answer(answer, environ)


class _Answer:
    """The parts of an answer; the rest of the request is discarded when the server closes it."""

    def __init__(self, answer: Iterable[bytes], environ: Environ) -> None:
        self.answer = answer
        self.environ = environ

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.answer)

    def close(self) -> None:
        try:
            getattr(self.answer, "close", lambda: None)()
        finally:
            _discard(self.environ)


def _discard(environ: Environ) -> None:
    """Read what is left of a request. A sender that has not finished after SECONDS is cut off.

    A timeout of the socket would not do: it begins anew with every byte. After cutting off, nobody knows where the next
    request would begin, so the error has gunicorn close the connection; it logs none for a sender that is gone.
    """
    connection = environ.get("gunicorn.socket")
    is_over = Event()
    timer = Timer(SECONDS, _cut_off, (connection, is_over))
    timer.daemon = True
    timer.start()
    with suppress(OSError):  # nobody sends any more
        while environ["wsgi.input"].read(BLOCK) and not is_over.is_set():
            pass
    timer.cancel()
    timer.join()  # it cuts off no later request on this connection
    if connection is not None and is_over.is_set():
        raise ConnectionResetError(ECONNRESET, "The request was not complete in time.")


def _cut_off(connection: Any, is_over: Event) -> None:
    is_over.set()
    if connection is not None:
        with suppress(OSError):
            connection.shutdown(SHUT_RDWR)  # a reader that waits for more reads the end
