"""What every request passes."""

from __future__ import annotations

import logging
from collections.abc import Callable
from time import perf_counter

from django.http import HttpRequest, HttpResponse

from schmiede import logs

type Handler = Callable[[HttpRequest], HttpResponse]

logger = logging.getLogger("portal.request")


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
    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)
