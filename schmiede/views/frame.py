"""Light and dark, and the pages for what went wrong: open too long, database away (asked again after `ASK_AGAIN_AFTER` seconds)."""

from __future__ import annotations

import sys
from http import HTTPStatus

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy
from django.views import defaults
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from core.kept import wants_json
from core.outages import is_outage, is_plan_outdated
from schmiede.navigation import THEMES

ASK_AGAIN_AFTER = 30  # seconds
ONE_YEAR = 60 * 60 * 24 * 365


# Without a token, so that a visitor of a public page gets no cookie; all it can do is change a colour.
@csrf_exempt
@login_not_required
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Remember light or dark in a cookie; everything else means: as the device."""
    response = redirect(back_to(request, request.POST.get("next", "")))
    chosen = request.POST.get("theme", "")
    if chosen in THEMES:
        response.set_cookie(
            "theme", chosen, max_age=ONE_YEAR, samesite="Lax", secure=request.is_secure(), httponly=True
        )
    else:
        response.delete_cookie("theme", samesite="Lax")
    return response


# A page of the portal in another window sets the cookie anew.
TOO_LONG_OPEN = gettext_lazy(
    "Die Seite war zu lange offen. Bitte öffnen Sie das Portal in einem zweiten Fenster und versuchen Sie es hier noch einmal."
)


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form cannot be taken, but what was typed stands on the page and can be copied."""
    if wants_json(request):
        return JsonResponse({"state": "denied", "sentence": TOO_LONG_OPEN}, status=403)
    context = {"back": back_to(request, request.META.get("HTTP_REFERER", ""))}
    return render(request, "csrf_failure.html", context, status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """Our fault; or, where something the portal needs is only away for a moment, a page that says so."""
    if is_plan_outdated(sys.exception()):
        connection.close()
    if not is_outage(sys.exception()):
        return HttpResponse(render_to_string("500.html"), status=HTTPStatus.INTERNAL_SERVER_ERROR)
    return _away()


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What was sent cannot be read; or, where the session could not be saved in an outage, a page that says that."""
    return _away() if is_outage(exception) else defaults.bad_request(request, exception)


def _away() -> HttpResponse:
    page = HttpResponse(render_to_string("503.html"), status=HTTPStatus.SERVICE_UNAVAILABLE)
    page["Retry-After"] = f"{ASK_AGAIN_AFTER}"
    return page


def back_to(request: HttpRequest, address: str) -> str:
    """The address, if it is one of this portal, else the start page."""
    own = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if own else "/"
