"""An alarm within the process: work that is to be done at some moments, where no worker waits for them."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from datetime import datetime
from threading import Lock, Timer

from django.utils import timezone


class Alarm:
    """Calls `work` at every moment it was set to, in a thread of its own; those that have come by then are one call.

    It ends with the process, and whatever it was set to is forgotten: somebody else looks after that.
    """

    def __init__(self, work: Callable[[], object]) -> None:
        self._work = work
        self._moments: list[datetime] = []
        self._lock = Lock()
        self._timer: Timer | None = None

    def set(self, moment: datetime) -> None:
        """Call at this moment, or at once if it has come."""
        if moment <= timezone.now():
            self._work()
            return
        with self._lock:
            is_first = not self._moments or moment < self._moments[0]
            heapq.heappush(self._moments, moment)
            if is_first:
                self._wait()

    def _wait(self) -> None:
        """Wait for the first moment in place of the one waited for so far; under the lock."""
        if self._timer:
            self._timer.cancel()
        seconds = (self._moments[0] - timezone.now()).total_seconds()
        self._timer = Timer(max(seconds, 0), self._ring)
        self._timer.daemon = True
        self._timer.start()

    def _ring(self) -> None:
        with self._lock:
            now = timezone.now()
            has_come = bool(self._moments) and self._moments[0] <= now
            while self._moments and self._moments[0] <= now:
                heapq.heappop(self._moments)
            if self._moments:
                self._wait()
        if has_come:
            self._work()
