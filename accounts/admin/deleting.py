"""The page before a deletion: all that goes with the record, shown at once, and nothing deleted by opening it."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from typing import Any

from django.http import HttpRequest, QueryDict
from django.template.loader import render_to_string

# More lines than this are only counted.
MOST_NAMED = 100


def as_if_sent(request: HttpRequest) -> HttpRequest:
    """Return a request for the page as if its button had been pressed; what it does is undone by whoever shows it."""
    sent: Any = copy(request)
    sent.method, sent.POST = "POST", QueryDict("post=yes")
    return sent


def what_goes(tree: list[Any], counts: Mapping[str, int]) -> str:
    """Return the records that a deletion takes along as HTML: each by name, unless there are many, and how many of each kind."""
    named = tree if sum(counts.values()) <= MOST_NAMED else []
    return render_to_string("admin/_what_goes.html", {"tree": named, "counts": counts.items()})
