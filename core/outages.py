"""What is away only for a moment: the database, or the Redis that protects the login."""

from __future__ import annotations

import sqlite3

from django.db import InterfaceError, NotSupportedError, OperationalError

DATABASE_AWAY = (OperationalError, InterfaceError)

# Beginnings of PostgreSQL's error codes: no connection, shutting down or starting, too many connections, a row that
# somebody else holds for long. A statement that was cancelled or a disk that is full will be so the next time, too.
PASSING_STATES = ("08", "57P0", "53300", "55P03")
REDIS_AWAY = {"ConnectionError", "TimeoutError"}
REDIS_REFUSES = {"AuthenticationError", "AuthorizationError"}


def is_outage(error: BaseException | None) -> bool:
    """Return whether it failed only because something the portal needs did not answer, or not soon enough.

    It counts, too, where that was the cause of another error: Django calls a session that cannot be saved a bad request.
    """
    while error is not None:
        if is_database_away(error) or is_redis_away(error) or is_plan_outdated(error):
            return True
        error = error.__cause__ or error.__context__
    return False


def is_database_away(error: BaseException) -> bool:
    """Return whether the database failed in a way that passes; a missing table does not."""
    if not isinstance(error, DATABASE_AWAY):
        return False
    if isinstance(error.__cause__, sqlite3.Error):
        return any(word in str(error) for word in ("locked", "busy"))
    # Without a code the server has not answered: it is not there, or the connection broke.
    state = getattr(error.__cause__, "sqlstate", None)
    return state is None or state.startswith(PASSING_STATES)


def is_plan_outdated(error: BaseException | None) -> bool:
    """Return whether PostgreSQL refused a statement because a table has changed since it was prepared.

    It refuses it on this connection for ever, and takes it on a new one.
    """
    while error is not None:
        cause = error.__cause__ if isinstance(error, NotSupportedError) else None
        if getattr(cause, "sqlstate", None) == "0A000" and "cached plan" in str(cause):
            return True
        error = error.__cause__ or error.__context__
    return False


def is_redis_away(error: BaseException) -> bool:
    """Return whether a Redis did not answer; the package `redis` is only there where it is used."""
    kinds = {kind.__name__ for kind in type(error).__mro__ if kind.__module__ == "redis.exceptions"}
    return bool(kinds & REDIS_AWAY) and not kinds & REDIS_REFUSES
