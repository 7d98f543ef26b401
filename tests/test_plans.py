"""Beside thousands of rows PostgreSQL plans each statement anew, and only in that transaction."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from tests.plans import expect_many_rows

SETTINGS = ("plan_cache_mode", "enable_nestloop")


def settings_now():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s), current_setting(%s)", SETTINGS)
        return cursor.fetchone()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL only")
@pytest.mark.django_db
def test_many_rows_are_expected_until_the_transaction_ends():
    before = settings_now()
    with transaction.atomic():
        expect_many_rows()
        during = settings_now()
        transaction.set_rollback(True)

    assert (before, during) == (("auto", "on"), ("force_custom_plan", "off"))
    assert settings_now() == before
