"""The column that holds what a published edition says."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from django.db import models

from calls.terms import Terms


class TermsField(models.TextField):
    """`Terms`, stored as JSON.

    Every page about an application reads an edition, and a published one never changes. So the same JSON is decoded once
    in a process, and everybody who reads it gets the same value, which nobody may change. The column is text, as nothing
    looks into it: PostgreSQL would write 67 KB of `jsonb` out anew each time.
    """

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Terms | None:
        return None if value is None else _decoded(value)

    def to_python(self, value: Any) -> Any:
        if isinstance(value, dict):
            return Terms.from_json(value)
        return _decoded(value) if isinstance(value, str) else value

    def get_prep_value(self, value: Any) -> Any:
        return _encoded(value) if isinstance(value, Terms) else value

    def value_to_string(self, obj: models.Model) -> Any:
        value: Any = self.value_from_object(obj)
        return value if value is None else _encoded(value)


def _encoded(terms: Terms) -> str:
    return json.dumps(terms.as_json(), ensure_ascii=False)


@lru_cache(maxsize=32)
def _decoded(value: str) -> Terms:
    return Terms.from_json(json.loads(value))
