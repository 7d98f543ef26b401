"""A cache for one request: what the admin has found out, so that nothing is asked twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest


class Answers:
    """May the person see or do it, which record is open, which fields are frozen, why saving it was refused, and how an action was asked for.

    `has_typed`: a form was filled in for it; `leads_on`: its button was „Weiter“; `has_done`: it was done for some record;
    `asked`: the texts of the page that asks, also those that are worked out when it is shown.
    """

    def __init__(self) -> None:
        self.known: dict[str, Any] = {}
        self.opened: dict[str, Any] = {}
        self.frozen: dict[str, dict[str, str]] = {}
        self.refused = ""
        self.asked: dict[str, Any] = {}
        self.has_typed = self.leads_on = self.has_done = False

    def once[T](self, question: str, ask: Callable[[], T]) -> T:
        """Return the answer to a question that a page asks many times; `ask` is called the first time."""
        if question not in self.known:
            self.known[question] = ask()
        answer: T = self.known[question]
        return answer


def answers(request: HttpRequest) -> Answers:
    """Return the answers of this request."""
    holder: Answers = vars(request).setdefault("admin_answers", Answers())
    return holder
