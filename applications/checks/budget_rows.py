"""Name rows of the financing plan in a finding, and lead to them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from applications.checks.base import Found
from applications.content.budget import BudgetRow, Income
from calls.terms import BUDGET


def alike(rows: Iterable[BudgetRow]) -> Iterator[tuple[str, list[BudgetRow]]]:
    """Group rows by their names, so that a row of every year is named once: „Miete“ (2027, 2028)."""
    groups: dict[str, list[BudgetRow]] = {}
    for line in rows:
        title = line.source if isinstance(line, Income) else line.title
        groups.setdefault(title or _("ohne Bezeichnung"), []).append(line)
    for title, group in groups.items():
        years = ", ".join(str(year) for year in sorted({line.year for line in group if line.year}))
        yield f"„{title}“ ({years})" if years else f"„{title}“", group


def at(group: list[BudgetRow], sentence: str, field: str = "", **more: Any) -> Found:
    """Say a sentence about these rows, which leads to each of them."""
    first, *others = [line.id for line in group]
    return Found(sentence, BUDGET, first, field, tuple(others), **more)
