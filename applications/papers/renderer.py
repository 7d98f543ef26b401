"""Has PDFs made by a process of its own, with limits: `SECONDS` and `MEMORY` for one paper (docs/decisions/0034)."""

from __future__ import annotations

import atexit
import json
import logging
import math
import os
import sys
from contextlib import suppress
from dataclasses import asdict
from functools import cache
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen, TimeoutExpired
from threading import Lock, Timer
from typing import Any, BinaryIO, cast

from django.utils.translation import gettext as _

from applications.papers import renderer_process
from applications.papers.renderer_process import NO_MEMORY, NO_PANGO, receive, send
from core.values import dataclass

log = logging.getLogger("portal.papers")

# A full application takes two seconds, the worst texts that can be typed half a minute (tests/…/test_hostile_papers.py).
SECONDS = 60
# Address space in bytes. A full application takes 360 MB of it, and 160 MB of memory.
MEMORY = 1024**3
# Then the process is started anew, so that what libraries keep does not grow without end.
MOST_PAPERS = 200
# After so many seconds without a paper it ends: a small server has other uses for its memory.
IDLE_FOR = 600
# What it is told of the environment: where programs and libraries are. No database, no key, no address.
ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH")

# Why there is no answer, beside the errors that the process itself tells.
LATE, ENDED, NOT_STARTED = "too late", "ended", "not started"


class PapersUnavailable(Exception):
    """A paper cannot be made, or not now. The message is a German sentence that says what to do."""


@dataclass(frozen=True)
class Sheet:
    """What a paper is made of: its HTML, its styles, and the files of its fonts by their addresses."""

    html: str
    css: str
    fonts: dict[str, str]


class Renderer:
    """The process that makes PDFs, one at a time; started with the first, and anew when it has ended."""

    seconds: float = SECONDS
    memory = MEMORY
    most_papers = MOST_PAPERS
    idle_for: float = IDLE_FOR

    def __init__(self) -> None:
        self.process: Popen[bytes] | None = None
        self._lock = Lock()
        self._parent = 0
        self._papers = 0
        self._is_late = False
        self._ends_when_idle: Timer | None = None

    def make(self, sheet: Sheet) -> tuple[bytes, int]:
        """Return the PDF and the number of its pages. Raises `PapersUnavailable`, after twice `seconds` at the latest."""
        if not self._lock.acquire(timeout=self.seconds):
            log.warning("a paper waited for %d s and was given up", self.seconds)
            raise PapersUnavailable(too_many())
        try:
            said, content = self._ask(sheet)
            self._wait_for_more()
        finally:
            self._lock.release()
        if "error" in said:
            log.error("a paper was not made: %s", " ".join(map(str, said.values())))
            raise PapersUnavailable(sentence_of(said["error"]))
        if not said["fast"]:
            hint_at_library()
        return content, said["pages"]

    def stop(self) -> None:
        """End the process, if there is one."""
        process, self.process = self.process, None
        if process is None:
            return
        for pipe in pipes_of(process):
            with suppress(OSError):  # something is left in it for a process that has gone
                pipe.close()
        if self._parent != os.getpid():  # it goes on for the process that this one was forked off
            return
        try:
            process.wait(timeout=1)
        except TimeoutExpired:
            process.kill()
            process.wait()

    def _wait_for_more(self) -> None:
        """End the process after a while, unless another paper comes."""
        if self._ends_when_idle:
            self._ends_when_idle.cancel()
        self._ends_when_idle = Timer(self.idle_for, self._end_idle)
        self._ends_when_idle.daemon = True
        self._ends_when_idle.start()

    def _end_idle(self) -> None:
        if self._lock.acquire(blocking=False):  # else a paper is being made
            try:
                self.stop()
            finally:
                self._lock.release()

    def _ask(self, sheet: Sheet) -> tuple[dict[str, Any], bytes]:
        try:
            process = self._running()
        except OSError as error:
            return {"error": NOT_STARTED, "what": type(error).__name__}, b""
        said: dict[str, Any] = {"error": ENDED}
        self._is_late = False
        timer = Timer(self.seconds, self._kill, [process])
        timer.start()
        try:
            requests, answers = pipes_of(process)
            send(requests, json.dumps(asdict(sheet)).encode())
            said, content = json.loads(receive(answers)), receive(answers)
        except (OSError, EOFError):
            said, content = {"error": LATE if self._is_late else ENDED, "code": process.wait()}, b""
        finally:
            timer.cancel()
            self._papers += 1
            if "error" in said or self._papers >= self.most_papers:
                self.stop()
        return said, content

    def _running(self) -> Popen[bytes]:
        """Return the process of this process; a copy that was forked off gets one of its own, for answers would mix."""
        if self.process is None or self._parent != os.getpid() or self.process.poll() is not None:
            self.stop()
            # Isolated: it imports nothing from the folder it lies in, and heeds no PYTHON… of the environment.
            command = [
                sys.executable,
                "-I",
                str(Path(renderer_process.__file__)),
                str(2 * math.ceil(self.seconds)),
                str(self.memory),
            ]
            environment = {name: os.environ[name] for name in ENVIRONMENT if name in os.environ}
            self.process = Popen(  # noqa: S603  our own program
                command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env=environment, cwd="/", start_new_session=True
            )
            self._parent, self._papers = os.getpid(), 0
        return self.process

    def _kill(self, process: Popen[bytes]) -> None:
        self._is_late = True
        process.kill()


def pipes_of(process: Popen[bytes]) -> tuple[BinaryIO, BinaryIO]:
    """Return where requests go and where answers come from."""
    return cast("BinaryIO", process.stdin), cast("BinaryIO", process.stdout)


def sentence_of(error: str) -> str:
    """Return what a person is told whose paper was not made."""
    if error == NO_PANGO:
        return _(
            "Auf diesem Rechner fehlt Pango. Bitte installieren Sie die Pakete libpango-1.0-0 und libpangoft2-1.0-0."
        )
    if error == NO_MEMORY:
        why = _("Für die Unterlagen hat der Speicher nicht gereicht.")
    elif error == LATE:
        why = _("Es hat zu lange gedauert, die Unterlagen zu machen.")
    else:
        why = _("Die Unterlagen konnten gerade nicht gemacht werden.")
    return _(
        "%(why)s Was Sie geschrieben haben, ist gespeichert. Bitte versuchen Sie es in einigen Minuten noch einmal. Wenn es dann wieder nicht gelingt, geben Sie bitte Ihrem Träger Bescheid."
    ) % {"why": why}


def too_many() -> str:
    return _(
        "Gerade werden sehr viele Unterlagen gemacht. Was Sie geschrieben haben, ist gespeichert. Bitte versuchen Sie es in einigen Minuten noch einmal."
    )


@cache
def hint_at_library() -> None:
    """Say once what makes PDFs faster on this machine."""
    log.warning("PDFs werden schneller gemacht, wenn das Paket libharfbuzz-subset0 installiert ist.")


renderer = Renderer()
atexit.register(renderer.stop)
