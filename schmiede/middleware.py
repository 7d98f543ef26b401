"""What happens to every request: login, second factor, refusals, what is too large, the line in the log."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable
from http import HTTPStatus
from time import perf_counter
from typing import Any
from urllib.parse import parse_qsl

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render, resolve_url
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import bodies, kept, logs
from schmiede.standing import owes_second_factor, standing_in

type Handler = Callable[[HttpRequest], HttpResponse]

logger = logging.getLogger("portal.request")

PUBLIC = {
    "impressum", "datenschutz", "barrierefreiheit", "leichte-sprache", "theme", "healthz", "invitation", "robots",
    "calendar_feed", "security_contact", "cohorts:privacy", "cohorts:privacy_version", "glossary", "help_topic",
}  # fmt: skip
# Open to somebody who still owes the second factor of this session, or has none yet.
ALWAYS_OPEN = PUBLIC | {"account_logout", "help"}
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


class LoginRequired(LoginRequiredMiddleware):
    """Django's own, which leads back after the login, and brings what was sent in a form along (core/kept.py)."""

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponse:  # type: ignore[override]  # or JSON
        return _stop(request, view_func, self.get_login_url(view_func))

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Forget what was kept once it was sent again, and was taken or stands on the page to be corrected."""
        if request.method == "POST" and _is_answer(request, response):
            form = kept.found(request)
            if form is not None and form.path == request.path_info:
                kept.forget(request)
        return response


def _is_answer(request: HttpRequest, response: HttpResponse) -> bool:
    if response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY:
        return not kept.wants_json(request)
    return response.status_code < HTTPStatus.BAD_REQUEST and not isinstance(response, kept.KeptBack)


def _stop(request: HttpRequest, view: Any, way: str, *, leads_back: bool = True) -> HttpResponse:
    """First `way`, which leads back here or to what was sent; the page's own script is told so in a sentence."""
    if kept.is_from_script(request, view):
        return _logged_out()
    way, back = resolve_url(way), kept.keep(request, view)
    return kept.KeptBack(f"{way}?{urlencode({'next': back})}" if leads_back else way)


def _logged_out() -> JsonResponse:
    sentence = _("Sie sind nicht mehr eingeloggt. Bitte loggen Sie sich in einem zweiten Fenster wieder ein.")
    return JsonResponse({"state": "login", "sentence": sentence}, status=HTTPStatus.UNAUTHORIZED)


class WholeQuery:
    """Answer 400 to an address with NUL behind its `?`: no database takes it in a comparison."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> None:
        if any("\x00" in part for name, values in request.GET.lists() for part in (name, *values)):
            raise BadRequest


class SecondFactor:
    """Nobody acts as organiser, coach or BAMF staff without a second factor in this very session.

    Where somebody stands is read anew on every request, so that a role counts from the request after it was
    given and a reset from the request after it. The second factor must be in the session's authentication records,
    and not be older than the one the person has now: what was proved with a lost device proves nothing.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, *_arguments: Any) -> HttpResponse | None:
        user, match = request.user, request.resolver_match
        if not user.is_authenticated or match is None or match.view_name in ALWAYS_OPEN:
            return None
        standing = standing_in(request)
        if standing is None or not standing.is_staff:
            return None
        if standing.second_factor_at is None:
            open_now = match.view_name in WHILE_ENROLLING or match.view_name.startswith(("account_", "mfa_"))
            return None if open_now else _stop(request, view, "accounts:second_factor", leads_back=False)
        if not owes_second_factor(request) or match.view_name in WHILE_PROVING:
            return None
        return _stop(request, view, "mfa_reauthenticate")


class WrongMethod:
    """A page of ours for a browser that opens an address which only takes forms (405), instead of an empty one."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_browser = "text/html" in request.headers.get("Accept", "")
        if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED or not is_browser:
            return response
        page = render(request, "405.html", status=response.status_code)
        page["Allow"] = response["Allow"]
        return page


# What the page's own script is told where a browser gets a page.
REFUSALS = {
    HTTPStatus.FORBIDDEN: gettext_lazy(
        "Sie dürfen das hier nicht mehr ändern. Fragen Sie bitte den Träger Ihrer Projektschmiede."
    ),
    HTTPStatus.NOT_FOUND: gettext_lazy(
        "Diese Seite gibt es für Sie nicht mehr, zum Beispiel weil Sie nicht mehr zum Team gehören. Fragen Sie bitte "
        "den Träger Ihrer Projektschmiede."
    ),
    HTTPStatus.METHOD_NOT_ALLOWED: gettext_lazy("Diese Seite ist veraltet. Bitte öffnen Sie sie neu."),
}


class Refusals:
    """A refusal in JSON with a sentence for the page's own script, which shows no page."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and kept.wants_json(request):
            return refusal(HTTPStatus.METHOD_NOT_ALLOWED)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not kept.wants_json(request):
            return None
        if isinstance(exception, PermissionDenied):
            return refusal(HTTPStatus.FORBIDDEN)
        return refusal(HTTPStatus.NOT_FOUND) if isinstance(exception, Http404) else None


