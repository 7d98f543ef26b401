"""What somebody typed in a form that is not taken, for the page that says so: there it can be copied."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.secret_names import FIELD_OR_CODE
from core.values import dataclass

type View = Callable[..., Any]

# A tick, a key, a short number, or marks of what a page had seen (`summary:4f0c90d1a2b3 …`).
MACHINE_VALUE = re.compile(r"on|[0-9a-f-]{32,36}|\d{1,3}|[0-9a-f]{12}|(?:[\w-]+:[0-9a-f]{12} ?)+", re.IGNORECASE)

# What a page sends of itself: marks of what it was shown with, how it stood before.
OF_THE_PAGE = ("_", "initial-", "carried-")


@dataclass(frozen=True)
class Typed:
    """A text, and what its field is called on its page; empty where the page is not known to have such a field."""

    label: str
    text: str


def takes(
    *form_classes: type[forms.BaseForm], label_of: Callable[[str], str | None] | None = None
) -> Callable[[View], View]:
    """Mark a view with the forms that it takes, so that what was typed in one is named by its labels where it is not taken.

    `label_of` returns the label of a field by its name, for forms that are made anew each time: "" if it knows none, None
    if something is chosen there.
    """

    def mark(view: View) -> View:
        view.takes = form_classes  # type: ignore[attr-defined]  # as Django's own `login_not_required` does
        view.label_of = label_of  # type: ignore[attr-defined]
        return view

    return mark


def typed_texts(request: HttpRequest) -> list[Typed]:
    """Return the texts that were sent, without passwords and codes; none from an address that leads nowhere."""
    if request.resolver_match is None:  # no page of ours sends a form there, so nobody reads what it holds
        return []
    view = request.resolver_match.func
    labels = {
        name: label_in(view, name)
        for name in request.POST
        if not (FIELD_OR_CODE.search(name) or name.startswith(OF_THE_PAGE))
    }
    return [
        Typed(label, value)
        for name, label in labels.items()
        if label is not None
        for value in request.POST.getlist(name)
        if isinstance(value, str) and is_typed(value)
    ]


def label_in(view: View, name: str) -> str | None:
    """Return what a field is called on the page of a view: "" if that is not known, None if something is chosen or ticked there."""
    fields, label_of = fields_of(view), getattr(view, "label_of", None)
    if name in fields:
        return (
            None if isinstance(fields[name], (forms.ChoiceField, forms.BooleanField)) else str(fields[name].label or "")
        )
    return label_of(name) if label_of else ""


def fields_of(view: Callable[..., Any]) -> dict[str, forms.Field]:
    """Return the fields of the forms that a view takes, by name."""
    return {name: field for form in getattr(view, "takes", ()) for name, field in form.base_fields.items()}


def is_typed(value: str) -> bool:
    """Did a person type it, as far as the value shows?"""
    return bool(value.strip()) and not MACHINE_VALUE.fullmatch(value.strip())


def not_taken(request: HttpRequest, why: str, back: str) -> HttpResponse:
    """Say why a form could not be taken although its page showed it, with what was typed in it; `back` leads on."""
    return render(request, "not_taken.html", {"why": why, "back": back}, status=409)
