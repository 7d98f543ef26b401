"""A section's content as a value: a text, or rows with stable ids. Everything here is plain functions, no database."""

from __future__ import annotations

from applications.content.base import (
    MAX_LENGTH,
    Content,
    InvalidContent,
    Row,
    canonical,
    checksum,
    empty,
    loads,
    normalised,
    of_kind,
    storable,
)
from applications.content.budget import INCOME_KINDS, INCOME_STATES, Budget, Expense, Income, Personnel
from applications.content.plan import ACTIVITY_QUARTERS, Activity, Goal, Goals, Partner, Partners, WorkPlan
from applications.content.simple import Answer, Attachments, Cover, Declarations, Item, Text
from core.spelling import visible_length

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
    "empty",
    "loads",
    "normalised",
    "of_kind",
    "storable",
    "visible_length",
]
