"""What is active in one thread is active there alone, and is asked of the thread itself."""

from __future__ import annotations

from datetime import UTC
from threading import Thread, local

from django.urls import base as addresses
from django.utils import timezone, translation
from django.utils.translation import trans_real


def test_django_asks_the_thread():
    kept = [trans_real._active, timezone._active, addresses._prefixes, addresses._urlconfs]

    assert [type(each) for each in kept] == [local] * 4


def test_a_language_and_a_time_zone_are_of_one_thread():
    seen = []

    def look():
        seen.append((translation.get_language(), timezone.get_current_timezone_name()))

    with translation.override("en"), timezone.override(UTC):
        other = Thread(target=look)
        other.start()
        other.join()
        look()

    assert seen == [("de", "Europe/Berlin"), ("en", "UTC")]
