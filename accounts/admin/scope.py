"""What the admin may show to whom: querysets, choices, filters and the list before a deletion, all by `visible_to`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.admin.filters import RelatedFieldListFilter
from django.contrib.admin.utils import NestedObjects, get_fields_from_path
from django.core.exceptions import FieldDoesNotExist
from django.db import models, router
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext as _


def visible(model: type[models.Model], user: Any) -> models.QuerySet[Any]:
    """The rows of a model this person may see; none of a model that does not know the question."""
    manager = model._default_manager
    return manager.visible_to(user) if hasattr(manager, "visible_to") else manager.none()


class VisibleRelatedFilter(RelatedFieldListFilter):
    """A filter by a related record that offers only those the person may see."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        ordering = self.field_admin_ordering(field, request, model_admin)
        rows = visible(field.remote_field.model, request.user)
        rows = rows.order_by(*ordering) if ordering else rows
        return [(row.pk, str(row)) for row in rows]


def scoped_filters(model: type[models.Model], filters: Iterable[Any]) -> list[Any]:
    """The filters of a list, those by a related record replaced by one that shows only visible choices."""
    return [(item, VisibleRelatedFilter) if _is_relation(model, item) else item for item in filters]


def _is_relation(model: type[models.Model], item: Any) -> bool:
    if not isinstance(item, str):
        return False
    try:
        return bool(get_fields_from_path(model, item)[-1].is_relation)
    except FieldDoesNotExist:
        return False


def filter_names(filters: Iterable[Any]) -> set[str]:
    """The paths and parameters by which a list may be filtered in its address."""
    return {
        item if isinstance(item, str) else item[0] if isinstance(item, tuple | list) else item.parameter_name
        for item in filters
    }


def what_goes_too(objs: Any, user: Any) -> tuple[list[Any], dict[str, int], list[str]]:
    """What a deletion takes along, as a nested list, counts by kind, and what stands in its way.

    Of records the person may not see neither name nor number is told; that one of them protects, only as a fact.
    """
    objs = list(objs)
    if not objs:
        return [], {}, []
    collector = NestedObjects(using=router.db_for_write(type(objs[0])), origin=objs)
    collector.collect(objs)
    collected: Any = collector.model_objs
    shown: dict[Any, set[Any]] = {model: _seen(model, rows, user, roots=objs) for model, rows in collected.items()}
    tree = collector.nested(lambda obj: _line(obj) if obj in shown.get(type(obj), ()) else None)
    counts = {str(model._meta.verbose_name_plural): len(rows) for model, rows in shown.items() if rows}
    protected = sorted({_line(obj) for obj in collector.protected if _may_be_seen(obj, user)})
    if len(protected) < len(collector.protected):
        protected.append(_("Einträge, die Sie nicht sehen können"))
    return list(_without_gaps(tree)), counts, protected


def _line(obj: models.Model) -> str:
    return f"{capfirst(obj._meta.verbose_name)}: {obj}"


def _seen(model: type[models.Model], rows: Iterable[Any], user: Any, *, roots: list[Any]) -> set[Any]:
    rows = set(rows)
    if model is type(roots[0]):
        return rows
    if not hasattr(model._default_manager, "visible_to"):
        return set()
    return set(visible(model, user).filter(pk__in=[row.pk for row in rows])) & rows


def _may_be_seen(obj: models.Model, user: Any) -> bool:
    return visible(type(obj), user).filter(pk=obj.pk).exists()


def _without_gaps(tree: list[Any]) -> Iterable[Any]:
    """The nested list without the lines left out, and without what hangs beneath them alone."""
    for item in tree:
        if isinstance(item, list):
            if inner := list(_without_gaps(item)):
                yield inner
        elif item is not None:
            yield item
