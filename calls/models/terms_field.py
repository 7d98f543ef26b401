"""The column that holds what a published edition says."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from django.db import models

from calls.terms import Terms


class TermsField(models.JSONField):
    """`Terms`, stored as JSON.

    Every page about an application reads an edition, and a published one never changes. So the same JSON is decoded once
    in a process, and everybody who reads it gets the same value, which nobody may change.
    """

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Terms | None:
        return None if value is None else _decoded(value)

    def to_python(self, value: Any) -> Any:
        return Terms.from_json(value) if isinstance(value, dict) else value

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        super().validate(_json(value), model_instance)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        return super().get_db_prep_value(_json(value), connection, prepared)

    def value_to_string(self, obj: models.Model) -> Any:
        return _json(self.value_from_object(obj))


def _json(value: Any) -> Any:
    return value.as_json() if isinstance(value, Terms) else value


@lru_cache(maxsize=32)
def _decoded(value: str) -> Terms:
    return Terms.from_json(json.loads(value))