def refusal(status: HTTPStatus) -> JsonResponse:
    return JsonResponse({"state": "denied", "sentence": REFUSALS[status]}, status=status)


class Private:
    """Keep the pages of people who are logged in out of every cache, of proxies and of shared browsers."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return response  # shows nothing of anybody; and asking who it is needs the database, which may have failed
        if not response.has_header("Cache-Control") and request.user.is_authenticated:
            response["Cache-Control"] = "private, no-store"
        return response


class BodyLimit:
    """Refuse a request that is too large for its sender, or says no length, before a byte of it is read (core/bodies.py).

    It comes before everything that reads a form: the check against forged ones does so too.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, *_arguments: Any) -> HttpResponse | None:
        if bodies.has_unknown_length(request):
            return HttpResponse(
                "Content-Length missing\n", content_type="text/plain", status=HTTPStatus.LENGTH_REQUIRED
            )
        if not bodies.is_too_large(request, view):
            return None
        logged_out = not request.user.is_authenticated and getattr(view, "login_required", True)
        if logged_out and kept.is_from_script(request, view):
            return _logged_out()
        return _too_large(request, view, bodies.limit_for(request, view), logged_out=logged_out)


def _too_large(request: HttpRequest, view: Any, limit: int, *, logged_out: bool = False) -> HttpResponse:
    """A page, or for the page's own script a state and a sentence. People who must log in first are told that instead."""
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    if kept.is_from_script(request, view):
        sentence = _("Das ist zu groß, um es zu speichern.")
        return JsonResponse({"state": f"{status}", "sentence": sentence}, status=status)
    context = {"megabytes": limit // (1024 * 1024), "logged_out": logged_out, "back": kept.page_of(request)}
    return render(request, "413.html", context, status=status)


REPLACED = "\N{REPLACEMENT CHARACTER}"
NO_UTF8 = re.compile("[\udc80-\udcff]")


class LegibleForms:
    """Take a form with the very letters that were sent, or refuse it with a sentence.

    Django silently puts another character where bytes are no UTF-8, as half a letter is not. Here NUL comes into their
    place, which every form refuses beside the field with everything else still there. What cannot be read is answered by
    our page.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, *_arguments: Any) -> HttpResponse | None:
        try:
            values = [text for _name, texts in request.POST.lists() for text in texts]
        except RequestDataTooBig:
            return _too_large(request, view, settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
        except (BadRequest, MultiPartParserError, SuspiciousOperation):
            return render(request, "400.html", status=400)
        is_encoded = request.content_type == "application/x-www-form-urlencoded"
        if any(REPLACED in text for text in values) or (is_encoded and not request.body.isascii()):
            request.POST = _encoded(request.body) if is_encoded else _in_parts(request.POST)  # type: ignore[assignment]
        return None


def _encoded(body: bytes) -> QueryDict:
    """The fields of a form, with NUL in place of bytes that are no UTF-8."""
    text = body.decode(errors="surrogateescape")
    return _fields(
        (NO_UTF8.sub("\0", name), NO_UTF8.sub("\0", value))
        for name, value in parse_qsl(text, keep_blank_values=True, errors="surrogateescape")
    )


def _in_parts(sent: QueryDict) -> QueryDict:
    """The same for a form with files, of which nobody has the bytes any more: so nobody can send U+FFFD itself there."""
    return _fields((name, value.replace(REPLACED, "\0")) for name, values in sent.lists() for value in values)


def _fields(pairs: Iterable[tuple[str, str]]) -> QueryDict:
    fields = QueryDict(mutable=True)
    for name, value in pairs:
        fields.appendlist(name, value)
    return fields
