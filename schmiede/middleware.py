"""What every request passes."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from time import perf_counter
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, Q, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from accounts.models import Membership, User
from accounts.models.user import BAMF_GROUP
from cohorts.models import CoachAssignment
from schmiede import logs

type Handler = Callable[[HttpRequest], HttpResponse]

logger = logging.getLogger("portal.request")

PUBLIC = {"impressum", "datenschutz", "barrierefreiheit", "leichte-sprache", "theme", "healthz", "invitation"}
# Open to somebody who still owes the second factor of this session, or has none yet.
ALWAYS_OPEN = PUBLIC | {"account_logout"}
WHILE_PROVING = {"mfa_reauthenticate", "account_reauthenticate"}
WHILE_ENROLLING = {"accounts:second_factor", "accounts:profile"}


class RequestLog:
    """One log line per request, with method, path, status and milliseconds; its id goes out as `X-Request-ID` too."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = perf_counter()
        number = logs.id_of(request)
        outer = logs.request_id.set(number)
        try:
            response = self.get_response(request)
            milliseconds = (perf_counter() - began) * 1000
            logger.info("%s %s %d %.0f ms", request.method, logs.path_of(request), response.status_code, milliseconds)
        finally:
            logs.request_id.reset(outer)
        response["X-Request-ID"] = number
        return response


class SecondFactor:
    """Nobody acts as organiser, coach or BAMF staff without a second factor in this very session (DESIGN 8).

    It costs one query on every request of somebody logged in, so that a role counts from the request after it was
    given and a reset from the request after it. The second factor must be in the session's authentication records,
    and not be older than the one the person has now: what was proved with a lost device proves nothing.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        user, match = request.user, request.resolver_match
        if not user.is_authenticated or match is None or match.view_name in ALWAYS_OPEN:
            return None
        needed, enrolled_at = _factor_of(user)
        if not needed:
            return None
        if enrolled_at is None:
            open_now = match.view_name in WHILE_ENROLLING or match.view_name.startswith(("account_", "mfa_"))
            return None if open_now else redirect("accounts:second_factor")
        if _proved_at(request, user) >= enrolled_at.timestamp() or match.view_name in WHILE_PROVING:
            return None
        target = request.get_full_path() if request.method == "GET" else reverse("dashboard")
        return redirect(f"{reverse('mfa_reauthenticate')}?{urlencode({'next': target})}")


def _factor_of(user: User) -> tuple[bool, datetime | None]:
    """Does the person hold a role that needs a second factor, and since when do they have the present one?

    Whether they are BAMF staff, which nearly every page asks, is answered for this request on the way.
    """
    bamf = Exists(user.groups.filter(name=BAMF_GROUP)) | Q(is_superuser=True)
    roles = bamf | Exists(Membership.objects.organising(user)) | Exists(CoachAssignment.objects.of(user))
    totp = Authenticator.objects.filter(user=OuterRef("pk"), type=Authenticator.Type.TOTP)
    rows = User.objects.filter(pk=user.pk).annotate(
        bamf=bamf, needed=roles, enrolled_at=Subquery(totp.values("created_at")[:1])
    )
    user.is_bamf, needed, enrolled_at = rows.values_list("bamf", "needed", "enrolled_at").get()
    return needed, enrolled_at


def _proved_at(request: HttpRequest, user: User) -> float:
    """When this session last saw a second factor; 0 for never."""
    records = get_authentication_records(request, user)
    return max((record["at"] for record in records if record.get("method") == "mfa"), default=0)


class WrongMethod:
    """A page of ours for a browser that opens an address which only takes forms (405), instead of an empty one."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED or "text/html" not in request.headers.get(
            "Accept", ""
        ):
            return response
        page = render(request, "405.html", status=response.status_code)
        page["Allow"] = response["Allow"]
        return page
