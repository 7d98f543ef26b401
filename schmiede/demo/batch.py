"""Rows that are written together, table by table: the world is large, and one INSERT per row would be slow."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models

from accounts.models import Event, Record, User


class Batch:
    """Collect rows, each with its traces, until `save` writes them. Keys are UUIDs, so rows may refer to each other."""

    def __init__(self) -> None:
        self.rows: dict[type[models.Model], list[models.Model]] = {}

    def add[M: models.Model](self, row: M) -> M:
        self.rows.setdefault(type(row), []).append(row)
        return row

    def of[M: models.Model](self, model: type[M]) -> list[M]:
        """The rows of a table that are not written yet."""
        return [row for row in self.rows.get(model, []) if isinstance(row, model)]

    def trace(self, event: str, record: Record, *, by: User | None, at: datetime, **codes: Any) -> None:
        """The event that the step would have written, at the moment at which it would have been taken."""
        self.add(
            Event(
                at=at,
                by=by,
                what=event,
                record_type=record._meta.label_lower,
                record_id=str(record.pk),
                cohort_id=record.cohort_uuid,
                codes={key: value if isinstance(value, int | None) else str(value) for key, value in codes.items()},
            )
        )

    def save(self) -> None:
        """Write everything; constraints between tables are checked at the end of the transaction."""
        for model, rows in self.rows.items():
            model._base_manager.bulk_create(rows)
        self.rows = {}
