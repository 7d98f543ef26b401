"""Conditional (optimistic) UPDATE: write a record only if it still is as expected."""

from __future__ import annotations

from typing import Any

from django.db import models

LOOKUPS = {"exact", "in", "isnull", "lt", "lte", "gt", "gte"}


class Stale(Exception):
    """The record is not, or no longer, as expected: somebody else was faster, or it is not the moment."""

    sentence = ""
    """Why, for the person who pressed; "" where the view knows."""


def write_if(record: models.Model, expected: dict[str, Any], **fields: Any) -> None:
    """Write `fields` into the record's row if the row still matches `expected`.

    Raises `Stale` if it does not. One `UPDATE … WHERE`. `expected` may name only columns of the row itself: across a join the condition would become
    a subquery, which PostgreSQL does not check again after waiting for the row's lock. On success the object at hand
    carries the new values too.
    """
    for lookup in expected:
        name, _, kind = lookup.partition("__")
        field = type(record)._meta.get_field(name)
        if not getattr(field, "concrete", False) or (kind and kind not in LOOKUPS):
            raise ValueError(f"{lookup} is not a column of {type(record).__name__}")
    rows = type(record)._base_manager.filter(pk=record.pk, **expected).update(**fields)
    if rows != 1:
        raise Stale
    for name, value in fields.items():
        if not hasattr(value, "resolve_expression"):
            setattr(record, name, value)
