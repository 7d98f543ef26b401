"""Patterns of the library `regex`, which few pages need and which takes a while to load and to compile with."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.utils.functional import SimpleLazyObject

if TYPE_CHECKING:
    from regex import Pattern


def late_pattern(pattern: str, flags: int = 0) -> Pattern[str]:
    """Return a pattern of `regex` that is compiled when it is first used; until then a mistake in it is not seen."""

    def compiled() -> Pattern[str]:
        import regex  # noqa: PLC0415  a large library, put off with the pattern

        return regex.compile(pattern, flags)

    return cast("Pattern[str]", SimpleLazyObject(compiled))
