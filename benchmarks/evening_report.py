"""What is said about a deadline evening: waits in percentiles, shares of computing time, and the promise of writing."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence

from benchmarks.evening_browser import Notes
from benchmarks.evening_promise import Acknowledged, Found

GOAL = 1.0  # seconds that 95 of 100 requests take at most
FILES = "styles, scripts, fonts"
EVERYTHING = "everything but files"
COLUMNS = ("request", "count", "errors", "429", "p50 ms", "p95 ms", "p99 ms", "max ms")


def percentile(waits: Sequence[float], share: float) -> float:
    """Return the wait that this share of people did not exceed (nearest rank)."""
    ranked = sorted(waits)
    return ranked[max(0, math.ceil(share * len(ranked)) - 1)]


def wait_lines(notes: Notes) -> list[str]:
    """Return the table of requests by kind."""
    kinds = sorted(notes.waits)
    people = [wait for kind in kinds if kind != FILES for wait in notes.waits[kind]]
    counted = [kind for kind in kinds if kind != FILES]
    head = [f"| {' | '.join(COLUMNS)} |", f"|---|{'--:|' * (len(COLUMNS) - 1)}"]
    lines = [_line(kind, notes.waits[kind], notes.errors[kind], notes.refused[kind]) for kind in kinds]
    errors, refused = (sum(counts[kind] for kind in counted) for counts in (notes.errors, notes.refused))
    return [*head, *lines, _line(f"**{EVERYTHING}**", people, errors, refused)] if people else head


def _line(kind: str, waits: Sequence[float], errors: int, refused: int) -> str:
    figures = [*(percentile(waits, share) for share in (0.5, 0.95, 0.99)), max(waits)]
    cells = [kind, f"{len(waits)}", f"{errors}", f"{refused}", *(f"{figure * 1000:.0f}" for figure in figures)]
    return f"| {' | '.join(cells)} |"


def verdict(notes: Notes) -> str:
    """Return a sentence on the goal."""
    waits = [wait for kind, some in notes.waits.items() if kind != FILES for wait in some]
    if not waits:
        return "Nothing was answered."
    wait = percentile(waits, 0.95)
    slow = [kind for kind, some in notes.waits.items() if percentile(some, 0.95) >= GOAL]
    reached = "reached" if wait < GOAL else "**missed**"
    return (
        f"p95 {wait:.2f} s, goal below {GOAL:.0f} s {reached}; kinds that miss it: {', '.join(sorted(slow)) or 'none'}."
    )


def share_lines(phases: Mapping[str, Mapping[str, float]], cores: int) -> list[str]:
    """Return the table of what processes compute in each phase, as percentages of one core."""
    names = list(next(iter(phases.values())))
    lines = [f"| computing, % of a core | {' | '.join(phases)} |", f"|---|{'--:|' * len(phases)}"]
    lines += [f"| {name} | {' | '.join(f'{100 * phase[name]:.0f}' for phase in phases.values())} |" for name in names]
    total = " | ".join(f"{100 * sum(phase.values()):.0f}" for phase in phases.values())
    return [*lines, f"| all, of {100 * cores} | {total} |"]


def promise_lines(found: Sequence[tuple[Acknowledged, Found]], conflicts: int) -> list[str]:
    """Return where the last acknowledged words of everybody who wrote are."""
    counts = Counter(where for _promised, where in found)
    lines = [f"Last acknowledged words of {len(found)} people, conflicts: {conflicts}"]
    return lines + [f"- {counts[where]}: {where}" for where in Found if counts[where]]


def faults(
    notes: Notes, found: Sequence[tuple[Acknowledged, Found]], writers: int, tasks: Mapping[str, int]
) -> list[str]:
    """Return why the evening failed; nothing if it did not."""
    said = [f"{count} × {what}" for what, count in notes.faults.most_common()]
    said += [f"{count} × {kind}: answered 429" for kind, count in notes.refused.most_common() if count]
    said += [
        f"The words of {promised.application}/{promised.section} are {where}."
        for promised, where in found
        if where.is_fault
    ]
    if len(found) < writers:
        said.append(f"Only {len(found)} of {writers} people who write were answered that anything is saved.")
    if failed := tasks.get("FAILED"):
        said.append(f"{failed} tasks of the worker have failed.")
    return said
