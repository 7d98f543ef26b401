"""What pages may cost, and the table that says which of them reach it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

FILE = Path(__file__).with_name("goals.toml")
FAILS_FROM = 2  # so many times its `must` may a page cost where nobody looks at the table
NO_GOAL = "| | | |"  # in the place of `Goal.cells`
HEAD = "| page | queries | CPU ms app + db | multiple | now | must | aim | |\n|---|--:|--:|--:|--:|--:|--:|---|"


@dataclass(frozen=True)
class Goal:
    now: float
    must: float
    aim: float
    save: bool = False
    """Is it compared with the floor's save?"""

    def verdict(self, value: float) -> str:
        if value > self.must:
            return "**misses its must**"
        return "aim" if value <= self.aim else "must"

    def cells(self, value: float) -> str:
        """Return the end of a table's line about a value."""
        return f"{self.now:g} | {self.must:g} | {self.aim:g} | {self.verdict(value)} |"


@dataclass(frozen=True)
class Cost:
    """What one request computed, in milliseconds of the application and of the database."""

    app: float
    db: float

    @property
    def total(self) -> float:
        return self.app + self.db


@dataclass(frozen=True)
class Result:
    """A page with its cost and the floor's in each round."""

    page: str
    queries: int
    costs: Sequence[Cost]
    floor: Sequence[Cost]
    goal: Goal | None = None

    @property
    def multiple(self) -> float:
        """How many times the floor's cost it is; of all rounds the median."""
        return times_as_much(self.costs, self.floor)

    def is_far_off(self) -> bool:
        return self.goal is not None and self.multiple > FAILS_FROM * self.goal.must

    def line(self) -> str:
        end = self.goal.cells(self.multiple) if self.goal else NO_GOAL
        return f"| {self.page} | {self.queries} | {told(self.costs)} | {self.multiple:.1f} | {end}"


def times_as_much(costs: Sequence[Cost], others: Sequence[Cost]) -> float:
    """Return how many times as much something costs as something else in the same rounds; of all rounds the median."""
    return median(cost.total / other.total for cost, other in zip(costs, others, strict=True))


def told(costs: Sequence[Cost]) -> str:
    """Return the medians of all rounds, of the application and of the database."""
    app, db = (median(getattr(cost, part) for cost in costs) for part in ("app", "db"))
    return f"{app:.1f} + {db:.1f}"


def goals(kind: str) -> dict[str, Goal]:
    """The goals of `pages`, or of the other `figures`, by name."""
    return {name: Goal(**values) for name, values in tomllib.loads(FILE.read_text())[kind].items()}


def far_off(results: Iterable[Result]) -> list[str]:
    """What is to be said about pages that cost more than twice their `must`."""
    return [
        f"{result.page}: {result.multiple:.1f} times the floor, which is more than {FAILS_FROM} × {result.goal.must:g}"
        for result in results
        if result.goal and result.is_far_off()
    ]


def figure_lines(figures: dict[str, float]) -> list[str]:
    """What is measured beside the pages, as lines of a table of its own; first what has a goal."""
    lines = ["| figure | measured | now | must | aim | |", "|---|--:|--:|--:|--:|---|"]
    wanted = goals("figures")
    for name in wanted | figures:
        end = wanted[name].cells(figures[name]) if name in wanted else NO_GOAL
        lines.append(f"| {name} | {figures[name]:.1f} | {end}")
    return lines
