"""The cache that protects the login: counters of wrong passwords and codes, used codes (docs/decisions/0014)."""

from __future__ import annotations

import base64
import logging
import pickle
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.core.cache import DEFAULT_CACHE_ALIAS, caches
from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.db import DatabaseCache
from django.core.cache.backends.redis import RedisCache
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction
from django.utils import timezone

from core.outages import is_redis_away

log = logging.getLogger("portal.caches")

FOR_EVER = datetime(9999, 1, 1, tzinfo=UTC)


class ProtectedCache(DatabaseCache):
    """Django's database cache, which drops only what has expired, and loses no change.

    Django's own drops living entries once there are too many. It also reads before it writes: two processes that add an
    expired entry both succeed, two that count up may lose a count; and it does not tell that the database refused an
    entry.
    """

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> None:
        self._put(key, value, timeout, version)

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> bool:
        """Write an entry that is missing or has expired; return whether this call wrote it. Of many at once, one does."""
        return self._put(key, value, timeout, version, unless_living=True)

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> bool:
        sql = "UPDATE {table} SET expires = %s WHERE cache_key = %s AND expires >= %s"
        return self._execute(sql, self._expiry(timeout), self.make_and_validate_key(key, version), timezone.now()) > 0

    @transaction.atomic
    def incr(self, key: Any, delta: int = 1, version: Any = None) -> int:
        """Add to a number that is there, also while others do; when it expires does not change."""
        made = self.make_and_validate_key(key, version)
        self._execute("UPDATE {table} SET expires = expires WHERE cache_key = %s", made)  # takes the lock
        number = self.get(key, version=version)
        if number is None:
            raise ValueError(f"Key {key!r} not found")
        self._execute("UPDATE {table} SET value = %s WHERE cache_key = %s", self._packed(number + delta), made)
        return int(number + delta)

    def delete(self, key: Any, version: Any = None) -> bool:
        return self._execute("DELETE FROM {table} WHERE cache_key = %s", self.make_and_validate_key(key, version)) > 0

    def delete_many(self, keys: Iterable[Any], version: Any = None) -> None:
        for key in keys:
            self.delete(key, version)

    def drop_expired(self) -> int:
        """Delete what has expired; return how many. The timer calls it, so that the table does not grow for ever."""
        return self._execute("DELETE FROM {table} WHERE expires < %s", timezone.now())

    def _base_delete_many(self, keys: Iterable[str]) -> None:
        """Delete the entries that were read as expired, but not those written anew since."""
        for key in keys:
            self._execute("DELETE FROM {table} WHERE cache_key = %s AND expires < %s", key, timezone.now())

    def _put(self, key: Any, value: Any, timeout: Any, version: Any, *, unless_living: bool = False) -> bool:
        sql = (
            "INSERT INTO {table} (cache_key, value, expires) VALUES (%s, %s, %s)"
            " ON CONFLICT (cache_key) DO UPDATE SET value = excluded.value, expires = excluded.expires"
        )
        values = [self.make_and_validate_key(key, version), self._packed(value), self._expiry(timeout)]
        if unless_living:
            return self._execute(sql + " WHERE {table}.expires < %s", *values, timezone.now()) > 0
        return self._execute(sql, *values) > 0

    def _expiry(self, timeout: Any) -> datetime:
        seconds = self.get_backend_timeout(timeout)
        return FOR_EVER if seconds is None else datetime.fromtimestamp(seconds, tz=UTC)

    def _packed(self, value: Any) -> str:
        """A value in the form in which Django's cache reads it."""
        return base64.b64encode(pickle.dumps(value, self.pickle_protocol)).decode("latin1")

    def _execute(self, sql: str, *values: Any) -> int:
        """Run one statement on the cache's table; return how many rows it wrote."""
        adapted = [connection.ops.adapt_datetimefield_value(v) if isinstance(v, datetime) else v for v in values]
        with connection.cursor() as cursor:
            cursor.execute(sql.format(table=connection.ops.quote_name(self._table)), adapted)  # type: ignore[attr-defined]  # django-stubs forgets it
            return cursor.rowcount


def why_it_evicts(cache: BaseCache) -> str:
    """Why a cache does not protect, as a sentence; empty if it does. Asks Redis, which may not answer."""
    if isinstance(cache, ProtectedCache):
        return ""
    if not isinstance(cache, RedisCache):
        return f"{type(cache).__name__} wirft Einträge weg, die noch gelten."
    policy = cache._cache.get_client().info("memory").get("maxmemory_policy", "")
    return "" if policy == "noeviction" else f"Redis hat maxmemory-policy {policy or 'unbekannt'} statt noeviction."


def require_protection() -> None:
    """Stop a process at its start if the default cache does not protect. A Redis that is away stops nothing."""
    try:
        why = why_it_evicts(caches[DEFAULT_CACHE_ALIAS])
    except Exception as error:
        if not is_redis_away(error):
            raise
        log.warning("cannot ask the cache whether it evicts: %s", type(error).__name__)
        return
    if why:
        raise ImproperlyConfigured(f"Der Zwischenspeicher schützt das Einloggen nicht: {why}")
