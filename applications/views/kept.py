"""A form that was sent after the login had expired: it is kept in the session and stands there again afterwards."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.utils.translation import gettext as _

from applications.models import Draft

KEPT = "kept_form"
MOST = 400_000  # characters: more than any section may hold; beyond it nothing is kept

type View = Callable[..., HttpResponse]


def wants_json(request: HttpRequest) -> bool:
    """Was it sent by the page's own script, saving by itself?"""
    return request.headers.get("Accept") == "application/json"


def keeps_what_was_sent(view: View) -> View:
    """Login is required, but a section sent without one comes back after the login instead of being lost."""

    @login_not_required
    @wraps(view)
    def wrapped(request: HttpRequest, uuid: UUID, key: str, **more: Any) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, uuid, key, **more)
        if wants_json(request):
            sentence = _("Sie sind nicht mehr angemeldet. Bitte melden Sie sich in einem zweiten Fenster wieder an.")
            return JsonResponse({"state": "login", "sentence": sentence}, status=401)
        if request.method == "POST" and Draft.objects.filter(application=uuid, key=key).exists():
            keep(request)
        return redirect_to_login(request.get_full_path())

    return wrapped


def keep(request: HttpRequest) -> None:
    sent = {name: values for name, values in request.POST.lists() if name != "csrfmiddlewaretoken"}
    if sum(len(value) for values in sent.values() for value in values) <= MOST:
        request.session[KEPT] = {"path": request.path, "sent": sent}


def kept(request: HttpRequest) -> QueryDict | None:
    """What was kept for this very page, as if it had just been sent."""
    found = request.session.get(KEPT)
    if not found or found["path"] != request.path:
        return None
    data = QueryDict(mutable=True)
    for name, values in found["sent"].items():
        data.setlist(name, values)
    return data


def forget(request: HttpRequest) -> None:
    if request.session.get(KEPT, {}).get("path") == request.path:
        del request.session[KEPT]
