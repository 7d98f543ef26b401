"""The page „Glossar“: every hard word with its explanation, for everybody."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_safe

from calls.glossary import by_initial, cited


@login_not_required
@require_safe
def glossary(request: HttpRequest) -> HttpResponse:
    context = {"groups": by_initial(), "sources": cited(), "back": came_from(request)}
    return render(request, "schmiede/glossary.html", context)


def came_from(request: HttpRequest) -> str:
    """Return the address of the page of ours whose link was followed, empty for none and for the glossary itself."""
    page = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure())
    return page if is_ours and page.partition("?")[0] != request.build_absolute_uri(request.path) else ""
