"""Notice a name of a context processor that a view, an include or a loop gives another meaning.

The page would go on with the wrong thing and say nothing: a view's `theme` once took away the dark page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from django.template import RequestContext
from django.template.base import Node, Template

# Attributes in which Django's own tags keep the names that they set.
SET_BY_TAGS = ("extra_context", "loopvars", "asvar", "target_var", "var_name", "variable_name", "cycle_name")


class ShadowedName(Exception):
    """A page gives a name of a context processor another meaning."""


def refuse(context: RequestContext, given: Mapping[str, Any]) -> None:
    """Raise where one of these names is a context processor's and says something else than there."""
    if context.template is None or not hasattr(context, "_processors_index"):
        return
    taken = context.dicts[context._processors_index]
    shadowed = sorted(name for name in taken.keys() & given.keys() if taken[name] != given[name])
    if shadowed:
        raise ShadowedName(f"{context.template.name} gives another meaning to: {', '.join(shadowed)}")


def forbid_shadows(patch: pytest.MonkeyPatch) -> None:
    """Let a page fail that gives a name of a context processor another meaning."""
    bind, push = RequestContext.bind_template, RequestContext.push
    update, set_item = RequestContext.update, RequestContext.__setitem__

    @contextmanager
    def checked_bind(context: RequestContext, template: Template) -> Iterator[None]:
        with bind(context, template):
            for given in context.dicts[context._processors_index + 1 :]:
                refuse(context, given)
            yield

    def checked_push(context: RequestContext, *args: Any, **kwargs: Any) -> Any:
        for given in (kwargs, *args):
            refuse(context, given if isinstance(given, dict) else {})
        return push(context, *args, **kwargs)

    def checked_update(context: RequestContext, given: Any) -> Any:
        refuse(context, given if isinstance(given, dict) else {})
        return update(context, given)

    def checked_set(context: RequestContext, name: str, value: Any) -> None:
        refuse(context, {name: value})
        set_item(context, name, value)

    patch.setattr(RequestContext, "bind_template", checked_bind)
    patch.setattr(RequestContext, "push", checked_push)
    patch.setattr(RequestContext, "update", checked_update)
    patch.setattr(RequestContext, "__setitem__", checked_set)


def set_names(template: Template) -> set[str]:
    """The names that the tags of a template set, also where no test reaches them."""
    names: set[str] = set()
    for node in template.nodelist.get_nodes_by_type(Node):
        for attribute in SET_BY_TAGS:
            value = getattr(node, attribute, None)
            names.update([value] if isinstance(value, str) else value or ())
    return names
