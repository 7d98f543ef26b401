"""Styles, scripts and fonts as WhiteNoise serves them, looked at when the first of them is asked for."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock

from django.http import HttpRequest, HttpResponse
from whitenoise.middleware import WhiteNoiseMiddleware


class StaticFiles(WhiteNoiseMiddleware):
    """WhiteNoise looks at each file when a process starts, while everybody waits; behind a proxy that serves them it need not."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.unseen: list[tuple[str, str | None]] = []
        self.looking = Lock()
        super().__init__(get_response)

    def add_files(self, root: str, prefix: str | None = None) -> None:
        self.unseen.append((root, prefix))

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if self.unseen and (self.autorefresh or request.path_info.startswith(self.static_prefix)):
            self.look()
        answer: HttpResponse = super().__call__(request)
        return answer

    def look(self) -> None:
        """Look at all files, in one thread; the others wait for it."""
        with self.looking:
            for root, prefix in self.unseen:
                super().add_files(root, prefix=prefix)
            self.unseen = []
