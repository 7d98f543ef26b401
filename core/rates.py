"""How often something may be tried within an hour: counted by address and by network; who calls it says how often."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest

HOUR = 60 * 60
DAYS = 2 * 24 * HOUR


def over(name: str, limit: int, now: datetime) -> bool:
    """Count once more; return whether this hour's limit is passed."""
    return _count(f"{name}:{now:%Y%m%d%H}", HOUR) > limit


def slot(name: str, limit: int, now: datetime) -> datetime:
    """Count once more today; return the hour that has room for it, with at most `limit` in each."""
    name = f"{name}:{now:%Y%m%d}"
    first_at = cache.get_or_set(_key(f"{name}:first"), now, DAYS) or now
    return first_at + timedelta(hours=(_count(name, DAYS) - 1) // limit)


def network_of(request: HttpRequest) -> str:
    """The address the request comes from, which a whole workshop room may share."""
    return str(get_adapter().get_client_ip(request))


def _count(name: str, seconds: int) -> int:
    """Count once more under a name that holds the hour or the day, so that no counter is used again after it expired."""
    key = _key(name)
    cache.add(key, 0, seconds)
    try:
        return cache.incr(key)
    except ValueError:  # it ran out in this very moment
        return 1


def _key(name: str) -> str:
    """The cache key of a name, hashed: names hold addresses."""
    return f"limit:{hashlib.sha256(name.encode()).hexdigest()}"
