"""Filters of the admin's lists: under a title of their own, and only by what the person may see."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.contrib.admin.filters import RelatedFieldListFilter
from django.contrib.admin.utils import get_fields_from_path
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.http import HttpRequest

from .scope import visible


def titled(title: Any, kind: type[admin.FieldListFilter] = admin.ChoicesFieldListFilter) -> type[admin.FieldListFilter]:
    """Return the usual filter by a field under another title: that of the field may be a question or half a sentence."""

    class Titled(kind):  # type: ignore[misc,valid-type]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.title = title

    return Titled


class VisibleRelatedFilter(RelatedFieldListFilter):
    """A filter by a related record that offers only those the person may see."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        ordering = self.field_admin_ordering(field, request, model_admin)
        rows = visible(field.remote_field.model, request.user)
        rows = rows.order_by(*ordering) if ordering else rows
        return [(row.pk, str(row)) for row in rows]


def scoped_filters(model: type[models.Model], filters: Iterable[Any]) -> list[Any]:
    """Return the filters of a list, those by a related record replaced by one that shows only visible choices."""
    return [(item, VisibleRelatedFilter) if _is_relation(model, item) else item for item in filters]


def _is_relation(model: type[models.Model], item: Any) -> bool:
    if not isinstance(item, str):
        return False
    try:
        return bool(get_fields_from_path(model, item)[-1].is_relation)
    except FieldDoesNotExist:
        return False


def filter_names(filters: Iterable[Any]) -> set[str]:
    """Return the paths and parameters by which the address of a list may filter it."""
    return {
        item if isinstance(item, str) else item[0] if isinstance(item, tuple | list) else item.parameter_name
        for item in filters
    }
