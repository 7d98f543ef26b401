"""What somebody typed in a form that is not taken, for the page that says so: there it can be copied."""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.secret_names import FIELD_OR_CODE

# A key, a short number, or marks of what a page had seen (`summary:4f0c90d1a2b3 …`).
MACHINE_VALUE = re.compile(r"[0-9a-f-]{32,36}|\d{1,3}|[0-9a-f]{12}|(?:[\w-]+:[0-9a-f]{12} ?)+", re.IGNORECASE)


def typed_texts(request: HttpRequest) -> list[str]:
    """Return the texts that were sent, without passwords and codes; none from an address that leads nowhere."""
    if request.resolver_match is None:  # no page of ours sends a form there, so nobody reads what it holds
        return []
    return [
        value
        for name, values in request.POST.lists()
        if not FIELD_OR_CODE.search(name)
        for value in values
        if isinstance(value, str) and is_typed(value)
    ]


def is_typed(value: str) -> bool:
    """Did a person type it, as far as the value shows?"""
    return bool(value.strip()) and not MACHINE_VALUE.fullmatch(value.strip())


def not_taken(request: HttpRequest, why: str, back: str) -> HttpResponse:
    """Say why a form could not be taken although its page showed it, with what was typed in it; `back` leads on."""
    return render(request, "not_taken.html", {"why": why, "back": back}, status=409)
