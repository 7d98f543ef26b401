"""Django's language, time zone and addresses in plain thread locals.

Django keeps what is active in asgiref's `Local`, which also follows a request of an async server from thread to thread.
Asking it takes several times as long as asking a thread, and a list of fifty rows asks seven thousand times: an eighth of
its time. The portal is served by WSGI alone, a thread for each request (docs/deploying.md), where both say the same.
"""

from __future__ import annotations

from threading import local

from django.urls import base as addresses
from django.utils import timezone
from django.utils.translation import trans_real


def use_thread_locals() -> None:
    """Let Django ask the thread. Call it before the first request."""
    for module, name in (
        (trans_real, "_active"),
        (timezone, "_active"),
        (addresses, "_prefixes"),
        (addresses, "_urlconfs"),
    ):
        setattr(module, name, local())
