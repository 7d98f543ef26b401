"""What PostgreSQL is told where a test has far more rows than the tests before it."""

from __future__ import annotations

from django.db import connection


def expect_many_rows() -> None:
    """Until the end of this transaction PostgreSQL plans each statement as for tables of many rows.

    It knows its tables as other tests leave them, almost empty, and keeps the plans made for those: compare each row with
    each. Beside thousands of rows one statement of such a plan takes a minute.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL plan_cache_mode = force_custom_plan")
            cursor.execute("SET LOCAL enable_nestloop = off")
