"""A section's content as a value: a text, or rows with stable ids. Everything here is plain functions, no database."""

from __future__ import annotations

from schmiede.spelling import visible_length

from .base import (
    MAX_LENGTH,
    Content,
    InvalidContent,
    Row,
    canonical,
    checksum,
    dumps,
    empty,
    length,
    loads,
    normalised,
    of_kind,
    storable,
)
from .budget import INCOME_KINDS, INCOME_STATES, Budget, Expense, Income, Personnel
from .plan import ACTIVITY_QUARTERS, Activity, Goal, Goals, Partner, Partners, WorkPlan
from .simple import Answer, Attachments, Cover, Declarations, Item, Text

__all__ = [
    "ACTIVITY_QUARTERS",
    "INCOME_KINDS",
    "INCOME_STATES",
    "MAX_LENGTH",
    "Activity",
    "Answer",
    "Attachments",
    "Budget",
    "Content",
    "Cover",
    "Declarations",
    "Expense",
    "Goal",
    "Goals",
    "Income",
    "InvalidContent",
    "Item",
    "Partner",
    "Partners",
    "Personnel",
    "Row",
    "Text",
    "WorkPlan",
    "canonical",
    "checksum",
    "dumps",
    "empty",
    "length",
    "loads",
    "normalised",
    "of_kind",
    "storable",
    "visible_length",
]
