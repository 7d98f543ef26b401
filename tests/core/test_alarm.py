"""An alarm within the process calls at each of its moments."""

from __future__ import annotations

from datetime import timedelta
from queue import Queue

from django.utils import timezone

from core.alarm import Alarm


def test_a_moment_that_has_come_is_called_at_once():
    called = []
    Alarm(lambda: called.append("called")).set(timezone.now())

    assert called == ["called"]


def test_a_nearer_moment_is_called_first():
    calls: Queue = Queue()
    alarm, now = Alarm(lambda: calls.put(timezone.now())), timezone.now()
    near = now + timedelta(milliseconds=50)
    alarm.set(now + timedelta(hours=1))
    alarm.set(near)

    assert calls.get(timeout=30) >= near


def test_the_later_moment_is_called_too():
    calls: Queue = Queue()
    alarm, now = Alarm(lambda: calls.put(timezone.now())), timezone.now()
    moments = [now + timedelta(milliseconds=length) for length in (50, 150)]
    for moment in moments:
        alarm.set(moment)

    called_at = calls.get(timeout=30)
    while called_at < moments[1]:
        called_at = calls.get(timeout=30)

    assert called_at >= moments[1]
