"""What is away only for a moment: the database, or the Redis that protects the login."""

from __future__ import annotations

from django.db import InterfaceError, OperationalError

DATABASE_AWAY = (OperationalError, InterfaceError)


def is_outage(error: BaseException | None) -> bool:
    """Did it fail only because something the portal needs did not answer, or not soon enough?"""
    from_redis = type(error).__module__.startswith("redis.")  # the package is only there where it is used
    return isinstance(error, DATABASE_AWAY) or from_redis
