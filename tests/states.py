"""Every status × every step: outside the table `Stale` is raised and nothing was written; inside it the step is taken."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from django.db import models, transaction

from accounts.models import Event, Message
from core.writes import Stale


def assert_only(
    possible: Iterable[str], steps: Mapping[str, Callable[[], object]], *watched: type[models.Model]
) -> None:
    """Take each step from the state at hand, rolled back afterwards. Steps read their records afresh.

    `watched` are the models a step may write, besides the trail and the outbox.
    """
    assert set(possible) <= set(steps)
    found = {name for name, act in steps.items() if _is_taken(name, act, (*watched, Event, Message))}
    assert found == set(possible)


def _is_taken(name: str, act: Callable[[], object], watched: tuple[type[models.Model], ...]) -> bool:
    with transaction.atomic():
        before = _rows(watched)
        try:
            act()
        except Stale:
            taken = False
            assert _rows(watched) == before, f"{name} was refused and has written"
        else:
            taken = True
            assert _rows(watched) != before, f"{name} was taken and has written nothing"
        transaction.set_rollback(True)
    return taken


def _rows(watched: tuple[type[models.Model], ...]) -> list[list[dict]]:
    return [list(model._base_manager.order_by("pk").values()) for model in watched]
