"""A help page, for everybody: people who cannot log in need them, too."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from schmiede.help_topics import TOPICS


@login_not_required
@require_safe
def help_topic(request: HttpRequest, slug: str) -> HttpResponse:
    if slug not in TOPICS:
        raise Http404
    return render(request, TOPICS[slug].template, {"topic": TOPICS[slug]})
