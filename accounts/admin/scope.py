"""What the admin may show to whom: querysets, choices and the list before a deletion, all by `visible_to`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.admin.utils import NestedObjects
from django.db import models, router
from django.utils.text import capfirst
from django.utils.translation import gettext as _


def visible(model: type[models.Model], user: Any) -> models.QuerySet[Any]:
    """Return the rows of a model that this person may see; none of a model without `visible_to`."""
    manager = model._default_manager
    return manager.visible_to(user) if hasattr(manager, "visible_to") else manager.none()


def what_goes_too(objs: Any, user: Any) -> tuple[list[Any], dict[str, int], list[str]]:
    """Return what a deletion takes along, as a nested list, with counts by kind, and what prevents it.

    Records that the person may not see are neither named nor counted; that some of them prevent it is said.
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
    """Leave out the lines that are empty, and lists that hold nothing else."""
    for item in tree:
        if isinstance(item, list):
            if inner := list(_without_gaps(item)):
                yield inner
        elif item is not None:
            yield item
