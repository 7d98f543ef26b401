"""The clock of a deadline evening: waiting for moments of the plan, and how late the generator itself is."""

from __future__ import annotations

import asyncio
from time import perf_counter

from benchmarks.evening_plan import Evening


class Clock:
    """Moments of the plan are seconds since the evening began; people wait since one of `perf_counter`."""

    def __init__(self, evening: Evening) -> None:
        self.evening, self.begun = evening, perf_counter()

    async def until(self, moment: float) -> float:
        """Wait for a moment of the plan, and return it as one of `perf_counter`; a moment that is over is not waited for."""
        meant = self.begun + moment
        await asyncio.sleep(max(0.0, meant - perf_counter()))
        return meant


class Lag:
    """How late the generator wakes up, in seconds: that part of the waits is its own."""

    EVERY = 0.1

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def watch(self) -> None:
        while True:
            due = perf_counter() + self.EVERY
            await asyncio.sleep(self.EVERY)
            self.seconds.append(perf_counter() - due)
