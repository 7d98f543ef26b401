"""A server that is measured: gunicorn, with one worker unless told otherwise, the computing time of processes, memory, and how long a start takes."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from types import TracebackType
from typing import Self

from benchmarks.visitor import Visitor

LONGEST_START = 60  # seconds
METERED = ("benchmarks.metered", "--workers", "1", "--timeout", "120")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def family(pidfile: Path) -> list[int]:
    """The process whose id stands in a file, and its children."""
    parent = int(pidfile.read_text().split()[0])
    return [parent, *map(int, Path(f"/proc/{parent}/task/{parent}/children").read_text().split())]


def computed(pidfile: Path) -> dict[int, int]:
    """Nanoseconds that each process of a family has computed so far."""
    return {pid: sum(_of_threads(pid)) for pid in family(pidfile)}


def _of_threads(pid: int) -> list[int]:
    try:
        return [int(path.read_text().split()[0]) for path in Path(f"/proc/{pid}/task").glob("*/schedstat")]
    except (OSError, IndexError):  # it has just ended
        return []


class Stopwatch:
    """The milliseconds that a family of processes computes meanwhile; what ends or begins in between is counted, too."""

    def __init__(self, pidfile: Path) -> None:
        self.pidfile, self.before = pidfile, computed(pidfile)

    def milliseconds(self) -> float:
        now = computed(self.pidfile)
        return sum(max(0, spent - self.before.get(pid, 0)) for pid, spent in now.items()) / 1e6


@dataclass
class Server:
    """Gunicorn with its log and process id in a folder; one sync worker with `metered`, unless it is given other arguments."""

    name: str
    folder: Path
    environment: dict[str, str]
    arguments: Sequence[str] = METERED
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pidfile(self) -> Path:
        return self.folder / f"{self.name}.pid"

    def start(self, path: str) -> float:
        """Start it and return after how many seconds a page was there; raises `RuntimeError` with its log."""
        begun = time.perf_counter()
        command = [sys.executable, "-m", "gunicorn", *self.arguments, "--bind", f"127.0.0.1:{self.port}"]
        command += ["--pid", str(self.pidfile), "--no-control-socket"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log)
        while not self._answers(path):
            if self.process.poll() is not None or time.perf_counter() - begun > LONGEST_START:
                raise RuntimeError(f"The server of {self.name} does not start:\n{self.log.read_text()[-4000:]}")
            time.sleep(0.01)
        return time.perf_counter() - begun

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait(30)

    def megabytes(self) -> float:
        """The memory of its worker; what it shares with others is counted in parts (PSS)."""
        usage = Path(f"/proc/{family(self.pidfile)[1]}/smaps_rollup").read_text()
        return int(usage.split("\nPss:")[1].split()[0]) / 1024

    @property
    def log(self) -> Path:
        return self.folder / f"{self.name}.log"

    def _answers(self, path: str) -> bool:
        try:
            return Visitor(self.base, {}).ask("GET", path, {}).status == 200
        except (OSError, HTTPException):
            return False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
