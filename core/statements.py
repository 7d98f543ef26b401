"""Queries that are built once and executed many times, to make pages faster.

Django builds the SQL of a queryset anew each time it is asked. For a query over many tables that takes several times as
long as executing it. A `Statement` is such a query with slots instead of values: its SQL is built at the first use, and
executed with other values from then on; threads that need it at once have one each.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextvars import ContextVar
from datetime import date
from typing import Any

from django.db import connections
from django.db.models import DateField, DateTimeField, Expression, Field, Lookup, QuerySet, UUIDField
from django.db.models.sql import Query
from django.utils import timezone

AS_DAY = re.compile(r"\d{4}-\d\d-\d\d")  # as SQLite takes days and moments
building: ContextVar[bool] = ContextVar("building", default=False)


class _Late(Expression):
    """A parameter whose value is known when the query is executed, not when its SQL is built."""

    value: Callable[[dict[str, Any]], Any]
    """Return the value, with those that the statement was executed with at hand; each kind says how."""

    def as_sql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, tuple[Any, ...]]:
        """Leave this itself among the parameters of a statement, and the value among those of any other query."""
        return "%s", (self if building.get() else self.prepared({}, connection),)

    def prepared(self, values: dict[str, Any], connection: Any) -> Any:
        return self.output_field.get_db_prep_value(self.value(values), connection=connection)


class Slot(_Late):
    """The place of a UUID; a person's may be handed to querysets in the place of somebody who is logged in.

    `build` makes the place of another value itself, with a field of its kind.
    """

    is_authenticated = True

    def __init__(self, name: str, output_field: Field[Any, Any] | None = None) -> None:
        super().__init__(output_field=output_field or UUIDField())
        self.name = name

    def value(self, values: dict[str, Any]) -> Any:
        """Return the value of this name; a name that is missing is a `KeyError`."""
        return values[self.name]


class Keys(_Late):
    """The place of any number of UUIDs, for `pk__among`: the SQL stays the same however many they are."""

    def __init__(self, name: str) -> None:
        super().__init__(output_field=UUIDField())
        self.name = name

    def prepared(self, values: dict[str, Any], connection: Any) -> Any:
        keys = [self.output_field.get_db_prep_value(key, connection=connection) for key in values[self.name]]
        return keys if connection.vendor == "postgresql" else json.dumps(keys)


@UUIDField.register_lookup
class Among(Lookup[Any]):
    """The key is one of those in a place of `Keys`, or of those that a query returns.

    PostgreSQL reads the keys of the query first and then goes from them by the column's index, also where several such
    conditions are joined by OR; there it reads the whole table for `Exists` and `__in`. The query must not depend on the outer row.
    """

    lookup_name = "among"
    prepare_rhs = False

    def get_prep_lookup(self) -> Any:
        if isinstance(self.rhs, Query):
            self.rhs.clear_ordering(clear_default=True)
        return super().get_prep_lookup()

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        lhs, params = self.process_lhs(compiler, connection)
        if isinstance(self.rhs, Query):
            keys, more = self.process_rhs(compiler, connection)
            return f"{lhs} = ANY(ARRAY{keys})", [*params, *more]
        return f"{lhs} = ANY(%s)", [*params, self.rhs]

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        lhs, params = self.process_lhs(compiler, connection)
        if isinstance(self.rhs, Query):
            keys, more = self.process_rhs(compiler, connection)
            return f"{lhs} IN {keys}", [*params, *more]
        among = f"{lhs} IN (SELECT value FROM json_each(%s))"  # noqa: S608  the column is Django's, the keys are a parameter
        return among, [*params, self.rhs]


class Today(_Late):
    """The day in the portal's time zone, of the moment the query is executed."""

    def __init__(self) -> None:
        super().__init__(output_field=DateField())

    def value(self, values: dict[str, Any]) -> date:
        return timezone.localdate()


class Now(_Late):
    """The moment the query is executed."""

    def __init__(self) -> None:
        super().__init__(output_field=DateTimeField())

    def value(self, values: dict[str, Any]) -> date:
        return timezone.now()


def slot_for(name: str) -> Slot | Keys:
    """Return the place of one UUID, or of several if the name is a plural."""
    return Keys(name) if name.endswith("s") else Slot(name)


class Statement[Row]:
    """A query without its values.

    `build` returns the queryset; it is called with a slot for each of `names`, and with a place of `Keys` for each that
    is an iterable of UUIDs: those whose name ends in an `s`. What it looks up itself is looked up once,
    so everything that may change between two calls has to be a slot, `Today` or `Now`: a fixed day or moment is a
    `ValueError`. It cannot lock rows.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Row]], *names: str) -> None:
        self.build = build
        self.names = names
        self.idle: list[_Query[Row]] = []

    def __call__(self, **values: Any) -> list[Row]:
        """Execute it with these values and return its rows."""
        for name in self.names:
            if name.endswith("s"):
                values[name] = list(values[name])  # it may stand in several places
        try:
            query = self.idle.pop()
        except IndexError:
            query = self._built()
        try:
            return query.rows(values)
        finally:
            self.idle.append(query)

    def first(self, **values: Any) -> Row | None:
        """Execute it and return its first row, or None. All its rows are read, so `build` limits them."""
        return next(iter(self(**values)), None)

    def _built(self) -> _Query[Row]:
        """Build the query, for the first thread and for each that needs it while others execute it."""
        token = building.set(True)
        try:
            return _Query(self.build(**{name: slot_for(name) for name in self.names}))
        finally:
            building.reset(token)


class _Query[Row]:
    """The query of a statement with its SQL, executed by one thread at a time on that thread's connection."""

    def __init__(self, queryset: Any) -> None:
        self.queryset = queryset
        self.values: dict[str, Any] = {}
        self.compiler: Any = queryset.query.get_compiler(queryset.db)
        self.sql, self.params = self.compiler.as_sql()
        fixed = [*self.params]
        for prefetched in self._prefetched():
            fixed += prefetched.query.get_compiler(prefetched.db).as_sql()[1]
        if any(isinstance(param, date) or AS_DAY.match(str(param)) for param in fixed):
            raise ValueError(f"A day or moment is fixed in a statement: {self.sql} {fixed}")
        self.compiler.as_sql = self._as_sql
        self.queryset.query.get_compiler = self._get_compiler

    def rows(self, values: dict[str, Any]) -> list[Row]:
        self.values = values
        self.compiler.connection = connections[self.compiler.using]
        self.queryset._result_cache, self.queryset._prefetch_done = None, False
        try:
            return list(self.queryset)
        finally:
            self._forget()

    def _forget(self) -> None:
        """Keep nothing of what was read: the query lives as long as the process."""
        self.values, self.queryset._result_cache, self.compiler.connection = {}, None, None
        for queryset in self._prefetched():
            queryset._hints.clear()  # Django puts a record that it reads for there

    def _prefetched(self) -> list[Any]:
        lookups = self.queryset._prefetch_related_lookups
        return [lookup.queryset for lookup in lookups if getattr(lookup, "queryset", None) is not None]

    def _get_compiler(self, *args: Any, **kwargs: Any) -> Any:
        return self.compiler

    def _as_sql(self, *args: Any, **kwargs: Any) -> tuple[str, tuple[Any, ...]]:
        params = (
            param.prepared(self.values, self.compiler.connection) if isinstance(param, _Late) else param
            for param in self.params
        )
        return self.sql, tuple(params)
