"""How often something may be done within an hour: tight per address, loose per network (DESIGN 8)."""

from __future__ import annotations

import hashlib

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest

HOUR = 60 * 60


def over(name: str, limit: int) -> bool:
    """Count one more and say whether the hour's limit is passed; names are kept as hashes."""
    key = f"limit:{hashlib.sha256(name.encode()).hexdigest()}"
    cache.add(key, 0, HOUR)
    try:
        return cache.incr(key) > limit
    except ValueError:  # it ran out in this very moment
        return False


def network_of(request: HttpRequest) -> str:
    """The address the request comes from; a whole workshop room may sit behind it."""
    return str(get_adapter().get_client_ip(request))
