"""A world in which nobody writes short: every text, name, title, address and file name is a word that fits on no line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from allauth.account.models import EmailAddress
from django.apps import apps
from django.db import models

from accounts.models import Invitation
from applications.content import loads
from applications.content.base import FREE_TEXT, specs
from applications.papers.models import Submission
from applications.writing.models import Draft, Revision
from calls.models import Edition
from calls.terms import Terms

WORD = "Nachbarschaftsbegegnungsstättenförderungsantragsbearbeitung" * 6
ADDRESS = "https://www.example.org/" + "verein/angebote/begegnungen-im-quartier_2027?seite=" * 7 + "1"
OURS = ("accounts", "calls", "cohorts", "workshops", "applications")
# What the portal itself writes into a field, and reads again.
NOT_TYPED = {
    "check_code", "checksum", "code", "codes", "key", "kind", "next_field", "password", "receipt_number", "record_id", "record_type",
    "row_id", "sha256", "slug", "source_hash", "target_id", "theme_key", "token_hash", "unit", "wanted", "what", "why",
}  # fmt: skip
# Of an edition and of papers, which are stored as JSON.
TYPED = {"title", "question", "guidance", "plain", "example", "label", "description", "addressee"}


def write_long() -> None:
    """Fill every field of every record of the portal in which people write. Whom an invitation was sent to keeps it."""
    invited = dict(Invitation.objects.values_list("pk", "email"))
    for model in (model for app in OURS for model in apps.get_app_config(app).get_models() if not model._meta.proxy):
        fields = list(typed_fields(model))
        for number, row in enumerate(model._base_manager.all()):
            values = {
                field.name: word_for(field, number) for field in fields if getattr(row, field.name)
            } | stored_words(row)
            if values:
                model._base_manager.filter(pk=row.pk).update(**values)
    for invitation in Invitation.objects.filter(pk__in=invited):
        EmailAddress.objects.filter(email=invited[invitation.pk]).update(email=invitation.email)


def stored_words(row: models.Model) -> dict[str, Any]:
    """The fields of a record that are stored as JSON, with long words: what somebody wrote, an edition, or papers."""
    match row:
        case Draft():
            return {"content": with_long_words(row.value).data}
        case Revision():
            return {"content": with_long_words(loads(row.draft.kind, row.content)).data}
        case Edition(frozen_terms=Terms() as terms):
            return {"frozen_terms": Terms.from_json(lengthened(terms.as_json()))}
        case Submission():
            return {"frozen": lengthened(row.frozen)}
    return {}


def with_long_words(part: Any) -> Any:
    """A content or a row of it; what is not filled in stays empty."""
    values = {}
    for name, spec in specs(type(part)).items():
        if spec.widget in FREE_TEXT and getattr(part, name):
            values[name] = f"{WORD} {ADDRESS}"[: spec.max_length]
    for name in getattr(part, "tables", {}):
        values[name] = tuple(with_long_words(row) for row in getattr(part, name))
    return replace(part, **values)


def typed_fields(model: type[models.Model]) -> Iterator[models.Field]:
    for field in model._meta.concrete_fields:
        is_words = isinstance(field, models.CharField | models.TextField) and not isinstance(field, models.FileField)
        if is_words and not field.choices and not field.primary_key and field.name not in NOT_TYPED:
            yield field


def word_for(field: models.Field, number: int) -> str:
    """As long as the field takes, and another one for every record."""
    if isinstance(field, models.EmailField):
        return f"{'begegnung' * 6}{number}@{'nachbarschaft' * 4}.{'verein' * 10}.example.org"
    if isinstance(field, models.URLField):
        return ADDRESS[: field.max_length or None]
    text = f"{number}{WORD}"
    if field.max_length is None:
        return f"{text} {ADDRESS}"
    return text[: field.max_length]


def lengthened(value: Any, name: str = "") -> Any:
    """The value with a long word in every place for words."""
    if isinstance(value, dict):
        return {key: lengthened(inner, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [lengthened(inner, name) for inner in value]
    return f"{WORD} {ADDRESS}" if isinstance(value, str) and value and name in TYPED else value
