"""What a person reads after pressing a button: take a step of a model in a view, and leave its message."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest

from core.writes import Stale


def take_step(request: HttpRequest, step: Callable[[], object], *, done: str, stale: str) -> bool:
    """Take a step and say that it is `done`, or that the moment for it is over; return whether it was taken.

    Where the refusal brings its own sentence (`Stale.sentence`), that is said in place of `stale`.

    Only `Stale` is answered here. A view that says several things, or shows a form again, keeps its own `try`.
    """
    try:
        step()
    except Stale as refusal:
        messages.error(request, refusal.sentence or stale)
        return False
    messages.success(request, done)
    return True
