"""The renderer: a process of its own that is given HTML, styles and fonts, and makes PDFs. It knows no database and no secret.

`applications/papers/renderer.py` starts it by its path, with an empty environment. So nothing of the portal is imported here.
"""

from __future__ import annotations

import atexit
import json
import logging
import os
import resource
import signal
import struct
import sys
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

# What fontconfig is told: there are no fonts on this machine. The renderer knows ours alone.
NO_FONTS = Path(__file__).parent / "fonts.conf"
HEAD = struct.Struct(">Q")
# What an answer says of a paper that was not made.
NO_PANGO, NO_MEMORY, BROKEN = "no pango", "no memory", "broken"


def send(stream: BinaryIO, message: bytes) -> None:
    stream.write(HEAD.pack(len(message)) + message)
    stream.flush()


def receive(stream: BinaryIO) -> bytes:
    """Return the next message. Raises `EOFError` if the other side has ended."""
    head = stream.read(HEAD.size)
    if len(head) < HEAD.size:
        raise EOFError
    (length,) = HEAD.unpack(head)
    message = stream.read(length)
    if len(message) < length:
        raise EOFError
    return message


def lay_out(html: str, css: str, fonts: dict[str, str]) -> Any:
    """Return WeasyPrint's document: its pages, and on each the boxes where they stand.

    `fonts` are the files that may be read, by the addresses that `css` has for them.
    """
    parts = weasyprint()
    parts.fetcher.fonts = fonts
    sheet = parts.css(string=css, url_fetcher=parts.fetcher, font_config=parts.font_config)
    page = parts.html(string=html, url_fetcher=parts.fetcher)
    return page.render(stylesheets=[sheet], font_config=parts.font_config, pdf_variant="pdf/ua-1")


def pdf_of(document: Any) -> bytes:
    """Return the document as a tagged PDF."""
    content: bytes = document.write_pdf(pdf_variant="pdf/ua-1")
    return content


class WeasyPrint:
    """WeasyPrint's parts, imported where they are used: importing takes half a second and needs Pango."""

    def __init__(self) -> None:
        with without_system_fonts():
            from weasyprint import CSS, HTML  # noqa: PLC0415  see above
            from weasyprint.text.ffi import harfbuzz_subset  # noqa: PLC0415
            from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415
            from weasyprint.urls import URLFetcher, URLFetcherResponse  # noqa: PLC0415

            self.font_config = FontConfiguration()
        self.html, self.css = HTML, CSS
        self.cuts_fonts_fast = harfbuzz_subset is not None

        class OwnFontsOnly(URLFetcher):
            """Serve our fonts by name and refuse everything else, local files and the network alike."""

            fonts: dict[str, str] = {}

            def fetch(self, url: str, headers: Any = None) -> Any:
                if url not in self.fonts:
                    raise ValueError("Only our own fonts.")
                return URLFetcherResponse(url, Path(self.fonts[url]).read_bytes(), {"Content-Type": "font/woff2"})

        self.fetcher = OwnFontsOnly()  # once: it loads the machine's certificates, which no paper needs


@cache
def weasyprint() -> WeasyPrint:
    """Load WeasyPrint once. Raises `OSError` where Pango is missing."""
    parts = WeasyPrint()
    # Fonts that live until the interpreter has gone take it down with a segmentation fault at its very end.
    atexit.register(weasyprint.cache_clear)
    return parts


@contextmanager
def without_system_fonts() -> Iterator[None]:
    """Find no fonts of the machine while this is open, and do not complain about it."""
    before = os.environ.get("FONTCONFIG_FILE")
    os.environ["FONTCONFIG_FILE"] = str(NO_FONTS)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        if before is None:
            del os.environ["FONTCONFIG_FILE"]
        else:
            os.environ["FONTCONFIG_FILE"] = before


def answer(request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """Make one PDF; return what is said of it, and its bytes. Of an error no words are said: they may quote the paper."""
    try:
        fast = weasyprint().cuts_fonts_fast
    except OSError:
        return {"error": NO_PANGO}, b""
    try:
        document = lay_out(request["html"], request["css"], request["fonts"])
        return {"pages": len(document.pages), "fast": fast}, pdf_of(document)
    except MemoryError:
        return {"error": NO_MEMORY}, b""
    except Exception as error:  # noqa: BLE001  whatever the renderer trips over must be told to the portal
        frame = traceback.extract_tb(error.__traceback__)[-1]
        return {
            "error": BROKEN,
            "what": type(error).__name__,
            "where": f"{Path(frame.filename).name}:{frame.lineno}",
        }, b""


def serve(requests: BinaryIO, answers: BinaryIO, seconds: int) -> None:
    """Answer until the portal closes the pipe or is gone; a paper that takes `seconds` ends the process."""
    while True:
        try:
            request = json.loads(receive(requests))
        except EOFError:
            return
        signal.alarm(seconds)
        said, content = answer(request)
        signal.alarm(0)
        send(answers, json.dumps(said).encode())
        send(answers, content)


def main(seconds: int, memory: int) -> None:
    """Serve with limits of time and memory. Nothing but answers is written: what libraries print may quote a paper."""
    # The portal ends this process by closing the pipe, so that a paper it still waits for is made when it is told to stop.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(ValueError, OSError):  # a system that knows no such limit
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # what a crash leaves on the disk would hold the paper
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    logging.disable()
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    with suppress(BrokenPipeError):
        serve(sys.stdin.buffer, answers, seconds)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
