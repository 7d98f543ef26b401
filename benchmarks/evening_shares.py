"""What the processes of a deadline evening compute, as shares of one core."""

from __future__ import annotations

import os
import resource
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from benchmarks.servers import family

TICKS = os.sysconf("SC_CLK_TCK")
GENERATOR, OTHERS = "generator", "others"
IDLE = slice(3, 5)  # of the numbers in /proc/stat: idle, and waiting for a disk


def of_family(pids: list[int]) -> float:
    """Return the seconds that processes have computed: the first with all of its children that ended, and the others."""
    seconds = 0.0
    for place, pid in enumerate(pids):
        try:
            numbers = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:15]
        except OSError:  # it has just ended, and its parent counts it
            continue
        seconds += sum(map(int, numbers if place == 0 else numbers[:2])) / TICKS
    return seconds


def of_machine() -> float:
    """Return the seconds that all cores have computed."""
    numbers = [int(number) for number in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    return (sum(numbers) - sum(numbers[IDLE])) / TICKS


def of_generator() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


@dataclass(frozen=True)
class Reading:
    """What each has computed until a moment."""

    at: float
    seconds: Mapping[str, float]


def read(pidfiles: Mapping[str, Path]) -> Reading:
    seconds = {name: of_family(family(path)) for name, path in pidfiles.items()}
    seconds[GENERATOR] = of_generator()
    seconds[OTHERS] = of_machine() - sum(seconds.values())
    return Reading(perf_counter(), seconds)


def shares(before: Reading, after: Reading) -> dict[str, float]:
    """Return what each has computed of one core between two readings."""
    lasted = after.at - before.at
    return {name: (spent - before.seconds[name]) / lasted for name, spent in after.seconds.items()}
