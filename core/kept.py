"""A form sent after the login had expired is kept in the session: at most `MOST` characters, `PER_NETWORK` forms an hour.

The session was anonymous then, so the next person to log in with this browser sees it. That is why it is kept for an
hour at most, why no page sends it by itself, and why passwords, tokens and files are not kept at all.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any
from urllib.parse import urlsplit

from django.http import Http404, HttpRequest, HttpResponseRedirect, QueryDict
from django.urls import resolve, reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from core import secret_names
from core.rates import HOUR, network_of, over
from core.values import dataclass

KEPT = "kept"  # in the session
MOST = 400_000  # characters: more than any section may hold; beyond it nothing is kept
PER_NETWORK = 120  # forms an hour of people who are not logged in: a workshop room is let through, a flood is not

type View = Callable[..., Any]


class KeptBack(HttpResponseRedirect):
    """A redirect to the login or the second factor: what was sent is kept, not taken."""


@dataclass(frozen=True)
class Kept:
    """What somebody sent, where to, from which page, and when; `sent` is empty where it could not be kept."""

    path: str
    address: str
    page: str
    at: float
    sent: dict[str, list[str]] | None
    had_files: bool

    @property
    def is_whole(self) -> bool:
        return self.sent is not None

    def fields(self) -> list[tuple[str, str]]:
        return [(name, value) for name, values in (self.sent or {}).items() for value in values]


def wants_json(request: HttpRequest) -> bool:
    """Was it sent by the page's own script, saving by itself?"""
    return request.headers.get("Accept") == "application/json"


def refills(view: View) -> View:
    """Mark a view whose page shows a form again that was kept for it."""
    view.refills = True  # type: ignore[attr-defined]  # as Django's own `login_not_required` does
    return view


def passing(view: View) -> View:
    """Mark a view that only the page's script calls, with nothing that anybody typed: it is never kept."""
    view.passing = True  # type: ignore[attr-defined]  # as above
    return view


def is_from_script(request: HttpRequest, view: View) -> bool:
    """Was it sent by the page's script, which wants to be told rather than led elsewhere?"""
    return wants_json(request) or getattr(view, "passing", False)


def keep(request: HttpRequest, view: View) -> str:
    """Keep the form that was sent, if it is one; return the address to go to after the login."""
    here = request.get_full_path()
    if request.method != "POST" or not _takes_forms(request.path_info):
        return here
    sent = {name: values for name, values in request.POST.lists() if not secret_names.FIELD.search(name)}
    fits = sum(len(name) + len(value) for name, values in sent.items() for value in values) <= MOST
    if not request.user.is_authenticated:
        fits = fits and not over(f"kept:{network_of(request)}", PER_NETWORK, timezone.now())
        request.session.set_expiry(HOUR)  # accounts/adapter.py ends that with the login
    form = Kept(request.path_info, here, page_of(request), time.time(), sent if fits else None, bool(request.FILES))
    request.session[KEPT] = asdict(form)
    return here if fits and getattr(view, "refills", False) else reverse("resend")


def found(request: HttpRequest) -> Kept | None:
    """What is kept in this session; nothing older than an hour, and nothing whose page is gone."""
    values = request.session.get(KEPT)
    if values is None:
        return None
    form = Kept(**values)
    if form.at + HOUR < time.time() or not _takes_forms(form.path):
        forget(request)
        return None
    return form


def typed(request: HttpRequest) -> QueryDict | None:
    """What was kept for this very page, as if it had just been sent."""
    form = found(request)
    if form is None or form.sent is None or form.path != request.path_info:
        return None
    data = QueryDict(mutable=True)
    for name, values in form.sent.items():
        data.setlist(name, values)
    return data


def unsent(request: HttpRequest) -> bool:
    """Does something wait to be sent that this very page does not show?"""
    form = found(request)
    if form is None or not form.is_whole or request.path == reverse("resend"):
        return False
    return request.method != "POST" or form.path != request.path_info


def forget(request: HttpRequest) -> None:
    request.session.pop(KEPT, None)


def _takes_forms(path: str) -> bool:
    """Does the path lead to a page of ours, other than the one that shows what is kept?"""
    try:
        name = resolve(path).view_name
    except Http404:
        return False
    return name != "resend" and not name.startswith(secret_names.LOGIN_PAGES)


def page_of(request: HttpRequest) -> str:
    """The page the form stood on, as the browser says; the overview where it does not."""
    address = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure()):
        return reverse("dashboard")
    parts = urlsplit(address)
    return parts._replace(scheme="", netloc="", fragment="").geturl()
